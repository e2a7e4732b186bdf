// The widget on a page of another origin, in a real browser: what readers do with it, what it costs them, and what it keeps.
//
//   REPLYDESK_BIN=target/debug/replydesk node tests/browser/widget.mjs
//
// REPLYDESK_TEST_CHROMIUM and REPLYDESK_TEST_SHOTS are those of walk.mjs.
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { BINARY, launch } from "./chromium.mjs";
import { start } from "./demo.mjs";
import { press } from "./press.mjs";
import { PATIENCE_MS, SCHEMES, SCREENS, check, squeezed, tally, until } from "./steps.mjs";
import { accessible, picture, wears } from "./watch.mjs";

const BUDGET = 8 * 1024;
const LANGUAGES = { en: "Comments", de: "Kommentare", fr: "Commentaires", es: "Comentarios", uk: "Коментарі" };
const REPLIES_SHOWN = 5;
const A_PAGE = 25;
const TAG = "replydesk-comments";

const demo = await start(BINARY, { REPLYDESK_COMMENTS__REPLIES_PER_THREAD: String(REPLIES_SHOWN) });
const news = await press(demo.base);
const browser = await launch();
const api = `${demo.base}/v1/sites/demo`;
const problems = [];

// what the news site and its moderators do

await demo.command(["site", "set", "demo", "--origin", demo.base, "--origin", news.origin,
  "--rules-url", `${news.origin}/rules`, "--privacy-url", `${news.origin}/privacy`]);
