// The corners of the desk: pages that few people see, since something went before them. Each is looked at in light and
// dark, on a wide screen and on a phone, all on one demo.
//
//   REPLYDESK_BIN=target/debug/replydesk node tests/browser/corners.mjs
//
// REPLYDESK_TEST_CHROMIUM and REPLYDESK_TEST_SHOTS are those of walk.mjs.
import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { BINARY, launch } from "./chromium.mjs";
import { start } from "./demo.mjs";
import { parse } from "./eml.mjs";
import { PATIENCE_MS, SCHEMES, SCREENS, button, check, field, holds, settled, signIn, tally, until } from "./steps.mjs";
import { accessible, fits, picture, watch, wears } from "./watch.mjs";

const SAM = { person: "sam@gazette.example", name: "Sam Ortega", password: "seven moths at the harbour light" };
const NOBODY = "01a20af0-dc8f-7591-9eb1-0d2af4d96cfe";

async function ask(method, url, body) {
  const answer = await fetch(url, { method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  assert.ok(answer.status < 300, `${method} ${url}: ${answer.status}`);
  return answer.status === 204 ? undefined : answer.json();
}

/** The link of this shape in the mail that holds the words. */
async function linkIn(demo, words, shape) {
  return until(`a mail with ${words}`, async () => {
    for (const name of (await readdir(demo.mail).catch(() => [])).filter((name) => name.endsWith(".eml"))) {
      const mail = parse(await readFile(join(demo.mail, name)));
      if (mail.text?.includes(words)) return mail.text.match(shape)?.[0];
    }
    return undefined;
  });
}

async function corners(browser, demo, problems) {
  const open = async (options) => {
    const context = await browser.newContext({ bypassCSP: true, ...options });
    context.setDefaultTimeout(PATIENCE_MS);
    watch(context, demo.base, problems);
    return context.newPage();
  };
  const everywhere = async (options) => Promise.all(SCREENS.map(async (screen) => ({ screen, page: await open({ ...screen.options, ...options }) })));
  /** Looks at each screen as it is; what must be on it shows that it is the page that was meant. */
  const look = async (name, seen, words) => {
    for (const { screen, page } of seen) {
      await check(`${screen.name}: ${name} says so`, async () => assert.ok(await holds(page, words), await page.locator("body").innerText()));
      for (const scheme of SCHEMES) {
        await wears(page, scheme);
        await check(`${screen.name}, ${scheme}: ${name} fits the screen`, () => fits(page, screen.width));
        await check(`${screen.name}, ${scheme}: ${name} is accessible`, () => accessible(page));
        await picture(page, `${name.replaceAll(" ", "-")}-${screen.name}-${scheme}`);
      }
    }
  };
  const visit = async (seen, url) => {
    for (const { page } of seen) {
      await page.goto(url);
      await settled(page);
    }
  };
  /** Presses a button, on the page or in a place on it, and waits for the answer to its form. */
  const press = async (page, name, where = page) => {
    await Promise.all([page.waitForResponse((answer) => answer.request().method() === "POST"), button(where, name).first().click()]);
    await settled(page);
  };

  const write = (words) => ask("POST", `${demo.base}/v1/sites/demo/comments`, {
    article: { key: "port-arden", url: demo.article, title: "The town that switched off its lights" },
    name: "Noor", email: `${words.replace(/\W/g, "").toLowerCase()}@mailbox.example`, comment: `${words}.`,
  });
  const told = async (words) => {
    const { id, receipt } = await write(words);
    return { id, receipt: `${demo.base}/v1/receipts/${receipt.token}`, link: await linkIn(demo, words, /https?:\/\/\S+\/d\/\S+/), desk: `${demo.desk}/comments/${id}` };
  };
  const used = await told("The ferry runs on Sundays");
  const refused = await told("The ferry does not run at all");
  const late = await told("The harbour has two lights");
  const changed = await told("The harbour has three lights");
  const withdrawn = await told("The harbour has no light");
  const edited = await told("There is a boat that goes at night");
  const [outdated, tooLate] = [await told("The pier is closed"), await told("The pier is open")];
  await demo.command(["moderator", "add", SAM.person, "--name", SAM.name, "--role", "moderator", "--password-stdin"], SAM.password);
  await demo.command(["moderator", "add", "iris@gazette.example", "--name", "Iris Okafor", "--role", "moderator", "--invite"]);
  const [robin, sam] = [await open({}), await open({})];
  for (const [page, who] of [[robin, demo], [sam, SAM]]) {
    await page.goto(demo.desk);
    await signIn(page, who);
  }
  const decides = async (page, { desk }, name) => {
    await page.goto(desk);
    await press(page, name);
  };

  // ── behind the link of a mail, signed out
  const pocket = await everywhere();
  const second = await everywhere();
  await visit(second, used.link);
  await visit(pocket.slice(0, 1), used.link);
  await press(pocket[0].page, "Approve");
  await visit(pocket, used.link);
  await look("a link that was used", pocket, "You have approved this comment");
  for (const { page } of second) await press(page, "Spam");
  await look("a link that is used again", second, "The link was used before. Nothing was changed.");
  await visit(pocket.slice(0, 1), refused.link);
  await pocket[0].page.getByText("Reject with a reason", { exact: true }).click();
  await field(pocket[0].page, "Reason").fill("Please stay with the ferry that there is.");
  await press(pocket[0].page, "Reject with this reason");
  await visit(pocket, refused.link);
  await look("a link that rejected", pocket, "Please stay with the ferry that there is.");
  await decides(sam, late, "Approve");
  await visit(pocket, late.link);
  await look("a link that is late", pocket, "Another moderator has approved it.");
  await ask("PATCH", changed.receipt, { comment: "The harbour has three lights, and one is out." });
  await visit(pocket, changed.link);
  await look("a link to a text that changed", pocket, "changed");
  await ask("DELETE", withdrawn.receipt);
  await visit(pocket, withdrawn.link);
  await look("a link to what was withdrawn", pocket, "Withdrawn");
  await visit(pocket, `${late.link.slice(0, -6)}AAAAAA`);
  await look("a link that was altered", pocket, "404");
  await visit(pocket, await linkIn(demo, "Iris Okafor", /https?:\/\/\S+\/desk\/invitations\/\S+/));
  await look("an invitation", pocket, "Iris Okafor");

  // ── at the desk
  const desk = await everywhere({ storageState: await robin.context().storageState() });
  await visit(desk, `${demo.desk}/comments/${NOBODY}`);
  await look("a comment that is not there", desk, "404");
  await decides(robin, edited, "Approve");
  await ask("PATCH", edited.receipt, { comment: "There is a ferry that goes at night, and it is free." });
  await visit(desk, edited.desk);
  await look("a new text on its page", desk, "Published now");
  await visit(desk, `${demo.desk}?needs=edit`);
  await look("a new text in the queue", desk, "Published now");
  // ── what is blocked
  const rude = await told("The harbour master is a fool");
  await visit(desk, `${demo.desk}/blocks`);
  await look("no blocks", desk, "Nothing is blocked.");
  await visit(desk, rude.desk);
  for (const { page } of desk) await page.getByText("Block its author", { exact: false }).first().click();
  await look("blocking an author on a card", desk, "Why (for colleagues)");
  await visit(desk, `${demo.desk}/blocks?comment=${rude.id}`);
  await look("blocking an author with all choices", desk, "What is blocked");
  for (const { page } of desk) {
    await page.getByLabel("Why (for colleagues)").fill("Insults, again and again.");
    await page.getByLabel("Also mark as spam what came from there").check();
    await press(page, "Block");
  }
  await look("a clean-up that asks", desk, "would be marked as spam. Nothing is done yet.");
  for (const { page } of desk) {
    await page.getByLabel("Also mark as spam what came from there").uncheck();
    await press(page, "Block");
  }
  await look("an author who is blocked", desk, "The author is blocked.");
  await visit(desk, `${demo.desk}/blocks`);
  for (const { page } of desk) {
    await page.getByLabel("What", { exact: true }).selectOption("domain");
    await page.getByLabel("Value").fill("not a domain");
    await page.getByLabel("Why (for colleagues)").fill("A campaign for lamps.");
    await press(page, "Block");
  }
  await look("a block that is refused", desk, "Nothing is blocked yet: please look at the fields below.");
  for (const { page } of desk) {
    await page.getByLabel("Value").fill("lamps.example");
    await press(page, "Block");
  }
  await look("blocks", desk, "It is blocked.");
  for (const { page } of desk.slice(0, 1)) {
    while (await button(page, "End it").count()) await press(page, "End it");
  }
  // ── the rules of the site
  const policy = `${demo.desk}/policy`;
  const words = `${demo.desk}/words`;
  await visit(desk, policy);
  await look("a policy", desk, "Approved comments that make somebody known");
  await robin.goto(policy);
  await robin.getByLabel("Links that hold a comment").fill("5");
  await press(robin, "Save");
  for (const { page } of desk) {
    await page.getByLabel("Links that hold a comment").fill("7");
    await press(page, "Save");
    await page.getByText("What is in force now", { exact: true }).click();
  }
  await look("a policy that somebody else changed", desk, "Somebody changed this since you opened the page");
  for (const { page } of desk) {
    await page.locator("form.rules").evaluate((form) => { form.noValidate = true; });
    await page.getByLabel("Longest comment, in characters").fill("0");
    await page.getByLabel("Names of your own people").fill("Marit Oyelaran\nmarit@gazette.example");
    await press(page, "Save");
  }
  await look("a policy that is refused", desk, "Please give a whole number from 1 to 65,525.");
  await visit(desk, policy);
  for (const { page } of desk) {
    await page.getByLabel("Everything is published at once").check();
    await press(page, "Test first");
  }
  await look("a policy that is tested", desk, "This is a test. Nothing was changed");
  await visit(desk, words);
  for (const { page } of desk) {
    await field(page, "A moderator sees it first").fill("council\n*\na\tb");
    await press(page, "Save");
  }
  await look("word lists that are refused", desk, "Line 2: this looks for nothing.");
  for (const { page } of desk) {
    await field(page, "A moderator sees it first").fill("lights\ncouncil*");
    await field(page, "It is spam").fill("ferry");
    await press(page, "Test first");
  }
  await look("word lists that are tested", desk, "Approved by people, spam by these rules");
  for (const { page } of desk) {
    await press(page, "Go on editing");
    assert.equal(await field(page, "It is spam").inputValue(), "ferry");
  }
  await look("word lists that are typed on", desk, "1 term");
  for (const { page } of desk) {
    await field(page, "A moderator sees it first").fill("");
    await press(page, "Test first");
    await press(page, "Switch it on");
  }
  await look("word lists that were switched on", desk, "Saved. It holds for every comment from now on");
  const reader = await everywhere({ storageState: await sam.context().storageState() });
  await visit(reader, policy);
  await look("a policy for a moderator", reader, "Editors change it; you can read it.");
  await visit(reader, words);
  await look("word lists for a moderator", reader, "Editors change it; you can read it.");

  await visit(desk, outdated.desk);
  await decides(sam, outdated, "Reject");
  for (const { page } of desk) await page.getByText("Rejected by Sam Ortega, just now.").first().waitFor();
  await look("a card that is outdated", desk, "Rejected by Sam Ortega, just now.");
  // without news: the decision is to be too late
  for (const { page } of desk) await page.route("**/assets/desk.js", (route) => route.fulfill({ contentType: "text/javascript", body: "" }));
  await visit(desk, tooLate.desk);
  await decides(sam, tooLate, "Approve");
  for (const { page } of desk) await press(page, "Reject");
  await look("a decision that is too late", desk, "Someone else was first: Sam Ortega has approved it");
}

const browser = await launch();
const demo = await start(BINARY);
const problems = [];
try {
  await corners(browser, demo, problems);
  // what is not there is asked for on purpose
  const others = problems.filter((problem) => !/^status (404: GET \S+\/(d\/|desk\/comments\/)|4(09|22): POST \S+\/desk\/(blocks|policy|words))/.test(problem));
  await check("no errors, no CSP violations, no failed or foreign requests", () => assert.deepEqual([...new Set(others)], []));
} catch (error) {
  tally.failed += 1;
  console.log(`FAILED  ${error.stack}\n${demo.log()}`);
} finally {
  await browser.close();
  await demo.stop();
}
console.log(`\n${tally.passed} passed, ${tally.failed} failed`);
process.exit(tally.failed === 0 ? 0 : 1);
