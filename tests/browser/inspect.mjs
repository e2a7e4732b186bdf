// What a page may hold when strangers wrote on it: only what its templates write, and the guest markup within `.text`.
// The rules name what is allowed, so whatever nobody thought of is a finding. They are written from the contract and the
// design, not from the sanitiser's settings.

/**
 * Looks at a document and says what does not belong. Runs in the browser, so it refers to nothing outside of itself.
 *
 * @param {Document} page
 * @param {{base: string, kind: "page" | "mail"}} about where the service is, and what the document is
 * @returns {string[]} findings, none for a good page
 */
export function inspect(page, { base, kind }) {
  const words = (text) => new Set(text.split(" "));
  const guest = {
    a: words("href title rel"), abbr: words("title"), acronym: words("title"), b: words(""), blockquote: words("cite"), br: words(""),
    cite: words(""), code: words(""), del: words("datetime"), em: words(""), i: words(""), p: words(""), q: words("cite"), s: words(""),
    strike: words(""), strong: words(""),
  };
  const ours = {
    page: words("html head meta title link base body a header main section article figure figcaption img h1 h2 h3 p span strong b div ol ul li " +
      "form label input select option textarea button details summary bdi footer nav time blockquote q code dialog dl dt dd kbd script ins del fieldset legend datalist table caption thead tbody tr th td"),
    mail: words("html head meta title style body table tbody tr td p h1 div span strong bdi br a"),
  }[kind];
  const attributes = {
    page: words("class id href rel lang charset name content type dir title datetime role tabindex method action value accept-charset rows " +
      "cols maxlength autocomplete placeholder required readonly for form checked selected src alt width height open defer data-version data-key data-opens data-list data-since data-here data-site data-goes-on hidden disabled autocapitalize spellcheck list target min max step minlength pattern inputmode scope"),
    mail: words("lang charset name content style class role width cellpadding cellspacing border align dir href"),
  }[kind];
  // Places that hold a stranger's words and nothing else; a mail breaks lines in them.
  const bare = "bdi, time, option, .typed, .context > p:not(.context-who), .thread-text, .version-text, .state span[dir]" + (kind === "mail" ? ", .quote, .context" : "");
  // Places that hold a stranger's words beside a few of ours.
  const mixed = [[".history-reason, .log-text", "span.quiet, bdi"], [".changes-text", "span, ins, del"]];
  const urls = words("href src action formaction cite data poster background ping srcset manifest xlink:href longdesc codebase");
  const found = [];
  const say = (element, what) => found.push(`${what}: ${element.outerHTML.slice(0, 160)}`);

  for (const element of page.querySelectorAll("*")) {
    const tag = element.localName;
    if (element.namespaceURI !== "http://www.w3.org/1999/xhtml") say(element, `an element of ${element.namespaceURI}`);
    const isGuest = element.parentElement?.closest(".text") != null;
    const allowed = isGuest ? guest[tag] : ours.has(tag) && attributes;
    if (!allowed) {
      say(element, isGuest ? `<${tag}> in a comment` : `<${tag}>`);
      continue;
    }
    for (const { name, value } of element.attributes) {
      const isAria = !isGuest && /^aria-(hidden|label|labelledby|describedby|invalid|current)$/.test(name);
      const isHtmx = !isGuest && /^data-(htmx-powered|hx-(boost|target|select|swap|sync|indicator)(:inherited)?)$/.test(name);
      if (!allowed.has(name) && !isAria && !isHtmx) say(element, `the attribute ${name}`);
      if (!urls.has(name)) continue;
      const url = URL.parse(value, `${base}/`);
      if (!/^https?:$/.test(url?.protocol)) say(element, `no address of the web in ${name}`);
      if (!(tag === "a" && name === "href") && !isGuest && url?.origin !== base) say(element, `a foreign ${name}`);
    }
    if (isGuest && tag === "a" && !/\bnofollow ugc noopener\b/.test(element.rel)) say(element, "a link that is vouched for");
    if (tag === "base" && element.outerHTML !== '<base target="_top">') say(element, "a foreign base");
    if (tag === "a" && !element.hasAttribute("href")) say(element, "a link to nowhere");
    if (tag === "script" && !/^<script src="\/assets\/(desk|htmx\.min)\.js" defer=""><\/script>$/.test(element.outerHTML)) say(element, "a foreign script");
    const closes = tag === "form" && element.method === "dialog" && !element.hasAttribute("action");
    if (tag === "form" && !closes && !/^\/(v1\/sites\/demo\/comments(\/[\w-]+\/reports)?|receipts\/[\w.-]+|d\/[\w.-]+|desk(\/[\w/-]+)?)$/.test(element.getAttribute("action"))) say(element, "a foreign form");
    if (tag === "link" && !/^(stylesheet|icon) \/assets\//.test(`${element.rel} ${element.getAttribute("href")}`)) say(element, "a foreign link");
    if (tag === "style" && (element.parentElement !== page.head || page.querySelectorAll("style").length !== 1)) say(element, "a foreign style");
    if (element.matches(bare) && element.querySelector(":not(br)")) say(element, "an element among a stranger's words");
    for (const [where, own] of mixed) {
      if (element.matches(where) && element.querySelector(`:not(${own})`)) say(element, "an element among a stranger's words");
    }
  }
  if (kind === "mail" && page.querySelectorAll("a").length !== 1) found.push("another link than the one to the desk");
  const notes = page.createNodeIterator(page, NodeFilter.SHOW_COMMENT);
  for (let note = notes.nextNode(); note; note = notes.nextNode()) found.push(`a comment node: ${note.data.slice(0, 80)}`);
  // Whatever opened and was not closed would have swallowed the end of the page.
  const last = page.body?.lastElementChild;
  const ends = kind === "mail" ? last?.matches("table") : last?.matches("main#main, footer");
  if (!ends) found.push(`the page ends in ${last?.outerHTML.slice(0, 80)}`);
  return found;
}

/** Notes what documents do, not what they hold: dialogs, policy violations, windows. Before any page of the context opens. */
export async function guard(context, problems) {
  await context.exposeBinding("replydeskNotes", ({ frame }, what) => problems.push(`${what} (${frame.url()})`));
  await context.addInitScript(`
    globalThis.replydeskInspect = ${inspect};
    addEventListener("securitypolicyviolation", (event) =>
      replydeskNotes(\`policy violation: \${event.effectiveDirective} \${event.blockedURI} \${event.sample}\`), true);`);
  context.on("dialog", (dialog) => {
    problems.push(`dialog: ${dialog.message()}`);
    dialog.dismiss().catch(() => {});
  });
  context.on("page", async (page) => {
    if (await page.opener()) problems.push(`a window was opened: ${page.url()}`);
  });
}

/** What does not belong in the page that is open. */
export const inspectOpen = (page, about) => page.evaluate((about) => globalThis.replydeskInspect(document, about), about);

/** Parses documents as the browser does, without running them: [number of the document, finding]. */
export const inspectAll = (page, documents, about) =>
  page.evaluate(([documents, about]) => {
    const parser = new DOMParser();
    return documents.flatMap((html, nth) =>
      globalThis.replydeskInspect(parser.parseFromString(html, "text/html"), about).map((finding) => [nth, finding]));
  }, [documents, about]);

/** Looks into every frame of a page, whose documents run. */
export const inspectFrames = (page, about) =>
  page.evaluate((about) =>
    [...document.querySelectorAll("iframe")].flatMap((frame, nth) =>
      globalThis.replydeskInspect(frame.contentDocument, about).map((finding) => [nth, finding])), about);
