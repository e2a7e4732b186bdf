// The browser of the tests: Debian's Chromium in a home of its own, and the binary it looks at.
import { existsSync, rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

/** The built replydesk. */
export const BINARY = process.env.REPLYDESK_BIN;
const CHROMIUM = process.env.REPLYDESK_TEST_CHROMIUM ?? "/usr/bin/chromium";
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync"];

/** What the story is about at this moment, for whoever reads that it did not end. */
export const doing = { what: "nothing yet" };

/**
 * Starts it; without a binary or a browser there is nothing to test, and that is a failure. So is a story that has not
 * ended after this many minutes: each of its waits has an end, but a page that is asked something may never answer.
 */
export async function launch(minutes = 15) {
  if (!BINARY || !existsSync(BINARY)) {
    console.error("REPLYDESK_BIN must name the built replydesk binary");
    process.exit(2);
  }
  if (!existsSync(CHROMIUM)) {
    console.error(`there is no Chromium at ${CHROMIUM}: install Debian's package chromium`);
    process.exit(1);
  }
  const late = () => {
    console.log(`FAILED  the story has not ended after ${minutes} minutes: ${doing.what}`);
    process.exit(1);
  };
  setTimeout(late, minutes * 60_000).unref();
  const home = await mkdtemp(join(tmpdir(), "replydesk-chromium-"));
  process.on("exit", () => rmSync(home, { recursive: true, force: true, maxRetries: 5 }));
  return chromium.launch({
    executablePath: CHROMIUM,
    args: FLAGS,
    env: { ...process.env, HOME: home, TMPDIR: home, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: home },
    handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false,
  });
}
