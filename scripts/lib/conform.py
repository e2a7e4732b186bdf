"""Starts a service with a few comments, and lets schemathesis hold it against its OpenAPI document."""

import argparse
import re
import signal
import subprocess
import sys
from pathlib import Path

from bench import SHORT, Service, seed, set_up

# fewer than these are no proof
CASES = 2_000
CHECKS = "not_a_server_error,response_schema_conformance,status_code_conformance,content_type_conformance"
# never ends
STREAM = "/v1/moderation/events"
# would end the run: ids are tried that other answers named
REVOKE = "revokeToken"
# what one client may do is looked at elsewhere; here it all comes from one
UNLIMITED = ["SUBMIT", "SITE", "NEW_ARTICLES", "SITE_NEW_ARTICLES", "RECEIPTS", "REPORTS", "SIGN_IN"]


def hold(tool: str, service: Service, who: str, token: str | None, options: list[str]) -> tuple[int, bool]:
    """Makes requests as somebody; how many, and whether every answer was one that is described."""
    bearer = ["-H", f"Authorization: Bearer {token}"] if token else []
    print(f"\n-- {who}", flush=True)
    run = subprocess.Popen(
        [tool, "run", f"http://127.0.0.1:{service.port}/openapi.json", *bearer, "-c", CHECKS, "--phases", "examples,coverage,fuzzing",
         "--continue-on-failure", "--no-color", *options],
        cwd=service.folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    made = 0
    try:
        for line in run.stdout:
            if found := re.search(r"([\d,]+) generated", line):
                made = int(found.group(1).replace(",", ""))
            # neither what was sent nor the token
            if not re.search(r"curl|Authorization|Bearer", line):
                print(line, end="", flush=True)
        return made, run.wait() == 0
    finally:
        run.kill()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--tool", required=True)
    parser.add_argument("--database", required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--seconds", type=int, required=True)
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    service = Service(options.binary, options.database, options.folder)
    service.environment |= {f"REPLYDESK_LIMITS__{limit}_PER_MINUTE": "0" for limit in UNLIMITED}
    try:
        token = set_up(service)
        service.start()
        seed(service, token, [("short", SHORT, 5)])
        backend = service.command("site", "token", "bench").split()[-1]
        third = ["--max-time", str(options.seconds // 3)]
        all_but = ["--exclude-path", STREAM, "--exclude-operation-id", REVOKE, *third]
        runs = [
            hold(options.tool, service, "a reader", None, all_but),
            hold(options.tool, service, "the site's backend", backend, all_but),
            hold(options.tool, service, "an administrator", token, all_but),
            hold(options.tool, service, "an administrator who revokes tokens", token, ["--include-operation-id", REVOKE]),
        ]
    finally:
        service.stop()
    made = sum(cases for cases, _ in runs)
    print(f"\n{made} cases")
    if made < CASES:
        sys.exit(f"{CASES} are wanted")
    if not all(is_good for _, is_good in runs):
        sys.exit("not every answer is described")


if __name__ == "__main__":
    main()
