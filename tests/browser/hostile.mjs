// Hostile texts in every field, and then every page that shows them, in a browser with JavaScript on: nothing runs, nothing is
// loaded from elsewhere, and nothing is in the document that a template or the sanitiser did not put there.
//
//   REPLYDESK_BIN=target/debug/replydesk node tests/browser/hostile.mjs
//
// REPLYDESK_TEST_LONG=1: every receipt, comment page, error page and mail is opened, and each text has a mail and a place in
// the queue of its own.
import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { BINARY, doing, launch } from "./chromium.mjs";
import { start } from "./demo.mjs";
import { parse } from "./eml.mjs";
import { guard, inspectAll, inspectFrames, inspectOpen } from "./inspect.mjs";
import { packed, payloads } from "./payloads.mjs";
import { flaws } from "./flaws.mjs";
import { watch } from "./watch.mjs";

const LONG = process.env.REPLYDESK_TEST_LONG === "1";
/** Of pages that are many and alike, every so manieth is opened; mails and error pages are all parsed. */
const OPENED = LONG ? 1 : 80;
/** Receipts and pages of single comments: what they show is also on the pages of the queue, which are all opened. */
const PARSED = LONG ? 1 : 4;
/** Mails a second: in the short form those about comments that are approved at once stay behind. */
const MAILS = LONG ? "1000" : "60";
const AT_ONCE = 24;
const PATIENCE_MS = 120_000;
const TEXTS = payloads();
const TITLE_CHARS = 300;
const HTML = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8";

let failed = 0;
async function check(name, run) {
  const began = performance.now();
  doing.what = name;
  try {
    const result = await run();
    console.log(`ok      ${name} (${Math.round(performance.now() - began)} ms)`);
    return result;
  } catch (error) {
    failed += 1;
    console.log(`FAILED  ${name}\n${String(error.stack ?? error).slice(0, 6000).replace(/^/gm, "        ")}`);
    return undefined;
  }
}

