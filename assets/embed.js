// Readers' comments as one tag: <replydesk-comments site="KEY">. Its attributes, properties, events and what it stores
// are described in docs/widget.md.
//
// This is the source. What is served is embed.min.js, which `node scripts/lib/embed.mjs` makes of it; tests hold that it
// is made of this text, and that all that is fetched to read and to post fits into 8 KB.
(() => {
  const TAG = "replydesk-comments";
  const COMMENTS_A_PAGE = 25;
  const WAITING_KEPT = 10;
  const COUNTED = 100;
  if (customElements.get(TAG)) return;

  const script = document.currentScript || document.querySelector('script[src*="/embed.js"]');
  const home = script?.src.split("/embed.js")[0];
  const policy = globalThis.trustedTypes?.createPolicy("replydesk", { createHTML: (html) => html });

  // The page's font and, unless `theme` says otherwise, its colour scheme are inherited. Properties of our own have names that
  // no page has: a page that sets one of the public ones by one of its own must not meet itself.
  const style = new CSSStyleSheet();
  style.replaceSync(/* css */ `
    :host {
      --_ink: var(--replydesk-ink,light-dark(#1d1c1a,#eceae5));
      --_quiet: var(--replydesk-quiet,light-dark(#5c5a54,#aeb1b3));
      --_line: var(--replydesk-line,light-dark(#ddd8cd,#3a4046));
      --_edge: var(--replydesk-edge,light-dark(#85817a,#7f878f));
      --_field: var(--replydesk-field,light-dark(#fff,#1c1f23));
      --_tint: var(--replydesk-tint,light-dark(#eef4f4,#1b2c31));
      --_accent: var(--replydesk-accent,light-dark(#0b5563,#8fd0db));
      --_on: var(--replydesk-on-accent,light-dark(#fff,#0c2529));
      --_bad: var(--replydesk-bad,light-dark(#a01f1c,#ffa79f));
      --_round: var(--replydesk-radius,6px);
      display: block;
      min-height: var(--replydesk-min-height,100vh);
      color: var(--_ink);
      line-height: 1.55;
      overflow-wrap: anywhere;
    }
    :host([aria-busy=true])::after { content: ""; display: block; height: 14em; margin-top: 1em; background: repeating-linear-gradient(var(--_tint) 0 1.1em, #0000 0 2em); }
    :host([theme]) { background: var(--replydesk-paper,light-dark(#fff,#131518)); color-scheme: light dark; }
    :host([theme=light]) { color-scheme: light; }
    :host([theme=dark]) { color-scheme: dark; }
    :host([hidden]), [hidden], ol:empty, p:empty, form:not(.open) .rest { display: none !important; }
    * { box-sizing: border-box; margin: 0; padding: 0; }
    h2 { font-size: 1.6em; line-height: 1.2; }
    h2 span { color: var(--_quiet); font-weight: 400; }
    h3 { font-size: 1em; }
    form h3 { font-size: 1.2em; }
    a, .link { color: var(--_accent); }
    .quiet, .quiet a { color: var(--_quiet); }
    .quiet, .badge, label, .tools { font-size: .875em; }
    .quiet a:not(:hover) { text-decoration: none; }
    section, form, ol, fieldset { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1.25em; }
    form { gap: 1em; padding: 1.25em; border: 1px solid var(--_line); border-radius: var(--_round); background: var(--_tint); }
    .pair { display: grid; gap: 1em; grid-template-columns: repeat(auto-fit, minmax(min(100%, 13em), 1fr)); }
    .rest { display: grid; gap: 1em; }
    fieldset { border: 0; }
    label { display: block; margin-bottom: .25em; font-weight: 600; }
    :has(> :required) > label::after { content: " *"; color: var(--_bad); }
    :has(> [type=checkbox]) { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 0 .6em; }
    :has(> [type=checkbox]) > label { order: 1; font-weight: 400; }
    :has(> [type=checkbox]) > p { order: 2; grid-column: 1 / -1; }
    input, textarea, select, button { font: inherit; color: inherit; }
    input:not([type=checkbox]), textarea, select {
      width: 100%; min-height: 2.75em; padding: .5em .75em;
      border: 1px solid var(--_edge); border-radius: var(--_round); background: var(--_field);
    }
    textarea { display: block; resize: vertical; }
    [aria-invalid=true] { border-color: var(--_bad) !important; box-shadow: inset 0 0 0 1px var(--_bad); }
    [type=checkbox] { width: 1.25em; height: 1.25em; accent-color: var(--_accent); }
    .bad { color: var(--_bad); font-weight: 600; }
    .off { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
    button { min-height: 2.75em; padding: .5em 1.25em; border: 1px solid var(--_edge); border-radius: var(--_round); background: var(--_field); font-weight: 600; cursor: pointer; }
    button:hover { border-color: currentcolor; }
    .main { border-color: var(--_accent); background: var(--_accent); color: var(--_on); }
    .link { min-height: 2em; padding: 0; border: 0; background: none; }
    .link:hover { text-decoration: underline; }
    [aria-busy=true] { opacity: .6; }
    .bar, header, .tools { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 .75em; }
    .bar { align-items: center; }
    #sort { width: auto; }
    ol { list-style: none; }
    .list > li + li { padding-top: 1.25em; border-top: 1px solid var(--_line); }
    ol ol { margin-top: 1.25em; padding-inline-start: clamp(.75em, 2.5vw, 1.5em); border-inline-start: 2px solid var(--_line); }
    li { scroll-margin-top: 5em; min-width: 0; }
    li form { margin-top: .75em; }
    .own, .here > article { background: var(--_tint); border-radius: var(--_round); }
    .own { padding: .75em 1em; }
    .here > article { box-shadow: 0 0 0 .6em var(--_tint); }
    .badge { padding: 0 .6em; border-radius: 1em; background: var(--_accent); color: var(--_on); font-weight: 600; }
    .pick { background: light-dark(#fbefd3, #40351a); color: light-dark(#644100, #f2cd86); }
    .text { margin-top: .25em; }
    .text > * + * { margin-top: .75em; }
    .text blockquote { padding-inline-start: 1em; border-inline-start: 3px solid var(--_line); color: var(--_quiet); }
    .own .text { white-space: pre-wrap; }
    :focus-visible { outline: 3px solid var(--_accent); outline-offset: 2px; }
    li:focus, p:focus { outline: 0; }
    @media print { form, button, .bar { display: none !important; } }
  `);

  /** An element; what is a function among the attributes listens, what is empty is left out. */
  const make = (tag, attributes, ...children) => {
    const element = document.createElement(tag);
    for (const name in attributes) {
      const value = attributes[name];
      if (typeof value === "function") element[name] = value;
      else if (value) element.setAttribute(name, value);
    }
    element.append(...children.filter(Boolean));
    return element;
  };

  /** What the browser keeps for the page's origin: read, or written, or forgotten when it is empty. Some keep nothing. */
  const kept = (key, ...value) => {
    try {
      if (!value.length) return JSON.parse(localStorage[key]);
      if (value[0]) localStorage[key] = JSON.stringify(value[0]);
      else delete localStorage[key];
    } catch {}
  };

  const widget = (host) => {
    const get = (name) => host.getAttribute(name) || "";
    const site = get("site");
    const article = get("article");
    const url = get("article-url") || document.querySelector("link[rel=canonical]")?.href || location.href.split("#")[0];
    const server = get("server") || home;
    const comments = `/sites/${site}/comments`;
    const me = `replydesk:${site}`;
    const mine = `${me}:${article || url}`;
    const root = host.attachShadow({ mode: "open" });
    const slot = make("slot");
    const status = make("p", { role: "status", class: "off" });
    const list = make("ol", { class: "list", role: "list" });
    const foot = make("p");
    let [fields, turns, t, format, isOpen, form, above, title, parent, token, attempt, reporting, frame, bar, all] = [0, 0];
    let sort = get("sort") || "oldest";

    const fire = (name, detail) =>
      host.dispatchEvent(new CustomEvent(`replydesk:${name}`, { bubbles: true, composed: true, detail }));
    const tell = (text) => (status.textContent = text);
    const item = (id) => root.getElementById(`comment-${id}`);

    const ask = (path, options) =>
      fetch(`${server}/v1${path}`, { credentials: "omit", ...options, headers: { Accept: "application/json", ...options?.headers } });
    const read = async (path) => {
      const answer = await ask(path);
      if (!answer.ok) throw answer.status;
      return answer.json();
    };
    /** The same, unless the list was loaded anew meanwhile: what was meant for the earlier one never arrives. */
    const timely = (path, turn = turns) => read(path).finally(() => turn === turns || new Promise(() => {}));
    const page = (more) => {
      const named = article ? { article } : { article_url: url };
      return timely(`${comments}?${new URLSearchParams({ ...named, sort, limit: COMMENTS_A_PAGE, ...more })}`);
    };

    const button = (text, onclick, name = "", label = "") =>
      make("button", { type: "button", class: name, part: "button", "aria-label": label, onclick }, text);

    const alert = (text = "") => make("p", { role: "alert", class: "bad" }, text);

    /** A button that fetches, and may be pressed again when that failed. */
    const fetching = (text, run) => {
      const note = alert();
      const turn = turns;
      const pressed = button(text, () => turn === turns && run().catch(() => (note.textContent = t.failed)));
      return [pressed, note];
    };

    const by = (text, { name }) => text.replace("{author}", () => name);
    const link = (text, href) => href && make("a", { href, target: "_blank", rel: "noopener noreferrer" }, text);

    const show = (element) => {
      element.tabIndex = -1;
      element.focus({ preventScroll: true });
      element.scrollIntoView({ block: "nearest" });
    };

    // forms

    /** A field with its label and the place of what is wrong with it. */
    const field = (name, attributes = {}, tag = "input", ...options) => {
      const id = `f${++fields}`;
      return make(
        "div",
        0,
        make("label", { for: id }, t[name]),
        make(tag, { id, name, dir: "auto", "aria-describedby": `${id}e`, ...attributes }, ...options),
        make("p", { id: `${id}e`, class: "bad" }),
      );
    };
    const options = (names, prefix = "") => names.map((name) => make("option", { value: name }, t[prefix + name]));
    /** "in 20 seconds", as the language has it. */
    const later = (count) =>
      new Intl.RelativeTimeFormat(t.language).format(...(count > 99 ? [Math.ceil(count / 60), "minute"] : [+count, "second"]));

    const said = (fault) => t[fault.code] || t.other;

    /** What was wrong: said above the form and beside the fields, the first of which is where the reader goes on. */
    const wrong = (target, faults, words = "") => {
      let first;
      for (const control of target.elements) {
        const fault = faults.find((fault) => fault.field === control.name);
        const beside = root.getElementById(`${control.id}e`);
        if (beside) beside.textContent = fault ? said(fault) : "";
        control.ariaInvalid = !!fault;
        if (fault) first ||= control;
      }
      const hidden = faults.filter((fault) => !target.elements[fault.field]).map(said);
      target.children[1].textContent = [words, ...hidden].join(" ");
      first?.focus();
    };

    /** Sends a form with `request` when nothing is missing, once at a time. */
    const sends = (target, request, done) => {
      target.firstChild.after(alert());
      target.onsubmit = async (event) => {
        event.preventDefault();
        if (target.ariaBusy === "true") return;
        const faults = [...target.elements]
          .filter((control) => control.willValidate && !control.validity.valid)
          .map(({ name, type, validity }) => ({ field: name, code: validity.valueMissing ? "required" : type === "email" ? "not-an-address" : "not-a-url" }));
        if (faults.length) return wrong(target, faults, t.correct);
        target.ariaBusy = "true";
        try {
          const answer = await request();
          const told = await answer.json();
          const slug = told.type?.split("/").pop();
          wrong(target, told.errors || [], answer.ok ? "" : (t[slug] || t.unsent).replace("{when}", later(answer.headers.get("Retry-After"))));
          if (answer.status < 500) attempt = 0;
          if (slug === "idempotency-key-reused") token = 0;
          if (answer.ok) done(told);
        } catch {
          wrong(target, [], t.unsent);
        }
        target.ariaBusy = "false";
      };
      return target;
    };

    /** Where the one form for comments stands: at its home above the list, or below the comment that is answered. */
    const place = (comment, opener) => {
      parent = comment?.id;
      title.textContent = comment ? by(t.reply_to, comment.author) : t.leave;
      form.cancel.hidden = !comment;
      form.cancel.onclick = () => {
        place();
        opener.focus();
      };
      if (comment) item(parent).firstChild.after(form);
      else above.after(form);
      if (comment) form.elements.comment.focus();
    };

    /** The token of the form, asked for when the reader begins to write. */
    const mint = () => (token ||= read(`/sites/${site}/form`).then((form) => form.token, () => (token = 0)));

    const compose = () => {
      const known = kept(me) || {};
      const consent = field("remember", { type: "checkbox", onchange: () => remember.checked || kept(me, 0) });
      const remember = consent.querySelector("input");
      const cancel = button(t.cancel, null, "link");
      remember.checked = known.name;
      title = make("h3");
      form = sends(
        make(
          "form",
          { novalidate: true, part: "form" },
          title,
          field("comment", { rows: 3, required: true, maxlength: t.comment_chars }, "textarea"),
          make(
            "div",
            { class: "rest" },
            make("p", { class: "quiet" }, t.note),
            make(
              "div",
              { class: "pair" },
              field("name", { required: true, maxlength: 100, autocomplete: "name" }),
              field("email", { required: true, type: "email", maxlength: 254, autocomplete: "email" }),
              field("website", { type: "url", maxlength: 500, autocomplete: "url" }),
              field("notify", {}, "select", ...options(["none", "outcome", "replies"], "notify_")),
            ),
            make("div", { class: "off", "aria-hidden": "true" }, make("input", { name: "address", tabindex: -1, autocomplete: "off" })),
            consent,
            make("p", { class: "quiet bar" }, link(t.rules, t.rules_url), link(t.privacy, t.privacy_url)),
            make("p", { class: "bar" }, make("button", { class: "main", part: "button" }, t.post), cancel),
          ),
        ),
        async () => {
          const body = new URLSearchParams(new FormData(form));
          const more = { article, article_url: url, article_title: (get("article-title") || document.title).slice(0, 300), parent, token: await mint(), receipt: remember.checked && kept(me)?.receipt };
          for (const name in more) if (more[name]) body.set(name, more[name]);
          // the same one again until there is an answer, so that what was sent twice is there once
          attempt ||= crypto.getRandomValues(new Uint32Array(4)).join("-");
          return ask(comments, { method: "POST", body, headers: { "Idempotency-Key": attempt } });
        },
        ({ id, status, receipt }) => {
          const { comment, name, email, website } = form.elements;
          if (remember.checked) kept(me, { name: name.value, email: email.value, website: website.value, receipt: receipt.token });
          const own = [receipt.token, parent];
          const text = comment.value;
          comment.value = "";
          token = 0;
          form.className = "";
          place();
          fire("posted", { id, status });
          if (status === "approved") {
            load(id, t.published);
          } else {
            kept(mine, [...(kept(mine) || []), own].slice(-WAITING_KEPT));
            tell(t.held);
            show(waiting(own, { text }));
          }
        },
      );
      form.cancel = cancel;
      form.addEventListener("focusin", () => {
        form.className = "open";
        mint();
      });
      for (const name of ["name", "email", "website"]) form.elements[name].value = known[name] || "";
    };

    const report = (comment, opener) => {
      const legal = make(
        "fieldset",
        0,
        field("law", { required: true, maxlength: 2000 }),
        field("name", { required: true, maxlength: 100, autocomplete: "name" }),
        field("good_faith", { type: "checkbox", required: true }),
      );
      const end = (next) => {
        target.remove();
        next.focus();
      };
      const target = sends(
        make(
          "form",
          { novalidate: true, class: "open", part: "form" },
          make("h3", 0, t.report),
          field("reason", { onchange: () => chosen() }, "select", ...options(["abuse", "spam", "off-topic", "other", "illegal"], "report_")),
          field("text", { maxlength: 2000 }, "textarea"),
          field("email", { type: "email", autocomplete: "email" }),
          legal,
          make("p", { class: "bar" }, make("button", { class: "main", part: "button" }, t.send), button(t.cancel, () => end(opener), "link")),
        ),
        () => {
          const body = Object.fromEntries([...new FormData(target)].filter(([, value]) => value));
          if (body.good_faith) body.good_faith = true;
          return ask(`${comments}/${comment.id}/reports`, { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" } });
        },
        () => {
          const thanks = make("p", { class: "quiet", tabindex: -1 }, t.reported);
          opener.replaceWith(thanks);
          end(thanks);
        },
      );
      const { reason, email } = target.elements;
      const chosen = () => {
        email.required = reason.value === "illegal";
        legal.hidden = legal.disabled = !email.required;
      };
      chosen();
      reporting?.remove();
      reporting = target;
      item(comment.id).firstChild.after(target);
      reason.focus();
    };

    // comments

    const comment = (it) => {
      const { id, author } = it;
      const below = make("ol", { role: "list" }, ...it.replies.map(comment));
      if (it.more_replies) below.append(rest(id, it.more_replies));
      if (it.removed) return make("li", { id: `comment-${id}` }, make("p", { class: "quiet" }, t.removed), below);
      const text = make("div", { class: "text", part: "text", dir: "auto" });
      text.innerHTML = policy ? policy.createHTML(it.html) : it.html;
      const name = make("bdi", 0, author.name);
      const reply = isOpen && button(t.reply, () => place(it, reply), "link", by(t.reply_to, author));
      const flag = button(t.report, () => report(it, flag), "link", by(t.report_of, author));
      return make(
        "li",
        { id: `comment-${id}` },
        make(
          "article",
          { part: "comment" },
          make(
            "header",
            0,
            make("h3", { part: "author" }, author.website ? make("a", { href: author.website, rel: "nofollow ugc noopener" }, name) : name),
            author.staff && make("span", { class: "badge" }, t.staff),
            it.picked && make("span", { class: "badge pick" }, t.pick),
            make(
              "span",
              { class: "quiet" },
              make("a", { href: `${location.pathname}${location.search}#comment-${id}` }, make("time", { datetime: it.published_at }, format(new Date(it.published_at)))),
              it.edited && ` · ${it.edited_by_site ? t.edited_by_site : t.edited}`,
            ),
          ),
          text,
          make("p", { class: "tools" }, reply, flag),
        ),
        below,
      );
    };

    /** Those that are not there: what is asked for twice comes twice, and one of the best may be on two pages while people answer. */
    const absent = (found) => found.filter(({ id }) => !item(id));

    /** The place of replies that are still to be fetched. */
    const rest = (thread, cursor) => {
      const place = make("li", 0, ...fetching(t.more_replies, async () => {
        const { comments: found, next } = await timely(`${comments}/${thread}/replies?cursor=${cursor}`);
        const made = absent(found).map((it) => {
          const reply = comment(it);
          const below = item(it.parent)?.lastChild || place.parentNode;
          below.insertBefore(reply, below === place.parentNode ? place : null);
          return reply;
        });
        if (next) place.before(rest(thread, next));
        place.remove();
        if (made[0]) show(made[0]);
      }));
      return place;
    };

    /** The reader's own comment that nobody else sees. */
    const waiting = ([key, parent], { text, status, reason }) => {
      root.getElementById(key)?.remove();
      const own = make(
        "li",
        { class: "own", id: key },
        make("p", 0, make("strong", 0, status === "rejected" ? t.rejected : t.held)),
        reason && make("p", 0, reason),
        make("div", { class: "text", dir: "auto" }, text),
        make("p", { class: "tools" }, link(t.receipt, `${server}/receipts/${key}`)),
      );
      const below = parent && item(parent)?.lastChild;
      if (below) below.append(own);
      else list.prepend(own);
      return own;
    };

    /** Shows what waits, and what was rejected for the last time; forgets what is over. */
    const recall = () =>
      (kept(mine) || []).forEach(async (own) => {
        let told = {};
        try {
          const answer = await ask(`/receipts/${own[0]}`);
          if (answer.ok) told = await answer.json();
          else if (answer.status !== 404 && answer.status !== 410) return;
        } catch {
          return;
        }
        const waits = told.status === "pending";
        if (waits || told.status === "rejected") waiting(own, told);
        if (!waits) {
          const left = (kept(mine) || []).filter(([key]) => key !== own[0]);
          kept(mine, left.length && left);
        }
      });

    const fill = ({ comments: found, next }) => {
      list.append(...absent(found).map(comment));
      foot.replaceChildren(
        ...(next
          ? fetching(t.more, async () => {
              const before = list.lastChild;
              fill(await page({ cursor: next }));
              show(before.nextSibling || before);
            })
          : []),
      );
    };

    const mark = (id) => {
      const found = id && item(id);
      root.querySelector(".here")?.classList.remove("here");
      if (!found) return;
      found.classList.add("here");
      show(found);
      found.scrollIntoView();
      return found;
    };

    /** Shows the first page, or that of one comment; where the reader goes on. */
    const load = async (around, words) => {
      turns++;
      let first;
      try {
        [, first] = await Promise.all([
          t || timely(`/sites/${site}/widget?lang=${get("lang")}`).then((data) => (t = { ...data.texts, ...data })),
          page(around && { around }).catch((error) => (error === 404 ? page((around = 0)) : Promise.reject(error))),
        ]);
      } catch {
        // without an answer there are no texts either
        const note = alert(t?.failed || "The comments could not be loaded.");
        const again = button(t?.retry || "Try again", async () => show(await load(around, words)));
        foot.replaceChildren();
        if (frame) list.replaceChildren(make("li", 0, note, again));
        else root.replaceChildren(slot, note, again);
        return note;
      } finally {
        host.ariaBusy = "false";
      }
      const { open, count } = first.article;
      if (!frame) build();
      isOpen = open;
      above.textContent = open ? "" : t["comments-closed"];
      place();
      if (!open) form.remove();
      const heading = root.querySelector("h2");
      heading.lastChild.textContent = ` (${count.toLocaleString(t.language)})`;
      list.replaceChildren();
      fill(first);
      if (!count) list.append(make("li", { class: "quiet" }, open && t.empty));
      bar.hidden = !count;
      all.hidden = !around;
      recall();
      tell(words || "");
      fire("count", { count });
      return mark(around) || heading;
    };

    const build = () => {
      format = new Intl.DateTimeFormat(t.language, { dateStyle: "medium", timeStyle: "short" }).format;
      const select = make("select", { id: "sort", "aria-label": t.sort, onchange: () => ((sort = select.value), load(0, t[sort])) }, ...options(["oldest", "newest", "top"]));
      select.value = sort;
      all = button(t.all, async () => {
        await load();
        show(list.firstChild);
      }, "link");
      above = make("p", { class: "quiet" });
      bar = make("p", { class: "bar" }, select, all);
      frame = make(
        "section",
        { lang: t.language, dir: t.direction, "aria-labelledby": "h" },
        make("h2", { id: "h", part: "heading" }, t.comments, make("span")),
        status,
        above,
        bar,
        list,
        foot,
      );
      root.replaceChildren(frame);
      compose();
      addEventListener("hashchange", () => host.isConnected && (mark(linked()) || (linked() && load(linked()))));
    };

    const linked = () => /^#comment-([\w-]+)$/.exec(location.hash)?.[1];

    root.adoptedStyleSheets = [style];
    root.append(slot);
    host.ariaBusy = "true";
    const start = () => load(linked());
    if (linked()) return start();
    const observer = new IntersectionObserver(
      (seen) => {
        if (!seen.some((entry) => entry.isIntersecting)) return;
        observer.disconnect();
        start();
      },
      { rootMargin: "800px" },
    );
    observer.observe(host);
  };

  /** Numbers elsewhere on the page: how many comments the article has whose key an element names. */
  const count = async () => {
    const places = [...document.querySelectorAll("[data-replydesk-count]")].slice(0, COUNTED);
    const of = (place) => place.dataset.replydeskCount;
    if (!places[0]) return;
    const query = new URLSearchParams(places.map((place) => ["article", of(place)]));
    try {
      const { counts } = await (await fetch(`${home}/v1/sites/${script.dataset.site}/counts?${query}`)).json();
      for (const place of places) place.textContent = counts[of(place)];
    } catch {}
  };
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", count);
  else count();

  customElements.define(
    TAG,
    class extends HTMLElement {
      connectedCallback() {
        if (!this.shadowRoot) widget(this);
      }
    },
  );
})();
