// Takes the pictures of the README, of docs/widget.md and of docs/desk.md from a demo of its own, with invented readers.
//
//   REPLYDESK_BIN=target/debug/replydesk node tests/browser/pictures.mjs docs/images
import { mkdir, readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { chromium } from "playwright-core";
import { start } from "./demo.mjs";
import { parse } from "./eml.mjs";

const folder = process.argv[2] ?? "docs/images";
const demo = await start(process.env.REPLYDESK_BIN);
const browser = await chromium.launch({
  executablePath: process.env.REPLYDESK_TEST_CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu"],
});

const PUBLISHED = {
  edda: ["Edda Fairweather", "I have kept a moth trap in the same garden since 1981. In the first summer after the lights went out I wrote down eleven species I had not seen for thirty years, and one I had never seen at all.\n\nIt is the best thing this town has done."],
  tom: ["Tom Bexley", "Lovely for the people who drive in and look up. Less lovely if you work nights and walk home along the river. Has anyone asked them?"],
  priya: ["Priya N.", "The nurses got their lit path, as the article says. My shift ends at four and I have never felt safer: you can see people’s torches from a mile away.", "tom"],
  ines: ["Ines Halloran", "Thank you both. The hospital path is lit at knee height, so it does not show from the hill.", "priya"],
  wladyslaw: ["Władysław Gąsior", "We drove down from the city with the children. They had never seen the Milky Way. Neither had I."],
};
// The third one is what a campaign looks like: somebody else's text under another name.
const WAITING = [
  ["Leonie Marsh", "Could the paper print the council’s figures on the savings, please? “Eighty thousand a year” is a lot of library."],
  ["Tom Bexley", "Fair enough, Priya. I take back half of it.", "priya"],
  ["M. Castellan", PUBLISHED.wladyslaw[1], "edda", "https://castellan-lamps.example/"],
  ["Callum Ross", "The chip shop alone is worth the drive. Bring a coat, though: it is cold on the quay after midnight."],
];

const SAM = { person: "sam@gazette.example", name: "Sam Ortega", password: "seven moths at the harbour light" };
const NOTE = "The third of these this week, each under another name, and always with the lamp shop’s address.";

const slug = (name) => name.normalize("NFKD").replace(/[^A-Za-z]/g, "").toLowerCase();

async function submit([name, comment, parent, website], ids) {
  const response = await fetch(`${demo.base}/v1/sites/demo/comments`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({
      article: { key: "port-arden", url: demo.article, title: "The town that switched off its lights, and found the sky again" },
      name, comment, website, parent: parent && ids[parent], email: `${slug(name)}@mailbox.example`,
    }),
  });
  const answer = await response.json();
  if (response.status !== 202) throw new Error(`${name}: ${JSON.stringify(answer)}`);
  return answer.id;
}

async function mailAbout(text) {
  for (let tries = 0; tries < 100; tries += 1) {
    for (const name of (await readdir(demo.mail).catch(() => [])).filter((name) => name.endsWith(".eml"))) {
      const mail = parse(await readFile(join(demo.mail, name)));
      if (mail.text?.includes(text)) return mail;
    }
    await pause(100);
  }
  throw new Error(`no mail about ${text}`);
}

/** The rectangle from the top of one element to the bottom of another, with some air. */
async function clip(page, [first, last], { width, above = 24, below = 32 }) {
  const edge = (selector, side) => page.locator(selector).first().evaluate((element, side) => element.getBoundingClientRect()[side] + scrollY, side);
  const [top, bottom] = [await edge(first, "top"), await edge(last, "bottom")];
  const x = Math.round((page.viewportSize().width - width) / 2);
  return { x, y: Math.max(0, top - above), width, height: bottom - Math.max(0, top - above) + below };
}

