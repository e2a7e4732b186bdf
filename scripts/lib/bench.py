"""Measures one release binary on one database (`measure`), and prints what was measured (`table`). See scripts/bench."""

import argparse
import http.client
import json
import os
import platform
import signal
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

ORIGIN = "https://news.example"
SEEDED = 50
COLD_STARTS = 5
START_LIMIT = 30
# of an article that is read by its beginning
MANY = 10_000
# name, connections
WORK = [("post", 1), ("post", 64), ("read", 1), ("read", 64)]
SHARE = [("ceiling", 64), ("short", 64), ("long", 64)]
CASES = WORK + SHARE
POST = "/v1/sites/bench/comments"
READS = {article: f"{POST}?article={article}&limit=50" for article in ("seeded", "short", "long")}
SHORT = "Comment %d: the bridge was closed on a Tuesday, and nobody knows why."
TEXT = "Comment %d of the article that is read: the bridge was closed on Tuesday, and those who cross it every day want to know for how long, and who decided it, and why nobody was asked."


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Service:
    """One Replydesk in a folder of its own; `start` returns the milliseconds from spawning it to its first ready answer."""

    def __init__(self, binary: str, database: str, folder: Path) -> None:
        self.binary, self.folder, self.process = binary, folder, None
        self.port, self.ops = free_port(), free_port()
        kept = {name: value for name, value in os.environ.items() if not name.startswith("REPLYDESK_")}
        (folder / "mail").mkdir()
        self.environment = kept | {
            "REPLYDESK_SERVER__LISTEN": f"127.0.0.1:{self.port}",
            "REPLYDESK_SERVER__PUBLIC_URL": f"http://127.0.0.1:{self.port}",
            "REPLYDESK_OPS__LISTEN": f"127.0.0.1:{self.ops}",
            "REPLYDESK_DATABASE__URL": database,
            "REPLYDESK_KEYS__FILE": str(folder / "keys.toml"),
            "REPLYDESK_MAIL__URL": f"folder:{folder / 'mail'}",
            "REPLYDESK_MAIL__FROM": "desk@gazette.example",
            "REPLYDESK_LIMITS__SUBMIT_PER_MINUTE": "0",
            "REPLYDESK_LIMITS__SITE_PER_MINUTE": "0",
            "REPLYDESK_LOG__LEVEL": "warn",
        }

    def command(self, *arguments: str, said: str = "") -> str:
        done = subprocess.run([self.binary, *arguments], input=said, env=self.environment, cwd=self.folder, text=True,
                              stdout=subprocess.PIPE, timeout=60)
        if done.returncode != 0:
            sys.exit(f"replydesk {' '.join(arguments[:2])} ended with {done.returncode}")
        return done.stdout

    def ready(self) -> bool:
        try:
            link = http.client.HTTPConnection("127.0.0.1", self.ops, timeout=5)
            link.request("GET", "/readyz")
            return link.getresponse().status == 200
        except OSError:
            return False
        finally:
            link.close()

    def start(self) -> float:
        with open(self.folder / "serve.log", "ab") as log:
            began = time.perf_counter()
            self.process = subprocess.Popen([self.binary, "serve"], env=self.environment, cwd=self.folder,
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        while not self.ready():
            if self.process.poll() is not None or time.perf_counter() - began > START_LIMIT:
                self.fail("the service did not become ready")
            time.sleep(0.0005)
        return (time.perf_counter() - began) * 1000

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(START_LIMIT)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process = None

    def fail(self, what: str) -> None:
        log = (self.folder / "serve.log").read_text(errors="replace").splitlines()[-20:]
        sys.exit("\n".join([what, *log]))

    def memory(self) -> float:
        """Resident MiB of the service; PostgreSQL is not counted."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
        return int(line.split()[1]) / 1024

    def processor(self) -> int:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return int(fields[11]) + int(fields[12])

    def settle(self, most: int = 10) -> None:
        """Waits until the service does nothing any more, so that one case does not weigh on the next; at most so many seconds."""
        end = time.monotonic() + most
        while time.monotonic() < end:
            before = self.processor()
            time.sleep(0.3)
            if self.processor() - before <= 1:
                return


def set_up(service: Service) -> str:
    """A site, a moderator; returns the moderator's API token."""
    if not Path(service.environment["REPLYDESK_KEYS__FILE"]).exists():
        service.command("keys", "generate")
    service.command("migrate")
    service.command("site", "add", "bench", "--name", "Bench", "--origin", ORIGIN)
    service.command("moderator", "add", "bench@gazette.example", "--name", "Bench", "--role", "admin",
                    "--password-stdin", said="four unrelated words of mine 7\n")
    return service.command("moderator", "token", "bench@gazette.example").split()[-1]


def seed(service: Service, token: str, articles: list[tuple[str, str, int]]) -> None:
    """Approved comments through the front door: by article, with their text and their number."""
    link = http.client.HTTPConnection("127.0.0.1", service.port, timeout=60)
    bearer = {"Authorization": f"Bearer {token}"}

    def call(method: str, path: str, body: dict | None = None, **headers: str) -> dict:
        link.request(method, path, body and json.dumps(body), {"Content-Type": "application/json", **headers})
        answer = link.getresponse()
        data = answer.read()
        if answer.status >= 300:
            service.fail(f"{method} {path} was answered with {answer.status}: {data[:300]!r}")
        return json.loads(data)

    def approve(article: str) -> None:
        listed = f"/v1/moderation/comments?status=pending&limit=100&site=bench&article={article}"
        page = {"next": ""}
        while page["next"] is not None:
            page = call("GET", listed + (f"&cursor={page['next']}" if page["next"] else ""), **bearer)
            items = [{"id": item["id"], "version": item["version"]} for item in page["items"]]
            decided = {"decision": "approve", "items": items}
            if items and any(result["outcome"] != "done" for result in call("POST", "/v1/moderation/decisions", decided, **bearer)["results"]):
                service.fail("not all comments could be approved")

    for article, text, comments in articles:
        for number in range(comments):
            call("POST", POST, {
                "article": {"key": article, "url": f"{ORIGIN}/{article}", "title": "Seeded"},
                "name": f"Reader {number}", "email": f"seed-{number}@mailbox.example", "comment": text % number,
            })
        approve(article)
        end = time.monotonic() + 10
        while (shown := call("GET", READS[article])["article"]["count"]) != comments:
            if time.monotonic() > end:
                service.fail(f"{shown} of {comments} approved comments are shown")
            time.sleep(0.1)
    link.close()


class Ceiling:
    """The HTTP library with a fixed body: that of a page which the service gives."""

    def __init__(self, binary: str, service: Service) -> None:
        with urllib.request.urlopen(f"http://127.0.0.1:{service.port}{READS['short']}", timeout=10) as answer:
            body = answer.read()
        self.bytes, self.port = len(body), free_port()
        (service.folder / "body").write_bytes(body)
        self.process = subprocess.Popen([binary, str(self.port), str(service.folder / "body")], stdin=subprocess.DEVNULL)
        end = time.monotonic() + 10
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                if self.process.poll() is not None or time.monotonic() > end:
                    service.fail("the ceiling did not begin to answer")
                time.sleep(0.01)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(START_LIMIT)


def load(service: Service, ceiling: Ceiling | None, case: tuple[str, int], seconds: int, run: str) -> dict:
    name, connections = case
    if name == "ceiling":
        url = f"http://127.0.0.1:{ceiling.port}/"
    else:
        path = POST if name == "post" else READS["seeded" if name == "read" else name]
        url = f"http://127.0.0.1:{service.port}{path}"

    def second_core() -> None:
        everywhere = sorted(range(os.cpu_count() or 1))
        if len(everywhere) >= 2:
            mine = os.sched_getaffinity(0)
            os.sched_setaffinity(0, {next((core for core in everywhere if core not in mine), everywhere[-1])})

    environment = dict(os.environ, RUN=run)
    environment.pop("ARTICLE_URL", None)
    if name == "post":
        environment["ARTICLE_URL"] = f"{ORIGIN}/write"
    done = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "20s", "-s", Path(__file__).with_name("load.lua"), url],
        env=environment, text=True, stdout=subprocess.PIPE, preexec_fn=second_core, check=True)
    line = next(line for line in done.stdout.splitlines() if line.startswith("RESULT "))
    result = json.loads(line.removeprefix("RESULT "))
    if result["requests"] == 0 or result["refused"] or result["broken"]:
        service.fail(f"{name} at {connections} connections: {line}")
    return {
        "rate": result["requests"] / result["microseconds"] * 1e6,
        "p50": result["p50_us"] / 1000,
        "p99": result["p99_us"] / 1000,
    }


