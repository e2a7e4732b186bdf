// The comment form of a stock WordPress theme, posted by a real browser through the site's own server: the contract's table, row by
// row, and the way out of each mistake.
//
//   REPLYDESK_BIN=target/debug/replydesk node tests/browser/wordpress.mjs
//
// REPLYDESK_TEST_CHROMIUM and REPLYDESK_TEST_SHOTS are those of walk.mjs.
import assert from "node:assert/strict";
import { once } from "node:events";
import http from "node:http";
import { BINARY, launch } from "./chromium.mjs";
import { start } from "./demo.mjs";
import { PATIENCE_MS, SCHEMES, SCREENS, check, tally, until } from "./steps.mjs";
import { accessible, fits, picture, wears } from "./watch.mjs";

const FORM = "/wp-comments-post.php";
const NOBODY = "01a20af0-dc8f-7591-9eb1-0d2af4d96cfe";
const escaped = (text) => text.replace(/[&<>"]/g, (c) => `&#${c.codePointAt(0)};`);

/** The form as WordPress prints it for a theme that says nothing of its own. */
const form = (origin, post) => `
<div id="respond" class="comment-respond">
  <h3 id="reply-title" class="comment-reply-title">Leave a Reply</h3>
  <form action="${origin}${FORM}" method="post" id="commentform" class="comment-form" novalidate>
    <p class="comment-notes"><span id="email-notes">Your email address will not be published.</span> <span class="required-field-message">Required fields are marked <span class="required">*</span></span></p>
    <p class="comment-form-comment"><label for="comment">Comment <span class="required">*</span></label> <textarea id="comment" name="comment" cols="45" rows="8" maxlength="65525" required></textarea></p>
    <p class="comment-form-author"><label for="author">Name <span class="required">*</span></label> <input id="author" name="author" type="text" value="" size="30" maxlength="245" autocomplete="name" required></p>
    <p class="comment-form-email"><label for="email">Email <span class="required">*</span></label> <input id="email" name="email" type="email" value="" size="30" maxlength="100" aria-describedby="email-notes" autocomplete="email" required></p>
    <p class="comment-form-url"><label for="url">Website</label> <input id="url" name="url" type="url" value="" size="30" maxlength="200" autocomplete="url"></p>
    <p class="comment-form-cookies-consent"><input id="wp-comment-cookies-consent" name="wp-comment-cookies-consent" type="checkbox" value="yes"> <label for="wp-comment-cookies-consent">Save my name, email, and website in this browser for the next time I comment.</label></p>
    <p class="form-submit"><input name="submit" type="submit" id="submit" class="submit" value="Post Comment">
      <input type="hidden" name="comment_post_ID" value="${post}" id="comment_post_ID">
      <input type="hidden" name="comment_parent" id="comment_parent" value="0"></p>
  </form>
</div>`;

/** The site: /POST/ is the article of that number, with its comments as Replydesk has them; the form's address is handed on. */
async function wordpress(demo) {
  const site = { origin: "", reported: [] };
  const server = http.createServer(async (request, response) => {
    try {
      await (request.url.startsWith(FORM) ? handOn(demo, request, response) : article(site, demo, request, response));
    } catch (error) {
      site.reported.push(error.message);
      response.writeHead(502).end();
    }
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  site.origin = `http://127.0.0.1:${server.address().port}`;
  site.close = () => (server.closeAllConnections(), server.close());
  return site;
}

/** As the nginx rule of docs/wordpress.md does: the address becomes that of the route, and the client's is said. */
async function handOn(demo, request, response) {
  const headers = { ...request.headers, host: new URL(demo.base).host, "x-forwarded-for": request.socket.remoteAddress };
  const asked = http.request(`${demo.base}/v1/sites/demo${FORM}`, { method: request.method, headers });
  request.pipe(asked);
  const [answer] = await once(asked, "response");
  response.writeHead(answer.statusCode, answer.rawHeaders);
  answer.pipe(response);
  await once(answer, "end");
}

async function article(site, demo, request, response) {
  const url = new URL(request.url, site.origin);
  const post = url.pathname.split("/")[1];
  const read = await fetch(`${demo.base}/v1/sites/demo/comments?article=wp:${post}`, { signal: AbortSignal.timeout(5000) });
  const { comments } = await read.json();
  const item = ({ id, author, html, replies }) =>
    `<li id="comment-${id}" class="comment"><cite class="fn">${escaped(author.name)}</cite><div class="comment-content">${html}</div><ol class="children">${replies.map(item).join("")}</ol></li>`;
  const held = url.searchParams.has("unapproved") ? `<p class="comment-awaiting-moderation">Your comment is awaiting moderation.</p>` : "";
  response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
  response.end(`<!doctype html><html lang="en-US"><head><meta charset="utf-8"><title>Post ${post}</title><link rel="icon" href="data:,"></head><body>
    <h1>Post ${post}</h1>${held}<ol class="comment-list">${comments.map(item).join("")}</ol>${form(site.origin, post)}</body></html>`);
}

const demo = await start(BINARY, { REPLYDESK_SERVER__TRUSTED_PROXIES: "127.0.0.1/32" });
const site = await wordpress(demo);
const browser = await launch(5);
const context = await browser.newContext();
context.setDefaultTimeout(PATIENCE_MS);
const problems = [];
context.on("console", (message) => {
  if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) problems.push(`console: ${message.text()}`);
});
context.on("request", (request) => {
  if (![demo.base, site.origin, "data:"].some((ours) => request.url().startsWith(ours))) problems.push(`foreign request: ${request.url()}`);
});
const page = await context.newPage();

// what the site's backend and its moderators do

await demo.command(["site", "set", "demo", "--origin", demo.base, "--origin", site.origin]);
const siteToken = (await demo.command(["site", "token", "demo"])).trim().split("\n").at(-1);
const deskToken = (await demo.command(["moderator", "token", demo.person])).trim().split("\n").at(-1);
const asks = (token, method, path, body) =>
  fetch(demo.base + path, { method, headers: { "Content-Type": "application/json", Authorization: `Bearer ${token}` }, body: body && JSON.stringify(body) });
/** Until the running service has heard of the token and the origin. */
const keeps = (post, says = {}) => until(`post ${post} is kept`, async () => {
  const body = { url: `${site.origin}/${post}/`, title: `Post ${post}`, ...says };
  return (await asks(siteToken, "PUT", `/v1/sites/demo/articles/wp:${post}`, body)).ok;
});
const approves = async (id) => {
  const answer = await asks(deskToken, "POST", `/v1/moderation/comments/${id}/decisions`, { decision: "approve", version: 1 });
  assert.ok(answer.ok, await answer.text());
};

// what readers do

let texts = 0;
/** Fills in the form of a post, changes hidden fields as only programs would, and presses the button; the answer to the POST. */
async function posts(post, { fields = {}, hidden = {}, text = `Comment ${(texts += 1)} about the old bridge.` } = {}) {
  await page.goto(`${site.origin}/${post}/`);
  const typed = { comment: text, author: "Ann", email: "ann@mailbox.example", url: "https://ann.example", ...fields };
  for (const [id, value] of Object.entries(typed)) await page.locator(`#${id}`).fill(value);
  await page.locator("#wp-comment-cookies-consent").check();
  await page.evaluate((all) => {
    for (const [id, value] of Object.entries(all)) document.getElementById(id).value = value;
  }, hidden);
  return sends(page.locator("#submit"));
}

async function sends(button) {
  const [answer] = await Promise.all([page.waitForResponse((found) => found.request().method() === "POST"), button.click()]);
  await page.waitForLoadState();
  return answer;
}

/** The id of the comment that the browser was led to, and where. */
async function led(answer, post, { held }) {
  assert.equal(answer.status(), 302);
  const url = new URL(page.url());
  const id = url.hash.slice("#comment-".length);
  assert.match(id, /^[0-9a-f-]{36}$/);
  assert.equal(page.url(), `${site.origin}/${post}/${held ? `?unapproved=${id}` : ""}#comment-${id}`);
  assert.equal(await page.locator(".comment-awaiting-moderation").count(), held ? 1 : 0);
  assert.equal(await page.locator(`[id="comment-${id}"]`).count(), held ? 0 : 1);
  return id;
}

/** The page of a refusal: said in words, with what was typed. */
async function refused(answer, status, words, text) {
  assert.equal(answer.status(), status);
  assert.equal(page.url(), `${site.origin}${FORM}`, "it is shown at the site's own address");
  assert.match(await page.locator("h1").innerText(), words);
  if (text) assert.equal(await page.locator("textarea").inputValue(), text);
}

/** Whether a page has its style, which comes from Replydesk's own address. */
const styled = (seen) => seen.evaluate(() => getComputedStyle(document.querySelector("main")).maxWidth !== "none");

try {
  await check("the site announces its posts", async () => {
    for (const [post, says] of [[12], [13, { open: false }], [14], [15, { slow_seconds: 600 }], [16, { mode: "open" }]]) await keeps(post, says);
    assert.equal((await asks(siteToken, "DELETE", "/v1/sites/demo/articles/wp:14")).status, 204);
  });

  let published, held;
  await check("302, held: back at the article, with `unapproved` and the comment's id", async () => {
    published = await led(await posts(12, { text: "The first of all." }), 12, { held: true });
    await approves(published);
    await page.reload();
    assert.equal(await page.locator(`[id="comment-${published}"] .comment-content`).innerText(), "The first of all.");
    held = await led(await posts(12, { text: "The second waits." }), 12, { held: true });
  });
  await check("302, published at once: the browser is at the comment", async () => {
    const id = await led(await posts(16), 16, { held: false });
    assert.equal(await page.evaluate(() => document.querySelector(":target")?.id), `comment-${id}`);
  });
  await check("302: an answer to a published comment is below it, once approved", async () => {
    const id = await led(await posts(12, { hidden: { comment_parent: published } }), 12, { held: true });
    await approves(id);
    await page.reload();
    assert.equal(await page.locator(`[id="comment-${published}"] .children [id="comment-${id}"]`).count(), 1);
  });
  await check("302: a post that nobody announced is made of where the browser is", async () => {
    const id = await led(await posts(77), 77, { held: true });
    const item = await (await asks(deskToken, "GET", `/v1/moderation/comments/${id}`)).json();
    assert.deepEqual(item.article, { key: "wp:77", url: `${site.origin}/77`, title: `${new URL(site.origin).host}/77` });
  });

  // what, the post, what differs, the status, and what the page says
  const rows = [
    ["409: the same again", 12, { text: "The second waits." }, 409, /already sent this/],
    ["403: closed", 13, { text: "Too late." }, 403, /closed/],
    ["403: an answer to one that waits", 12, { hidden: { comment_parent: "HELD" } }, 403, /not been sent yet/],
    ["403: an answer to none", 12, { hidden: { comment_parent: NOBODY } }, 403, /not been sent yet/],
    ["403: an answer to one of WordPress's own", 12, { hidden: { comment_parent: "57" } }, 403, /not been sent yet/],
    ["422: no name", 12, { fields: { author: "" } }, 422, /not been sent yet/],
    ["422: an address in the name", 12, { fields: { author: "ann@mailbox.example" } }, 422, /not been sent yet/],
    ["422: no address", 12, { fields: { email: "" } }, 422, /not been sent yet/],
    ["422: an address that is none", 12, { fields: { email: "ann at home" } }, 422, /not been sent yet/],
    ["422: a website that is none", 12, { fields: { url: "ann" } }, 422, /not been sent yet/],
    ["422: no comment", 12, { text: "" }, 422, /not been sent yet/],
    ["422: too long", 12, { text: "a".repeat(10_001) }, 422, /not been sent yet/],
    ["404: a number that is none", 12, { hidden: { comment_post_ID: "12abc" }, text: "To no post." }, 404, /could not be sent/],
    ["404: no number", 12, { hidden: { comment_post_ID: "" }, text: "To no post." }, 404, /could not be sent/],
    ["404: a deleted article", 14, { text: "To a deleted one." }, 404, /could not be sent/],
  ];
  for (const [what, post, differs, status, words] of rows) {
    await check(what, async () => {
      const hidden = differs.hidden?.comment_parent === "HELD" ? { comment_parent: held } : differs.hidden;
      const answer = await posts(post, { ...differs, hidden });
      await refused(answer, status, words, differs.text ?? `Comment ${texts} about the old bridge.`);
    });
  }
  await check("429: too fast under a slow article, with when to come back", async () => {
    await led(await posts(15), 15, { held: true });
    const answer = await posts(15);
    await refused(answer, 429, /One at a time/, `Comment ${texts} about the old bridge.`);
    assert.ok(Number(answer.headers()["retry-after"]) > 0);
  });
  await check("405: any other method, with `Allow`", async () => {
    const answer = await page.goto(site.origin + FORM);
    assert.equal(answer.status(), 405);
    assert.equal(answer.headers().allow, "POST");
  });
  await check("403: from a page of another site", async () => {
    // the same server by another name is another origin
    await page.goto(`${site.origin.replace("127.0.0.1", "localhost")}/12/`).catch(() => {});
    if (!page.url().includes("localhost")) throw new Error("localhost does not lead here");
    for (const [id, value] of [["comment", "From elsewhere."], ["author", "Eve"], ["email", "eve@mailbox.example"]]) await page.locator(`#${id}`).fill(value);
    assert.equal((await sends(page.locator("#submit"))).status(), 403);
    problems.splice(0, problems.length, ...problems.filter((line) => !line.includes("//localhost:")));
  });

  // the way out of a mistake
  await check("a mistake is corrected on the page that tells of it, and all is well", async () => {
    await refused(await posts(12, { fields: { email: "ann@" }, text: "With <b>tags</b> & \"quotes\"." }), 422, /not been sent yet/);
    assert.equal(await page.locator("textarea").inputValue(), "With <b>tags</b> & \"quotes\".");
    assert.equal(await page.getByLabel("Name").inputValue(), "Ann");
    assert.ok(await styled(page), "the policy lets its style in");
    await page.getByRole("textbox", { name: "Email" }).fill("ann@mailbox.example");
    await led(await sends(page.getByRole("button", { name: "Post Comment" })), 12, { held: true });
  });
  await check("what cannot be answered becomes a comment of its own", async () => {
    await refused(await posts(12, { hidden: { comment_parent: held } }), 403, /not been sent yet/);
    assert.match(await page.locator(".lead").innerText(), /becomes a comment of its own/);
    const id = await led(await sends(page.getByRole("button", { name: "Post Comment" })), 12, { held: true });
    assert.equal((await (await asks(deskToken, "GET", `/v1/moderation/comments/${id}`)).json()).parent, null);
  });
  await check("the way back leads to the article", async () => {
    await refused(await posts(13), 403, /closed/);
    await page.getByRole("link", { name: "Back to the article" }).click();
    assert.equal(page.url(), `${site.origin}/13/`);
  });
  for (const { name, options } of SCREENS) {
    for (const scheme of SCHEMES) {
      await check(`${name}, ${scheme}: the page of a mistake has its style, is accessible and fits`, async () => {
        const other = await browser.newContext({ ...options, bypassCSP: true });
        try {
          const seen = await other.newPage();
          await seen.goto(`${site.origin}/12/`);
          await seen.locator("#comment").fill("A comment without an address.");
          await Promise.all([seen.waitForURL(`**${FORM}`), seen.locator("#submit").click()]);
          await wears(seen, scheme);
          assert.ok(await styled(seen));
          const trap = await seen.locator("p, div").filter({ has: seen.locator("[name=replydesk_address]") }).last().evaluate((around) => around.getBoundingClientRect());
          assert.ok(trap.right <= 0 || trap.width * trap.height <= 1, `what people do not see is out of sight: ${JSON.stringify(trap)}`);
          await fits(seen, options.viewport.width);
          await accessible(seen);
          await picture(seen, `wordpress-${name}-${scheme}`);
        } finally {
          await other.close();
        }
      });
    }
  }
  await check("no error of a script, no broken policy, no foreign request", () => assert.deepEqual([...problems, ...site.reported], []));
} finally {
  await browser.close();
  site.close();
  await check("the demo ends with 0", async () => assert.equal(await demo.stop(), 0, demo.log()));
}
console.log(`${tally.passed} passed, ${tally.failed} failed`);
process.exit(tally.failed === 0 ? 0 : 1);
