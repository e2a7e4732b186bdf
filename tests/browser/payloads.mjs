// Hostile texts: a few of our own, and the collections of attackers.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

// as in src/domain/corpora.rs
const CORPORA = process.env.REPLYDESK_TEST_CORPORA ?? fileURLToPath(new URL("../../../shared/corpora", import.meta.url));
const OWN = [
  "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", '"><svg onload=alert(1)>', "<a href=javascript:alert(1)>x</a>",
  "</textarea></div></main><iframe srcdoc='<script>alert(1)</script>'>", "<math><mi//xlink:href='data:x,<script>alert(4)</script>'>",
  "<style>@import 'http://foreign.example/x.css'</style>", "<base href=//foreign.example/>", "<b style=color:red onclick=alert(1)>b</b>",
  "' onfocus=alert(1) autofocus x='", "</title><meta http-equiv=refresh content='0;url=//foreign.example'>", "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
  "<q cite='data:text/html,x'>q</q> <blockquote cite=javascript:x>b", "<form action=//foreign.example><button>go", "{{constructor.constructor('alert(1)')()}}",
];

/** The texts of a corpus file; none only where all corpora were declined. */
function corpus(file, read) {
  if (CORPORA === "none") return [];
  const lines = readFileSync(`${CORPORA}/${file}`, "utf8").split("\n").filter((line) => line.trim() !== "");
  return lines.map(read);
}

/** Every hostile text, once. */
export function payloads() {
  const lines = corpus("xss-payloadbox/payloads.txt", (line) => line);
  const cases = corpus("sanitizer-dompurify/cases.jsonl", (line) => JSON.parse(line).payload);
  return [...new Set([...OWN, ...lines, ...cases].map((text) => text.trim()))];
}

/** Joined, as many as fit into `most` characters each; a text that does not fit alone is cut. */
export function packed(texts, most) {
  const packs = [];
  for (const text of texts) {
    const last = packs.at(-1);
    if (last !== undefined && last.length + 1 + text.length <= most) packs[packs.length - 1] = `${last} ${text}`;
    else packs.push(text.slice(0, most).toWellFormed());
  }
  return packs;
}
