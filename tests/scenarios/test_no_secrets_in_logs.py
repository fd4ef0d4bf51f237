"""What is logged while a company works: no secret, nobody's file or words; and every line of a request has its id."""

import json
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from bot.log import configure_logging
from tests.bot.a_company import StepClock
from tests.scenarios.company import (
    CARD,
    OPENS,
    START,
    Company,
    a_catalogue_control,
    a_slack,
    serving,
    settings_for,
    user_id,
    with_a_list,
)
from tests.slack_requests import FORM

SECRET_KEY = "secret-key-" + "k" * 30
CONTENT = b"name,email\nVery Private Person,very.private@acme.example\n"
WORDS = "words that are nobody's business"
HAS_AN_ID = re.compile(r'\brequest"?(=|: ")[\w-]{8,}')
REQUEST_ID = "a-request-we-can-find-again"


@contextmanager
def logged(*, as_json: bool, secrets: tuple[str, ...]) -> Iterator[StringIO]:
    """Everything, down to debug, as `soc2 serve` would write it."""
    root, stream = logging.getLogger(), StringIO()
    before = root.handlers[:], root.level
    configure_logging(json=as_json, secrets=secrets, level=logging.DEBUG, stream=stream)
    try:
        yield stream
    finally:
        root.handlers[:], root.level = before[0], before[1]


def a_days_work(company: Company) -> None:
    """Good and bad requests, files, answers, refusals, and a Slack that stumbles."""
    company.install(with_a_list(), a_catalogue_control("IAM-04", title="Password settings"))
    company.at(OPENS)
    for method in ("chat.postMessage", "chat.update", "files.info", "files-pri", "views.open"):
        company.slack.http_status(method, 500, after=1)
    prompt = company.prompt(words="IAM-03")
    file = company.a_file(name="leavers.csv", content=CONTENT, mimetype="text/csv")
    company.attaches("olga", prompt, file)
    company.sends("olga", CARD)
    company.drops("olga", company.a_file(content=b"MZ" + CONTENT), under=prompt, text=WORDS)
    company.presses("olga", "Not done …", prompt)
    company.presses("olga", "Not done …", prompt)
    company.sends("olga", dict.fromkeys(("What happened?", *_questions(company)), WORDS))
    company.says("lea", f"status {WORDS}")
    company.says("lea", f"assign IAM-04 {WORDS}")
    company.slack.fail("conversations.open", "token_revoked", times=2)
    company.wait(1000)
    refused(company)
    lose_the_evidence_store(company)
    company.drops("olga", company.a_file(content=b"%PDF-" + CONTENT), under=prompt)


def _questions(company: Company) -> list[str]:
    view = company.slack.open_view(user_id("olga"))
    labels = [block["label"]["text"] for block in view.blocks if block["type"] == "input"]
    return labels[1:3]


def lose_the_evidence_store(company: Company) -> None:
    """Keeping a file fails from now on, with a traceback in the log."""
    place = company.folder / "evidence"
    place.rename(company.folder / "moved-away")
    place.write_text("a file where a folder should be")


def refused(company: Company) -> None:
    body = f"command=/soc2&text={WORDS}".encode()
    good = company.sender.signed_headers(body, FORM)
    for headers in (
        {**good, "X-Slack-Signature": f"v0={company.slack.signing_secret}"},
        {**good, "Authorization": f"Bearer {company.slack.token}", "X-Slack-Request-Timestamp": "x"},
        {**good, "Content-Type": "text/plain"},
    ):
        assert company.sender.raw(body, headers).status_code in (400, 401)


@pytest.fixture(params=["local", "production"])
def lines(request: pytest.FixtureRequest, home: Path) -> Iterator[list[str]]:
    clock = StepClock(moment=START)
    with a_slack(clock) as slack:
        secrets = (*settings_for(home, slack).secret_values, SECRET_KEY)
        with logged(as_json=request.param == "production", secrets=secrets) as stream:
            with serving(home, slack, clock, secret_key=SecretStr(SECRET_KEY)) as company:
                a_days_work(company)
                ask_with_an_id(company)
            slack.violations.clear()
        yield [slack.token, slack.signing_secret, *stream.getvalue().splitlines()]


def ask_with_an_id(company: Company) -> None:
    """A request that leaves a line, under an id of its own."""
    headers = {"X-Request-Id": REQUEST_ID}
    body = b"{"
    signed = company.sender.signed_headers(body, "application/json")
    answer = httpx.post(company.sender.address, content=body, headers={**signed, **headers}, trust_env=False)
    assert answer.headers["X-Request-Id"] == REQUEST_ID


def test_no_secret_no_file_and_no_words_of_anybody_are_logged(lines: list[str]) -> None:
    token, signing_secret, *logged_lines = lines
    secrets = (token, signing_secret, SECRET_KEY, "Bearer xoxb", "Very Private Person", "very.private@", WORDS)

    assert len(logged_lines) > 12, "there was something to leak"
    assert "Traceback" in "".join(logged_lines), "a traceback too"
    assert [(secret, line) for line in logged_lines for secret in secrets if secret in line] == []


def test_every_line_of_a_request_carries_its_id(lines: list[str]) -> None:
    of_requests = [line for line in lines if "refused a request" in line or "opening a form" in line]

    assert len(of_requests) >= 5
    assert [line for line in of_requests if not HAS_AN_ID.search(line)] == []
    assert sum(REQUEST_ID in line for line in of_requests) == 1


def test_production_writes_one_object_of_json_per_line(home: Path) -> None:
    clock = StepClock(moment=START)
    with a_slack(clock) as slack, logged(as_json=True, secrets=()) as stream, serving(home, slack, clock) as company:
        company.open_a_task()

    for line in stream.getvalue().splitlines():
        assert {"event", "level", "timestamp"} <= json.loads(line).keys()
