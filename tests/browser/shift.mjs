// A shift at the desk, in a real browser: two people, one queue. Told on a wide screen and on a phone, each on a demo of
// its own; what people see on the way is looked at in light and dark.
//
//   REPLYDESK_BIN=target/debug/replydesk node tests/browser/shift.mjs
//
// REPLYDESK_TEST_CHROMIUM and REPLYDESK_TEST_SHOTS are those of walk.mjs.
import assert from "node:assert/strict";
import { BINARY, launch } from "./chromium.mjs";
import { start } from "./demo.mjs";
import { PATIENCE_MS, SCHEMES, SCREENS, Stop, button, check, field, holds, settled, signIn, squeezed, tally, until } from "./steps.mjs";
import { accessible, fits, picture, watch, wears } from "./watch.mjs";

const SAM = { person: "sam@gazette.example", name: "Sam Ortega", password: "seven moths at the harbour light" };
const MANY = 56;
const PAGE = 50;

/** Posts a comment as the article's page would. */
async function write(form, comment, more = {}) {
  const { action, article, article_url: url, article_title: title } = form;
  const body = { article: { key: article, url, title }, name: "Noor", email: "noor@mailbox.example", comment, ...more };
  const answer = await fetch(action, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  assert.equal(answer.status, 202);
  return answer.json();
}

const submit = async (...what) => (await write(...what)).id;

/** The fields that the article's form hides, and where it posts to. */
async function formOf(page, demo) {
  await page.goto(demo.article);
  return page.locator("form").filter({ has: page.locator("[name=comment]") }).first().evaluate((form) => ({
    action: form.action,
    article: form.elements.article?.value,
    article_url: form.elements.article_url?.value ?? location.href,
    article_title: form.elements.article_title?.value,
  }));
}

async function shift(browser, screen) {
  const problems = [];
  const contexts = [];
  let counted;
  let page;
  const demo = await start(BINARY);
  const open = async () => {
    const context = await browser.newContext({ ...screen.options, bypassCSP: false });
    context.setDefaultTimeout(PATIENCE_MS);
    watch(context, demo.base, problems);
    contexts.push(context);
    return context.newPage();
  };
  const step = async (name, run) => {
    const before = tally.failed;
    const result = await check(`${screen.name}: ${name}`, run);
    if (tally.failed === before) return result;
    console.log(`        at ${page.url()}`);
    console.log((await page.locator("body").innerText({ timeout: 2000 }).catch(() => "")).slice(0, 1500).replace(/^/gm, "        | "));
    await picture(page, `failed-shift-${screen.name}`).catch(() => {});
    throw new Stop(name);
  };
  /** Looks at a page as it is, in light and dark, without moving anything on it. */
  const look = async (name, seen = page) => {
    for (const scheme of SCHEMES) {
      await wears(seen, scheme);
      await check(`${screen.name}, ${scheme}: ${name} fits the screen`, () => fits(seen, screen.width));
      await check(`${screen.name}, ${scheme}: ${name} is accessible`, () => accessible(seen));
      await picture(seen, `shift-${name.replaceAll(" ", "-")}-${screen.name}-${scheme}`);
    }
  };
  const told = async (seen = page) => squeezed(await seen.locator(".flash [role=status], .note-warn[role=status]").innerText());
  const card = (id, seen = page) => seen.locator(`#comment-${id}`);
  const isFocused = (id) => page.evaluate((id) => document.activeElement?.id === `comment-${id}`, id);
  const press = async (key) => {
    await page.keyboard.press(key);
    await settled(page);
  };
  /** Presses a key that leads on, until the address says that it did. */
  const leads = async (key, to) => {
    await Promise.all([page.waitForURL(to), page.keyboard.press(key)]);
    await settled(page);
  };

  try {
    page = await open();
    const form = await formOf(page, demo);
    const ids = [];
    const letters = {};
    for (let n = 0; n < MANY; n += 1) ids.push(await submit(form, `Lantern number ${n} on the pier is out.`, { email: `noor${n}@mailbox.example` }));
    await demo.command(["moderator", "add", SAM.person, "--name", SAM.name, "--role", "moderator", "--password-stdin"], SAM.password);
    const sam = await open();
    for (const [seen, who] of [[page, demo], [sam, SAM]]) {
      await seen.goto(demo.desk);
      await signIn(seen, who);
      await seen.goto(demo.desk);
    }
    const isSame = () => page.evaluate(() => { const was = globalThis.isSame === true; globalThis.isSame = true; return was; });
    await isSame();

    await step("the queue shows fifty, and has a next page", async () => {
      assert.equal(await page.locator(".card").count(), PAGE);
      assert.ok(await page.getByRole("link", { name: /^Next\b/ }).isVisible());
    });
    await step("what stands before the first comment leaves it in sight", async () => {
      const { y } = await page.locator(".card").first().boundingBox();
      const { height } = await page.locator("header.bar").boundingBox();
      console.log(`        the bar takes ${height} px, the first comment begins at ${y}`);
      assert.ok(height <= 90 && y < 0.55 * screen.options.viewport.height);
    });
    await look("the queue");
    await step("a comment is claimed by a key, and a colleague sees it without doing anything", async () => {
      await press("j");
      assert.ok(await isFocused(ids[0]));
      await leads("c", /[?&]claim=/);
      assert.ok(await isFocused(ids[0]), "one goes on where one was");
      assert.match(squeezed(await card(ids[0]).innerText()), /You are reading it/);
      await card(ids[0], sam).getByText("is reading it").waitFor();
      assert.match(squeezed(await card(ids[0], sam).innerText()), /Robin Vale is reading it/);
    });
    await look("claimed by a colleague", sam);
    await step("given back, it can be claimed by the colleague, who has not loaded anything anew", async () => {
      await leads("c", /[?&]claim=back/);
      await button(card(ids[0], sam), "Claim").waitFor();
      await sam.keyboard.press("j");
      await Promise.all([sam.waitForURL(/[?&]claim=yours/), sam.keyboard.press("c")]);
      await card(ids[0]).getByText("Sam Ortega is reading it").waitFor();
      assert.ok(!(await button(card(ids[0]), "Claim").isVisible()));
      await settled(sam);
      await Promise.all([sam.waitForURL(/[?&]claim=back/), sam.keyboard.press("c")]);
      await button(card(ids[0]), "Claim").waitFor();
      assert.ok(await isFocused(ids[0]), "nobody has lost their place");
    });
    await step("it is approved by a key; the next one is there, and nothing was loaded anew", async () => {
      await leads("a", /[?&]done=approve/);
      assert.match(await told(), /^Approved/);
      assert.equal(await card(ids[0]).count(), 0);
      assert.ok(await isFocused(ids[1]), "the next one");
      assert.ok(await isSame(), "the same document");
      await card(ids[0], sam).getByText("Approved by Robin Vale, just now.").waitFor();
    });
    await look("approved");
    await step("and taken back by a key", async () => {
      await leads("u", /[?&]undone=/);
      assert.match(await told(), /^Undone/);
      assert.equal(await card(ids[0]).count(), 1);
      await sam.getByText("1 more comment waits.").waitFor();
      assert.equal(squeezed(await page.locator("#news").innerText()), "", "whoever took it back has it before them");
    });
    await step("what is new is told in sight, however far somebody has read", async () => {
      await sam.evaluate(() => window.scrollTo({ top: document.body.scrollHeight, behavior: "instant" }));
      const { y, height } = await sam.locator("#news").boundingBox();
      assert.ok(y >= 0 && y + height < 160, `${y}`);
      await accessible(sam);
      await picture(sam, `shift-news-${screen.name}`);
    });
    await step("escalated with a note, by keys", async () => {
      while (!(await isFocused(ids[2]))) await press("j");
      await press("e");
      await page.keyboard.type("Who knows about lanterns?");
      await page.keyboard.press("Tab");
      await Promise.all([page.waitForURL(/[?&]done=escalate/), page.keyboard.press("Enter")]);
      await settled(page);
      assert.match(squeezed(await card(ids[2]).innerText()), /Escalated/);
    });
    await step("what presses comes first, and the next one is the one that came after it", async () => {
      await page.goto(`${demo.desk}?sort=priority`);
      const order = await page.locator(".card").evaluateAll((cards) => cards.map((card) => card.id.slice("comment-".length)));
      assert.deepEqual(order.slice(0, 4), [ids[2], ids[0], ids[1], ids[3]]);
      while (!(await isFocused(ids[0]))) await press("j");
      await leads("s", /[?&]done=spam/);
      assert.ok(await isFocused(ids[1]), "not the last one, though the first is newer");
      await leads("u", /[?&]undone=/);
      assert.ok(await isFocused(ids[0]), "what came back");
      await page.goto(demo.desk);
      await isSame();
    });
    await step("decided on its own page, it leads on in the list that it was opened from", async () => {
      await page.goto(`${demo.desk}?sort=priority`);
      await card(ids[0]).getByRole("link", { name: /^History/ }).click();
      await page.waitForURL(/comments/);
      await settled(page);
      await press("j");
      await leads("s", /[?&]done=spam/);
      await page.locator(".flash [role=status]").evaluate((notice) => { notice.tabIndex = -1; notice.focus(); });
      await page.keyboard.press("Tab");
      await leads("Enter", /[?&]sort=priority/);
      await card(ids[1]).waitFor();
      await until("the next one is in focus", () => isFocused(ids[1]));
      await page.goBack();
      await page.waitForURL(/comments/);
      await settled(page);
      await leads("u", /[?&]undone=/);
      await page.goto(demo.desk);
      await isSame();
    });
    await step("what somebody reads stays theirs while they read, and no longer", async () => {
      const tab = await page.context().newPage();
      const sent = [];
      tab.on("request", (request) => request.postData()?.includes("action=renew") && sent.push(request.url()));
      await tab.clock.install();
      await tab.goto(demo.desk);
      await tab.keyboard.press("j");
      await Promise.all([tab.waitForURL(/[?&]claim=yours/), tab.keyboard.press("c")]);
      await settled(tab);
      await tab.clock.fastForward("04:00");
      await tab.evaluate(() => new Promise((done) => { setTimeout(done, 300); }));
      assert.equal(sent.length, 0, "nobody did anything");
      await tab.keyboard.press("j");
      await until("renewed", () => sent.length === 1);
      assert.ok(sent[0].endsWith("/desk/claims"));
      await tab.keyboard.press("k");
      await tab.clock.fastForward("01:30");
      await tab.evaluate(() => new Promise((done) => { setTimeout(done, 300); }));
      assert.equal(sent.length, 1, "not more often than every two minutes");
      await tab.keyboard.press("k");
      await tab.clock.fastForward("00:40");
      await until("renewed again", () => sent.length === 2);
      assert.ok(await holds(tab, "You are reading it"), "without a word, and without another page");
      await Promise.all([tab.waitForURL(/[?&]claim=back/), tab.keyboard.press("c")]);
      await tab.close();
    });
    await step("fifty are selected and rejected with one reason", async () => {
      await page.getByRole("link", { name: "Select all on this page" }).click();
      await page.waitForURL(/[?&]select=all/);
      await settled(page);
      assert.equal(await page.locator(".select input:checked").count(), PAGE);
      const bulk = page.locator("#bulk");
      await bulk.getByText("Reject with a reason").click();
      await bulk.getByRole("textbox").fill("The lanterns are not the topic here.");
    });
    await look("many selected");
    await step("they leave the queue", async () => {
      await Promise.all([page.waitForURL(/[?&]done=reject/), page.locator("#bulk").getByRole("button", { name: "Reject with this reason" }).click()]);
      await settled(page);
      assert.match(await told(), new RegExp(`^${PAGE} comments rejected\\.`));
      assert.equal(await page.locator(".card").count(), MANY - PAGE);
      assert.ok(await isSame(), "the same document");
    });
    await look("many rejected");
    await step("and come back by a key", async () => {
      await leads("u", /[?&]undone=/);
      assert.match(await told(), new RegExp(`^Undone: ${PAGE} comments are as they were before\\.`));
      assert.equal(await page.locator(".card").count(), PAGE);
    });
    await step("what is selected stays selected when another one is decided", async () => {
      await card(ids[5]).getByRole("checkbox").check();
      while (!(await isFocused(ids[6]))) await press("j");
      await leads("s", /[?&]done=spam/);
      assert.ok(await card(ids[5]).getByRole("checkbox").isChecked());
      assert.equal(await page.locator(".select input:checked").count(), 1);
    });
    await step("words are looked for from the keyboard", async () => {
      await press("/");
      await page.keyboard.type("lantern 44");
      await until("the words are written behind the submission", async () => {
        await Promise.all([page.waitForResponse((answer) => answer.url().includes("q=lantern")), page.keyboard.press("Enter")]);
        await settled(page);
        if ((await page.locator(".card").count()) === 1) return true;
        await press("/");
        return false;
      });
      assert.match(squeezed(await page.locator(".card").innerText()), /Lantern number 44 on the pier/);
    });
    await look("found");
    await step("and nothing found says so", async () => {
      await press("/");
      await page.keyboard.type("zeppelin");
      await Promise.all([page.waitForURL(/q=zeppelin/), page.keyboard.press("Enter")]);
      await settled(page);
      assert.ok(await holds(page, "Nothing found."));
    });
    await look("nothing found");
    await step("the way back leads to what was there before", async () => {
      await page.goBack();
      await page.locator(".card").filter({ hasText: "Lantern number 44" }).waitFor();
    });

    await step("what says nearly the same is opened from one of its cards", async () => {
      const campaign = "Sign the petition for the old harbour light today, before the council sells the pier and the market to those who never lived here";
      const ways = ["", "!!! https://petition.example/light", ", neighbours."];
      const alike = [];
      for (const [n, end] of ways.entries()) alike.push(await submit(form, (n === 1 ? campaign.toUpperCase() : campaign) + end, { name: `Reader ${n}`, email: `light${n}@mailbox.example` }));
      await page.goto(`${demo.desk}?sort=newest`);
      await isSame();
      await card(alike[0]).getByRole("link", { name: "2 similar comments" }).click();
      await page.waitForURL(/[?&]cluster=/);
      await settled(page);
      assert.equal(await page.locator(".card").count(), ways.length);
      assert.ok(await holds(page, "Only what says nearly the same as one comment"));
      await page.locator(".whole > summary").click();
    });
    await look("alike");
    await step("all of it is decided at once, and taken back", async () => {
      await Promise.all([page.waitForURL(/[?&]done=spam/), button(page, "Mark all 3 as spam").click()]);
      await settled(page);
      assert.match(await told(), /^3 comments marked as spam\./);
      assert.equal(await page.locator(".card").count(), 0);
      await leads("u", /[?&]undone=/);
      assert.equal(await page.locator(".card").count(), 3);
      await page.locator(".whole > summary").click();
      await Promise.all([page.waitForURL(/[?&]done=spam/), button(page, "Mark all 3 as spam").click()]);
      await settled(page);
    });
    await look("alike decided");

    await step("a new comment is told of, and shown when asked for", async () => {
      await page.goto(`${demo.desk}?sort=newest`);
      await isSame();
      const { id, receipt } = await write(form, "The pier master has written back.", { name: "Ida", email: "ida@mailbox.example" });
      await page.getByText("1 more comment waits.").waitFor();
      await page.getByRole("link", { name: "Show the queue" }).click();
      await card(id).waitFor();
      assert.ok(await isSame(), "the same document");
      ids.push(id);
      letters.ida = receipt.token;
    });
    await step("and so is the new text of one that is published", async () => {
      const id = ids.at(-1);
      while (!(await isFocused(id))) await press("j");
      await leads("a", /[?&]done=approve/);
      const change = { method: "PATCH", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ comment: "The pier master has written back: soon." }) };
      assert.equal((await fetch(`${demo.base}/v1/receipts/${letters.ida}`, change)).status, 200);
      await page.getByText("1 more comment waits.").waitFor();
      await page.getByRole("link", { name: "Show the queue" }).click();
      await card(id).getByText("The pier master has written back: soon.").first().waitFor();
    });
    await look("a new text");
    await step("the page of a comment shows what it answers and who answered it", async () => {
      const root = ids.at(-1);
      while (!(await isFocused(root))) await press("j");
      await leads("a", /[?&]done=approve/);
      assert.equal(await card(root).count(), 0);
      const middle = await submit(form, "What does he say?", { name: "Jo", email: "jo@mailbox.example", parent: root });
      await page.goto(`${demo.desk}/comments/${middle}`);
      await press("j");
      await leads("a", /[?&]done=approve/);
      await submit(form, "That he has no ladder.", { name: "Kim", email: "kim@mailbox.example", parent: middle });
      await page.goto(`${demo.desk}/comments/${middle}`);
      assert.ok(await page.getByRole("heading", { name: "In reply to" }).isVisible());
      assert.ok(await holds(page, "The pier master has written back: soon."));
      assert.ok(await page.getByRole("heading", { name: "1 reply" }).isVisible());
      assert.ok(await holds(page, "That he has no ladder."));
    });
    await look("a conversation");
    await step("from there to a neighbour and back, in one document", async () => {
      await isSame();
      await page.getByRole("link", { name: "Kim" }).click();
      await page.getByRole("heading", { name: "The conversation before" }).waitFor();
      assert.ok(await isSame());
      assert.equal(await page.title(), "Comment by Kim – Replydesk");
      assert.equal(await page.evaluate(() => document.activeElement?.id), "main", "read from the start");
    });
    await look("deep in a conversation");

    await step("whoever looks at one site is told of that one", async () => {
      await demo.command(["site", "add", "herald", "--name", "The Herald", "--origin", demo.base]);
      await until("the desk has two sites", async () => {
        await page.goto(`${demo.desk}?site=demo`);
        return (await page.locator("#site").count()) === 1;
      });
      const herald = { ...form, action: form.action.replace("/demo/", "/herald/") };
      await submit(herald, "Not for this page.", { email: "lee@mailbox.example" });
      await submit(form, "But this one is.", { email: "lee@mailbox.example" });
      await page.getByText("1 more comment waits.").waitFor();
    });

    await step("whoever is signed out elsewhere is asked to sign in, on a page of its own", async () => {
      const cookies = await sam.context().cookies();
      await sam.goto(demo.desk);
      const other = await sam.context().newPage();
      await other.goto(`${demo.desk}/account`);
      await Promise.all([other.waitForEvent("load"), button(other, "Sign out").click()]);
      await sam.context().addCookies(cookies);
      const before = page;
      page = sam;
      await press("j");
      await Promise.all([sam.waitForURL(/\/desk\/sign-in/), sam.keyboard.press("a")]);
      await sam.getByLabel(/^Password\b/).waitFor();
      assert.equal(await sam.locator(".bar-who").count(), 0, "nobody's name is left on the page");
      page = before;
    });
    await step("when the service is gone, the desk says so and keeps what was typed", async () => {
      await page.goto(demo.desk);
      await press("j");
      await press("e");
      await page.keyboard.type("Half a thought");
      // from here on the browser complains that the service is gone
      counted = problems.length;
      assert.equal(await demo.stop(), 0, demo.log());
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      await page.getByText("The desk did not answer.").waitFor();
      assert.equal(await page.locator("details[open] textarea").first().inputValue(), "Half a thought");
      await settled(page);
    });
    await look("no answer");
  } catch (error) {
    if (!(error instanceof Stop)) {
      tally.failed += 1;
      console.log(`FAILED  ${screen.name}: ${error.stack}`);
    }
    console.log(`        the end of the demo's log:\n${demo.log().replace(/^/gm, "        | ")}`);
  } finally {
    for (const context of contexts) await context.close().catch(() => {});
    await check(`${screen.name}: no errors, no CSP violations, no failed or foreign requests`, () =>
      assert.deepEqual([...new Set(problems.slice(0, counted))], []));
    await demo.stop();
  }
}

const browser = await launch();
try {
  for (const screen of SCREENS) await shift(browser, screen);
} finally {
  await browser.close();
}
console.log(`\n${tally.passed} passed, ${tally.failed} failed`);
process.exit(tally.failed === 0 ? 0 : 1);
