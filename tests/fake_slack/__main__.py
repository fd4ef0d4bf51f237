"""`python -m tests.fake_slack --port 0 --users 50`: prints its facts as one line of JSON, serves until stopped."""

import argparse
import json
import signal
import sys
import threading

from tests.fake_slack.control import facts
from tests.fake_slack.server import FakeSlack


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.fake_slack")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--team", default="T0ACME")
    parser.add_argument("--users", type=int, default=0, help="people to begin with")
    wanted = parser.parse_args()
    stopped = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stopped.set())
    with FakeSlack(team=wanted.team, port=wanted.port) as slack:
        for number in range(wanted.users):
            slack.add_user(f"person {number}")
        sys.stdout.write(json.dumps(facts(slack)) + "\n")
        sys.stdout.flush()
        stopped.wait()


if __name__ == "__main__":
    main()
