"""A program at the whole app's door: its token, and what of it is ever written to a log."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

import httpx
import pytest

from bot.log import configure_logging
from tasks.api_tokens import Scope, new_text, secret_of
from tasks.operations.create_token import create_token
from tasks.operations.revoke_token import revoke_token
from tasks.people import Actor
from tasks.ports import UnitOfWork
from tests.bot.a_company import StepClock
from tests.scenarios.company import START, Company, a_slack, email, serving

TEXT = new_text(b"thirty-two unguessable bytes, no?")


def _operator(uow: UnitOfWork) -> Actor:
    return Actor(person=None, platform="cli", at=uow.now)


def with_a_token(company: Company) -> None:
    def work(uow: UnitOfWork) -> None:
        create_token(
            uow,
            _operator(uow),
            name="monitoring",
            scopes=[Scope.INCIDENTS],
            secret=secret_of(TEXT),
            email=email("olga"),
        )

    company.write(work)


def ask(company: Company, path: str = "/v1/token", token: str = TEXT, **headers: str) -> httpx.Response:
    address = f"{company.running.address}{path}"
    return httpx.get(address, headers={"Authorization": f"Bearer {token}", **headers}, trust_env=False)


def test_a_program_gets_in_until_its_token_is_revoked(company: Company) -> None:
    assert ask(company).status_code == 401
    with_a_token(company)
    assert ask(company).json() == {"name": "monitoring", "scopes": ["incidents"], "expires": None, "rotated": False}
    company.write(lambda uow: revoke_token(uow, _operator(uow), "monitoring"))
    assert ask(company).status_code == 401


def test_a_token_survives_a_restart(home: Path) -> None:
    clock = StepClock(moment=START)
    with a_slack(clock) as slack:
        with serving(home, slack, clock) as company:
            with_a_token(company)
        with serving(home, slack, clock) as company:
            assert ask(company).status_code == 200


def test_a_deactivated_persons_token_stops(company: Company) -> None:
    with_a_token(company)
    company.change_person("olga", active=False)
    assert ask(company).status_code == 401


def test_what_there_is_to_ask_is_told_to_everybody(company: Company) -> None:
    answer = httpx.get(f"{company.running.address}/v1/openapi.json", trust_env=False)
    assert "/token" in answer.json()["paths"]


@contextmanager
def logged(*, as_json: bool) -> Iterator[StringIO]:
    """Everything, down to debug."""
    root, stream = logging.getLogger(), StringIO()
    before = root.handlers[:], root.level
    configure_logging(json=as_json, level=logging.DEBUG, stream=stream)
    try:
        yield stream
    finally:
        root.handlers[:], root.level = before[0], before[1]


@pytest.mark.parametrize("as_json", [True, False])
def test_no_line_of_the_log_ever_holds_a_token(company: Company, as_json: bool) -> None:
    with_a_token(company)
    forged = TEXT[:-1] + "x"
    with logged(as_json=as_json) as stream:
        for token in (TEXT, forged, TEXT[:30], f"{TEXT},{forged}"):
            ask(company, token=token)
            ask(company, f"/v1/{token}", token=token)
            ask(company, f"/v1/token?token={token}", token="nothing")
            ask(company, token="nothing", **{"X-Request-Id": token})
            ask(company, token="nothing", **{"X-Token": token, "Authorization": f"Token {token}"})
    lines = stream.getvalue()
    assert lines.count("refused an API request") >= 10
    assert "[redacted]" in lines
    assert TEXT[5:30] not in lines