const token = (await demo.command(["moderator", "token", demo.person])).trim().split("\n").at(-1);
const headers = { "Content-Type": "application/json", Authorization: `Bearer ${token}` };
const moderates = async (method, path, body) => {
  const answer = await fetch(`${demo.base}/v1/moderation/comments${path}`, { method, headers, body: body && JSON.stringify(body) });
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${await answer.clone().text()}`);
  return answer.json();
};
const decides = (id, decision, more = {}) => moderates("POST", `/${id}/decisions`, { decision, version: 1, ...more });
const writes = async (article, comment, more = {}) => {
  const body = { article: { key: article, url: `${news.origin}/${article}`, title: "The lights" }, name: "Noor", email: "noor@mailbox.example", comment, ...more };
  const answer = await fetch(`${api}/comments`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  assert.equal(answer.status, 202, await answer.clone().text());
  return answer.json();
};
const publishes = async (...what) => {
  const { id, receipt } = await writes(...what);
  await decides(id, "approve");
  return { id, receipt };
};
const waitingOf = async (article) => (await moderates("GET", `?article=${article}&needs=any&limit=100`)).items;

// what readers have in front of them

const tag = (article, more = "") =>
  `<${TAG} site="demo" article="${article}" ${more}><a href="${demo.base}/sites/demo/comments?article=${article}">Read the comments</a></${TAG}>`;
const publish = (article, more = {}) => news.set(`/${article}`, { tag: tag(article, more.attributes), ...more });
const contexts = [];

/** A reader's browser. It notes what goes wrong, what moves, and what the widget says to its page. */
async function reader(options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  context.setDefaultTimeout(PATIENCE_MS);
  contexts.push(context);
  context.on("weberror", (error) => problems.push(`script: ${error.error().message}`));
  context.on("console", (message) => {
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) problems.push(`console: ${message.text()}`);
  });
  context.on("request", (request) => {
    const url = request.url();
    if (![demo.base, news.origin].some((base) => url.startsWith(`${base}/`))) problems.push(`foreign request: ${url}`);
  });
  await context.addInitScript(() => {
    globalThis.shifts = [];
    globalThis.told = [];
    new PerformanceObserver((list) => globalThis.shifts.push(...list.getEntries().filter((entry) => !entry.hadRecentInput).map((entry) => entry.value))).observe({ type: "layout-shift", buffered: true });
    for (const name of ["replydesk:count", "replydesk:posted"]) addEventListener(name, ({ type, detail }) => globalThis.told.push([type, detail]));
  });
  return context.newPage();
}

const box = (page, name) => page.getByRole("textbox", { name: new RegExp(`^${name}`) });
const button = (page, name) => page.getByRole("button", { name, exact: true });
const said = async (page) => squeezed(await page.locator(`${TAG} section`).innerText());
const comment = (page, id) => page.locator(`#comment-${id}`);
const opens = async (page, path) => {
  await page.goto(`${news.origin}/${path}`);
  await page.locator(`${TAG} h2`).waitFor();
};
const focused = (page) => page.evaluate((tag) => {
  const { activeElement } = document.querySelector(tag).shadowRoot;
  return activeElement && { id: activeElement.id, name: activeElement.name, text: activeElement.textContent };
}, TAG);
const fills = async (page, text, { name = "Ann", email = "ann@mailbox.example" } = {}) => {
  await box(page, "Comment").fill(text);
  await box(page, "Name").fill(name);
  await box(page, "Email").fill(email);
};
const stored = (page) => page.evaluate(() => ({ ...localStorage }));
const shifted = (page) => page.evaluate(() => globalThis.shifts.reduce((sum, value) => sum + value, 0));
const fits = async (page) => {
  const { scroll, client } = await page.evaluate(() => ({ scroll: document.documentElement.scrollWidth, client: document.documentElement.clientWidth }));
  assert.ok(scroll <= client, `${scroll} px wide on ${client} px`);
};

try {
  const roots = [];
  await until("the origin of the news site is known", async () =>
    (await fetch(`${api}/counts?article=long`, { headers: { Origin: news.origin } })).headers.get("access-control-allow-origin"));
  for (let n = 0; n < A_PAGE + 5; n += 1) roots.push((await publishes("long", `Lamp number ${n} on the pier is out.`)).id);
  for (let n = 0; n < REPLIES_SHOWN + 2; n += 1) await publishes("long", `Answer number ${n}`, { parent: roots[0], name: `Tom ${n}` });
  for (const article of ["long", "talk", "empty", "slow", "closed", "away"]) publish(article);
  news.set("/short", { tag: tag("long"), paragraphs: 0 });
  news.set("/module", { tag: tag("long"), script: `<script type="module" src="${demo.base}/embed.js"></script>` });

  await check("it reads, within the budget, without cookies, and nothing moves", async () => {
    const page = await reader();
    const seen = [];
    page.context().on("requestfinished", (request) => seen.push(request));
    await opens(page, "long");
    assert.equal(await page.locator(`${TAG} .list > li`).count(), A_PAGE);
    assert.match(await said(page), new RegExp(`^Comments \\(${A_PAGE + 5 + REPLIES_SHOWN + 2}\\)`));
    await page.locator(TAG).scrollIntoViewIfNeeded();
    await box(page, "Comment").click();
    await until("the form has its token", () => seen.some((request) => request.url().endsWith("/form")));
    const own = seen.filter((request) => request.url().startsWith(demo.base));
    const paths = own.map((request) => new URL(request.url()).pathname).sort();
    assert.deepEqual(paths, ["/embed.js", "/v1/sites/demo/comments", "/v1/sites/demo/form", "/v1/sites/demo/widget"]);
    let bytes = 0;
    for (const request of own) {
      const { responseBodySize } = await request.sizes();
      console.log(`        ${new URL(request.url()).pathname}: ${responseBodySize} bytes`);
      if (!request.url().includes("/comments")) bytes += responseBodySize;
    }
    console.log(`        ${own.length} requests, ${bytes} bytes without the comments`);
    assert.ok(bytes <= BUDGET, `${bytes} bytes`);
    assert.equal(await shifted(page), 0);
    assert.deepEqual(await page.context().cookies(), []);
    assert.deepEqual(await stored(page), {});
    const told = await page.evaluate(() => globalThis.told);
    assert.deepEqual(told, [["replydesk:count", { count: A_PAGE + 5 + REPLIES_SHOWN + 2 }]]);
  });

  await check("it waits until readers come near, and what stands in the tag is there until then", async () => {
    news.set("/far", { tag: tag("long"), paragraphs: 40, style: "/bare.css" });
    const page = await reader();
    const seen = [];
    page.on("request", (request) => seen.push(new URL(request.url()).pathname));
    await page.goto(`${news.origin}/far`, { waitUntil: "networkidle" });
    assert.ok(seen.includes("/embed.js") && !seen.some((path) => path.startsWith("/v1/")), seen.join(" "));
    assert.ok(await page.getByRole("link", { name: "Read the comments" }).isVisible());
    await page.locator(TAG).evaluate((element) => element.scrollIntoView());
    await page.locator(`${TAG} h2`).waitFor();
    assert.ok(!(await page.getByRole("link", { name: "Read the comments" }).isVisible()));
    assert.equal(await shifted(page), 0);
    const plain = await reader({ javaScriptEnabled: false });
    await plain.goto(`${news.origin}/long`);
    await plain.getByRole("link", { name: "Read the comments" }).click();
    await plain.getByText("Lamp number 0 on the pier is out.").waitFor();
  });

  await check("nothing moves on a page that is shorter than the screen, nor on a phone", async () => {
    for (const { options } of SCREENS) {
      const page = await reader(options);
      for (const path of ["short", "long", "empty", "closed"]) {
        await opens(page, path);
        await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
        assert.equal(await shifted(page), 0, path);
        await fits(page);
      }
    }
  });

  await check("more comments, and more replies, are fetched where they belong, and readers go on there", async () => {
    const page = await reader();
    await opens(page, "long");
    await button(page, "More comments").click();
    await comment(page, roots.at(-1)).waitFor();
    assert.equal(await page.locator(`${TAG} .list > li`).count(), A_PAGE + 5);
    assert.equal((await focused(page)).id, `comment-${roots[A_PAGE]}`);
    assert.equal(await button(page, "More comments").count(), 0);
    await button(page, "More replies").click();
    await comment(page, roots[0]).getByText(`Answer number ${REPLIES_SHOWN + 1}`).waitFor();
    assert.match((await focused(page)).text, new RegExp(`Answer number ${REPLIES_SHOWN}`));
    assert.equal(await comment(page, roots[0]).locator("li article").count(), REPLIES_SHOWN + 2);
    assert.equal(await button(page, "More replies").count(), 0);
    const order = page.getByRole("combobox", { name: "Order of the comments" });
    await order.selectOption("newest");
    await until("the newest is first", async () => (await page.locator(`${TAG} .list > li`).first().getAttribute("id")) === `comment-${roots.at(-1)}`);
    await page.locator(`${TAG} [role=status]`).getByText("Newest first").waitFor();
  });

  await check("the best have more pages, and none is there twice though it moved meanwhile", async () => {
    const id = roots.at(-3);
    await moderates("PATCH", `/${id}`, { picked: true, version: 2 });
    const page = await reader();
    await opens(page, "long");
    await page.getByRole("combobox", { name: "Order of the comments" }).selectOption("top");
    await until("the recommended one is first", async () => (await page.locator(`${TAG} .list > li`).first().getAttribute("id")) === `comment-${id}`);
    await moderates("PATCH", `/${id}`, { picked: false, version: 3 });
    await button(page, "More comments").click();
    await comment(page, roots.at(-1)).waitFor();
    const ids = await page.locator(`${TAG} .list > li`).evaluateAll((items) => items.map((item) => item.id));
    assert.deepEqual(ids.sort(), roots.map((root) => `comment-${root}`).sort());
  });

  await check("what is pressed in a list that is being replaced asks for nothing", async () => {
    const page = await reader();
    await opens(page, "long");
    let release;
    const held = new Promise((resolve) => (release = resolve));
    await page.route("**/comments?*sort=newest*", async (route) => {
      await held;
      await route.continue();
    }, { times: 1 });
    const asked = [];
    page.on("request", (request) => asked.push(new URL(request.url()).search));
    await page.getByRole("combobox", { name: "Order of the comments" }).selectOption("newest");
    await button(page, "More comments").click();
    await button(page, "More replies").click();
    release();
    await until("the newest is first", async () => (await page.locator(`${TAG} .list > li`).first().getAttribute("id")) === `comment-${roots.at(-1)}`);
    assert.ok(!asked.some((search) => search.includes("cursor=")), asked.join(" "));
    await button(page, "More comments").click();
    await comment(page, roots[0]).waitFor();
    assert.equal(await page.locator(`${TAG} .list > li`).count(), A_PAGE + 5);
  });

  await check("what comes late for a list that is gone stays away from the new one", async () => {
    const page = await reader();
    await opens(page, "long");
    for (const fail of [false, true]) {
      let release;
      const held = new Promise((resolve) => (release = resolve));
      const late = page.waitForRequest((request) => request.url().includes("cursor="));
      await page.route("**/comments?*cursor=*", async (route) => {
        await held;
        await (fail ? route.abort() : route.continue());
      }, { times: 1 });
      await button(page, "More comments").click();
      const request = await late;
      await page.getByRole("combobox", { name: "Order of the comments" }).selectOption(fail ? "oldest" : "newest");
      await until("the order is another one", async () =>
        (await page.locator(`${TAG} .list > li`).first().getAttribute("id")) === `comment-${fail ? roots[0] : roots.at(-1)}`);
      release();
      await until("the late answer is there", async () => (fail ? request.failure() : (await request.response())?.finished().then(() => true)));
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
      assert.equal(await page.locator(`${TAG} .list > li`).count(), A_PAGE);
      assert.ok(await button(page, "More comments").isVisible());
      assert.ok(!(await said(page)).includes("could not be loaded"));
    }
  });

  await check("a link to a comment of a later page leads to it, and from there to all", async () => {
    const page = await reader();
    const id = roots.at(-2);
    await opens(page, `long#comment-${id}`);
    await comment(page, id).waitFor();
    assert.equal((await focused(page)).id, `comment-${id}`);
    assert.match(await comment(page, id).getAttribute("class"), /here/);
    const { y } = await comment(page, id).boundingBox();
    assert.ok(y >= 0 && y < 800, `it is in sight: ${y}`);
    const link = await comment(page, id).getByRole("link").first().getAttribute("href");
    assert.equal(link, `/long#comment-${id}`);
    await button(page, "All comments").click();
    await comment(page, roots[0]).waitFor();
    await page.evaluate((id) => (location.hash = `comment-${id}`), roots[3]);
    await until("the one that is there is marked", async () => /here/.test(await comment(page, roots[3]).getAttribute("class")));
    await page.evaluate((id) => (location.hash = `comment-${id}`), roots.at(-1));
    await comment(page, roots.at(-1)).waitFor();
    await page.evaluate(() => (location.hash = "comment-01a20af0-dc8f-7591-9eb1-0d2af4d96cfe"));
    await until("one that is not there leads to all", async () => (await page.locator(`${TAG} .list > li`).count()) === A_PAGE);
    await page.reload();
    await until("as it does from elsewhere", async () => (await page.locator(`${TAG} .list > li`).count()) === A_PAGE);
  });

  const asked = await publishes("talk", "Who has counted the bats?", { name: "Iris", website: "https://iris.example" });

  await check("a reply waits, seen by its writer only, and stands in the list once it is approved", async () => {
    const page = await reader();
    await opens(page, "talk");
    assert.equal(await page.getByRole("link", { name: "Iris" }).getAttribute("rel"), "nofollow ugc noopener");
    await button(page, "Reply to Iris").click();
    assert.equal((await focused(page)).name, "comment");
    assert.ok(await comment(page, asked.id).locator("form").isVisible());
    await button(page, "Cancel").click();
    assert.match((await focused(page)).text, /^Reply$/);
    await button(page, "Reply to Iris").click();
    await fills(page, "I have: four kinds of them.");
    await button(page, "Post Comment").click();
    const own = comment(page, asked.id).locator(".own");
    await own.waitFor();
    assert.match(squeezed(await own.innerText()), /^Only you can see this.* I have: four kinds of them\. See what becomes of it$/);
    assert.match((await focused(page)).text, /four kinds/);
    const [[, { id, status }]] = (await page.evaluate(() => globalThis.told)).filter(([type]) => type === "replydesk:posted");
    assert.equal(status, "pending");
    const [key, value] = Object.entries(await stored(page))[0];
    assert.deepEqual([key, Object.keys(await stored(page)).length], ["replydesk:demo:talk", 1]);
    assert.ok(!/ann|mailbox|kinds/i.test(value), "only the receipt");
    await page.reload();
    await own.waitFor();
    const other = await reader();
    await opens(other, "talk");
    assert.ok(!(await said(other)).includes("four kinds"));
    await decides(id, "approve");
    await page.reload();
    await comment(page, id).waitFor();
    await until("the receipt is forgotten", async () => Object.keys(await stored(page)).length === 0);
    assert.equal(await page.locator(`${TAG} .own`).count(), 0);
    assert.ok(await comment(page, asked.id).locator(`#comment-${id}`).isVisible());
  });

  await check("what was rejected is told once, with the reason", async () => {
    const page = await reader();
    await opens(page, "talk");
    await fills(page, "Something that is not to be printed");
    await button(page, "Post Comment").click();
    await page.locator(`${TAG} .own`).waitFor();
    const [waits] = await waitingOf("talk");
    await decides(waits.id, "reject", { reason: "It is not about this article." });
    await page.reload();
    await page.locator(`${TAG} .own`).waitFor();
    assert.match(await said(page), /A moderator has decided not to publish it\. It is not about this article\./);
    await page.reload();
    await page.locator(`${TAG} article`).first().waitFor();
    await until("it is forgotten", async () => Object.keys(await stored(page)).length === 0);
    assert.equal(await page.locator(`${TAG} .own`).count(), 0);
  });

  await check("by the link to the receipt it is changed and taken back", async () => {
    const page = await reader();
    await opens(page, "talk");
    await fills(page, "Something that I will think better of");
    await button(page, "Post Comment").click();
    const link = page.getByRole("link", { name: "See what becomes of it" });
    await link.waitFor();
    assert.equal(await link.getAttribute("rel"), "noopener noreferrer");
    const receipt = await link.getAttribute("href");
    const path = receipt.split("/receipts/")[1];
    const changed = await fetch(`${demo.base}/v1/receipts/${path}`, { method: "PATCH", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ comment: "Something milder" }) });
    assert.equal(changed.status, 200);
    await page.reload();
    await page.locator(`${TAG} .own`).getByText("Something milder").waitFor();
    const [tab] = await Promise.all([page.context().waitForEvent("page"), link.click()]);
    await tab.waitForLoadState();
    assert.equal(tab.url(), receipt);
    await fetch(`${demo.base}/v1/receipts/${path}`, { method: "DELETE" });
    await page.reload();
    await until("it is forgotten", async () => Object.keys(await stored(page)).length === 0);
    assert.equal(await page.locator(`${TAG} .own`).count(), 0);
  });

  await check("what is wrong is said beside its field, and the first of them is where one goes on", async () => {
    const page = await reader();
    const posted = [];
    page.on("request", (request) => request.method() === "POST" && posted.push(request));
    await opens(page, "talk");
    await box(page, "Comment").click();
    await box(page, "Email").fill("nobody");
    await button(page, "Post Comment").click();
    assert.equal((await focused(page)).name, "comment");
    const wrong = (name) => box(page, name).evaluate((field) => [field.getAttribute("aria-invalid"), field.getRootNode().getElementById(field.getAttribute("aria-describedby")).textContent]);
    assert.deepEqual(await wrong("Comment"), ["true", "Please fill in this field."]);
    assert.deepEqual(await wrong("Name"), ["true", "Please fill in this field."]);
    assert.deepEqual(await wrong("Email"), ["true", "Please enter an email address, such as name@example.org."]);
    assert.equal(await page.locator(`${TAG} form [role=alert]`).innerText(), "Please correct the marked fields.");
    assert.deepEqual(posted, [], "nothing was sent in vain");
    await fills(page, "A name with an address in it", { name: "ann@mailbox.example" });
    await button(page, "Post Comment").click();
    await page.getByText("Please enter a name without an @ sign").waitFor();
    assert.equal((await focused(page)).name, "name");
    assert.deepEqual(await wrong("Comment"), ["false", ""]);
    assert.equal(await box(page, "Comment").inputValue(), "A name with an address in it");
    await page.locator(`${TAG} [name=address]`).evaluate((trap) => (trap.value = "a program"));
    await box(page, "Name").fill("Ann");
    await button(page, "Post Comment").click();
    await page.locator(`${TAG} .own`).waitFor();
    const [trapped] = await waitingOf("talk");
    assert.ok(trapped === undefined || trapped.findings.some(({ code }) => code === "honeypot"), JSON.stringify(trapped?.findings));
  });

  await check("what was sent twice is told so", async () => {
    const page = await reader();
    await opens(page, "talk");
    for (const _ of [1, 2]) {
      await fills(page, "The very same words");
      await button(page, "Post Comment").click();
      await until("there is an answer", async () => (await page.locator(`${TAG} .own`).count()) && !(await page.locator(`${TAG} form[aria-busy=true]`).count()));
    }
    await page.getByText("The same text has arrived from you").waitFor();
    assert.equal(await page.locator(`${TAG} .own`).count(), 1);
  });

  await check("whoever is too fast is told for how long to wait", async () => {
    const page = await reader();
    await publishes("slow", "The first one");
    await demo.command(["article", "set", "demo", "slow", "--slow", "3600"]);
    await pause(1100);
    await opens(page, "slow");
    for (const text of ["One of mine", "And another one"]) {
      await fills(page, text);
      await button(page, "Post Comment").click();
      await until("there is an answer", async () => !(await page.locator(`${TAG} form[aria-busy=true]`).count()));
    }
    const note = await until("it is told", () => page.locator(`${TAG} form [role=alert]`).innerText());
    assert.match(note, /^Please try again in (59|60) minutes\.$/);
    assert.equal(await box(page, "Comment").inputValue(), "And another one");
  });

  await check("without an answer the same is sent again, and is there once", async () => {
    const page = await reader();
    await opens(page, "away");
    let keys = [];
    await page.route("**/comments", async (route) => {
      if (route.request().method() !== "POST") return route.continue();
      keys.push(route.request().headers()["idempotency-key"]);
      await route.fetch();
      if (keys.length === 1) return route.abort("connectionreset");
      return route.continue();
    });
    await fills(page, "Is anybody there?");
    await button(page, "Post Comment").click();
    await page.getByText("This could not be sent. Your text is still here; please try again.").waitFor();
    assert.equal(await box(page, "Comment").inputValue(), "Is anybody there?");
    await button(page, "Post Comment").click();
    await page.locator(`${TAG} .own`).waitFor();
    assert.equal(keys.length, 2);
    assert.equal(keys[0], keys[1]);
    assert.equal((await waitingOf("away")).length, 1);
    await fills(page, "Another one");
    await button(page, "Post Comment").click();
    await until("it waits too", async () => (await page.locator(`${TAG} .own`).count()) === 2);
    assert.notEqual(keys[2], keys[0], "another comment has another key");
  });

  await check("a name is remembered by consent only, and forgotten with it", async () => {
    const page = await reader();
    const consent = page.getByRole("checkbox", { name: /^Remember my name/ });
    await opens(page, "away");
    await box(page, "Comment").click();
    assert.ok(!(await consent.isChecked()));
    await fills(page, "Remember me");
    await consent.check();
    assert.deepEqual(await stored(page), {}, "nothing before it was sent");
    await button(page, "Post Comment").click();
    await page.locator(`${TAG} .own`).waitFor();
    const { receipt, ...kept } = JSON.parse((await stored(page))["replydesk:demo"]);
    assert.deepEqual(kept, { name: "Ann", email: "ann@mailbox.example", website: "" });
    await page.reload();
    const bodies = [];
    page.on("request", (request) => request.method() === "POST" && bodies.push(new URLSearchParams(request.postData())));
    await box(page, "Comment").fill("It is me again");
    assert.deepEqual([await box(page, "Name").inputValue(), await box(page, "Email").inputValue()], ["Ann", "ann@mailbox.example"]);
    await page.getByRole("combobox", { name: "Email me" }).selectOption("replies");
    await button(page, "Post Comment").click();
    await until("both wait", async () => (await page.locator(`${TAG} .own`).count()) === 2);
    assert.equal(bodies[0].get("receipt"), receipt, "the earlier receipt is proof");
    assert.deepEqual([bodies[0].get("notify"), bodies[0].get("article"), bodies[0].get("article_url")], ["replies", "away", `${news.origin}/away`]);
    assert.ok(bodies[0].get("token"));
    await box(page, "Comment").click();
    await consent.uncheck();
    assert.deepEqual(Object.keys(await stored(page)), ["replydesk:demo:away"]);
    await page.reload();
    await box(page, "Comment").click();
    assert.equal(await box(page, "Name").inputValue(), "");
  });

  await check("everything is done by the keyboard alone", async () => {
    const page = await reader();
    await opens(page, "talk");
    const tab = async (what) => {
      for (let presses = 0; presses < 40; presses += 1) {
        await page.keyboard.press("Tab");
        const { name, text } = (await focused(page)) ?? {};
        if (name === what || text === what) return;
      }
      assert.fail(`Tab does not lead to ${what}`);
    };
    await tab("comment");
    await page.keyboard.type("Typed without a mouse");
    await tab("name");
    await page.keyboard.type("Kim");
    await tab("email");
    await page.keyboard.type("kim@mailbox.example");
    await page.keyboard.press("Enter");
    await page.locator(`${TAG} .own`).waitFor();
    await tab("Reply");
    await page.keyboard.press("Enter");
    assert.equal((await focused(page)).name, "comment");
    await page.keyboard.type("And below");
    await tab("Cancel");
    await page.keyboard.press("Space");
    assert.equal((await focused(page)).text, "Reply");
    await tab("Report");
    await page.keyboard.press("Enter");
    assert.equal((await focused(page)).name, "reason");
  });

  await check("a comment is reported, and a breach of the law with all that it needs", async () => {
    const page = await reader();
    const bodies = [];
    page.on("request", (request) => request.url().endsWith("/reports") && bodies.push(request.postDataJSON()));
    await opens(page, "long");
    const report = async (n) => {
      await comment(page, roots[n]).getByRole("button", { name: /^Report/ }).first().click();
      return comment(page, roots[n]).locator("form");
    };
    let form = await report(1);
    await form.getByRole("combobox").selectOption("off-topic");
    await button(form, "Send").click();
    await comment(page, roots[1]).getByText("Thank you. A moderator will look at it.").waitFor();
    assert.match((await focused(page)).text, /^Thank you/);
    form = await report(2);
    await form.getByRole("combobox").selectOption("illegal");
    await button(form, "Send").click();
    assert.equal((await focused(page)).name, "email");
    await box(form, "Email").fill("ann@mailbox.example");
    await box(form, "Which law").fill("The one on lamps");
    await box(form, "Name").fill("Ann");
    await button(form, "Send").click();
    assert.equal((await focused(page)).name, "good_faith");
    await form.getByRole("checkbox").check();
    await button(form, "Send").click();
    await comment(page, roots[2]).getByText("Thank you. A moderator will look at it.").waitFor();
    assert.deepEqual(bodies, [{ reason: "off-topic" }, { reason: "illegal", email: "ann@mailbox.example", law: "The one on lamps", name: "Ann", good_faith: true }]);
    const { items } = await moderates("GET", "?article=long&needs=report");
    assert.deepEqual(items.map(({ id }) => id).sort(), [roots[1], roots[2]].sort());
  });

  await check("closed, empty and unreachable: each says so", async () => {
    const page = await reader();
    await publishes("closed", "The last word");
    await demo.command(["article", "close", "demo", "closed"]);
    await pause(1100);
    await opens(page, "closed");
    assert.match(await said(page), /This article no longer takes comments/);
    assert.equal(await page.locator(`${TAG} form`).count() + (await page.getByRole("button", { name: /^Reply/ }).count()), 0);
    await opens(page, "empty");
    assert.match(await said(page), /^Comments \(0\).*Be the first to say what you think\.$/);
    let away = true;
    await page.route("**/v1/**", (route) => (away ? route.abort() : route.continue()));
    await page.goto(`${news.origin}/long`);
    await page.getByText("The comments could not be loaded.").waitFor();
    assert.ok(await page.getByRole("link", { name: "Read the comments" }).isVisible());
    await button(page, "Try again").click();
    await until("it is said again", async () => (await focused(page))?.text === "The comments could not be loaded.");
    away = false;
    await button(page, "Try again").click();
    await comment(page, roots[0]).waitFor();
    assert.match((await focused(page)).text, /^Comments/);
    away = true;
    await button(page, "More comments").click();
    await page.getByText("The comments could not be loaded.").waitFor();
    away = false;
    await button(page, "More comments").click();
    await comment(page, roots.at(-1)).waitFor();
    away = true;
    await page.getByRole("combobox", { name: "Order of the comments" }).selectOption("newest");
    await page.locator(`${TAG} .list`).getByText("The comments could not be loaded.").waitFor();
    await button(page, "Try again").click();
    await until("it is said again there", async () => (await focused(page))?.text === "The comments could not be loaded.");
    away = false;
    await button(page, "Try again").click();
    await comment(page, roots.at(-1)).waitFor();
    assert.match((await focused(page)).text, /^Comments/);
    // what was linked to is still looked for
    away = true;
    await page.goto(`${news.origin}/empty`);
    await page.goto(`${news.origin}/long#comment-${roots.at(-2)}`);
    await page.getByText("The comments could not be loaded.").waitFor();
    away = false;
    await button(page, "Try again").click();
    await comment(page, roots.at(-2)).waitFor();
    assert.equal((await focused(page)).id, `comment-${roots.at(-2)}`);
  });

  await check("it is a module too, finds its article by itself, and its server by an attribute", async () => {
    const page = await reader();
    await opens(page, "module");
    await comment(page, roots[0]).waitFor();
    const url = `${news.origin}/found`;
    news.set("/found", { title: "What is found", head: `<link rel="canonical" href="${url}">`, tag: `<${TAG} site="demo" server="${demo.base}"></${TAG}>` });
    await opens(page, "found?utm_source=x");
    await fills(page, "Found it");
    await button(page, "Post Comment").click();
    await page.locator(`${TAG} .own`).waitFor();
    const [{ article }] = await waitingOf(encodeURIComponent(url));
    assert.deepEqual([article.key, article.url, article.title], [url, url, "What is found"]);
  });

  await check("what people write is text, whatever it looks like", async () => {
    const evil = `<img src=x onerror="globalThis.ran = 1"><svg onload="globalThis.ran = 1"></svg>`;
    await publishes("evil", `${evil}<script>globalThis.ran = 1</script> <b>bold</b> [a](javascript:alert(1))`, { name: evil.slice(0, 100), website: "https://evil.example/\"onclick=x" });
    publish("evil", { csp: "none" });
    const page = await reader();
    await opens(page, "evil");
    await fills(page, evil);
    await button(page, "Post Comment").click();
    await page.locator(`${TAG} .own`).waitFor();
    await page.getByRole("button", { name: /^Reply to </ }).click();
    assert.equal(await page.locator(`${TAG} :is(img, svg, script)`).count(), 0);
    assert.equal(await page.locator(`${TAG} .text b`).innerText(), "bold");
    assert.ok((await page.locator(`${TAG} .own`).innerText()).includes("<img src=x"));
    assert.equal(await page.evaluate(() => globalThis.ran), undefined);
  });

  await check("numbers elsewhere on a page are filled in", async () => {
    const page = await reader();
    const places = ["long", "talk", "nothing"].map((key) => `<p data-replydesk-count="${key}">some</p>`).join("");
    const script = `<script type="module" src="${demo.base}/embed.js" data-site="demo"></script>`;
    news.set("/front", { tag: places, script });
    await page.goto(`${news.origin}/front`);
    await until("they are there", async () => (await page.locator("[data-replydesk-count]").allInnerTexts()).join() === `${A_PAGE + 5 + REPLIES_SHOWN + 2},2,0`);
  });

  await check("a site that publishes at once shows it at once", async () => {
    await publishes("open", "The first one");
    await demo.command(["article", "set", "demo", "open", "--mode", "open"]);
    publish("open");
    await pause(1100);
    const page = await reader();
    await opens(page, "open");
    await box(page, "Comment").click();
    await pause(3100);
    await fills(page, "Here at once, I hope");
    await button(page, "Post Comment").click();
    await page.getByRole("article").filter({ hasText: "Here at once, I hope" }).waitFor();
    assert.deepEqual(await stored(page), {}, "there is nothing to wait for");
    assert.match((await focused(page)).id, /^comment-/);
    assert.match(await page.locator(`${TAG} [role=status]`).innerText(), /Your comment is published/);
  });

  await check("every language, and one from right to left", async () => {
    const page = await reader({ viewport: { width: 360, height: 740 } });
    for (const [language, title] of Object.entries(LANGUAGES)) {
      news.set("/tongue", { tag: tag("talk", `lang="${language}"`) });
      await opens(page, "tongue");
      assert.match(await page.locator(`${TAG} h2`).innerText(), new RegExp(`^${title} \\(`));
      const { lang, dir } = await page.locator(`${TAG} section`).evaluate(({ lang, dir }) => ({ lang, dir }));
      assert.deepEqual([lang, dir], [language, "ltr"]);
      const time = await page.locator(`${TAG} time`).first().evaluate((element, language) =>
        [element.textContent, new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" }).format(new Date(element.dateTime))], language);
      assert.equal(time[0], time[1]);
      await page.locator(`${TAG} [name=comment]`).click();
      assert.ok(!/undefined|[{}]/.test(await said(page)), await said(page));
      await fits(page);
      await picture(page, `widget-language-${language}`);
    }
    await page.route("**/widget?*", async (route) => {
      const response = await route.fetch();
      const data = await response.json();
      await route.fulfill({ response, json: { ...data, language: "ar", direction: "rtl" } });
    });
    await opens(page, "talk");
    assert.equal(await page.locator(`${TAG} section`).evaluate((section) => getComputedStyle(section).direction), "rtl");
    await page.locator(`${TAG} [name=comment]`).click();
    await fits(page);
    await picture(page, "widget-rtl");
  });

  for (const { name: screen, options } of SCREENS) {
    const page = await reader({ ...options, bypassCSP: true });
    const look = async (state) => {
      for (const scheme of SCHEMES) {
        await wears(page, scheme);
        await check(`${screen}, ${scheme}: ${state} is accessible and fits`, async () => {
          await accessible(page);
          await fits(page);
        });
        await picture(page, `widget-${state.replaceAll(" ", "-")}-${screen}-${scheme}`);
      }
    };
    await opens(page, "long");
    await page.locator(`${TAG} h2`).scrollIntoViewIfNeeded();
    await look("list");
    await box(page, "Comment").click();
    await look("form");
    await button(page, "Post Comment").click();
    await look("errors");
    await page.getByRole("button", { name: "Reply to Noor" }).nth(1).click();
    await fills(page, `A reply from a ${screen}`);
    await button(page, "Post Comment").click();
    await page.locator(`${TAG} .own`).waitFor();
    await look("held");
    await comment(page, roots[2]).getByRole("button", { name: /^Report/ }).click();
    await page.getByRole("combobox", { name: "What is wrong with it?" }).selectOption("illegal");
    await look("report");
    for (const theme of ["light", "dark", "auto"]) {
      news.set("/theme", { tag: tag("talk", `theme="${theme}"`) });
      await page.goto(`${news.origin}/theme`);
      await page.locator(`${TAG} article`).first().waitFor();
      await look(`theme ${theme}`);
    }
  }

  await check("the demo's article with the widget", async () => {
    const page = await reader({ bypassCSP: true });
    await page.goto(`${demo.base}/demo/widget`);
    await page.locator(TAG).scrollIntoViewIfNeeded();
    await page.locator(`${TAG} h2`).waitFor();
    await accessible(page);
    await picture(page, "widget-demo");
    const strict = await reader();
    await strict.goto(`${demo.base}/demo/widget`);
    await strict.locator(TAG).scrollIntoViewIfNeeded();
    await strict.locator(`${TAG} h2`).waitFor();
  });

  await check("no script failed, nothing was refused by a policy, and nobody else was asked", () => assert.deepEqual(problems, []));
} finally {
  for (const context of contexts) await context.close();
  await browser.close();
  news.close();
  await check("the service ends well", async () => assert.equal(await demo.stop(), 0));
  console.log(`${tally.passed} passed, ${tally.failed} failed`);
}
process.exit(tally.failed === 0 ? 0 : 1);
