"""The whole app over Socket Mode, and two processes side by side: nothing is answered twice, nothing is lost."""

import sqlite3
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from bot.slack.socket_mode import Timing
from bot.slack_connection import SlackWaits
from tests.bot.a_company import StepClock
from tests.bot.test_cli_serve import a_free_port
from tests.fake_slack import FakeSlack, Message
from tests.fake_slack.records import Json
from tests.fake_slack.socket_sender import KINDS, SocketSender, payload_of
from tests.fake_slack.socket_side import Socket
from tests.scenarios.company import START, Company, a_catalogue_control, a_slack, serving, shown, user_id
from tests.scenarios.processes import environment, serve
from tests.slack_requests import fill, find_button

QUICK = SlackWaits(
    retry=0.05, longest=0.05, socket=Timing(silence=0.3, opening=2.0, first_wait=0.01, longest_wait=0.1, steady=0.0)
)
APP_TOKEN = "xapp-1-fake"


@contextmanager
def over_a_socket(folder: Path, slack: FakeSlack, clock: StepClock, *, sockets: int = 1) -> Iterator[Company]:
    with serving(folder, slack, clock, slack_waits=QUICK, slack_app_token=SecretStr(APP_TOKEN)) as company:
        company.sender = SocketSender(slack)
        slack.sockets.wait_for(sockets)
        yield company


@pytest.fixture
def company(home: Path) -> Iterator[Company]:
    clock = StepClock(moment=START)
    with a_slack(clock) as slack, over_a_socket(home, slack, clock) as company:
        yield company
        company.run_due_jobs()
        assert slack.violations == []


@pytest.fixture
def two(home: Path) -> Iterator[tuple[Company, Company]]:
    """Two whole apps on one database, each with its own WebSocket."""
    clock = StepClock(moment=START)
    with a_slack(clock) as slack, ExitStack() as stack:
        first = stack.enter_context(over_a_socket(home, slack, clock))
        first.run_due_jobs()  # from now on it is the one that delivers
        second = stack.enter_context(over_a_socket(home, slack, clock, sockets=2))
        yield first, second
        first.run_due_jobs()
        assert slack.violations == []


def sent(company: Company) -> tuple[str, Json]:
    """Kind and payload of what was sent last."""
    assert isinstance(company.sender, SocketSender)
    return company.sender.envelopes[-1]


def again(company: Company, *, to: Socket | None = None, envelope: str = "") -> Json:
    """The last delivery once more; without the old envelope's id in a new one. Returns the ack's words."""
    kind, payload = sent(company)
    sockets = company.slack.sockets
    identity = sockets.deliver(kind, payload, to=to, envelope=envelope, takes_words=kind != "events_api")
    return sockets.ack_of(identity, socket=to)


def last_envelope(company: Company) -> str:
    return company.slack.sockets.acks[-1].envelope


def said(company: Company, handle: str = "olga") -> list[str]:
    """Everything they were ever told, in their direct messages or for their eyes only."""
    slack, user = company.slack, user_id(handle)
    return [shown(one) for one in [*slack.messages_to(user), *slack.ephemerals] if one.ephemeral_to in (None, user)]


def problem(company: Company) -> str:
    body: dict[str, Any] = httpx.get(f"{company.running.address}/readyz", trust_env=False).json()
    return str(body["problems"].get("slack", ""))


# one process


def test_a_task_is_answered_from_prompt_to_acceptance(company: Company) -> None:
    company.open_a_task()
    company.answers_done()
    company.presses("lea", "Accept", company.prompt("lea"))
    assert company.task().state == "accepted"
    assert "Accepted" in shown(company.prompt())


def test_every_way_of_speaking_is_heard(company: Company) -> None:
    company.open_a_task()
    assert "IAM-03" in shown(company.says("olga", "tasks"))
    assert company.opens("olga", "Not done …", company.prompt()).title
    assert "proof.pdf is attached" in shown(company.drops("olga", company.a_file(), text="here it is"))