try {
  await mkdir(folder, { recursive: true });
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, colorScheme: "light" });
  const desk = await context.newPage();
  await desk.goto(demo.desk);
  await desk.getByLabel("Email").fill(demo.person);
  await desk.getByLabel("Password").fill(demo.password);
  await desk.getByRole("button", { name: "Sign in" }).click();
  await desk.getByText("Nothing is waiting.").waitFor();

  const ids = {};
  for (const [key, comment] of Object.entries(PUBLISHED)) {
    ids[key] = await submit(comment, ids);
    await desk.goto(`${demo.desk}/comments/${ids[key]}`);
    await desk.getByRole("button", { name: "Approve" }).click();
    await desk.getByText("It is on the page now.").waitFor();
  }
  const waiting = [];
  for (const comment of WAITING) waiting.push(await submit(comment, ids));

  const page = await context.newPage();
  await page.goto(demo.article);
  const whole = { fullPage: true, animations: "disabled" };
  await page.screenshot({ ...whole, path: join(folder, "article.png"), clip: await clip(page, [".story-text p:nth-last-child(2)", "#comments"], { width: 880 }) });

  await page.getByRole("textbox", { name: "Comment" }).fill("Could the paper print the council’s figures on the savings, please?");
  await page.getByRole("textbox", { name: "Name" }).fill("Leonie Marsh");
  await page.getByRole("textbox", { name: "Email" }).fill("leonie@mailbox.example");
  await page.locator("h1").click();
  await page.screenshot({ ...whole, path: join(folder, "form.png"), clip: await clip(page, ["#respond", "#respond"], { width: 760, below: 24 }) });

  for (const [device, viewport, width] of [["desktop", { width: 1280, height: 900 }, 760], ["phone", { width: 360, height: 740 }, 360]]) {
    const colorScheme = device === "phone" ? "dark" : "light";
    const visitor = await (await browser.newContext({ viewport, colorScheme, isMobile: device === "phone" })).newPage();
    await visitor.goto(`${demo.base}/demo/widget`);
    await visitor.locator("replydesk-comments").scrollIntoViewIfNeeded();
    if (device === "phone") {
      await visitor.getByRole("button", { name: "Reply to Tom Bexley" }).click();
      await visitor.getByRole("textbox", { name: /^Comment/ }).fill("They were asked, and the path to the bus is what came of it.");
      await visitor.getByRole("textbox", { name: /^Name/ }).fill("Leonie Marsh");
      await visitor.getByRole("textbox", { name: /^Email/ }).fill("leonie@mailbox.example");
    } else {
      await visitor.locator("replydesk-comments article").first().waitFor();
    }
    await visitor.screenshot({ ...whole, path: join(folder, `widget-${device}.png`), clip: await clip(visitor, ["replydesk-comments", "replydesk-comments"], { width, below: 12 }) });
  }

  // a colleague leaves one to somebody who knows better
  await demo.command(["moderator", "add", SAM.person, "--name", SAM.name, "--role", "moderator", "--password-stdin"], SAM.password);
  const sam = await (await browser.newContext()).newPage();
  await sam.goto(`${demo.desk}/comments/${waiting[2]}`);
  await sam.getByLabel("Email").fill(SAM.person);
  await sam.getByLabel("Password").fill(SAM.password);
  await sam.getByRole("button", { name: "Sign in" }).click();
  await sam.getByText("Escalate, or add a note", { exact: true }).click();
  await sam.locator("textarea[name=note]").fill(NOTE);
  await sam.getByRole("button", { name: /^Escalate/ }).click();
  await sam.getByText(NOTE).waitFor();

  await desk.goto(demo.desk);
  await desk.screenshot({ ...whole, path: join(folder, "desk.png"), clip: await clip(desk, ["header.bar", ".card:nth-child(3)"], { width: 960, above: 0, below: 12 }) });

  // what moderators have before them, on a desk and in a hand, by day and by night
  await mkdir(join(folder, "desk"), { recursive: true });
  const link = (await mailAbout("I take back half of it")).text.match(/https?:\/\/\S+\/d\/\S+/)[0];
  for (const [device, viewport] of [["desktop", { width: 1280, height: 900 }], ["phone", { width: 360, height: 740 }]]) {
    for (const colorScheme of ["light", "dark"]) {
      const signedIn = await browser.newContext({ viewport, colorScheme, storageState: await context.storageState(), isMobile: device === "phone" });
      const seen = await signedIn.newPage();
      for (const [name, url] of [["queue", demo.desk], ["comment", `${demo.desk}/comments/${waiting[2]}`], ["decision", link]]) {
        await seen.goto(url);
        // in the hand, down to where it is decided; of a comment on a desk, all that is known
        const row = await seen.locator(".decide-row").first().locator(".button").last().evaluate((button) => button.getBoundingClientRect().bottom + scrollY);
        const isLow = device === "phone" && row + 16 > viewport.height;
        const begins = await seen.locator("main").evaluate((main) => main.getBoundingClientRect().top);
        if (isLow) await seen.evaluate((top) => window.scrollTo({ top, behavior: "instant" }), Math.max(begins, row + 16 - viewport.height));
        await seen.screenshot({ animations: "disabled", fullPage: name === "comment" && device === "desktop", path: join(folder, "desk", `${name}-${device}-${colorScheme}.png`) });
      }
      await signedIn.close();
    }
  }

  const letter = await (await browser.newContext({ viewport: { width: 760, height: 600 }, javaScriptEnabled: false })).newPage();
  const mail = await mailAbout("I take back half of it");
  await letter.setContent(mail.html);
  await letter.screenshot({ ...whole, path: join(folder, "mail.png"), clip: await clip(letter, [".sheet", ".sheet"], { width: 760, below: 24 }) });
  console.log(`Subject: ${mail.headers.subject}\n\n${mail.text}`);
} finally {
  await browser.close();
  await demo.stop();
}
