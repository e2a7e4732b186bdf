// What is looked at on every page, whatever the story: errors, foreign requests, overflow, accessibility, a picture.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import assert from "node:assert/strict";
import axe from "axe-core";

const shots = process.env.REPLYDESK_TEST_SHOTS;
if (shots) await mkdir(shots, { recursive: true });

/** Notes in `problems` whatever goes wrong in a browser context without failing a step. */
export function watch(context, base, problems) {
  context.on("console", (message) => {
    // A status of 400 and above is judged with the response itself.
    if (message.type() !== "error" || message.text().startsWith("Failed to load resource: the server responded")) return;
    problems.push(`console: ${message.text()} (${message.location().url})`);
  });
  context.on("weberror", (error) => problems.push(`script: ${error.error().message}`));
  context.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(`${base}/`) && !/^(data|blob|about):/.test(url)) problems.push(`foreign request: ${url}`);
  });
  context.on("requestfailed", (request) => {
    // A stream of events ends when its page is left.
    if (request.resourceType() === "eventsource") return;
    // The icon comes late; a browser that leaves the page lets go of it.
    if (request.url().endsWith("/favicon.svg") && request.failure()?.errorText === "net::ERR_ABORTED") return;
    // What a page renews in passing leads to a page that nobody asked for.
    if (request.resourceType() === "fetch" && request.redirectedFrom()?.url().endsWith("/desk/claims") && request.failure()?.errorText === "net::ERR_ABORTED") return;
    // A page of another kind is loaded as a whole, once it is known to be one.
    if (request.resourceType() === "fetch" && new URL(request.url()).pathname === "/desk/sign-in" && request.failure()?.errorText === "net::ERR_ABORTED") return;
    problems.push(`request failed: ${request.method()} ${request.url()}: ${request.failure()?.errorText}`);
  });
  context.on("response", (response) => {
    const request = response.request();
    const form = request.method() === "POST" && ["document", "fetch"].includes(request.resourceType());
    // A page whose session was ended asks for news in vain.
    if (response.status() === 401 && request.resourceType() === "eventsource") return;
    // The error page that the story asks for, and the link that was used before.
    if (response.status() < 400 || (form && [409, 422].includes(response.status()))) return;
    problems.push(`status ${response.status()}: ${request.method()} ${response.url()}`);
  });
}

/**
 * Shows a page as it is in another colour scheme. Colours fade from one into the other: that is brought to its end, not
 * waited for, since a page that is not drawn never gets there.
 */
export async function wears(page, colorScheme) {
  await page.emulateMedia({ colorScheme });
  await page.evaluate(() => document.getAnimations().forEach((animation) => animation.finish()));
}

/** Nothing may stick out to the right, and the page must be as wide as the screen. */
export async function fits(page, width) {
  const seen = await page.evaluate(() => {
    const root = document.documentElement;
    const wide = [...document.body.querySelectorAll("*")]
      .filter((element) => element.getBoundingClientRect().right > root.clientWidth + 1)
      .slice(0, 5)
      .map((element) => element.outerHTML.slice(0, 100));
    return { scroll: root.scrollWidth, client: root.clientWidth, wide };
  });
  assert.ok(seen.scroll <= seen.client, `${seen.scroll} px wide on ${seen.client} px: ${seen.wide.join(" · ")}`);
  assert.ok(seen.client <= width, `laid out for ${seen.client} px on a screen of ${width} px (no viewport in its head?)`);
}

/** What only a page of its own can have, and not a mail: a mail program brings the landmarks. */
export const OF_PAGES = ["landmark-one-main", "region"];

/** axe-core with all its rules, or all but some. The context must bypass the CSP, which forbids what axe injects. */
export async function accessible(page, except = []) {
  await page.evaluate(axe.source);
  const rules = Object.fromEntries(except.map((rule) => [rule, { enabled: false }]));
  const violations = await page.evaluate(async (rules) => (await globalThis.axe.run(document, { resultTypes: ["violations"], rules })).violations, rules);
  const lines = violations.map(({ id, impact, help, nodes }) =>
    [`${id} (${impact}): ${help}`, ...nodes.slice(0, 3).map((node) => `    ${node.target}: ${node.html.slice(0, 120)}`)].join("\n"));
  assert.equal(lines.length, 0, `${lines.length} violations\n${lines.join("\n")}`);
}

export async function picture(page, name) {
  if (shots) await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
}
