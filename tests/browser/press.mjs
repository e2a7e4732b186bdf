// A news site on another origin than Replydesk: pages of ours on a port that the system chooses.
import { createServer } from "node:http";
import { once } from "node:events";

const TITLE = "The lights of Port Arden";
const STYLE = "html { color-scheme: light dark; background: light-dark(#fff, #121416); color: light-dark(#1d1c1a, #eceae5); } body { max-width: 44rem; margin: 2rem auto; padding: 0 1rem; font: 1.0625rem/1.6 Georgia, serif; }";
/** The first keeps the place of the widget, as docs/widget.md says, for articles that are shorter than a screen. */
const STYLES = { "/page.css": `${STYLE} replydesk-comments { display: block; min-height: 100vh; }`, "/bare.css": STYLE };
const PARAGRAPH = `<p>${"The harbour lights went out at midnight, and nobody minded. ".repeat(9)}</p>`;

/** Nothing may run or load on these pages but what the widget needs, and nothing within may be inline. */
export const strict = (server) => [
  "default-src 'none'", `script-src ${server}`, `connect-src ${server}`, "style-src 'self'", "base-uri 'none'", "form-action 'none'",
  "require-trusted-types-for 'script'", "trusted-types replydesk",
].join("; ");

/**
 * @param server the address of Replydesk
 * @returns origin, set(path, page), close(): a page is { tag, title?, head?, script?, style?, csp?, paragraphs? }
 */
export async function press(server) {
  const pages = new Map();
  const http = createServer((request, response) => {
    const page = pages.get(request.url.split("?")[0]);
    if (request.url in STYLES) {
      response.writeHead(200, { "Content-Type": "text/css" });
      return response.end(STYLES[request.url]);
    }
    if (!page) {
      response.writeHead(request.url === "/favicon.ico" ? 204 : 404);
      return response.end();
    }
    const headers = { "Content-Type": "text/html; charset=utf-8" };
    if (page.csp !== "none") headers["Content-Security-Policy"] = page.csp ?? strict(server);
    response.writeHead(200, headers);
    const script = page.script ?? `<script async src="${server}/embed.js"></script>`;
    response.end(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${page.title ?? TITLE}</title><meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${page.style ?? "/page.css"}">${page.head ?? ""}${script}</head>
<body><main><h1>${TITLE}</h1>${PARAGRAPH.repeat(page.paragraphs ?? 3)}${page.tag}</main><footer><p>The Harbour News</p></footer></body></html>`);
  });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  return {
    origin: `http://localhost:${http.address().port}`,
    set: (path, page) => pages.set(path, page),
    close: () => http.close(),
  };
}
