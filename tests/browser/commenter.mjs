// What became of a comment, told to who wrote it: mail that is wished for on the form, asked for once at the address, and sent
// from then on; an appeal on the receipt; an answer; and the end of all mail. Without any script; every page and mail is looked
// at in light and dark, on a wide screen and on a phone.
//
//   REPLYDESK_BIN=target/debug/replydesk node tests/browser/commenter.mjs
//
// REPLYDESK_TEST_CHROMIUM and REPLYDESK_TEST_SHOTS are those of walk.mjs.
import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { BINARY, launch } from "./chromium.mjs";
import { start } from "./demo.mjs";
import { parse } from "./eml.mjs";
import { PATIENCE_MS, SCHEMES, SCREENS, Stop, button, check, field, holds, tally, until } from "./steps.mjs";
import { OF_PAGES, accessible, fits, picture, watch, wears } from "./watch.mjs";

const TITLE = "The town that switched off its lights, and found the sky again";
const WORDS = "The harbour was never as quiet as it is since the lamps are out.";
const READER = "jo@mailbox.example";
const REASON = "It attacks a person, and not what they said.";
const APPEAL = "I meant the lamps and nobody’s neighbour. Please read it again.";

async function api(method, url, token, body) {
  const headers = { "Content-Type": "application/json", Authorization: `Bearer ${token}` };
  const answer = await fetch(url, { method, headers, body: body && JSON.stringify(body) });
  assert.ok(answer.status < 300, `${method} ${url}: ${answer.status}`);
  return answer.json();
}

/** The mails to an address, in no order. */
async function mailbox(demo, address) {
  const names = (await readdir(demo.mail).catch(() => [])).filter((name) => name.endsWith(".eml"));
  const mails = await Promise.all(names.map(async (name) => parse(await readFile(join(demo.mail, name)))));
  return mails.filter((mail) => mail.headers.to.includes(address));
}

const arrives = (demo, address, subject) => until(`a mail to ${address} about “${subject}”`, async () =>
  (await mailbox(demo, address)).find((mail) => mail.headers.subject.includes(subject)));

/** The address that stands below a line of a mail's text. */
function below(mail, label) {
  const lines = mail.text.split("\n");
  const place = lines.findIndex((line) => line.startsWith(label));
  assert.ok(place >= 0, `${label} in ${mail.text}`);
  return lines[place + 1].trim();
}

/** A step that others build on. */
async function must(name, run) {
  const before = tally.failed;
  await check(name, run);
  if (tally.failed > before) throw new Stop(name);
}

