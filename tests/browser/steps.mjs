// The steps of a story in a browser: what counts them, waits for them, and finds the things that people press.
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { doing } from "./chromium.mjs";

export const SCREENS = [
  { name: "desktop", width: 1280, options: { viewport: { width: 1280, height: 800 } } },
  { name: "phone", width: 360, options: { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true } },
];
export const SCHEMES = ["light", "dark"];
export const PATIENCE_MS = 20_000;

/** How many checks there were. */
export const tally = { passed: 0, failed: 0 };

/** Ends the story of one screen; what failed has been told. */
export class Stop extends Error {}

/** A check that others do not build on: when it fails, the story goes on. */
export async function check(name, run) {
  const began = performance.now();
  doing.what = name;
  try {
    const result = await run();
    tally.passed += 1;
    console.log(`ok      ${name} (${Math.round(performance.now() - began)} ms)`);
    return result;
  } catch (error) {
    tally.failed += 1;
    console.log(`FAILED  ${name}\n${String(error.stack ?? error).replace(/^/gm, "        ")}`);
    return undefined;
  }
}

/** Asks until the answer is truthy, and gives up with `what` after PATIENCE_MS. */
export async function until(what, ask) {
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (performance.now() > end) throw new Error(`not within ${PATIENCE_MS} ms: ${typeof what === "function" ? what() : what}`);
    await pause(100);
  }
}

export const squeezed = (text) => text.replace(/^[ \t]*[>|][ \t]?/gm, "").replace(/\s+/g, " ").trim();
export const field = (page, label) => page.getByRole("textbox", { name: new RegExp(`^${label}\\b`) });
export const button = (page, name) => page.getByRole("button", { name: new RegExp(`^${name}\\b`) });
export const holds = async (page, text) => squeezed(await page.locator("body").innerText()).includes(text);

/** Waits until what was pressed has led somewhere, whether the page was loaded or a part of it was put in its place. */
export async function settled(page) {
  await page.waitForFunction(() => document.readyState === "complete" && !document.body.classList.contains("htmx-request"));
}

export async function signIn(page, { person, password }) {
  await field(page, "Email").fill(person);
  await page.getByLabel(/^Password\b/).fill(password);
  const before = page.url();
  await button(page, "Sign in").click();
  await until("signed in", async () => page.url() !== before || (await page.getByLabel(/^Password\b/).count()) === 0);
  await page.waitForLoadState();
  assert.equal(await page.getByLabel(/^Password\b/).count(), 0, "the sign-in page is left");
}
