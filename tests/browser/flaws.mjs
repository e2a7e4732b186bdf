// What the inspector must notice, one flaw a document, and good documents in which it must notice nothing.

const around = (text, more = "") =>
  `<!doctype html><html lang="en"><head><title>t</title>${more}</head><body><main id="main"><div class="text" dir="auto">${text}</div></main></body></html>`;
const comment = (flaw, text) => ({ kind: "page", html: around(text), flaw });
const outside = (flaw, markup) => ({ kind: "page", html: around("<p>a</p>").replace("</main>", `${markup}</main>`), flaw });
const mail = (flaw, { head = "", text = "a" } = {}) => ({
  kind: "mail",
  html: `<!doctype html><html lang="en"><head><title>t</title><style>a{}</style>${head}</head><body><table><tr><td><div class="quote">${text}</div><a href="http://127.0.0.1:1/desk">d</a></td></tr></table></body></html>`,
  flaw,
});

export const flaws = [
  comment(undefined, '<p>a<br><b>b</b> <a href="https://a.example/" rel="nofollow ugc noopener">c</a></p><blockquote cite="https://a.example/"><p>d</p></blockquote>'),
  comment("<script> in a comment", "<p>a</p><script>alert(1)</script>"),
  comment("<iframe> in a comment", "<iframe src=http://127.0.0.1:1/></iframe>"),
  comment("<form> in a comment", "<form action=/desk></form>"),
  comment("<style> in a comment", "<style>a{}</style>"),
  comment("http://www.w3.org/2000/svg", "<svg></svg>"),
  comment("http://www.w3.org/1998/Math/MathML", "<math></math>"),
  comment("<object> in a comment", "<object data=x></object>"),
  comment("<embed> in a comment", "<embed src=x>"),
  comment("<base> in a comment", "<base href=//foreign.example>"),
  comment("<meta> in a comment", "<meta http-equiv=refresh content='0;url=//foreign.example'>"),
  comment("<img> in a comment", "<img src=/assets/favicon.svg>"),
  comment("<template> in a comment", "<template><script>alert(1)</script></template>"),
  comment("the attribute onclick", "<b onclick=alert(1)>a</b>"),
  comment("the attribute style", "<b style=color:red>a</b>"),
  comment("the attribute id", "<b id=main>a</b>"),
  comment("no address of the web in href", '<a href="javascript:alert(1)" rel="nofollow ugc noopener">a</a>'),
  comment("no address of the web in href", '<a href="\u0001 java\tscript:alert(1)" rel="nofollow ugc noopener">a</a>'),
  comment("no address of the web in cite", "<q cite='data:text/html,x'>a</q>"),
  comment("no address of the web in cite", "<blockquote cite='vbscript:x'>a</blockquote>"),
  comment("a link that is vouched for", '<a href="https://a.example/">a</a>'),
  comment("a link to nowhere", '<a rel="nofollow ugc noopener">a</a>'),
  comment("a comment node", "<p>a<!-- b --></p>"),
  comment("the page ends in", "</div></main><p>a</p>"),
  outside("a foreign script", "<script src=/assets/x.js></script>"),
  outside("the attribute style", "<p style=color:red>a</p>"),
  outside("a foreign src", "<img src=http://foreign.example/x alt=''>"),
  outside("no address of the web in href", '<p><a href="blob:http://127.0.0.1:1/x">a</a></p>'),
  outside("a foreign form", "<form action=http://foreign.example/ method=post></form>"),
  outside("a foreign form", "<form action=/elsewhere method=post></form>"),
  outside("the attribute formaction", "<button formaction=//foreign.example>a</button>"),
  outside("an element among a stranger's words", "<p><bdi>a<b>b</b></bdi></p>"),
  outside("an element among a stranger's words", "<blockquote class=typed><p>a</p></blockquote>"),
  { kind: "page", html: around("a", "<link rel=stylesheet href=http://foreign.example/x.css>"), flaw: "a foreign link" },
  { kind: "page", html: around("a", "<meta http-equiv=refresh content=0>"), flaw: "the attribute http-equiv" },
  mail(undefined, { text: "a<br>b" }),
  mail("another link than the one", { text: "<a href=https://a.example/>b</a>" }),
  mail("an element among a stranger's words", { text: "<b>b</b>" }),
  mail("<img>", { text: "<img src=http://foreign.example/x>" }),
  mail("a foreign style", { head: "<style>b{}</style>" }),
];