async function story(browser, demo, problems) {
  const token = (await demo.command(["moderator", "token", demo.person])).trim().split("\n").pop();
  const comments = `${demo.base}/v1/moderation/comments`;
  const page = `${demo.base}/sites/demo/comments?${new URLSearchParams({ article: "port-arden", article_url: `${demo.base}/demo`, article_title: TITLE })}`;
  const waiting = async (words, filter = "") => {
    const { items } = await api("GET", `${comments}?site=demo&limit=100${filter}`, token);
    const found = items.find((item) => item.text.includes(words));
    assert.ok(found, `${words} waits`);
    return found;
  };
  const decides = ({ id, version }, decision, more) => api("POST", `${comments}/${id}/decisions`, token, { decision, version, ...more });

  const open = async (screen, options) => {
    const context = await browser.newContext({ ...screen.options, ...options });
    context.setDefaultTimeout(PATIENCE_MS);
    watch(context, demo.base, problems);
    return context.newPage();
  };
  const seen = await Promise.all(SCREENS.map(async (screen) => ({ screen, page: await open(screen, { bypassCSP: true }) })));
  /** What a page looks like to everybody; the words show that it is the right one. */
  const look = async (name, words, shows, except) => {
    for (const { screen, page } of seen) {
      await shows(page);
      await check(`${screen.name}: ${name} says so`, async () => assert.ok(await holds(page, words), await page.locator("body").innerText()));
      for (const scheme of SCHEMES) {
        await wears(page, scheme);
        await check(`${screen.name}, ${scheme}: ${name} fits the screen`, () => fits(page, screen.width));
        await check(`${screen.name}, ${scheme}: ${name} is accessible`, () => accessible(page, except));
        await picture(page, `${name.replaceAll(" ", "-")}-${screen.name}-${scheme}`);
      }
    }
  };
  const lookAt = (name, words, url) => look(name, words, (page) => page.goto(url));
  const lookInto = (name, words, mail) => look(name, words, (page) => page.setContent(mail.html), OF_PAGES);

  await api("PUT", `${demo.base}/v1/sites/demo/reasons`, token, { reasons: [{ code: "rude", text: REASON, basis: "terms" }] });
  const reader = await open(SCREENS[1], { javaScriptEnabled: false });
  await must("mail is wished for on the form, without scripts, and the receipt says which", async () => {
    await reader.goto(page);
    await field(reader, "Comment").fill(WORDS);
    await field(reader, "Name").fill("Jo Tamsin");
    await field(reader, "Email").fill(READER);
    await reader.getByLabel("Email me").selectOption({ label: "When it is decided, and about replies" });
    await button(reader, "Post Comment").click();
    await reader.waitForURL(/\/receipts\//);
    assert.ok(await reader.getByLabel("When it is decided, and about replies").isChecked());
  });
  const receipt = reader.url();

  const question = await arrives(demo, READER, "Do you want mail about your comments?");
  await must("the address is asked first, by a mail that holds nothing that was typed", async () => {
    const whole = question.parts.map((part) => part.content).join("\n");
    for (const typed of ["harbour", "Jo Tamsin", TITLE]) assert.ok(!whole.includes(typed), typed);
    assert.equal((await mailbox(demo, READER)).length, 1);
  });
  await lookInto("the question", "Somebody has left this address under a comment", question);
  const answers = below(question, "Answer yes or no:");
  await lookAt("the page of the question", "Do you want mail about your comments?", answers);
  await must("looking at it says nothing; a button does, by keyboard", async () => {
    await reader.goto(answers);
    await reader.reload();
    assert.ok(await holds(reader, "Somebody has left this address"));
    const focused = () => reader.evaluate(() => document.activeElement.textContent.trim());
    for (let presses = 0; presses < 20 && (await focused()) !== "Yes, send me mail"; presses += 1) await reader.keyboard.press("Tab");
    await reader.keyboard.press("Enter");
    await reader.getByText("You get mail about your comments").first().waitFor();
  });
  await lookAt("an address that gets mail", "writes to you about those comments", answers);

  await must("what is rejected is told with its reason", async () => {
    await decides(await waiting(WORDS), "reject", { reason_code: "rude" });
    const mail = await arrives(demo, READER, "Your comment was not published");
    assert.ok(mail.text.includes(`Reason: ${REASON}`) && mail.text.includes(WORDS.slice(0, 30)), mail.text);
    assert.equal(below(mail, "Your comment, and what you can do:"), receipt);
    await lookInto("the mail about a rejection", "Your comment was not published", mail);
  });
  await must("the receipt takes an appeal, and shows what was wrong with one", async () => {
    await reader.goto(receipt);
    assert.ok(await holds(reader, "Do you disagree?"));
    await reader.getByText("Ask for another look…").click();
    await field(reader, "What you want the moderators to know").fill("   ");
    await button(reader, "Ask for another look").click();
    await reader.getByRole("alert").waitFor();
    await field(reader, "What you want the moderators to know").fill(APPEAL);
    await button(reader, "Ask for another look").click();
    await reader.getByText("You have asked for another look.").first().waitFor();
    assert.ok(await holds(reader, APPEAL));
    assert.equal(await reader.getByText("Ask for another look…").count(), 0, "once");
  });
  await lookAt("an appeal that waits", "A moderator has not decided yet.", receipt);
  await must("an appeal that is granted is told, and the comment is published", async () => {
    await decides(await waiting(WORDS, "&needs=appeal"), "approve");
    const mail = await arrives(demo, READER, "Your comment is published");
    assert.ok(mail.text.includes("A moderator has looked at it again, as you asked"), mail.text);
    await lookInto("the mail about an appeal", "Your comment is published", mail);
    await reader.goto(receipt);
    assert.ok(await holds(reader, "Everybody can read it."));
  });

  await must("an answer is told, and its link leads to it", async () => {
    await reader.goto(page);
    await reader.getByRole("link", { name: "Reply to Jo Tamsin" }).first().click();
    await reader.waitForURL(/replyto=/);
    await field(reader, "Comment").fill("And you hear the owls from the quay.");
    await field(reader, "Name").fill("Edda Fairweather");
    await field(reader, "Email").fill("edda@mailbox.example");
    await button(reader, "Post Comment").click();
    await reader.waitForURL(/\/receipts\//);
    await decides(await waiting("hear the owls"), "approve");
    const mail = await arrives(demo, READER, "Edda Fairweather has answered you");
    await lookInto("the mail about an answer", "And you hear the owls from the quay.", mail);
    await reader.goto(below(mail, "See the answer on the page:"));
    assert.ok(await holds(reader, "And you hear the owls from the quay."));
    assert.deepEqual(await mailbox(demo, "edda@mailbox.example"), [], "who wished for none gets none");
  });

  await must("mail about one comment is switched off on its receipt", async () => {
    await reader.goto(receipt);
    await reader.getByLabel("Never").check();
    await button(reader, "Save").click();
    await reader.getByText("Saved. You get no mail about this comment.").waitFor();
    assert.ok(await reader.getByLabel("Never").isChecked());
  });
  await lookAt("the receipt of a published comment", "Everybody can read it.", receipt);

  await must("the link at the end of a mail ends all mail, and a mail program does so by one click", async () => {
    const mail = await arrives(demo, READER, "has answered you");
    const end = below(mail, "End these mails:");
    await reader.goto(end);
    await button(reader, "End all mail").click();
    await reader.getByText("You get no more mail").first().waitFor();
    await lookAt("an address that gets none", "does not write to this address", end);
    await reader.goto(end);
    await button(reader, "I want mail again").click();
    await reader.getByText("You get mail about your comments").first().waitFor();
    assert.equal(mail.headers["list-unsubscribe-post"], "List-Unsubscribe=One-Click");
    const oneClick = await fetch(mail.headers["list-unsubscribe"].slice(1, -1), { method: "POST", body: new URLSearchParams({ "List-Unsubscribe": "One-Click" }) });
    assert.equal(oneClick.status, 200);
    await reader.goto(end);
    assert.ok(await holds(reader, "You get no more mail"));
  });
  assert.deepEqual(await reader.context().cookies(), [], "there are no cookies");
}

const browser = await launch(20);
const demo = await start(BINARY, { REPLYDESK_COMMENTS__TOLD_AFTER_MINUTES: "0" });
const problems = [];
try {
  await story(browser, demo, problems);
  await check("no errors, no CSP violations, no failed or foreign requests", () => assert.deepEqual([...new Set(problems)], []));
} catch (error) {
  if (!(error instanceof Stop)) tally.failed += 1;
  console.log(`FAILED  ${error.stack}\n${demo.log()}`);
} finally {
  await browser.close();
  await demo.stop();
}
console.log(`\n${tally.passed} passed, ${tally.failed} failed`);
process.exit(tally.failed === 0 ? 0 : 1);
