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
# what one client may do is looked at elsewhere; here it all comes from one
UNLIMITED = ["SUBMIT", "SITE", "NEW_ARTICLES", "SITE_NEW_ARTICLES", "RECEIPTS", "REPORTS", "SIGN_IN"]


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
        tool = subprocess.Popen(
            [options.tool, "run", f"http://127.0.0.1:{service.port}/openapi.json", "-H", f"Authorization: Bearer {token}",
             "-c", CHECKS, "--exclude-path", STREAM, "--phases", "examples,coverage,fuzzing", "--continue-on-failure",
             "--max-time", str(options.seconds), "--no-color"],
            cwd=options.folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        try:
            said = ""
            for line in tool.stdout:
                said += line
                # neither what was sent nor the token
                if not re.search(r"curl|Authorization|Bearer", line):
                    print(line, end="", flush=True)
            code = tool.wait()
        finally:
            tool.kill()
    finally:
        service.stop()
    made = max((int(number.replace(",", "")) for number in re.findall(r"([\d,]+) generated", said)), default=0)
    if made < CASES:
        sys.exit(f"only {made} cases were made; {CASES} are wanted")
    sys.exit(code)


if __name__ == "__main__":
    main()
