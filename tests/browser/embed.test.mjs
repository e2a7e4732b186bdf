// What is served of the widget is made of its source.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { minified } from "../../scripts/lib/embed.mjs";

test("embed.min.js is made of embed.js as it is", async () => {
  const served = await readFile(new URL("../../assets/embed.min.js", import.meta.url), "utf8");
  assert.ok(served === (await minified()), "run `node scripts/lib/embed.mjs`");
});
