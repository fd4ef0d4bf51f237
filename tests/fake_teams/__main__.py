"""`python -m tests.fake_teams --port 0 --people 50`: prints its facts as one line of JSON, serves until stopped."""

import argparse
import json
import signal
import sys
import threading

from tests.fake_teams.server import FakeTeams


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.fake_teams")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--people", type=int, default=0, help="people to begin with")
    wanted = parser.parse_args()
    stopped = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stopped.set())
    with FakeTeams(port=wanted.port) as teams:
        for number in range(wanted.people):
            teams.add_person(f"p{number}", f"Person {number}", f"p{number}@acme.example", installed=True)
        sys.stdout.write(json.dumps(facts(teams)) + "\n")
        sys.stdout.flush()
        stopped.wait()


def facts(teams: FakeTeams) -> dict[str, str]:
    return {
        "service_url": teams.service_url,
        "openid_url": teams.openid_url,
        "authority_url": teams.host,
        "app_id": teams.app_id,
        "tenant": teams.tenant,
        "password": teams.password,
    }


if __name__ == "__main__":
    main()