def measure(options: argparse.Namespace) -> None:
    service, ceiling = Service(options.binary, options.database, options.folder), None
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        token = set_up(service)
        service.start()
        seed(service, token, [("seeded", TEXT, SEEDED), ("short", SHORT, SEEDED)])
        cold = []
        for _ in range(COLD_STARTS):
            service.settle()
            service.stop()
            cold.append(service.start())
        service.settle()
        idle = service.memory()
        found = {case: [] for case in CASES}

        def rounds(cases: list[tuple[str, int]]) -> None:
            for number in range(options.rounds):
                for case in cases:
                    found[case].append(load(service, ceiling, case, options.seconds, f"{number}{CASES.index(case)}"))
                    service.settle()
                    print(f"{options.folder.name}: round {number + 1}, {case[0]} at {case[1]}: {found[case][-1]['rate']:.0f}/s",
                          file=sys.stderr, flush=True)

        rounds(WORK)
        loaded = service.memory()
        # not before: search would be busy with them while comments are posted
        seed(service, token, [("long", SHORT, MANY)])
        service.settle(120)
        ceiling = Ceiling(options.ceiling, service)
        rounds(SHARE)
    finally:
        if ceiling:
            ceiling.stop()
        service.stop()
    medians = {
        f"{name} {connections}": {key: statistics.median(one[key] for one in runs) for key in runs[0]}
        for (name, connections), runs in found.items()
    }
    options.result.write_text(json.dumps({"cases": medians, "cold": statistics.median(cold), "idle": idle, "loaded": loaded,
                                          "seconds": options.seconds, "rounds": options.rounds, "bytes": ceiling.bytes}))