def test_a_connection_lost_at_any_moment_comes_back_and_goes_on(company: Company) -> None:
    company.open_a_task()
    sockets = company.slack.sockets
    for number, lose in enumerate((sockets.close, sockets.drop, sockets.silence), start=2):
        lose()
        sockets.wait_for(1, made=number)
        assert "IAM-03" in shown(company.says("olga", "tasks"))
    sockets.disconnect("refresh_requested")
    sockets.wait_for(1, made=5)
    company.answers_done()
    assert not company.task().is_open


def test_readyz_says_that_nobody_can_speak_to_us_and_when_that_is_over(company: Company) -> None:
    assert problem(company) == ""
    company.slack.fail("apps.connections.open", "internal_error", times=10_000)
    company.slack.sockets.close()
    company.slack.wait_until(lambda: problem(company).endswith("apps.connections.open: internal_error"))
    assert problem(company).startswith("Socket Mode is not connected, for ")
    company.slack.faults.clear()
    company.slack.sockets.wait_for(1, made=2)
    company.slack.wait_until(lambda: problem(company) == "")


# the same delivery, again


def test_a_redelivered_event_is_answered_once_whatever_envelope_it_comes_in(company: Company) -> None:
    company.open_a_task()
    company.sender.dm(user_id("olga"), "tasks")
    before = said(company)
    assert again(company) == {}
    assert again(company, envelope=last_envelope(company)) == {}
    assert said(company) == before


def test_a_redelivered_file_is_offered_once(company: Company) -> None:
    company.open_a_task()
    company.drops("olga", company.a_file())
    before = said(company)
    again(company)
    assert said(company) == before


def test_a_redelivered_press_does_its_work_once_and_says_nothing_wrong(company: Company) -> None:
    task = company.open_a_task(a_catalogue_control(acceptance=False))
    company.answers_done()
    before, version = said(company), company.task_again(task.id).version
    assert again(company) == {}
    company.run_due_jobs()
    assert (said(company), company.task_again(task.id).version) == (before, version)


def test_a_redelivered_press_that_opened_a_form_does_not_say_that_it_did_not_open(company: Company) -> None:
    company.open_a_task()
    company.opens("olga", "Not done …", company.prompt())
    before, views = said(company), len(company.slack.views)
    assert again(company) == {}
    assert (said(company), len(company.slack.views)) == (before, views)


def test_a_redelivered_press_with_a_new_trigger_is_known_by_its_envelope(company: Company) -> None:
    company.open_a_task()
    company.opens("olga", "Not done …", company.prompt())
    kind, payload = sent(company)
    views = len(company.slack.views)
    fresh = {**payload, "trigger_id": company.slack.trigger(user_id("olga"))}
    envelope, acks = last_envelope(company), len(company.slack.sockets.acks)
    company.slack.sockets.deliver(kind, fresh, envelope=envelope)
    company.slack.wait_until(lambda: len(company.slack.sockets.acks) > acks)
    assert len(company.slack.views) == views


def test_a_redelivered_form_closes_without_a_word(company: Company) -> None:
    task = company.open_a_task()
    company.opens("olga", "Waiting on …", company.prompt())
    form = company.slack.open_view(user_id("olga"))
    values = fill(form, {"Whom or what do you wait for?": "the vendor", "Until when?": "2026-11-12"})
    company.sender.submit(user_id("olga"), form, values)
    company.run_due_jobs()
    before, version = said(company), company.task_again(task.id).version
    assert again(company) == {}
    company.run_due_jobs()
    assert (said(company), company.task_again(task.id).version) == (before, version)


# two processes


def test_each_of_two_processes_answers_what_it_is_given(two: tuple[Company, Company]) -> None:
    first, _ = two
    first.sender.command(user_id("olga"), "help")
    for each in [*first.slack.sockets.open]:
        assert again(first, to=each)["text"]


def test_an_event_given_to_both_is_answered_by_one(two: tuple[Company, Company]) -> None:
    first, _ = two
    first.open_a_task()
    one, other = first.slack.sockets.open
    before = len(said(first))
    event = a_message(first, "tasks")
    for each in (one, other):
        first.slack.sockets.deliver("events_api", event, to=each, envelope=f"env-{each.number}", takes_words=False)
    for each in (one, other):
        first.slack.sockets.ack_of(f"env-{each.number}", socket=each)
    assert len(said(first)) == before + 1