/** Runs `work` over all items, a bounded number at a time; the results in the order of the items. */
async function each(items, work) {
  const results = new Array(items.length);
  let next = 0;
  const worker = async () => {
    for (let at = next++; at < items.length; at = next++) results[at] = await work(items[at], at);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results;
}

/** White space is refused in an address, so it would hide the rest. */
const tight = (text) => text.replace(/\s+/g, "+");
const batches = (items, size) => Array.from({ length: Math.ceil(items.length / size) }, (_, nth) => items.slice(nth * size, (nth + 1) * size));
const some = (items, share) => items.filter((_, nth) => nth % share === 0);
const none = (findings, what) => assert.equal(findings.length, 0, `${findings.length} in ${what}:\n${findings.slice(0, 10).join("\n")}`);

async function ask(method, url, body, headers = {}) {
  const answer = await fetch(url, { method, redirect: "manual", headers: { "content-type": "application/json", ...headers }, body: body && JSON.stringify(body) });
  return { status: answer.status, text: await answer.text() };
}

/** Posts a submission; what is refused by its code is left out or made plain, and then it must be taken. */
async function submit(demo, fields, plain) {
  const url = `${demo.base}/v1/sites/demo/comments`;
  let answer = await ask("POST", url, fields);
  if (answer.status === 422) {
    for (const { field, code } of JSON.parse(answer.text).errors) {
      assert.match(code, /^[a-z0-9-]+$/);
      const [head, tail] = field.split(".");
      if (tail) fields.article[tail] = plain.article[tail];
      else fields[head] = plain[head];
    }
    answer = await ask("POST", url, fields);
  }
  assert.equal(answer.status, 202, `${JSON.stringify(fields).slice(0, 300)}\n${answer.text}`);
  return { ...JSON.parse(answer.text), fields };
}

/** One comment a text below the demo's article; every second one is written plain and then edited into the text. */
const discuss = (demo) =>
  each(TEXTS, async (text, nth) => {
    const article = { key: "port-arden", url: demo.article, title: "The town that switched off its lights" };
    const edits = nth % 2 === 1;
    const words = `Nothing to see here, number ${nth}`;
    const plain = { name: `Reader ${nth}`, comment: `${words}, refused`, website: undefined, article };
    const taken = await submit(demo, {
      article, email: `reader${nth}@mailbox.example`, name: text, website: nth % 3 === 0 ? text : `https://w.example/?q=${tight(text)}#${tight(text)}`,
      comment: edits ? words : text,
    }, plain);
    if (edits) {
      const answer = await ask("PATCH", `${demo.base}/v1/receipts/${taken.receipt.token}`, { comment: text });
      assert.ok([200, 422].includes(answer.status), `${answer.status} for the edit into ${text}`);
      return { ...taken, version: answer.status === 200 ? 2 : 1 };
    }
    return { ...taken, version: 1 };
  });

/** One comment on an article of its own for each handful of texts that fit a title. */
const announce = (demo, packs) =>
  each(packs, (text, nth) => {
    const article = { key: `pack-${nth} ${text}`.slice(0, 200).toWellFormed(), url: `${demo.base}/a/${nth}/${tight(text)}?q=${tight(text)}`, title: text };
    const plain = { name: `Reader ${nth}`, comment: "Refused", website: undefined, article: { key: `pack-${nth}`, url: `${demo.base}/a/${nth}`, title: "Plain" } };
    return submit(demo, { article, email: `packer${nth}@mailbox.example`, name: text.slice(0, 100).toWellFormed(), website: `https://w.example/${tight(text)}`, comment: `${text}\n\n${text} ` }, plain);
  });

/** The answers to forms in which everything is wrong that can be, with everything typed shown again. */
const mistype = (demo, packs) =>
  each(packs, async (text, nth) => {
    const fields = {
      comment: text, name: text, email: text, website: text, article: text, article_url: nth % 2 ? text : `${demo.base}/a?${tight(text)}`, article_title: text,
      redirect: nth % 3 ? text : `${demo.base}/demo?${text}`, notify: text, token: text, parent: text,
    };
    const answer = await fetch(`${demo.base}/v1/sites/demo/comments`, { method: "POST", headers: { accept: HTML }, body: new URLSearchParams(fields) });
    assert.equal(answer.status, 422);
    const html = await answer.text();
    assert.ok(html.includes("What to correct"), "the form is shown again");
    return { fields, html };
  });

/** The HTML parts of all mails, once there are as many as comments. */
async function mails(demo, count) {
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    const names = (await readdir(demo.mail).catch(() => [])).filter((name) => name.endsWith(".eml"));
    if (names.length >= count) {
      const read = await each(names, async (name) => parse(await readFile(join(demo.mail, name))));
      return read.map(({ html }) => html);
    }
    if (performance.now() > end) throw new Error(`${names.length} of ${count} mails after ${PATIENCE_MS} ms`);
    await pause(200);
  }
}

/** What an admin's program sends with a request. */
async function signed(demo) {
  const token = (await demo.command(["moderator", "token", demo.person])).trim().split(/\s+/).at(-1);
  return { authorization: `Bearer ${token}` };
}

/** Refused by a known code, or taken. */
function isTaken(answer, what) {
  if (answer.status < 300) return true;
  assert.equal(answer.status, 422, `${what}: ${answer.text}`);
  for (const { code } of JSON.parse(answer.text).errors) assert.match(code, /^[a-z0-9-]+$/);
  return false;
}

/** Colleagues with hostile names, canned reasons, and comments that were edited, answered, rejected and escalated with hostile
 * words; how many of each were taken. */
