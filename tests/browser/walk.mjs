// The walk of a comment through a real browser: posted with a mistake, corrected, held, mailed, approved, answered.
// Told twice, on a wide screen and on a phone, each on a demo of its own; then every page is looked at in light and dark.
//
//   REPLYDESK_BIN=target/debug/replydesk node tests/browser/walk.mjs
//
// REPLYDESK_TEST_CHROMIUM: another Chromium than /usr/bin/chromium. REPLYDESK_TEST_SHOTS: a folder for pictures.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { BINARY, launch } from "./chromium.mjs";
import { start } from "./demo.mjs";
import { parse } from "./eml.mjs";
import { PATIENCE_MS, SCHEMES, SCREENS, Stop, button, check, field, holds, settled, signIn, squeezed, tally, until } from "./steps.mjs";
import { accessible, fits, picture, watch, wears } from "./watch.mjs";

const WANDA = {
  name: "Wanda Vögel",
  email: "wanda.reader@mailbox.example",
  website: "https://wanda.example/",
  comment: "The bridge at Mill Lane was closed again (A & B < C), schön wäre eine Fähre. The plan: https://paper.example/ferry",
};
// How the comments begin, to find them again; all different, since a text may not be posted twice.
const OPENING = "The bridge at Mill Lane was closed again";
const REJECTED = "Nobody asked the ferrymen about any of this";
const SPAM = "Second-hand anchors in every size and colour";
const ANSWER = "Wanda is right, and the ferry would pay for itself";
const WAITING = "The last bus leaves before the shift ends";
const CHANGED = "The last bus leaves before the night shift ends";
const CONTESTED = "The council has counted the boats twice";
const SAM = { name: "Sam Ortega", email: "sam@gazette.example", password: "seven moths at the harbour light" };

async function fillIn(page, { name, email, website, comment }) {
  await field(page, "Comment").fill(comment);
  await field(page, "Name").fill(name);
  await field(page, "Email").fill(email);
  await field(page, "Website").fill(website ?? "");
}

/** Presses "Post Comment" and returns the answer of the page it leads to. */
async function post(page) {
  const [response] = await Promise.all([
    page.waitForResponse((answer) => answer.request().resourceType() === "document" && !(answer.status() >= 300 && answer.status() < 400)),
    button(page, "Post Comment").click(),
  ]);
  await page.waitForLoadState();
  return response;
}

