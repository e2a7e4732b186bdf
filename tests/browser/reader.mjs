// The reader's side in a browser: the comments of an article as a page without scripts, by itself and in a frame on a page
// of another origin. Read, answer, be held, look at the receipt, be approved, appear; by keyboard too; in light and dark, on
// a wide screen and on a phone.
//
//   REPLYDESK_BIN=target/debug/replydesk node tests/browser/reader.mjs
//
// REPLYDESK_TEST_CHROMIUM and REPLYDESK_TEST_SHOTS are those of walk.mjs.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { BINARY, launch } from "./chromium.mjs";
import { start } from "./demo.mjs";
import { PATIENCE_MS, SCHEMES, SCREENS, button, check, field, holds, tally, until } from "./steps.mjs";
import { accessible, fits, picture, watch, wears } from "./watch.mjs";

const HEADLINE = "The town that switched off its lights, and found the sky again";
const LANGUAGES = { en: "Leave a Reply", de: "Kommentar schreiben", fr: "Laisser un commentaire", es: "Deje un comentario", uk: "Залишити коментар" };

/** A newspaper at an origin of its own, with the comments in a frame. */
async function newspaper(frame) {
  const server = createServer((request, response) => {
    response.setHeader("Content-Type", "text/html; charset=utf-8");
    response.end(`<!doctype html><html lang="en"><head><title>A newspaper</title><meta name="viewport" content="width=device-width, initial-scale=1">
      <link rel="icon" href="data:,"></head><body><h1>The article</h1><iframe title="Comments" src="${frame}" style="width:100%;height:60rem;border:0"></iframe></body></html>`);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { base: `http://localhost:${server.address().port}`, stop: () => server.close() };
}

async function api(method, url, token, body) {
  const headers = { "Content-Type": "application/json", ...(token && { Authorization: `Bearer ${token}` }) };
  const answer = await fetch(url, { method, headers, body: body && JSON.stringify(body) });
  assert.ok(answer.status < 300, `${method} ${url}: ${answer.status}`);
  return answer.json();
}

async function story(browser, demo, problems) {
  const token = (await demo.command(["moderator", "token", demo.person])).trim().split("\n").pop();
  const posts = `${demo.base}/v1/sites/demo/comments`;
  const article = (key) => ({ key, url: `${demo.base}/${key === "port-arden" ? "demo" : key}`, title: HEADLINE });
  const address = (key, more = "") => {
    const { url, title } = article(key);
    return `${demo.base}/sites/demo/comments?${new URLSearchParams({ article: key, article_url: url, article_title: title })}${more}`;
  };
  let readers = 0;
  const writes = async (key, comment, parent) => {
    const name = ["Edda Fairweather", "Tom Bexley", "Priya N."][readers % 3];
    readers += 1;
    return api("POST", posts, undefined, { article: article(key), name, email: `reader${readers}@mailbox.example`, comment, parent });
  };
  const decides = (id, decision, version = 1) => api("POST", `${demo.base}/v1/moderation/comments/${id}/decisions`, token, { decision, version });
  const publishes = async (key, comment, parent) => {
    const { id } = await writes(key, comment, parent);
    await decides(id, "approve");
    return id;
  };
  /** Approves the comment that says this. */
  const approves = async (words) => {
    const { items } = await api("GET", `${demo.base}/v1/moderation/comments?site=demo&limit=100`, token);
    const found = items.find((item) => item.text.includes(words));
    assert.ok(found, `${words} waits`);
    await decides(found.id, "approve", found.version);
  };

  const open = async (options, base = demo.base) => {
    const context = await browser.newContext(options);
    context.setDefaultTimeout(PATIENCE_MS);
    watch(context, base, problems);
    return context.newPage();
  };
  const without = (screen) => open({ ...screen.options, javaScriptEnabled: false });

  const first = await publishes("port-arden", "I have kept a moth trap in the same garden since 1981.\n\nThe survey is at https://example.org/survey for those who like figures.");
  await publishes("port-arden", "The nurses got their lit path, as the article says.", first);
  await publishes("port-arden", "We drove down from the city with the children.");

  // ── read, answer, be held, be approved, without any script
  for (const screen of SCREENS) {
    const page = await without(screen);
    const words = `The chip shop opens at eleven, seen on a ${screen.name}.`;
    await check(`${screen.name}: the comments are read without scripts`, async () => {
      await page.goto(address("port-arden"));
      assert.ok(await holds(page, "moth trap") && await holds(page, "lit path"));
      assert.equal(await page.getByRole("article").count() >= 3, true);
    });
    await check(`${screen.name}: what is wrong comes back with what was typed`, async () => {
      await page.getByRole("link", { name: "Reply to Edda Fairweather" }).first().click();
      await page.waitForURL(/replyto=/);
      assert.ok(await holds(page, "Replying to Edda Fairweather"));
      await field(page, "Comment").fill(words);
      await field(page, "Name").fill("Jo @ home");
      await field(page, "Email").fill("jo@mailbox.example");
      await button(page, "Post Comment").click();
      await page.getByText("Please enter a name without an @ sign").first().waitFor();
      assert.equal(await field(page, "Comment").inputValue(), words);
      assert.equal(await field(page, "Email").inputValue(), "jo@mailbox.example");
    });
    await check(`${screen.name}: a reply is held, and its receipt says so`, async () => {
      await field(page, "Name").fill("Jo");
      await button(page, "Post Comment").click();
      await page.waitForURL(/\/receipts\//);
      assert.ok(await holds(page, "Waiting for a moderator") && await holds(page, words));
    });
    const receipt = page.url();
    await check(`${screen.name}: it appears once it is approved`, async () => {
      await page.goto(address("port-arden"));
      assert.ok(!(await holds(page, words)));
      await approves(words);
      await page.reload();
      assert.ok(await holds(page, words));
      const thread = page.locator(".thread-top > .thread-item", { hasText: "moth trap" });
      assert.ok((await thread.innerText()).includes(words), "below what it answers");
      await page.goto(receipt);
      assert.ok(await holds(page, "Everybody can read it."));
    });
    await page.context().close();
  }

  // ── report, without any script
  const quiet = await without(SCREENS[1]);
  await check("a comment is reported without scripts", async () => {
    await quiet.goto(address("port-arden"));
    await quiet.getByRole("link", { name: "Report the comment of Priya N." }).first().click();
    await quiet.waitForURL(/\/report$/);
    assert.ok(await holds(quiet, "We drove down from the city"));
    await quiet.getByLabel("It is against the law", { exact: true }).check();
    await button(quiet, "Send the report").click();
    await quiet.getByText("Please say what makes it unlawful.").first().waitFor();
    assert.ok(await quiet.getByLabel("It is against the law", { exact: true }).isChecked());
    await quiet.getByLabel("It attacks or insults people").check();
    await field(quiet, "What the moderators should know").fill("It calls people names.");
    await button(quiet, "Send the report").click();
    await quiet.waitForURL(/done=received/);
    assert.ok(await holds(quiet, "Thank you for your report"));
    const { items } = await api("GET", `${demo.base}/v1/moderation/comments?site=demo&needs=report`, token);
    assert.equal(items.length, 1);
  });
  await quiet.context().close();

  // ── by keyboard only
  const keys = await without(SCREENS[0]);
  const focused = () => keys.evaluate(() => document.activeElement.textContent.trim() || document.activeElement.name || document.activeElement.localName);
  const tabTo = async (what) => {
    for (let presses = 0; presses < 60; presses += 1) {
      await keys.keyboard.press("Tab");
      if ((await focused()) === what) return;
    }
    assert.fail(`${what} is not reached: ${await focused()}`);
  };
  await check("keyboard: skip, answer and send without a pointer", async () => {
    await keys.goto(address("port-arden"));
    await keys.keyboard.press("Tab");
    assert.equal(await focused(), "Skip to the content");
    await tabTo("Newest first");
    await keys.keyboard.press("Enter");
    await keys.waitForURL(/sort=newest/);
    await tabTo("Reply");
    await keys.keyboard.press("Enter");
    await keys.waitForURL(/replyto=/);
    for (const [name, typed] of [["comment", "Typed, and sent by Enter."], ["name", "Kay"], ["email", "kay@mailbox.example"]]) {
      await tabTo(name);
      await keys.keyboard.type(typed);
    }
    await keys.keyboard.press("Enter");
    await keys.waitForURL(/\/receipts\//);
    assert.ok(await holds(keys, "Typed, and sent by Enter."));
  });
  await keys.context().close();

  // ── in a frame on a page of another origin
  const paper = await newspaper(address("port-arden"));
  const stranger = await newspaper(address("port-arden"));
  await demo.command(["site", "set", "demo", "--origin", demo.base, "--origin", paper.base,
    "--rules-url", `${demo.base}/rules`, "--privacy-url", `${demo.base}/privacy`]);
  for (const screen of SCREENS) {
    const context = await browser.newContext({ ...screen.options, javaScriptEnabled: false });
    context.setDefaultTimeout(PATIENCE_MS);
    const page = await context.newPage();
    await check(`${screen.name}: the comments stand in a frame of the site, and a reply is sent from there`, async () => {
      await until("the site knows the newspaper", async () => {
        await page.goto(paper.base);
        return (await page.frames()[1].locator("#comments").count().catch(() => 0)) === 1;
      });
      const frame = page.frameLocator("iframe");
      await frame.getByRole("link", { name: "Newest first" }).click();
      await frame.locator("a[aria-current]", { hasText: "Newest first" }).waitFor();
      assert.equal(new URL(page.url()).origin, paper.base, "orders stay in the frame");
      await frame.getByRole("link", { name: /^Reply to/ }).first().click();
      await frame.getByText("Cancel reply").waitFor();
      await frame.getByRole("textbox", { name: /^Comment/ }).fill(`Sent from a frame on a ${screen.name}.`);
      await frame.getByRole("textbox", { name: /^Name/ }).fill("Fran");
      await frame.getByRole("textbox", { name: /^Email/ }).fill("fran@mailbox.example");
      await picture(page, `frame-${screen.name}`);
      await frame.getByRole("button", { name: "Post Comment" }).click();
      await page.waitForURL(/\/receipts\//);
      assert.ok(page.url().startsWith(demo.base) && await holds(page, `Sent from a frame on a ${screen.name}.`));
      await page.goto(paper.base);
      await frame.getByRole("link", { name: HEADLINE }).click();
      await page.waitForURL(`${demo.base}/demo`);
    });
    await check(`${screen.name}: pages of others cannot show them in a frame`, async () => {
      await page.goto(stranger.base);
      await until("the frame is refused", async () => page.frames().length < 2 || page.frames()[1].url().startsWith("chrome-error:"));
      assert.equal(await page.frameLocator("iframe").locator("#comments").count(), 0);
    });
    assert.deepEqual(await context.cookies(), [], "there are no cookies");
    await context.close();
  }

  // ── every look of it
  for (let n = 0; n < 24; n += 1) await publishes("port-arden", `Reply number ${n} to the moths.`, first);
  for (let n = 0; n < 52; n += 1) await publishes("the-pier", `What I think of the pier, part ${n}.`);
  const removed = await publishes("the-quay", "Gone soon.");
  await publishes("the-quay", "Something that stays.", removed);
  await decides(removed, "reject", 2);
  await demo.command(["article", "close", "demo", "the-quay"]);
  const receipt = (await writes("port-arden", "Held while it is looked at.")).receipt.url;
  const seen = await Promise.all(SCREENS.map(async (screen) => ({ screen, page: await open({ ...screen.options, bypassCSP: true }) })));
  const look = async (name, url, words, does = async () => {}) => {
    for (const { screen, page } of seen) {
      await page.goto(url);
      await does(page);
      await check(`${screen.name}: ${name} says so`, async () => assert.ok(await holds(page, words), await page.locator("body").innerText()));
      for (const scheme of SCHEMES) {
        await wears(page, scheme);
        await check(`${screen.name}, ${scheme}: ${name} fits the screen`, () => fits(page, screen.width));
        await check(`${screen.name}, ${scheme}: ${name} is accessible`, () => accessible(page));
        await picture(page, `${name.replaceAll(" ", "-")}-${screen.name}-${scheme}`);
      }
    }
  };
  await look("the page of comments", address("port-arden"), "Please keep to our house rules. How we treat your data: privacy notice.");
  await look("the form of a reply", address("port-arden", `&replyto=${first}`), "Replying to Edda Fairweather");
  await look("a page of replies", address("port-arden", `&replies=${first}`), "Replies to Edda Fairweather");
  await look("the second page", address("the-pier", "&sort=newest"), "From the beginning", (page) =>
    Promise.all([page.waitForURL(/cursor=/), page.getByRole("link", { name: "More comments" }).click()]));
  await look("a page without comments", address("nobody-wrote-here"), "Be the first to say what you think.");
  await look("a closed article", address("the-quay"), "This comment was removed.");
  await look("a comment that is not there", address("port-arden", "&around=01a20af0-dc8f-7591-9eb1-0d2af4d96cfe"), "not published here");
  await look("a comment that was sent", address("port-arden", "&replydesk=held"), "Your comment is held for moderation.");
  await look("the receipt", receipt, "Waiting for a moderator");
  const report = `${demo.base}/sites/demo/comments/${first}/report`;
  await look("the form of a report", report, "What is wrong with it?");
  await look("a report that was refused", report, "Please say what makes it unlawful.", async (page) => {
    await page.getByLabel("It is against the law", { exact: true }).check();
    await Promise.all([page.waitForResponse((answer) => answer.request().method() === "POST"), button(page, "Send the report").click()]);
  });
  await look("a report that has arrived", `${report}?done=received`, "Thank you for your report");
  await look("a form that was refused", address("port-arden", `&replyto=${first}`), "Please enter a name without an @ sign", async (page) => {
    await field(page, "Comment").fill("Typed once.");
    await field(page, "Name").fill("Jo @ home");
    await field(page, "Email").fill("jo@mailbox.example");
    await Promise.all([page.waitForResponse((answer) => answer.request().method() === "POST"), button(page, "Post Comment").click()]);
  });
  for (const [language, title] of Object.entries(LANGUAGES)) {
    await demo.command(["site", "set", "demo", "--language", language]);
    const [{ page }] = seen;
    await until(`the site speaks ${language}`, async () => {
      await page.goto(address("port-arden"));
      return (await page.locator("html").getAttribute("lang")) === language;
    });
    await look(`the page in ${language}`, address("port-arden", `&replyto=${first}`), title);
    await look(`the receipt in ${language}`, receipt, "Held while it is looked at.");
    await look(`a report in ${language}`, report, "I have kept a moth trap");
  }
  paper.stop();
  stranger.stop();
}

const browser = await launch(20);
const demo = await start(BINARY);
const problems = [];
try {
  await story(browser, demo, problems);
  await check("no errors, no CSP violations, no failed or foreign requests", () => assert.deepEqual([...new Set(problems)], []));
} catch (error) {
  tally.failed += 1;
  console.log(`FAILED  ${error.stack}\n${demo.log()}`);
} finally {
  await browser.close();
  await demo.stop();
}
console.log(`\n${tally.passed} passed, ${tally.failed} failed`);
process.exit(tally.failed === 0 ? 0 : 1);
