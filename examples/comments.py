#!/usr/bin/env python3
"""An article with its comments, by a site's own backend: Python's standard library, nothing else.

    COMMENTS_TOKEN=... python3 examples/comments.py          (the token: replydesk site token news)

COMMENTS_SERVER, COMMENTS_SITE and COMMENTS_PAGE say where Replydesk is, the key of the site, and the article's address.
"""
import json
import os
import secrets
from html import escape
from http.client import HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import Request, urlopen

SERVER = os.environ.get("COMMENTS_SERVER", "http://127.0.0.1:8080")
SITE = os.environ.get("COMMENTS_SITE", "news")
TOKEN = os.environ["COMMENTS_TOKEN"]
ARTICLE = {"key": "bridge", "url": os.environ.get("COMMENTS_PAGE", "https://news.example/bridge"), "title": "The bridge"}
# Our own proxies: what they say of a client's address is believed, and what nobody else says.
PROXIES = {address for address in os.environ.get("COMMENTS_PROXIES", "").split(",") if address}
FIELDS = ("name", "email", "website", "comment", "parent", "key")


def ask(path, body=None, key=None):
    """What Replydesk answers: a status and an object. 503 where nothing comes within five seconds."""
    headers = {"Authorization": f"Bearer {TOKEN}", "Accept": "application/json"}
    if body is not None:
        body, headers["Content-Type"], headers["Idempotency-Key"] = json.dumps(body).encode(), "application/json", key
    try:
        with urlopen(Request(f"{SERVER}/v1/sites/{SITE}/{path}", body, headers), timeout=5) as answer:
            return answer.status, json.load(answer)
    except HTTPError as error:  # an answer too: what is wrong
        try:
            return error.code, json.load(error)
        except (ValueError, OSError, HTTPException):
            return error.code, {}
    except (ValueError, OSError, HTTPException):
        return 503, {}


def shown(comment):
    """A comment with its replies. Its `html` is safe as it is, and nothing else is."""
    replies = "".join(map(shown, comment["replies"]))
    below = f"<ol>{replies}</ol>" if replies else ""
    if comment.get("removed"):
        return f"<li>This comment was removed.{below}</li>"
    name, website = escape(comment["author"]["name"]), comment["author"]["website"]
    if website:
        name = f'<a href="{escape(website)}" rel="nofollow ugc noopener">{name}</a>'
    answer = urlencode({"reply": comment["id"]})
    return (f'<li id="comment-{escape(comment["id"])}"><b>{name}</b> <time>{escape(comment["published_at"])}</time>'
            f'{comment["html"]}<a href="?{answer}#reply">Reply</a>{below}</li>')


def page(typed, notice="", cursor=""):
    """The article, its comments, and the form with what was typed."""
    status, read = ask("comments?" + urlencode({"article": ARTICLE["key"], "limit": 50, **({"cursor": cursor} if cursor else {})}))
    if status != 200:
        comments = "<p>The comments cannot be shown at the moment.</p>"
    else:
        comments = f'<ol>{"".join(map(shown, read["comments"]))}</ol>'
        if read["next"]:
            comments += f'<p><a href="?{escape(urlencode({"cursor": read["next"]}))}">More comments</a></p>'
    # under the same key the same comment is taken once, however often the page is loaded again
    value = {name: escape(typed.get(name, "")) for name in FIELDS}
    value["key"] = value["key"] or secrets.token_urlsafe(16)
    title = escape(ARTICLE["title"])
    return f"""<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>
<h1>{title}</h1><p>It is closed again.</p><h2>Comments</h2>{comments}
<h2 id="reply">Leave a Reply</h2>{notice}<form method="post" action="/">
<p><label>Comment <textarea name="comment" required>
{value["comment"]}</textarea></label></p>
<p><label>Name <input name="name" value="{value["name"]}" required></label>
<label>Email <input name="email" type="email" value="{value["email"]}" required></label>
<label>Website <input name="website" type="url" value="{value["website"]}"></label></p>
<input type="hidden" name="parent" value="{value["parent"]}"><input type="hidden" name="key" value="{value["key"]}">
<button>Post Comment</button></form></html>"""


class Handler(BaseHTTPRequestHandler):
    timeout = 10  # for whoever says nothing

    def do_GET(self):
        query = parse_qs(urlsplit(self.path).query)
        first = lambda name: query.get(name, [""])[0]
        self.answer(200, page({"parent": first("reply")}, cursor=first("cursor")))

    def do_POST(self):
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > 128 * 1024:
            return self.answer(413, page({}, "<p>That is too long.</p>"))
        # Replydesk sees a program, and not from which page a reader came: that is ours to check
        if self.headers.get("Origin", "http://" + self.headers.get("Host", "")).split("://")[-1] != self.headers.get("Host"):
            return self.answer(403, page({}, "<p>That came from another site.</p>"))
        sent = parse_qs(self.rfile.read(int(length)).decode("utf-8", "replace"), max_num_fields=50)
        typed = {name: sent.get(name, [""])[0] for name in FIELDS}
        reply = {name: typed[name] for name in ("name", "email", "website", "comment", "parent") if typed[name]}
        reply |= {"article": ARTICLE, "client": {"ip": self.client(), "user_agent": self.headers.get("User-Agent", "")[:500]}}
        status, answer = ask("comments", reply, typed["key"] or secrets.token_urlsafe(16))
        if status == 201:
            return self.answer(200, page({}, "<p>Your comment is published.</p>"))
        if status == 202:
            link = escape(answer["receipt"]["url"])
            return self.answer(200, page({}, f'<p>Your comment waits for a moderator. <a href="{link}">What became of it</a></p>'))
        wrong = [f'{fault["field"]}: {fault["message"]}' for fault in answer.get("errors", [])]
        wrong = wrong or [answer.get("detail", "Comments cannot be taken at the moment. Please try again later.")]
        notice = "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in wrong) + "</ul>"
        self.answer(status if status in (403, 404, 409, 422, 429) else 503, page(typed, notice))

    def client(self):
        """The reader's address: of the connection, or as our own proxy says it. Never as the reader says it."""
        peer = self.client_address[0]
        return self.headers.get("X-Forwarded-For", peer).split(",")[-1].strip() if peer in PROXIES else peer

    def answer(self, status, text):
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", "default-src 'none'; form-action 'self'; base-uri 'none'")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Nothing: addresses of readers are none of a log's business."""


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "8000"))), Handler)
    print(f"listening at http://127.0.0.1:{server.server_port}/", flush=True)
    server.serve_forever()