def table(options: argparse.Namespace) -> None:
    results = {Path(name).name: json.loads(Path(f"{name}.json").read_text()) for name in options.results}
    titles = {"sqlite": "SQLite", "postgres": "PostgreSQL"}
    one = next(iter(results.values()))
    print(f"\n{options.cores} cores, {platform.machine()}, commit {options.commit}; medians of {one['rounds']}, "
          f"{one['seconds']} s each; requests per second · p50/p99 in ms\n")
    print("| work | " + " | ".join(titles[name] for name in results) + " |")
    print("|---" * (len(results) + 1) + "|")
    works = {"post": "post a comment", "read": f"read {SEEDED} comments",
             "ceiling": f"a fixed body of {one['bytes'] / 1024:.0f} KiB",
             "short": f"read {SEEDED} comments of {one['bytes'] / 1024:.0f} KiB", "long": f"the same, of {MANY:,} comments"}
    for name, connections in CASES:
        what = works[name]
        cells = [result["cases"][f"{name} {connections}"] for result in results.values()]
        print(f"| {what}, {connections} connection{'s' * (connections > 1)} | "
              + " | ".join(f"{cell['rate']:.0f}/s · {cell['p50']:.1f}/{cell['p99']:.1f}" for cell in cells) + " |")
    for what, name in [("share of the ceiling", "short"), (f"the same, of {MANY:,} comments", "long")]:
        shares = [result["cases"][f"{name} 64"]["rate"] / result["cases"]["ceiling 64"]["rate"] for result in results.values()]
        print(f"| {what} | " + " | ".join(f"{share:.0%}" for share in shares) + " |")
    for what, key, unit in [("cold start to ready", "cold", "ms"), ("memory idle (RSS of the service)", "idle", "MiB"),
                            ("memory after the load", "loaded", "MiB")]:
        print(f"| {what} | " + " | ".join(f"{result[key]:.0f} {unit}" for result in results.values()) + " |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(required=True)
    one = commands.add_parser("measure")
    one.add_argument("--binary", required=True)
    one.add_argument("--ceiling", required=True)
    one.add_argument("--database", required=True)
    one.add_argument("--folder", type=Path, required=True)
    one.add_argument("--result", type=Path, required=True)
    one.add_argument("--seconds", type=int, required=True)
    one.add_argument("--rounds", type=int, required=True)
    one.set_defaults(run=measure)
    all_of_them = commands.add_parser("table")
    all_of_them.add_argument("--cores", required=True)
    all_of_them.add_argument("--commit", required=True)
    all_of_them.add_argument("results", nargs="+")
    all_of_them.set_defaults(run=table)
    options = parser.parse_args()
    options.run(options)


if __name__ == "__main__":
    main()