def test_a_press_given_to_both_at_once_is_done_once(two: tuple[Company, Company]) -> None:
    first, _ = two
    task = first.open_a_task(a_catalogue_control(acceptance=False))
    first.attaches("olga", first.prompt(), first.a_file())
    prompt = first.prompt()
    kind, payload = a_press(first, "Done", prompt)
    before = said(first)
    sockets = first.slack.sockets
    for each in sockets.open:
        sockets.deliver(kind, payload, to=each, envelope="env-both")
    for each in [*sockets.open]:
        assert sockets.ack_of("env-both", socket=each) == {}
    first.run_due_jobs()
    assert len(first.read(lambda uow: uow.answers.attestations(task.id))) == 1
    assert len(said(first)) == len(before), "the prompt is edited in place; nobody reads that it was answered already"


class Held(SocketSender):
    """Makes payloads, and sends none."""

    def _post(
        self, body: bytes, content_type: str, what: str, extra: Mapping[str, str] | None = None
    ) -> httpx.Response:
        self.envelopes.append((KINDS.get(what, "interactive"), payload_of(body, content_type)))
        return httpx.Response(200)


def a_press(company: Company, label: str, on: Message) -> tuple[str, Json]:
    held = Held(company.slack)
    held.press(user_id("olga"), *find_button(on, label), message=on)
    return held.envelopes[-1]


def a_message(company: Company, text: str, under: Message | None = None) -> Json:
    held = Held(company.slack)
    held.dm(user_id("olga"), text, thread_ts=under.ts if under else None)
    return held.envelopes[-1][1]


def test_what_a_process_did_before_it_was_killed_unacked_is_not_done_again_by_the_other(home: Path) -> None:
    clock = StepClock(moment=START)
    with a_slack(clock) as slack:
        with over_a_socket(home, slack, clock) as company:
            company.open_a_task()
            event = a_message(company, "https://wiki.acme.example/proof", under=company.prompt())
        clock.moment = datetime.now(UTC)
        with a_process(home, slack) as first, a_process(home, slack):
            doomed, other = slack.sockets.open
            slack.hang("chat.postMessage")
            slack.sockets.deliver("events_api", event, to=doomed, envelope="env-killed", takes_words=False)
            slack.wait_until(lambda: answers_to_the_link(slack))
            first.kill()
            first.wait()
            slack.sockets.deliver("events_api", event, to=other, envelope="env-again", takes_words=False)
            assert slack.sockets.ack_of("env-again", socket=other) == {}
        assert [ack.envelope for ack in slack.sockets.acks if ack.envelope.startswith("env-")] == ["env-again"]
        assert evidence(home) == 1
        assert answers_to_the_link(slack) == 1


def answers_to_the_link(slack: FakeSlack) -> int:
    said = [message for message in slack.messages_to(user_id("olga")) if message.thread_ts]
    return len(said)


@contextmanager
def a_process(folder: Path, slack: FakeSlack) -> Iterator[subprocess.Popen[bytes]]:
    settings = environment(folder, slack, a_free_port(), SLACK_APP_TOKEN=APP_TOKEN)
    with serve(folder, settings, folder / "log") as process:
        yield process


def evidence(folder: Path) -> int:
    with closing(sqlite3.connect(f"file:{folder / 'soc2.db'}?mode=ro", uri=True)) as connection:
        return int(connection.execute("SELECT count(*) FROM evidence").fetchone()[0])


def test_a_process_that_ends_answers_what_it_has_in_hand(home: Path) -> None:
    clock = StepClock(moment=START)
    with a_slack(clock) as slack:
        with over_a_socket(home, slack, clock) as company:
            slack.hang("chat.postMessage", times=1)
            kind, payload = "events_api", a_message(company, "tasks")
            envelope = slack.sockets.deliver(kind, payload, takes_words=False)
            slack.wait_until(lambda: slack.messages_to(user_id("olga")))
        assert slack.sockets.ack_of(envelope) == {}
        assert slack.sockets.open == []
