// Keys and news at the desk, and what belongs to pages that htmx puts in place of each other. All of it can be done
// without, by links and forms.
"use strict";
(() => {
  const main = () => document.getElementById("main");
  const cards = () => [...main().querySelectorAll(".card")];
  const focused = () => document.activeElement?.closest(".card") ?? null;
  const keys = () => document.getElementById("keys");
  const news = () => document.getElementById("news");
  // what there is to say, in the language of the page
  const WORDS = JSON.parse(document.querySelector("meta[name=replydesk-words]").content);
  const isTyping = (element) => element?.closest("input:not([type=checkbox]), textarea, select, [contenteditable]") != null;

  function focus(card) {
    card.tabIndex = -1;
    card.focus();
    card.scrollIntoView({ block: "nearest" });
  }

  // ---- keys

  const OFF = "replydesk-keys-off";

  function step(by) {
    const all = cards();
    const next = all.indexOf(focused()) + by;
    if (all.length > 0) focus(all[Math.min(Math.max(next, 0), all.length - 1)]);
  }

  /** What a key does now; nothing where it has nothing to do. */
  function meaning(key) {
    if (key === "j") return () => step(1);
    if (key === "k") return () => step(-1);
    if (key === "?") return () => keys()?.showModal();
    const search = document.getElementById("q");
    if (key === "/") return search && (() => search.select());
    const undo = document.getElementById("undo");
    if (key === "u") return undo && (() => undo.click());
    // decisions are about the comment in focus, and about no other
    const card = focused();
    const details = /^[er]$/.test(key) ? card?.querySelector(`[data-opens="${key}"]`) : null;
    if (details && !card.dataset.outdated) {
      return () => {
        details.open = true;
        details.querySelector("select, textarea").focus();
      };
    }
    const button = /^[a-z]$/.test(key) ? card?.querySelector(`[data-key="${key}"]:enabled`) : null;
    return button && (() => button.click());
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat || keys()?.open) return;
    if (event.key === "Escape" && isTyping(event.target)) {
      const card = focused();
      if (card) focus(card);
      else if (event.target.id === "q") event.target.blur();
      return;
    }
    if (isTyping(event.target) || localStorage.getItem(OFF) !== null) return;
    const does = meaning(event.key);
    if (!does) return;
    event.preventDefault();
    does();
  });
  document.addEventListener("change", (event) => {
    if (event.target.id !== "keys-off") return;
    if (event.target.checked) localStorage.setItem(OFF, "1");
    else localStorage.removeItem(OFF);
  });
  document.addEventListener("click", (event) => {
    if (event.target.id === "keys-open") keys().showModal();
  });

  // ---- from one page to the next

  // what somebody did something with, and what stood after and before it
  const LAST = "replydesk-last";
  // the same of the comment whose page they opened, with the list that it was opened from
  const OPENED = "replydesk-opened";
  // one decision a page: a second press would be about a version that is no more
  let isSent = false;
  let acted = null;

  /** A card's place in the list, whatever the list is ordered by. */
  function placeOf(card) {
    const ids = cards().map(({ id }) => id);
    const at = ids.indexOf(card.id);
    return { id: card.id, after: ids.slice(at + 1), before: ids.slice(0, at).reverse() };
  }

  const kept = (name) => JSON.parse(sessionStorage.getItem(name) ?? "null");
  const keep = (name, value) => sessionStorage.setItem(name, JSON.stringify(value));

  /** Where somebody goes on: at the comment that they did something with, or at the one that came after it. */
  function goesOn() {
    const last = kept(LAST);
    const done = new URLSearchParams(location.search);
    sessionStorage.removeItem(LAST);
    if (!last?.leads && !["done", "claim", "undone", "amended", "late"].some((name) => done.has(name))) return null;
    const all = cards();
    if (last === null) return all[0] ?? null;
    const there = (ids) => ids.map((id) => all.find((card) => card.id === id)).find((card) => card !== undefined);
    // after the last one, the next page may have moved up
    return there(last.leads ? last.after : [last.id, ...last.after]) ?? all[all.indexOf(there(last.before)) + 1] ?? all.at(-1) ?? null;
  }

  /** From the page of a comment, on in the list that it was opened from. */
  function leadsOn() {
    const [link, opened] = [main().querySelector("[data-goes-on]"), kept(OPENED)];
    const isKnown = opened?.id === cards()[0]?.id;
    if (link && isKnown) link.href = opened.list;
    link?.addEventListener("click", () => keep(LAST, { ...(isKnown ? opened : { after: [], before: [] }), leads: true }));
  }
  document.addEventListener("click", (event) => {
    const card = event.target.closest(".decide-more")?.closest(".card");
    const list = document.querySelector("#news")?.dataset.here;
    if (card && list) keep(OPENED, { ...placeOf(card), list });
  }, true);

  /** Whatever is to be done once with a page, however it came here. */
  function arrive() {
    isSent = false;
    arrived.clear();
    const open = document.getElementById("keys-open");
    if (open) open.hidden = false;
    const areOff = document.getElementById("keys-off");
    if (areOff) areOff.checked = localStorage.getItem(OFF) !== null;
    const place = goesOn();
    if (place) focus(place);
    leadsOn();
    // what the last action did is there when the page is, and is read aloud only when it comes after
    const notice = document.querySelector(".flash [role=status], .note-warn[role=status]");
    if (notice === null) return place;
    const aloud = document.createElement("p");
    aloud.className = "unseen";
    aloud.setAttribute("role", "status");
    main().append(aloud);
    setTimeout(() => { aloud.textContent = notice.textContent; }, 200);
    return place;
  }

  document.addEventListener("submit", (event) => {
    if (event.target.method === "dialog") return;
    const card = event.target.closest(".card");
    // what is taken back comes back to where it was
    if (event.target.querySelector("#undo") === null) acted = card && placeOf(card);
    if (acted) keep(LAST, acted);
    // what the field is called hides what the form says
    if (/\/claims?$/.test(event.target.getAttribute("action"))) renewed();
    // what htmx sends, it sends once
    if (event.defaultPrevented) return;
    if (isSent) event.preventDefault();
    isSent = true;
    // whoever stops the page from loading can press again
    setTimeout(() => { isSent = false; }, 5_000);
  });
  window.addEventListener("pageshow", () => { isSent = false; });

  const PAGES = /^\/desk(\/comments\/[\w-]+)?$/;
  let chosen = new Set();

  document.addEventListener("htmx:before:request", () => main().setAttribute("aria-busy", "true"));
  document.addEventListener("htmx:finally:request", () => main().removeAttribute("aria-busy"));
  document.addEventListener("htmx:before:response", (event) => {
    const { ctx } = event.detail;
    const { raw, status } = ctx.response;
    // a page of another kind, such as the one to sign in, is loaded as a whole
    if (status < 400 && !PAGES.test(new URL(raw.url).pathname)) {
      event.preventDefault();
      location.assign(raw.url);
    }
    // what went wrong is shown, and is no place to come back to
    if (status >= 400) ctx.push = "false";
    chosen = new Set([...main().querySelectorAll(".select input:checked")].map((box) => box.value));
  });
  document.addEventListener("htmx:after:swap", (event) => {
    const selects = new URLSearchParams(location.search).has("select");
    for (const box of selects ? [] : main().querySelectorAll(".select input")) box.checked = chosen.has(box.value);
    if (arrive()) return;
    // a new page begins where a page begins, for eyes and for ears
    if (event.detail.ctx.request.anchor) return;
    window.scrollTo({ top: 0, behavior: "instant" });
    main().focus({ preventScroll: true });
  });
  document.addEventListener("htmx:error", (event) => {
    if (event.detail.ctx === undefined) return;
    sessionStorage.removeItem(LAST);
    say(...filled(WORDS.noAnswer, { link: again(WORDS.noAnswerLoad) }));
  });

  // ---- news

  const arrived = new Set();

  /** The pieces of a text, with what stands for the names in its braces. */
  function filled(text, given) {
    return text.split(/\{(\w+)\}/).map((piece, at) => (at % 2 === 0 ? piece : given[piece]));
  }

  /** Says on a card what became of the comment meanwhile, in this version, and takes its buttons away. */
  function outdate(card, version, words) {
    card.dataset.outdated = version;
    const note = document.createElement("p");
    note.className = "note note-warn";
    note.textContent = words;
    card.append(note);
    // a button that is switched off loses the focus, and with it the place in the list
    if (card.contains(document.activeElement) && !isTyping(document.activeElement)) focus(card);
    // what somebody is typing stays where it is, and typed
    for (const button of card.querySelectorAll("form button")) button.disabled = true;
    for (const field of card.querySelectorAll("form textarea")) field.readOnly = true;
    const author = card.querySelector(".card-author").textContent.trim();
    say(...filled(WORDS.about, { author, words }));
  }

  /** Tells it in the one place that is read aloud. */
  function say(...pieces) {
    news()?.replaceChildren(...pieces);
    for (const link of pieces) if (link instanceof Element) htmx.process(link);
  }

  function shown(event) {
    const said = JSON.parse(event.data);
    const card = document.getElementById(`comment-${said.id}`);
    const isNews = Number(card?.dataset.outdated ?? card?.dataset.version ?? 0) < said.version;
    return { said, card, isNews, isOpen: isNews && card !== null && !card.dataset.outdated };
  }

  function decided(event) {
    const { said, card, isOpen } = shown(event);
    const texts = said.by ? WORDS.decidedBy : WORDS.decided;
    if (isOpen) outdate(card, said.version, filled(texts[said.status] ?? texts.other, { name: said.by }).join(""));
    if (arrived.delete(said.id)) tell();
  }

  function waiting(event) {
    const { said, card, isNews, isOpen } = shown(event);
    const { since, site = said.site } = news()?.dataset ?? {};
    if (isOpen) outdate(card, said.version, WORDS.changed);
    // first comes what was told before, which is on the page, or on one that follows it
    else if (isNews && site === said.site && (said.id > since || performance.now() > listens)) {
      arrived.add(said.id);
      tell();
    }
  }

  /** Shows on a card who reads it now. */
  function claimed(event) {
    const said = JSON.parse(event.data);
    const card = document.getElementById(`comment-${said.id}`);
    const form = card?.querySelector(".claim-form");
    if (!form || said.mine) return;
    form.querySelector(".claim-who")?.remove();
    for (const button of form.querySelectorAll("button")) {
      button.hidden = said.by !== null || button.value !== "take";
      button.disabled = button.hidden || Boolean(card.dataset.outdated);
    }
    if (said.by === null) return;
    const who = document.createElement("p");
    who.className = "claim-who claim-others";
    const name = document.createElement("bdi");
    name.textContent = said.by;
    who.append(...filled(WORDS.reading, { name }));
    form.append(who);
  }

  function again(words) {
    const link = document.createElement("a");
    link.href = location.href;
    link.dataset.hxBoost = "true";
    link.textContent = words;
    return link;
  }

  function tell() {
    if (news()?.dataset.list !== "waiting") return;
    const count = arrived.size;
    const form = new Intl.PluralRules(document.documentElement.lang).select(count);
    if (count === 0) say();
    else say(...filled(WORDS.more[form], { count, link: again(WORDS.show) }));
  }

  // ---- what somebody reads stays theirs

  const RENEWED = "replydesk-renewed";
  const RENEWS = Number(document.querySelector("meta[name=replydesk-renews]").content) * 1_000;
  let renewal = null;
  const renewed = () => keep(RENEWED, Date.now());

  /** Renews, without a word, the claims of somebody who reads; who is refused is not asked for again. */
  async function renew() {
    const form = main().querySelector(".claim-form:has(.claim-mine)");
    if (form && !document.hidden) {
      renewed();
      const body = new URLSearchParams({ csrf: form.elements.csrf.value, action: "renew", next: "/desk" });
      // where the answer leads is not asked for
      const answer = await fetch("/desk/claims", { method: "POST", body, redirect: "manual" }).catch(() => null);
      if (answer?.type !== "opaqueredirect") return;
    }
    renewal = null;
  }

  function reads() {
    if (renewal !== null || main().querySelector(".claim-mine") === null) return;
    renewal = setTimeout(renew, Math.max(0, (kept(RENEWED) ?? 0) + RENEWS - Date.now()));
  }
  // what people do: pages scroll of their own accord, too
  for (const sign of ["keydown", "pointerdown", "pointermove", "wheel"]) document.addEventListener(sign, reads, { passive: true, capture: true });

  // a page that nobody sees gives its connection back: browsers allow few of them
  let source = null;
  let listens = Infinity; // from when on what it hears is new
  let wait = 2_000;
  let hasMissed = false;
  let refusals = 0;
  function watch() {
    if (document.hidden) {
      if (source) hasMissed = true;
      source?.close();
      source = null;
    } else if (source === null) {
      source = new EventSource("/v1/moderation/events");
      source.addEventListener("comment.decided", decided);
      source.addEventListener("comment.waiting", waiting);
      source.addEventListener("claim.changed", claimed);
      source.addEventListener("open", () => {
        wait = 2_000;
        refusals = 0;
        listens = performance.now() + 1_000;
        if (hasMissed) say(...filled(WORDS.missed, { link: again(WORDS.load) }));
        hasMissed = false;
      });
      source.addEventListener("error", () => {
        hasMissed = true;
        // a refusal ends it for good, as far as browsers are concerned
        if (source?.readyState !== EventSource.CLOSED) return;
        source = null;
        refusals += 1;
        if (refusals === 3) say(...filled(WORDS.silent, { link: again(WORDS.load) }));
        setTimeout(watch, wait);
        wait = Math.min(wait * 2, 60_000);
      });
    }
  }
  document.addEventListener("visibilitychange", watch);

  arrive();
  if (news()) watch();
})();
