// What is compiled in from elsewhere is what its publisher published, in the version that the lock file names.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

test("htmx is the published file, byte for byte", async () => {
  const ours = await readFile(new URL("../../assets/htmx.min.js", import.meta.url));
  const published = await readFile(new URL("../../node_modules/htmx.org/dist/htmx.min.js", import.meta.url));
  assert.ok(ours.length > 10_000);
  assert.ok(ours.equals(published));
});
