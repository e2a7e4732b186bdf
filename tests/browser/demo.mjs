// Starts `replydesk demo` in a folder of its own, on ports the system chooses, and reads the addresses it prints.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

// "  password  xyz  (shown once)": a remark stands in brackets behind the value.
const LINE = /^\s*(article|desk|mail|sign in|password)\s+(\S.*?)(?:\s+\(.*\))?\s*$/;
const START_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 30_000;

const running = new Set();
function endAll() {
  for (const { child, folder } of running) {
    child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
  running.clear();
}
process.on("exit", endAll);
for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143], ["SIGHUP", 129]]) process.on(signal, () => process.exit(code));

/** The caller's environment without its own Replydesk settings, which would change what is tested. */
function environment(folder, settings) {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith("REPLYDESK_"));
  return {
    ...Object.fromEntries(kept),
    HOME: folder,
    TMPDIR: folder,
    REPLYDESK_SERVER__LISTEN: "127.0.0.1:0",
    REPLYDESK_OPS__LISTEN: "127.0.0.1:0",
    // The walk posts faster than a person; the limits have tests of their own.
    REPLYDESK_LIMITS__SUBMIT_PER_MINUTE: "0",
    REPLYDESK_LIMITS__SITE_PER_MINUTE: "0",
    // and a mail for each comment
    REPLYDESK_MAIL__LETTERS_PER_HOUR: "0",
    ...settings,
  };
}

/**
 * @param {Record<string, string>} settings more of them, as environment variables
 * @returns the demo: base, article, desk, mail (a folder), person, password, log(), command() → output, stop() → exit code
 */
export async function start(binary, settings = {}) {
  const folder = await mkdtemp(join(tmpdir(), "replydesk-walk-"));
  const child = spawn(binary, ["demo", "--data", join(folder, "data")], {
    cwd: folder,
    env: environment(folder, settings),
    stdio: ["ignore", "pipe", "pipe"],
  });
  const entry = { child, folder };
  running.add(entry);
  const ended = once(child, "exit").catch((error) => [error.message, null]);
  const lines = [];
  const said = {};
  const log = () => lines.slice(-40).join("\n");

  async function stop() {
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), STOP_LIMIT_MS);
    const [code, signal] = await ended;
    clearTimeout(timer);
    running.delete(entry);
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    return code ?? signal;
  }

  const told = new Promise((done) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on("line", (line) => {
        lines.push(line);
        const found = stream === child.stdout && LINE.exec(line);
        if (found) said[found[1]] = found[2];
        if (["article", "desk", "mail", "sign in", "password"].every((label) => label in said)) done("told");
      });
    }
  });
  let timer;
  const late = new Promise((done) => (timer = setTimeout(done, START_LIMIT_MS, "late")));
  const outcome = await Promise.race([told, ended, late]);
  clearTimeout(timer);
  if (outcome !== "told") {
    const seen = Object.keys(said).join(", ") || "nothing";
    await stop();
    const why = outcome === "late" ? `not within ${START_LIMIT_MS} ms` : `it ended with ${outcome}`;
    throw new Error(`the demo did not print all its addresses (${why}; it told: ${seen})\n${log()}`);
  }
  /** Runs another command beside the service, on its database, and returns what it printed. */
  async function command(args, input) {
    const url = `sqlite://${join(folder, "data", "replydesk.db")}`;
    const env = { ...environment(folder, settings), REPLYDESK_DATABASE__URL: url };
    const other = spawn(binary, args, { cwd: folder, env, stdio: ["pipe", "pipe", "pipe"] });
    let [printed, told] = ["", ""];
    other.stdout.on("data", (bytes) => (printed += bytes));
    other.stderr.on("data", (bytes) => (told += bytes));
    other.stdin.end(input);
    const [code] = await once(other, "close");
    if (code !== 0) throw new Error(`replydesk ${args[0]} ${args[1]} ended with ${code}: ${told}`);
    return printed;
  }

  return {
    base: new URL(said.article).origin,
    article: said.article,
    desk: said.desk,
    mail: resolve(folder, said.mail),
    person: said["sign in"],
    password: said.password,
    folder,
    log,
    command,
    stop,
  };
}
