// Reads a mail file: enough of RFC 5322, 2045 and 2047 for what Replydesk sends, and strict about it.

/** Splits headers from body; header names in lower case, folded lines joined, encoded words decoded. */
function split(raw) {
  const end = raw.search(/\r?\n\r?\n/);
  if (end < 0) throw new Error("a mail without an empty line between headers and body");
  const headers = {};
  for (const line of raw.slice(0, end).replace(/\r?\n[ \t]+/g, " ").split(/\r?\n/)) {
    const colon = line.indexOf(":");
    if (colon < 1) throw new Error(`no header line: ${line.slice(0, 40)}`);
    const name = line.slice(0, colon).toLowerCase();
    headers[name] = headers[name] ? `${headers[name]}, ${line.slice(colon + 1).trim()}` : line.slice(colon + 1).trim();
  }
  return { headers, body: raw.slice(end).replace(/^\r?\n\r?\n/, "") };
}

function bytesOf(quoted) {
  const text = quoted.replace(/[ \t]+$/gm, "").replace(/=\r?\n/g, "");
  return Buffer.from(text.replace(/=([0-9A-Fa-f]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16))), "latin1");
}

/** Decodes RFC 2047 words; the white space between two of them is not part of the text. */
export function words(value) {
  return value
    .replace(/(\?=)\s+(?==\?)/g, "$1")
    .replace(/=\?([\w-]+)(?:\*[\w-]+)?\?([BQ])\?([^?]*)\?=/gi, (_, charset, kind, text) => {
      const bytes = kind.toUpperCase() === "B" ? Buffer.from(text, "base64") : bytesOf(text.replace(/_/g, " "));
      return new TextDecoder(charset).decode(bytes);
    });
}

function decode(body, headers) {
  const encoding = (headers["content-transfer-encoding"] ?? "7bit").toLowerCase();
  const charset = /charset="?([\w-]+)"?/i.exec(headers["content-type"] ?? "")?.[1] ?? "utf-8";
  const bytes = {
    "quoted-printable": () => bytesOf(body),
    base64: () => Buffer.from(body, "base64"),
    "7bit": () => Buffer.from(body, "latin1"),
    "8bit": () => Buffer.from(body, "latin1"),
  }[encoding];
  if (!bytes) throw new Error(`unknown transfer encoding ${encoding}`);
  return new TextDecoder(charset, { fatal: true }).decode(bytes()).replace(/\r\n/g, "\n");
}

function collect(raw, parts) {
  const { headers, body } = split(raw);
  const type = headers["content-type"] ?? "text/plain";
  const boundary = /^multipart\/.*;\s*boundary="?([^";]+)"?/i.exec(type)?.[1];
  if (!boundary) {
    parts.push({ type: type.split(";")[0].trim().toLowerCase(), headers, content: decode(body, headers) });
    return headers;
  }
  const pieces = `\n${body}`.split(new RegExp(`\\r?\\n--${boundary.replace(/[^\w]/g, "\\$&")}(--)?[ \\t]*(?=\\r?\\n|$)`));
  // The split keeps the optional group: piece, "--" or undefined, piece, …; the first piece is the preamble.
  for (let i = 2; i < pieces.length; i += 2) {
    if (pieces[i - 1] === "--") return headers;
    collect(pieces[i].replace(/^\r?\n/, ""), parts);
  }
  throw new Error("a multipart body without its closing boundary");
}

/**
 * @param {Buffer} file the bytes of an .eml file
 * @returns {{headers: Record<string, string>, parts: {type: string, content: string}[], text?: string, html?: string}}
 */
export function parse(file) {
  const parts = [];
  const headers = collect(file.toString("latin1"), parts);
  const first = (type) => parts.find((part) => part.type === type)?.content;
  const decoded = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, words(value)]));
  return { headers: decoded, parts, text: first("text/plain"), html: first("text/html") };
}
