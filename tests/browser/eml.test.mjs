import test from "node:test";
import assert from "node:assert/strict";
import { parse, words } from "./eml.mjs";

const ALTERNATIVE = [
  "Subject: A comment waits: =?utf-8?B?RMO8bm5l?= =?utf-8?Q?_Br=C3=BCcke?=",
  "Content-Type: multipart/alternative;",
  ' boundary="a(1)+b"',
  "",
  "ignored preamble",
  "--a(1)+b",
  "Content-Type: text/plain; charset=utf-8",
  "Content-Transfer-Encoding: quoted-printable",
  "",
  "Sch=C3=B6n, and a line that is lo=",
  "nger than a line may be: a=3Db   ",
  "http://127.0.0.1:1/d/abc=",
  "def",
  "--a(1)+b",
  'Content-Type: text/html; charset="utf-8"',
  "Content-Transfer-Encoding: base64",
  "",
  Buffer.from("<p>Schön</p>").toString("base64"),
  "--a(1)+b--",
  "",
];

for (const [name, newline] of [["CRLF", "\r\n"], ["LF", "\n"]]) {
  test(`both parts of a mail with ${name} are decoded`, () => {
    const mail = parse(Buffer.from(ALTERNATIVE.join(newline)));
    assert.equal(mail.headers.subject, "A comment waits: Dünne Brücke");
    assert.equal(mail.text, "Schön, and a line that is longer than a line may be: a=b\nhttp://127.0.0.1:1/d/abcdef");
    assert.equal(mail.html, "<p>Schön</p>");
    assert.equal(mail.parts.length, 2);
  });
}

test("a part within a part is found", () => {
  const inner = ALTERNATIVE.slice(1).join("\r\n");
  const mail = parse(Buffer.from(`Content-Type: multipart/mixed; boundary=outer\r\n\r\n--outer\r\n${inner}\r\n--outer--\r\n`));
  assert.equal(mail.html, "<p>Schön</p>");
});

test("a mail of one part has no other", () => {
  const mail = parse(Buffer.from("To: x@example.org\r\n\r\nplain\r\n"));
  assert.equal(mail.text, "plain\n");
  assert.equal(mail.html, undefined);
});

test("what is cut off is refused", () => {
  assert.throws(() => parse(Buffer.from(ALTERNATIVE.slice(0, -2).join("\r\n"))), /closing boundary/);
  assert.throws(() => parse(Buffer.from("no headers")), /empty line/);
});

test("words that are not encoded stay as they are", () => {
  assert.equal(words("a =?b c? d"), "a =?b c? d");
});
