// Makes assets/embed.min.js of assets/embed.js. With --check it changes nothing, and fails when the one is not of the other.
import { readFile, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { transform } from "esbuild";

const source = new URL("../../assets/embed.js", import.meta.url);
const made = new URL("../../assets/embed.min.js", import.meta.url);

/** The script without what only people need; the style within it is a language of its own. */
export async function minified() {
  const text = await readFile(source, "utf8");
  const [, style] = /\/\* css \*\/ `([^`]*)`/.exec(text);
  const { code: css } = await transform(style, { loader: "css", minify: true, target: "chrome123" });
  const { code } = await transform(text.replace(`\`${style}\``, () => JSON.stringify(css.trim())), { minify: true, target: "es2022", legalComments: "none", charset: "utf8" });
  return code;
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const code = await minified();
  await writeFile(made, code);
  console.log(`embed.min.js: ${Buffer.byteLength(code)} bytes, ${gzipSync(code, { level: 9 }).length} gzipped`);
}