async function moderate(demo, comments) {
  const headers = await signed(demo);
  const cut = (text, most) => [...text].slice(0, most).join("");
  const words = (comment) => comment.fields.article.title;
  const taken = { people: 0, reasons: 0, edits: 0, replies: 0, rejections: 0, escalations: 0 };
  await each(comments.slice(0, 40), async (comment, nth) => {
    const body = { email: `colleague${nth}@gazette.example`, name: cut(words(comment).replaceAll("@", "%"), 100), role: "moderator" };
    taken.people += isTaken(await ask("POST", `${demo.base}/v1/admin/moderators`, body, headers), "a name");
  });
  const reasons = comments.slice(0, 50).map((comment, nth) => ({ code: `r${nth}`, text: cut(words(comment), 500), basis: "terms" }));
  const good = [];
  for (const reason of reasons) {
    const alone = await ask("PUT", `${demo.base}/v1/sites/demo/reasons`, { reasons: [...good, reason] }, headers);
    if (isTaken(alone, "a reason")) good.push(reason);
  }
  taken.reasons = good.length;
  await each(comments, async ({ id, fields }, nth) => {
    const text = fields.article.title;
    const path = `${demo.base}/v1/moderation/comments/${id}`;
    const decide = async (decision, more) => isTaken(await ask("POST", `${path}/decisions`, { decision, version: 1, ...more }, headers), decision);
    if (nth % 3 === 0) {
      assert.ok(await decide("approve", {}));
      taken.edits += isTaken(await ask("PATCH", path, { comment: `${text} – changed`, version: 2 }, headers), "an edit");
      taken.replies += isTaken(await ask("POST", `${path}/replies`, { comment: text }, headers), "a reply");
    } else if (nth % 3 === 1) {
      const own = nth % 2 ? { reason: cut(text, 500) } : { reason_code: good[nth % good.length].code };
      taken.rejections += await decide("reject", { ...own, note: text });
    } else {
      taken.escalations += await decide("escalate", { note: text });
    }
  });
  return taken;
}

/** Approves comments in the version that they have. */
async function approve(demo, comments) {
  const headers = await signed(demo);
  for (const batch of batches(comments, 100)) {
    const items = batch.map(({ id, version }) => ({ id, version }));
    const answer = await ask("POST", `${demo.base}/v1/moderation/decisions`, { decision: "approve", items }, headers);
    assert.equal(answer.status, 200, answer.text);
    assert.ok(JSON.parse(answer.text).results.every(({ outcome }) => outcome === "done"), answer.text.slice(0, 300));
  }
}

/** Opens pages from `url` on, following `next`, and looks at each; how many elements match each of `counted` on all of them. */
async function leaf(page, url, { base, next, counted, pages = Infinity }) {
  const counts = counted.map(() => 0);
  let at = url;
  for (let nth = 0; at && nth < pages; nth += 1) {
    const answer = await page.goto(at);
    assert.equal(answer.status(), 200, at);
    none(await inspectOpen(page, { base, kind: "page" }), at);
    const seen = await page.evaluate((counted) => counted.map((what) => document.querySelectorAll(what).length), counted);
    seen.forEach((some, nth) => (counts[nth] += some));
    at = await page.evaluate((next) => document.querySelector(next)?.href, next);
  }
  return counts;
}

async function parsed(blank, documents, about, names = []) {
  for (const [nth, batch] of batches(documents, 200).entries()) {
    const found = await inspectAll(blank, batch, about);
    none(found.map(([at, finding]) => `${names[nth * 200 + at] ?? ""} ${finding}`), "what was parsed");
  }
}

async function open(page, url, base) {
  const answer = await page.goto(url);
  assert.equal(answer.status(), 200, url);
  none(await inspectOpen(page, { base, kind: "page" }), url);
}

/** Posts a form as the browser does, from one of our pages. */
async function post(page, base, fields) {
  const [answer] = await Promise.all([
    page.waitForResponse((answer) => answer.request().method() === "POST"),
    page.waitForEvent("load"),
    page.evaluate((fields) => {
      const form = Object.assign(document.createElement("form"), { method: "post", action: "/v1/sites/demo/comments" });
      for (const [name, value] of Object.entries(fields)) form.append(Object.assign(document.createElement("textarea"), { name, value }));
      document.body.append(form);
      HTMLFormElement.prototype.submit.call(form);
    }, fields),
  ]);
  assert.equal(answer.status(), 422);
  none(await inspectOpen(page, { base, kind: "page" }), "an error page");
}