/** Where a held comment's browser was sent: the article with the notice, and the id of the comment. */
async function held(page, article) {
  const url = new URL(page.url());
  assert.equal(url.origin + url.pathname, article, "back on the article");
  assert.equal(url.searchParams.get("replydesk"), "held");
  assert.match(url.hash, /^#comment-[\w-]+$/);
  assert.ok(await page.getByText(/held for moderation/i).first().isVisible(), "the notice is visible");
  return { url: page.url(), id: url.hash.slice("#comment-".length) };
}

/** The code that an authenticator app shows for a key (RFC 6238: SHA-1, 6 digits, 30 s), so many steps from now. */
function oneTimeCode(key, steps) {
  const bits = [...key].map((c) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(c).toString(2).padStart(5, "0")).join("");
  const bytes = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
  const tag = createHmac("sha1", bytes).update(counter).digest();
  return String((tag.readUInt32BE(tag[19] & 0xf) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

/** The innermost element that holds both the text and the thing named. */
const around = (page, text, has) =>
  page.locator("main, section, article, li, tr, form, div").filter({ hasText: text }).filter({ has }).last();

/** Presses Approve, Reject or Spam at the comment that begins so, on the page as it is. */
async function decide(page, opening, name) {
  let place = around(page, opening, button(page, name));
  if ((await place.count()) === 0) {
    await around(page, opening, page.getByRole("link")).getByRole("link").first().click();
    await settled(page);
    place = page.locator("body");
  }
  const [response] = await Promise.all([
    page.waitForResponse((answer) => answer.request().method() === "POST"),
    button(place, name).first().click(),
  ]);
  assert.ok(response.status() < 400, `${name} was answered with ${response.status()}`);
  await settled(page);
}

/** The queue: what `desk` leads a signed-in person to, or its link named so. */
async function openQueue(page, demo) {
  await page.goto(demo.desk);
  const link = page.getByRole("link", { name: /^queue\b/i }).first();
  const here = (await link.count()) === 0 || (await link.getAttribute("aria-current"));
  if (!here) {
    await link.click();
    await settled(page);
  }
}

async function openComment(page, demo, id) {
  await openQueue(page, demo);
  const link = page.locator(`a[href$="/desk/comments/${id}"]`).first();
  await link.click();
  await until("the comment has a page of its own", () => page.url().includes(id));
  await settled(page);
}

async function waitForMail(demo, opening) {
  let last = "";
  const read = async () => {
    const names = existsSync(demo.mail) ? (await readdir(demo.mail)).filter((name) => name.endsWith(".eml")) : [];
    for (const name of names.sort()) {
      const file = await readFile(join(demo.mail, name));
      try {
        const mail = parse(file);
        if (squeezed(mail.text ?? "").includes(opening)) return { file, ...mail };
      } catch (error) {
        last = `${name}: ${error.message}`; // it may still be being written
      }
    }
    return undefined;
  };
  return until(() => `a mail with the comment in ${demo.mail} ${last}`, read);
}

/** The link in the text part of a mail. */
function linkIn(mail, demo) {
  const links = (mail.text.match(/https?:\/\/[^\s<>"')\]]+/g) ?? []).filter((url) => url.startsWith(`${demo.base}/`));
  assert.equal(links.length, 1, `one link; the text part has: ${links.map((url) => new URL(url).pathname.slice(0, 12))}`);
  assert.match(new URL(links[0]).pathname, /^\/d\/[\w-]+$/);
  return links[0];
}

/** What an HTML mail says, and where it leads, as a mail reader shows it: without scripts, without loading anything. */
async function readHtml(browser, html, problems) {
  const context = await browser.newContext({ javaScriptEnabled: false });
  watch(context, "nothing:", problems);
  const page = await context.newPage();
  await page.setContent(html);
  const text = squeezed(await page.locator("body").innerText());
  const links = await page.locator("a[href]").evaluateAll((all) => all.map((a) => a.href));
  await context.close();
  return { text, links };
}

async function walk(browser, screen) {
  const problems = [];
  const contexts = [];
  let page;
  const open = async (options) => {
    const context = await browser.newContext({ ...screen.options, ...options });
    context.setDefaultTimeout(PATIENCE_MS);
    context.on("page", (opened) => opened.on("dialog", (dialog) => dialog.accept()));
    watch(context, demo.base, problems);
    contexts.push(context);
    return context;
  };
  const step = async (name, run) => {
    const before = tally.failed;
    const result = await check(`${screen.name}: ${name}`, run);
    if (tally.failed === before) return result;
    if (page && !page.isClosed()) {
      console.log(`        at ${page.url()}`);
      const shown = await page.locator("body").innerText({ timeout: 2000 }).catch(() => "");
      console.log(shown.slice(0, 1500).replace(/^/gm, "        | "));
      await picture(page, `failed-${screen.name}`).catch(() => {});
    }
    throw new Stop(name);
  };
  const inspect = async (name, scheme, seen) => {
    const label = `${screen.name}, ${scheme}: ${name}`;
    await check(`${label} fits the screen`, () => fits(seen, screen.width));
    await check(`${label} is accessible`, () => accessible(seen));
    await picture(seen, `${name}-${screen.name}-${scheme}`);
  };

  const demo = await step("the demo starts and prints its addresses", () => start(BINARY));
  try {
    // ── before anyone has written
    for (const scheme of SCHEMES) {
      const context = await open({ colorScheme: scheme, bypassCSP: true });
      page = await context.newPage();
      await page.goto(demo.article);
      await inspect("demo", scheme, page);
      await step(`${scheme}: the error page opens`, async () => {
        await fillIn(page, { ...WANDA, name: " " });
        assert.equal((await post(page)).status(), 422);
      });
      await inspect("error", scheme, page);
      await page.goto(demo.desk);
      await inspect("sign-in", scheme, page);
      await context.close();
    }

    // ── the reader, without JavaScript
    const reader = await open({ javaScriptEnabled: false });
    const article = (page = await reader.newPage());
    await step("the article has a form headed Leave a Reply", async () => {
      const response = await article.goto(demo.article);
      assert.equal(response.status(), 200);
      assert.ok(await article.getByRole("heading", { name: /Leave a Reply/i }).isVisible());
    });
    const hidden = await article.locator("form:has(textarea)").last().evaluate((form) => ({
      action: form.action,
      ...Object.fromEntries([...form.querySelectorAll("input[type=hidden]")].map((input) => [input.name, input.value])),
    }));
    await step("an empty name leads to an error page that names the field and keeps what was typed", async () => {
      await fillIn(article, { ...WANDA, name: " " });
      const response = await post(article);
      assert.equal(response.status(), 422);
      assert.match(response.headers()["content-type"], /^text\/html/);
      const told = await article.locator("body").evaluate((body) => {
        const copy = body.cloneNode(true);
        for (const element of copy.querySelectorAll("label, title, script, style")) element.remove();
        return copy.textContent;
      });
      assert.match(told, /\bname\b/i, "the error page names the field");
      assert.equal(await field(article, "Comment").inputValue(), WANDA.comment);
      assert.equal(await field(article, "Email").inputValue(), WANDA.email);
      assert.equal(await field(article, "Website").inputValue(), WANDA.website);
      await fits(article, screen.width);
    });
    const first = await step("with the name corrected there, the comment is held and the notice says so", async () => {
      await field(article, "Name").fill(WANDA.name);
      assert.equal((await post(article)).status(), 200);
      const result = await held(article, demo.article);
      await fits(article, screen.width);
      return result;
    });
    await step("the held comment is not on the page", async () => {
      for (const url of [first.url, demo.article]) {
        // without its fragment, or a page that is already open would not be asked for again
        const response = await article.goto(url.split("#")[0]);
        assert.ok(!(await response.text()).includes(OPENING));
      }
    });

    // ── the mail
    const mail = await step("a moderator gets a mail with the comment as text and as HTML", async () => {
      const found = await waitForMail(demo, OPENING);
      assert.ok(found.html, "an HTML part");
      const html = await readHtml(browser, found.html, problems);
      assert.ok(html.text.includes(OPENING), "the HTML part has the comment");
      assert.ok(squeezed(found.text).includes("schön wäre eine Fähre"), "letters beyond ASCII are right");
      const link = linkIn(found, demo);
      assert.ok(html.links.includes(link), "the HTML part has the same link");
      assert.ok(html.links.every((url) => url.startsWith(`${demo.base}/`)), "no link of the comment is one in the mail");
      return { ...found, link };
    });
    await step("the mail does not hold the commenter's address", () => {
      const all = [mail.file.toString("latin1"), ...mail.parts.map((part) => part.content), JSON.stringify(mail.headers)];
      for (const text of all) assert.ok(!text.toLowerCase().includes("wanda.reader"));
    });

    // ── the link in the mail, signed out and without JavaScript
    const pocket = await open({ javaScriptEnabled: false });
    const linked = (page = await pocket.newPage());
    await step("the link in the mail shows the comment and what can be decided", async () => {
      const response = await linked.goto(mail.link);
      assert.equal(response.status(), 200);
      assert.ok(await holds(linked, OPENING), "the comment is shown");
      for (const name of ["Approve", "Reject", "Spam"]) assert.ok(await button(linked, name).first().isVisible(), name);
      assert.ok(!(await linked.content()).includes("wanda.reader"));
      await fits(linked, screen.width);
    });
    await step("whatever fetches it changes nothing", async () => {
      const purposes = [{}, { "sec-purpose": "prefetch" }, { purpose: "prefetch" }, { "user-agent": "LinkScanner/1.0" }];
      for (let nth = 0; nth < 50; nth += 1) assert.equal((await fetch(mail.link, { headers: purposes[nth % purposes.length] })).status, 200);
      for (const [method, status] of [["HEAD", 200], ["OPTIONS", 405]]) assert.equal((await fetch(mail.link, { method })).status, status);
      assert.ok(!(await (await article.goto(demo.article)).text()).includes(OPENING), "nothing was published");
      await linked.reload();
      assert.ok(await button(linked, "Approve").isVisible(), "it can still be decided");
    });

    // ── the moderator
    const desk = await open({});
    const moderator = (page = await desk.newPage());
    await step("from there the desk asks to sign in", async () => {
      await moderator.goto(mail.link);
      await moderator.getByRole("link", { name: "Open it on the desk" }).click();
      await moderator.waitForLoadState();
      assert.ok(await moderator.getByLabel(/^Password\b/).isVisible());
      await fits(moderator, screen.width);
    });
    await step("signed in, the moderator is at the comment", async () => {
      await signIn(moderator, demo);
      assert.ok(await holds(moderator, OPENING), "the comment is shown");
      await fits(moderator, screen.width);
    });
    await step("it is approved with the keyboard alone", async () => {
      await openQueue(moderator, demo);
      await moderator.keyboard.press("?");
      await moderator.getByRole("dialog").waitFor();
      await accessible(moderator);
      await picture(moderator, `keys-${screen.name}`);
      await moderator.keyboard.press("Escape");
      const chosen = moderator.locator(".card:focus").filter({ hasText: OPENING });
      for (let steps = 0; steps < 20 && (await chosen.count()) === 0; steps += 1) await moderator.keyboard.press("j");
      await Promise.all([moderator.waitForURL(/[?&]done=approve/), moderator.keyboard.press("a")]);
    });
    page = linked;
    await step("the link says so, and has nothing to press", async () => {
      assert.equal((await linked.reload()).status(), 200);
      assert.ok(await linked.getByRole("heading", { name: "You have approved this comment" }).isVisible());
      assert.equal(await linked.locator("form").count(), 0);
      await fits(linked, screen.width);
    });

    page = article;
    await step("the comment is on the page, with its name and safe links", async () => {
      await until("the approved comment is on the page", async () => {
        await article.goto(demo.article);
        return holds(article, OPENING);
      });
      const shown = article.locator(`[id="comment-${first.id}"]`);
      const text = squeezed(await shown.innerText());
      assert.ok(text.includes(WANDA.name), "the name");
      assert.ok(text.includes("(A & B < C), schön wäre eine Fähre"), "the text as it was typed");
      const links = await shown.locator("a[href]").evaluateAll((all) => all.map((a) => ({ href: a.href, rel: a.rel, text: a.textContent })));
      const foreign = links.filter(({ href }) => !href.startsWith(demo.base));
      assert.ok(foreign.some(({ href, text }) => href === WANDA.website && text.includes(WANDA.name)), "the name links to the website");
      assert.ok(foreign.some(({ href }) => href === "https://paper.example/ferry"), "the address in the text is a link");
      for (const { href, rel } of foreign) {
        assert.match(href, /^https?:/);
        for (const word of ["nofollow", "ugc"]) assert.ok(rel.split(/\s+/).includes(word), `${href} has rel="${rel}"`);
      }
      await fits(article, screen.width);
    });
    await step("the page source does not hold the address", async () => {
      const source = await (await article.goto(demo.article)).text();
      assert.ok(!source.toLowerCase().includes("wanda.reader") && !source.toLowerCase().includes("mailbox.example"));
    });

    // ── two that are not published
    for (const [opening, name] of [[REJECTED, "Reject"], [SPAM, "Spam"]]) {
      page = article;
      await step(`another comment is held (to be: ${name})`, async () => {
        await article.goto(demo.article);
        await fillIn(article, { name: "Otto", email: `otto.${name.toLowerCase()}@mailbox.example`, comment: `${opening}.` });
        await post(article);
        await held(article, demo.article);
      });
      page = moderator;
      await step(`${name}`, async () => {
        await openQueue(moderator, demo);
        await decide(moderator, opening, name);
        await until("it has left the queue", async () => {
          await openQueue(moderator, demo);
          return !(await holds(moderator, opening));
        });
      });
      page = article;
      await step(`it is not on the page after ${name}`, async () => {
        const source = await (await article.goto(demo.article)).text();
        assert.ok(!source.includes(opening));
        assert.ok(source.includes(OPENING), "the approved one still is");
      });
    }

    // ── a reply
    const reply = await step("the Reply link leads to a form that answers the comment", async () => {
      await article.goto(demo.article);
      await article.locator(`[id="comment-${first.id}"]`).getByRole("link", { name: /^Reply\b/ }).first().click();
      await article.waitForLoadState();
      await fillIn(article, { name: "Renzo", email: "renzo@mailbox.example", comment: `${ANSWER}.` });
      await post(article);
      return held(article, demo.article);
    });
    page = linked;
    await step("the reply is approved by the link in its mail, in a browser that nobody is signed in with", async () => {
      const link = linkIn(await waitForMail(demo, ANSWER), demo);
      const second = await pocket.newPage();
      for (const tab of [linked, second]) assert.equal((await tab.goto(link)).status(), 200);
      assert.ok(await holds(linked, ANSWER));
      assert.ok(await holds(linked, `In reply to ${WANDA.name}`), "what it answers");
      await Promise.all([linked.waitForEvent("load"), button(linked, "Approve").click()]);
      assert.equal(linked.url(), link);
      assert.ok(await linked.getByRole("heading", { name: "You have approved this comment" }).isVisible());
      const [again] = await Promise.all([
        second.waitForResponse((answer) => answer.request().method() === "POST"),
        button(second, "Reject").first().click(),
      ]);
      assert.equal(again.status(), 409, "the second try");
      await second.waitForLoadState();
      assert.ok(await holds(second, "The link was used before. Nothing was changed."));
      await fits(second, screen.width);
      await picture(second, `link-used-${screen.name}`);
      await second.close();
    });
    page = article;
    await step("the reply stands under its comment", async () => {
      await until("the reply is on the page", async () => {
        await article.goto(demo.article);
        return holds(article, ANSWER);
      });
      const nested = await article.locator("body").evaluate((body, [above, below]) => {
        const [a, b] = [above, below].map((id) => body.ownerDocument.getElementById(`comment-${id}`));
        const item = a?.closest("li");
        return Boolean(a && b && (a.contains(b) || (item && item.contains(b) && b.closest("li") !== item)));
      }, [first.id, reply.id]);
      assert.ok(nested);
      await fits(article, screen.width);
    });

    // ── two moderators at one comment
    page = article;
    const contested = await step("a comment that two moderators open is held", async () => {
      await article.goto(demo.article);
      await fillIn(article, { name: "Ada", email: "ada@mailbox.example", comment: `${CONTESTED}.` });
      await post(article);
      return held(article, demo.article);
    });
    const other = await open({ bypassCSP: true });
    const late = (page = await other.newPage());
    const watching = await other.newPage();
    await step("a second moderator signs in and opens it twice, once without news", async () => {
      await late.route("**/assets/desk.js", (route) => route.fulfill({ contentType: "text/javascript", body: "" }));
      await demo.command(["moderator", "add", SAM.email, "--name", SAM.name, "--role", "moderator", "--password-stdin"], SAM.password);
      await late.goto(demo.desk);
      await signIn(late, { person: SAM.email, password: SAM.password });
      await openComment(late, demo, contested.id);
      await openComment(watching, demo, contested.id);
    });
    page = moderator;
    await step("the first one rejects it, with a reason", async () => {
      await openComment(moderator, demo, contested.id);
      await moderator.getByText("Reject with a reason", { exact: true }).click();
      await field(moderator, "Reason").fill("Please stay with the article.");
      await decide(moderator, CONTESTED, "Reject with this reason");
      assert.ok(await holds(moderator, "Please stay with the article."), "the history has the reason");
    });
    page = watching;
    await step("the second one sees it happen, without loading the page again", async () => {
      await watching.locator(".card").getByText("Rejected by Robin Vale, just now.").waitFor({ timeout: PATIENCE_MS });
      assert.ok(await button(watching, "Approve").isDisabled(), "nothing is left to decide here");
      await accessible(watching);
      await picture(watching, `outdated-${screen.name}`);
    });
    page = late;
    await step("the second one, too late, is told who was first, and changes nothing", async () => {
      await decide(late, CONTESTED, "Approve");
      const told = await late.getByRole("status").filter({ hasText: /\S/ }).innerText();
      assert.match(told, /Someone else was first: Robin Vale has rejected it/);
      assert.ok(!(await (await article.goto(demo.article)).text()).includes(CONTESTED));
      await fits(late, screen.width);
      await accessible(late);
      await picture(late, `late-${screen.name}`);
      assert.ok(await holds(late, "Rejected by Robin Vale"));
      assert.ok(!(await holds(late, "Approved by")));
    });
    // ── a comment by JSON, for its receipt
    const waiting = await step("a comment posted as JSON is accepted with a receipt", async () => {
      const response = await fetch(hidden.action, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({
          article: { key: hidden.article, url: hidden.article_url ?? demo.article, title: hidden.article_title },
          name: "Nadia", email: "nadia@mailbox.example", comment: `${WAITING}.`,
        }),
      });
      const answer = await response.json();
      assert.equal(response.status, 202, JSON.stringify(answer));
      assert.equal(answer.status, "pending");
      assert.ok(!JSON.stringify(answer).includes("nadia@"));
      return { id: answer.id, receipt: new URL(answer.receipt.url, demo.base).href };
    });

    const waitingLink = await step("its mail has a link, too", async () => linkIn(await waitForMail(demo, WAITING), demo));

    // ── every page, in light and dark
    for (const scheme of SCHEMES) {
      const context = await open({ colorScheme: scheme, bypassCSP: true });
      page = await context.newPage();
      for (const [name, url] of [["held", first.url], ["approved", `${demo.article}#comment-${first.id}`], ["receipt", waiting.receipt], ["link", waitingLink], ["link-approved", mail.link]]) {
        await page.goto(url);
        await inspect(name, scheme, page);
      }
      await context.close();

      const signedIn = await open({ colorScheme: scheme, bypassCSP: true, storageState: await desk.storageState() });
      page = await signedIn.newPage();
      await step(`${scheme}: the queue shows what waits`, async () => {
        await openQueue(page, demo);
        await page.getByText(WAITING).first().waitFor();
      });
      await inspect("queue", scheme, page);
      await step(`${scheme}: the comment has a page`, () => openComment(page, demo, waiting.id));
      await inspect("comment", scheme, page);
      await page.goto(`${demo.desk}/account`);
      await inspect("account", scheme, page);
      await page.goto(`${demo.desk}/articles`);
      await inspect("articles", scheme, page);
      for (const summary of await page.locator("summary").all()) await summary.click();
      await inspect("articles-open", scheme, page);
      await page.goto(`${demo.desk}/articles?q=nothing`);
      await inspect("articles-none", scheme, page);
      for (const state of ["owed", "sent", "dead"]) {
        await page.goto(`${demo.desk}/outbox?state=${state}`);
        await inspect(`outbox-${state}`, scheme, page);
      }
      await page.goto(`${demo.desk}/audit`);
      for (const summary of await page.locator("summary").all()) await summary.click();
      await inspect("audit", scheme, page);
      await page.goto(`${demo.desk}/comments/${first.id}`);
      for (const summary of await page.locator("summary").all()) await summary.click();
      await inspect("comment-forms", scheme, page);
      await page.goto(`${demo.desk}/reasons`);
      await inspect(scheme === SCHEMES[0] ? "reasons-none" : "reasons", scheme, page);
      if (scheme === SCHEMES[0]) {
        await step("a reason is kept", async () => {
          await page.getByRole("textbox", { name: /^Code\b/ }).fill("off-topic");
          await page.getByRole("textbox", { name: /^What the commenter reads\b/ }).fill("It is not about the article.");
          await Promise.all([page.waitForEvent("load"), page.getByRole("button", { name: /^(Add|Save)/ }).first().click()]);
          assert.ok(await holds(page, "It is not about the article."));
        });
        await inspect("reasons", scheme, page);
      }
      for (const summary of await page.locator("summary").all()) await summary.click();
      await inspect("reasons-open", scheme, page);
      await page.goto(`${demo.desk}/people`);
      for (const summary of await page.locator("summary").all()) await summary.click();
      await inspect("people", scheme, page);
      await signedIn.close();

      const letter = await open({ colorScheme: scheme, javaScriptEnabled: false });
      page = await letter.newPage();
      await page.setContent(mail.html);
      await check(`${screen.name}, ${scheme}: the mail's HTML part fits the screen`, () => fits(page, Math.max(screen.width, 980)));
      await picture(page, `mail-${screen.name}-${scheme}`);
      await letter.close();
    }

    // ── the commenter's receipt
    const receipt = (page = await reader.newPage());
    const own = await open({ bypassCSP: true });
    await step("by the receipt the text can be changed while it waits; an empty one is refused", async () => {
      await receipt.goto(waiting.receipt);
      const change = async (text) => {
        await receipt.locator("summary", { hasText: "Change your comment" }).click();
        await field(receipt, "Comment").fill(text);
        await Promise.all([receipt.waitForEvent("load"), button(receipt, "Save changes").click()]);
      };
      await change("   ");
      assert.match(await receipt.getByRole("alert").innerText(), /write a comment/i);
      assert.ok(await field(receipt, "Comment").isVisible(), "the form stays open");
      await receipt.goto(waiting.receipt);
      await change(`${CHANGED}.`);
      assert.match(await receipt.getByRole("status").innerText(), /saved/i);
      assert.ok(await holds(receipt, CHANGED));
      assert.ok(!(await holds(receipt, WAITING)));
      await fits(receipt, screen.width);
    });
    page = moderator;
    await step("the moderator sees the new text, and that it was changed", async () => {
      // without news: what comes is to be too late
      await moderator.route("**/assets/desk.js", (route) => route.fulfill({ contentType: "text/javascript", body: "" }));
      await openComment(moderator, demo, waiting.id);
      assert.ok(await holds(moderator, CHANGED));
      assert.ok(await holds(moderator, "Changed the text"));
    });
    await check(`${screen.name}: the opened forms of the receipt fit and are accessible`, async () => {
      const opened = await own.newPage();
      await opened.goto(waiting.receipt);
      for (const summary of await opened.locator("summary").all()) await summary.click();
      await fits(opened, screen.width);
      await accessible(opened);
      await picture(opened, `receipt-open-${screen.name}`);
    });
    page = receipt;
    await step("withdrawing takes two steps, and then it is gone for good", async () => {
      const sure = button(receipt, "Yes, withdraw it");
      assert.ok(!(await sure.isVisible()), "the button that does it stands behind another");
      await receipt.locator("summary", { hasText: "Withdraw your comment" }).click();
      await Promise.all([receipt.waitForEvent("load"), sure.click()]);
      assert.match(await receipt.getByRole("status").innerText(), /withdrawn/i);
      await receipt.goto(waiting.receipt);
      assert.ok(await holds(receipt, "Withdrawn"));
      assert.equal(await receipt.locator("form").count(), 0, "nothing is left to do");
      await picture(receipt, `withdrawn-${screen.name}`);
    });
    page = moderator;
    await step("a decision on what was withdrawn comes too late", async () => {
      await decide(moderator, CHANGED, "Approve");
      assert.match(await moderator.getByRole("status").filter({ hasText: /\S/ }).innerText(), /author was first and has withdrawn/);
      await openQueue(moderator, demo);
      assert.ok(!(await holds(moderator, CHANGED)), "it has left the queue");
      assert.ok(await holds(moderator, "Nothing is waiting."));
      await picture(moderator, `empty-${screen.name}`);
    });

    // ── the second moderator's own account
    const account = async (name, run) => {
      page = late;
      await step(name, run);
      for (const scheme of SCHEMES) {
        await wears(late, scheme);
        await inspect(name.replaceAll(" ", "-"), scheme, late);
      }
    };
    const press = async (name, where = late) => {
      await Promise.all([late.waitForEvent("load"), button(where, name).click()]);
    };
    await account("the account lists where one is signed in", async () => {
      await late.getByRole("link", { name: /your account/ }).click();
      await late.waitForLoadState();
      assert.equal(await late.getByText("This browser").count(), 1);
      assert.match(squeezed(await late.locator("#sessions").innerText()), /Chrome on \w+/);
    });
    let key;
    await account("a second factor begins with a key", async () => {
      await press("Set it up");
      key = (await late.locator("#key").innerText()).replaceAll(" ", "");
      assert.match(key, /^[A-Z2-7]{32}$/);
      const box = await late.getByRole("img", { name: /QR code/ }).boundingBox();
      assert.ok(box.width >= 200 && Math.abs(box.width - box.height) < 1, "the picture is large enough to scan");
      // the same under the page's own policy, which `problems` hears of
      const strict = await open({ storageState: await other.storageState() });
      const seen = await strict.newPage();
      await seen.goto(late.url());
      const drawn = await seen.locator(".qr path").evaluate((path) => getComputedStyle(path).fill);
      assert.equal(drawn, "rgb(0, 0, 0)");
      await strict.close();
    });
    let codes;
    let used;
    await account("a code of the app turns it on", async () => {
      await late.getByLabel(/^Your password\b/).fill(SAM.password);
      // the code of the step before is taken in this step and not in the next one
      await until("there is time left in this step", () => Date.now() % 30_000 < 22_000);
      await late.getByLabel(/^The code\b/).fill((used = oneTimeCode(key, -1)));
      await press("Turn it on");
      codes = await late.locator(".secret code").allInnerTexts();
      assert.equal(new Set(codes).size, 10);
    });
    await account("the account says that it is on", async () => {
      await late.getByRole("link", { name: /I have kept them/ }).click();
      await late.waitForLoadState();
      assert.ok(await holds(late, "10 recovery codes are left."));
    });
    await account("a token is shown once", async () => {
      await late.locator("summary", { hasText: "Make a token" }).click();
      await late.getByLabel(/^What it is for\b/).fill("Figures for the morning meeting");
      await late.locator("#token-password").fill(SAM.password);
      // with a second factor, a code as well
      await late.locator("#token-code").fill(codes[1]);
      await press("Make the token");
      const [token] = await late.locator(".secret code").allInnerTexts();
      const asked = await fetch(`${demo.base}/v1/session`, { headers: { Authorization: `Bearer ${token}` } });
      const { name, scope } = await asked.json();
      assert.deepEqual({ name, scope }, { name: SAM.name, scope: "read" });
    });
    await step("signing in again takes a code: none, a used one, a new one, a recovery code", async () => {
      for (const [code, enters] of [[() => "", false], [() => used, false], [() => oneTimeCode(key, 1), true], [() => codes[0], true]]) {
        if ((await button(late, "Sign out").count()) > 0) await press("Sign out");
        await field(late, "Email").fill(SAM.email);
        await late.getByLabel(/^Password\b/).fill(SAM.password);
        await late.getByLabel(/^Code\b/).fill(code());
        await press("Sign in");
        assert.equal(await late.getByLabel(/^Password\b/).count(), enters ? 0 : 1);
        if (enters) continue;
        assert.match(await late.getByRole("alert").innerText(), /address, the password or the code is not right/);
        await fits(late, screen.width);
      }
    });

    // ── somebody who is invited
    await step("an invitation leads to a password, and that to the desk", async () => {
      await demo.command(["moderator", "add", "iris@gazette.example", "--name", "Iris Okafor", "--role", "moderator", "--invite"]);
      const invitation = await until("the invitation", async () => {
        for (const name of (await readdir(demo.mail)).filter((name) => name.endsWith(".eml"))) {
          const letter = parse(await readFile(join(demo.mail, name)));
          const link = letter.text?.match(/https?:\/\/\S+\/desk\/invitations\/\S+/)?.[0];
          if (link) return { ...letter, link };
        }
        return undefined;
      });
      const html = await readHtml(browser, invitation.html, problems);
      assert.deepEqual(html.links, [invitation.link]);
      const guest = await open({ bypassCSP: true });
      page = await guest.newPage();
      await page.goto(invitation.link);
      await fits(page, screen.width);
      await accessible(page);
      await picture(page, `invitation-${screen.name}`);
      await page.getByLabel("New password", { exact: true }).fill("nine lanterns on the night pier");
      await page.getByLabel(/^New password, again/).fill("nine lanterns on the night pier");
      await Promise.all([page.waitForEvent("load"), button(page, "Set the password").click()]);
      assert.match(await page.getByRole("status").innerText(), /Your password is set/);
      await signIn(page, { person: "iris@gazette.example", password: "nine lanterns on the night pier" });
      assert.equal((await fetch(invitation.link)).status, 410);
      for (const scheme of SCHEMES) {
        const letter = await open({ colorScheme: scheme, javaScriptEnabled: false });
        const shown = await letter.newPage();
        await shown.setContent(invitation.html);
        await fits(shown, Math.max(screen.width, 980));
        await picture(shown, `invitation-mail-${screen.name}-${scheme}`);
        await letter.close();
      }
    });

    // ── the end of the shift
    await step("signed out, the desk asks to sign in again", async () => {
      const cookies = await desk.cookies();
      await Promise.all([moderator.waitForEvent("load"), button(moderator, "Sign out").click()]);
      await moderator.goto(demo.desk);
      assert.ok(await moderator.getByLabel(/^Password\b/).isVisible());
      await desk.addCookies(cookies);
      await moderator.goto(`${demo.desk}/comments/${first.id}`);
      assert.ok(await moderator.getByLabel(/^Password\b/).isVisible(), "the old session is over, cookie or not");
    });
  } catch (error) {
    if (!(error instanceof Stop)) {
      tally.failed += 1;
      console.log(`FAILED  ${screen.name}: ${error.stack}`);
    }
    console.log(`        the end of the demo's log:\n${demo.log().replace(/^/gm, "        | ")}`);
  } finally {
    for (const context of contexts) await context.close().catch(() => {});
    await check(`${screen.name}: no errors, no CSP violations, no failed or foreign requests`, () =>
      assert.equal(problems.length, 0, [...new Set(problems)].join("\n")));
    await check(`${screen.name}: on SIGTERM the demo ends with 0 within 30 s`, async () => assert.equal(await demo.stop(), 0, demo.log()));
    await check(`${screen.name}: nothing is left behind`, () => assert.ok(!existsSync(demo.folder)));
  }
}

const browser = await launch();
try {
  for (const screen of SCREENS) {
    await walk(browser, screen).catch((error) => {
      if (!(error instanceof Stop)) throw error;
    });
  }
} finally {
  await browser.close();
}
console.log(`\n${tally.passed} passed, ${tally.failed} failed`);
process.exit(tally.failed === 0 ? 0 : 1);