/** Shows mails as a reader without any precaution would: scripts on, no policy, each in a frame of its own. */
async function show(page, htmls, base) {
  await page.setContent(htmls.map(() => "<iframe></iframe>").join(""));
  await page.evaluate((htmls) => Promise.all([...document.querySelectorAll("iframe")].map((frame, nth) => new Promise((done) => {
    frame.onload = done;
    frame.srcdoc = htmls[nth];
  }))), htmls);
  none((await inspectFrames(page, { base, kind: "mail" })).map(([, finding]) => finding), "a mail");
}

/** Shows the inspector what it must find, one flaw at a time, and lets the worst run where nothing stops it. */
async function proveTheChecks(browser) {
  const problems = [];
  const context = await browser.newContext();
  await guard(context, problems);
  watch(context, "http://127.0.0.1:1", problems);
  await context.route(/foreign/, (route) => route.abort());
  const page = await context.newPage();
  await page.goto("about:blank");
  const about = { base: "http://127.0.0.1:1", kind: "page" };
  for (const { kind, html, flaw } of flaws) {
    const found = await inspectAll(page, [html], { ...about, kind });
    if (flaw) assert.ok(found.some(([, finding]) => finding.includes(flaw)), `not noticed (${flaw}): ${html}\n${found.join("\n")}`);
    else assert.deepEqual(found, [], `a good page is refused: ${html}`);
  }
  assert.deepEqual(problems, [], "what is only parsed does not run");
  let shown;
  await context.route("http://127.0.0.1:1/**", (route) => route.fulfill({ contentType: "text/html", body: shown }));
  const runs = async (sign, html) => {
    shown = html;
    await page.goto("http://127.0.0.1:1/shown");
    const end = performance.now() + 10_000;
    while (!problems.some((problem) => problem.includes(sign))) {
      assert.ok(performance.now() < end, `not noticed: ${sign} of ${html}\n${problems.join("\n")}`);
      await pause(20);
    }
  };
  await runs("dialog: 41", "<script>alert(41)</script>");
  await runs("dialog: 42", "<iframe srcdoc='<img src=x onerror=alert(42)>'></iframe>");
  await runs("foreign request: http://foreign.invalid/43.png", "<img src=http://foreign.invalid/43.png>");
  await runs("policy violation: script-src-elem inline", "<meta http-equiv=Content-Security-Policy content=\"script-src 'none'\"><script>alert(44)</script>");
  await runs("a window was opened", "<script>open('about:blank')</script>");
  assert.ok(!problems.some((problem) => problem.includes("dialog: 44")), "the policy held");
  await context.close();
}

async function tell(browser, demo) {
  const problems = [];
  const { base } = demo;
  const context = await browser.newContext();
  await guard(context, problems);
  watch(context, base, problems);
  const page = await context.newPage();
  const blank = await context.newPage();
  const packs = packed(TEXTS, TITLE_CHARS);
  console.log(`${TEXTS.length} hostile texts, ${packs.length} packs of them`);

  // ── packs: a comment and an article of its own each
  const articles = await check("hostile comments on hostile articles are stored or refused", () => announce(demo, packs));
  if (!articles) return problems;
  await check("error pages: what was typed is text", async () => {
    const answers = await mistype(demo, packs);
    await parsed(blank, answers.map(({ html }) => html), { base, kind: "page" });
    await page.goto(`${base}/problems`);
    for (const { fields } of some(answers, OPENED)) await post(page, base, fields);
  });
  await check("receipts: what was written is text", async () => {
    const urls = some(articles, PARSED).map(({ receipt }) => receipt.url);
    const htmls = await each(urls, async (url) => (await ask("GET", url, undefined, { accept: HTML })).text);
    await parsed(blank, htmls, { base, kind: "page" }, urls);
    for (const url of some(urls, OPENED / PARSED)) await open(page, url, base);
  });
  await check("the desk: everything that waits", async () => {
    await page.goto(demo.desk);
    await page.getByLabel("Email").fill(demo.person);
    await page.getByLabel("Password").fill(demo.password);
    await Promise.all([page.waitForEvent("load"), page.getByRole("button", { name: "Sign in" }).click()]);
    const seen = await leaf(page, demo.desk, { base, next: "a[rel=next]", counted: [".card"] });
    assert.deepEqual(seen, [articles.length], "all are shown");
  });
  await check("the desk: the articles", async () => {
    const [seen] = await leaf(page, `${demo.desk}/articles`, { base, next: "a[rel=next]", counted: [".articles > li"] });
    assert.ok(seen >= articles.length, `all are shown: ${seen}`);
  });
  await check("the desk: pages of single comments", async () => {
    const cookie = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");
    const urls = some(articles, PARSED).map(({ id }) => `${demo.desk}/comments/${id}`);
    const htmls = await each(urls, async (url) => (await ask("GET", url, undefined, { accept: HTML, cookie })).text);
    assert.ok(htmls.every((html) => html.includes('class="card"')), "the comments are shown");
    await parsed(blank, htmls, { base, kind: "page" }, urls);
    for (const url of some(urls, OPENED / PARSED)) await open(page, url, base);
  });
  await check("mails: nothing but the template, parsed and run", async () => {
    const htmls = await mails(demo, articles.length);
    await parsed(blank, htmls, { base, kind: "mail" });
    for (const batch of batches(some(htmls, OPENED), 50)) await show(blank, batch, base);
  });

  // ── one comment a text, below one article
  const comments = await check("hostile comments, names and websites are stored or refused, written or edited", () => discuss(demo));
  if (!comments) return problems;
  await check("most of what was sent is stored", () => {
    const share = (all, field) => all.filter(({ fields }) => /[<"'`]/.test(field(fields) ?? "")).length / all.length;
    const shares = {
      names: share(comments, ({ name }) => name), websites: share(comments, ({ website }) => website),
      titles: share(articles, ({ article }) => article.title), addresses: share(articles, ({ article }) => article.url),
    };
    for (const [what, stored] of Object.entries(shares)) assert.ok(stored > 0.5, `${what}: ${stored}`);
  });
  if (LONG) {
    await check("the desk and the mails: one text each", async () => {
      const seen = await leaf(page, demo.desk, { base, next: "a[rel=next]", counted: [".card"] });
      assert.deepEqual(seen, [comments.length + articles.length], "all are shown");
      const htmls = await mails(demo, comments.length + articles.length);
      await parsed(blank, htmls, { base, kind: "mail" });
      for (const batch of batches(htmls, 50)) await show(blank, batch, base);
    });
  }
  await check("the article: every approved comment, on its pages", async () => {
    await approve(demo, comments);
    const seen = await leaf(page, demo.article, { base, next: ".comments-more a", counted: [".thread-item .text"] });
    assert.deepEqual(seen, [comments.length], "all are shown");
  });
  await check("the desk: published texts beside hostile edits", async () => {
    const answers = await each(comments.slice(-50), ({ receipt }, nth) =>
      ask("PATCH", `${base}/v1/receipts/${receipt.token}`, { comment: TEXTS[nth] }));
    const taken = answers.filter(({ status }) => status === 200).length;
    assert.ok(taken > answers.length / 2, `${taken} were taken`);
    // the newest come first; a few of others are among them, since several were posted at a time
    const seen = await leaf(page, `${demo.desk}?list=approved`, { base, next: "a[rel=next]", counted: [".texts-new"], pages: 4 });
    assert.deepEqual(seen, [taken], "both texts are shown");
  });

  // ── what those who are signed in write: an account may be taken over
  const chosen = some(articles, LONG || articles.length < 100 ? 1 : 8);
  const moderated = await check("what moderators write is stored or refused", async () => {
    const taken = await moderate(demo, chosen);
    for (const [what, count] of Object.entries(taken)) assert.ok(count > 0, `${what}: ${JSON.stringify(taken)}`);
    return taken;
  });
  if (!moderated) return problems;
  await check("the desk: what moderators wrote, on every page that shows it", async () => {
    for (const list of ["approved", "rejected", "waiting"]) await leaf(page, `${demo.desk}?list=${list}`, { base, next: "a[rel=next]", counted: [], pages: LONG ? Infinity : 3 });
    await leaf(page, `${demo.desk}/audit`, { base, next: "a[rel=next]", counted: [], pages: LONG ? Infinity : 5 });
    for (const where of ["reasons", "people", "account"]) await open(page, `${demo.desk}/${where}`, base);
    const [, names] = [await page.goto(`${demo.desk}/people`), await page.locator(".people bdi").allInnerTexts()];
    assert.ok(names.filter((name) => /[<"']/.test(name)).length > moderated.people / 2, "they are shown as they are");
    const cookie = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");
    const urls = chosen.map(({ id }) => `${demo.desk}/comments/${id}`);
    const htmls = await each(urls, async (url) => (await ask("GET", url, undefined, { accept: HTML, cookie })).text);
    for (const shown of ["history-reason", "thread-text", "version-text"]) assert.ok(htmls.some((html) => html.includes(shown)), shown);
    await parsed(blank, htmls, { base, kind: "page" }, urls);
    for (const url of some(urls, OPENED)) await open(page, url, base);
  });
  await check("receipts: the reasons of moderators", async () => {
    const urls = chosen.map(({ receipt }) => receipt.url);
    const htmls = await each(urls, async (url) => (await ask("GET", url, undefined, { accept: HTML })).text);
    assert.ok(htmls.some((html) => html.includes("Reason:")));
    await parsed(blank, htmls, { base, kind: "page" }, urls);
    for (const url of some(urls, OPENED)) await open(page, url, base);
  });
  await check("the links of mails: what waits, and what was decided", async () => {
    const htmls = await mails(demo, articles.length);
    const links = [...new Set(htmls.flatMap((html) => html.match(/http:\/\/[^"]+\/d\/[\w.-]+/g) ?? []))];
    assert.ok(links.length >= articles.length, `${links.length} links`);
    const shown = some(links, PARSED);
    const documents = await each(shown, async (url) => (await ask("GET", url, undefined, { accept: HTML })).text);
    await parsed(blank, documents, { base, kind: "page" }, shown);
    for (const url of some(shown, OPENED / PARSED)) await open(page, url, base);
  });
  await check("what stands in an address is text", async () => {
    const cookie = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");
    // each page shows fifty comments beside: in the short form a few dozen packs are told of
    const urls = some(chosen, LONG ? 1 : 6).flatMap(({ fields }) => {
      const text = encodeURIComponent(fields.article.title);
      return [`/desk?q=${text}`, `/desk?article=${text}`, `/desk?finding=${text}`, `/desk?late=approved&by=${text}`, `/desk/sign-in?next=${text}`,
        `/desk/audit?site=${text}`, `/desk/reasons?site=${text}`, `/demo?replyto=${text}`, `/demo?replydesk=${text}`].map((path) => `${base}${path}`);
    });
    // whoever is signed in is not asked to sign in
    const answers = await each(urls, (url) => ask("GET", url, undefined, url.includes("sign-in") ? { accept: HTML } : { accept: HTML, cookie }));
    const known = answers.filter(({ status }) => [200, 400, 404, 422].includes(status)).length;
    assert.equal(known, answers.length, [...new Set(answers.map(({ status }) => status))].join(" "));
    await parsed(blank, answers.map(({ text }) => text), { base, kind: "page" }, urls);
    for (const url of some(urls.filter((_, nth) => answers[nth].status === 200), 80)) {
      if (!url.includes("sign-in")) await open(page, url, base);
    }
  });
  await context.close();
  return problems;
}

const browser = await launch(LONG ? 60 : 15);
try {
  await check("the checks notice what they are there for", () => proveTheChecks(browser));
  const demo = await start(BINARY, { REPLYDESK_MAIL__PER_SECOND: MAILS, REPLYDESK_OUTBOX__BATCH: "500" });
  try {
    const problems = await tell(browser, demo);
    await check("no dialog, no policy violation, no script, no foreign or failed request", () => none([...new Set(problems)], "all pages"));
    if (failed > 0) console.log(`        the end of the demo's log:\n${demo.log().replace(/^/gm, "        | ")}`);
  } finally {
    await check("the demo ends with 0", async () => assert.equal(await demo.stop(), 0, demo.log()));
  }
} finally {
  await browser.close();
}
process.exit(failed === 0 ? 0 : 1);
