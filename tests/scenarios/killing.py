"""A company whose server is killed again and again while people answer and days pass; then it is left in peace."""

import os
import random
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx

from bot.clock import MovableClock, real_now
from bot.jobs import run_all
from bot.pacing import Pace
from bot.wiring import Waits, build
from tasks.identifiers import WorkspaceId
from tasks.model import Task
from tasks.operations.install_controls import install_controls
from tasks.operations.schedule import open_due, plan_control
from tasks.people import Actor
from tasks.ports import UnitOfWork
from tests.fake_slack import FakeSlack, File, Message
from tests.scenarios.company import CHANNEL, PDF, Running, a_catalogue_control, email, served, settings_for, user_id
from tests.scenarios.hostile_target import Ids, Target
from tests.scenarios.nursery import Server, a_nursery
from tests.scenarios.processes import a_slack_of_today, environment, wait_until_ready

T = TypeVar("T")
SEED = 20261102
TIMES = 10 if os.environ.get("LONG_TESTS") else 1
KILLS = 20 * TIMES
WORK = 3 if TIMES > 1 else 1
"""How much is asked for: about what so many lives leave time for."""
WHILE_STARTING, WHILE_POSTING = range(4 * TIMES), range(4 * TIMES, 12 * TIMES)
"""Kills of a server that is not up yet, and of one whose message is with Slack and not on record; the others come at
any time."""
OWNERS = ("olga", "cora", "max", "ada")
TO_ANSWER = tuple(f"ANS-{number:03}" for number in range(16 * WORK))
TO_LEAVE = tuple(f"LEF-{number:03}" for number in range(4))
DAYS = 24
NOTHING = Ids(task="", version=0, evidence="", control="", person="")


@dataclass(kw_only=True)
class Story:
    slack: FakeSlack
    home: Path
    clock: MovableClock
    tasks: dict[str, Task] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)
    acknowledged: list[tuple[str, str]] = field(default_factory=list)
    """What was asked and of which control, in order."""
    drafts: dict[str, list[str]] = field(default_factory=dict)
    """By control: the last one acknowledged, and those tried since."""
    running: Running | None = None
    workspace: WorkspaceId | None = None

    def read(self, work: Callable[[UnitOfWork], T]) -> T:
        assert self.running
        assert self.workspace
        return self.running.call(self.running.app.tools.units.read(self.workspace, work))

    def write(self, work: Callable[[UnitOfWork], T]) -> T:
        assert self.running
        assert self.workspace
        return self.running.call(self.running.app.tools.units.write(self.workspace, work))

    def codes(self, kind: str) -> list[str]:
        return [code for what, code in self.acknowledged if what == kind]


@dataclass(frozen=True, kw_only=True)
class Wish:
    """Asked for again until it is acknowledged, as people do and Slack does."""

    kind: str
    code: str = ""
    ask: Callable[[Story, Target], int]
    """Returns the status."""


# what is asked for


def attach(code: str, story: Story, target: Target) -> int:
    """The same event under the same id each time."""
    owner = user_id(owner_of(code))
    event: dict[str, Any] = {
        "type": "message",
        "subtype": "file_share",
        "user": owner,
        "text": "",
        "channel_type": "im",
    }
    event |= {"channel": story.slack.dm_of(owner).id, "ts": f"1700000000.000{code[-3:]}"}
    event |= {"thread_ts": prompt_of(story, code).ts, "files": [story.files[code].as_json()]}
    return target.tells(event, event_id=f"Ev{code}")


def answer(code: str, story: Story, target: Target) -> int:
    task = story.tasks[code]
    return target.acts("answer_task", owner_of(code), t=task.id, v=task.version)


def draft(code: str, text: str, story: Story, target: Target) -> int:
    task = story.tasks[code]
    story.drafts.setdefault(code, []).append(text)
    later = {"type": "checkboxes", "selected_options": [{"value": "yes"}]}
    words = {"type": "plain_text_input", "value": text}
    args: dict[str, str | int] = {"t": task.id, "v": task.version, "a": "not-done"}
    status = target.fills("answer_with", args, owner_of(code), cause=words, later=later)
    story.drafts[code] = [text] if status == 200 else story.drafts[code]
    return status


def pass_a_day(story: Story, target: Target) -> int:
    story.clock.move(timedelta(days=1))
    return 200


def look(story: Story, target: Target) -> int:
    return target.types("lea", text="status")


def wishes() -> deque[Wish]:
    """Answers and drafts over all the days."""
    waiting: deque[Wish] = deque()
    for day in range(DAYS):
        if day:
            waiting.append(Wish(kind="day", ask=pass_a_day))
        for code in TO_ANSWER[day::DAYS] if day else ():
            waiting.append(Wish(kind="attach", code=code, ask=partial(attach, code)))
            waiting.append(Wish(kind="answer", code=code, ask=partial(answer, code)))
        for hour in range(WORK):
            for code in TO_LEAVE:
                words = f"day {day} of {code}, {hour} hours in"
                waiting.append(Wish(kind="draft", code=code, ask=partial(draft, code, words)))
            waiting.append(Wish(kind="look", ask=look))
    return waiting


def owner_of(code: str) -> str:
    return OWNERS[int(code[-3:]) % len(OWNERS)]


def prompt_of(story: Story, code: str) -> Message:
    """The task's first message to its owner."""
    mine = story.slack.messages_to(user_id(owner_of(code)))
    return next(one for one in mine if code in one.text)


# the story


@contextmanager
def a_killed_company(home: Path, port: int) -> Iterator[Story]:
    clock = MovableClock(home / "soc2.clock.json")
    clock.move_to(monday_after(real_now()))
    with a_slack_of_today() as slack:
        slack.channels[CHANNEL] = replace(slack.add_channel("compliance"), id=CHANNEL)
        story = Story(slack=slack, home=home, clock=clock)
        with in_peace(story):
            _prepare(story)
        left = _be_killed(story, port)
        with in_peace(story):
            _grant(story, left)
            _settle(story)
            yield story
        assert slack.violations == []


def monday_after(now: datetime) -> datetime:
    day = (now + timedelta(days=7 - now.weekday())).date()
    return datetime(day.year, day.month, day.day, 9, 1, tzinfo=UTC)


@contextmanager
def in_peace(story: Story) -> Iterator[None]:
    """The app in the test's own process, with no waits between messages."""
    calls = len(story.slack.calls)
    with build(settings_for(story.home, story.slack), story.clock, Waits(pace=Pace({}))) as app, served(app) as running:
        story.slack.wait_until(lambda: any(call.method == "users.list" for call in story.slack.calls[calls:]))
        [story.workspace] = running.call(app.tools.workspaces())
        story.running = running
        yield


def _prepare(story: Story) -> None:
    today = story.clock.now().date()
    story.write(lambda uow: _install(uow, today))
    _jobs(story)
    story.tasks = story.read(_open_tasks)
    for number, code in enumerate(TO_ANSWER):
        content = PDF + str(number).encode()
        story.files[code] = story.slack.add_file(f"{code}.pdf", content, "application/pdf", user_id(owner_of(code)))


def _open_tasks(uow: UnitOfWork) -> dict[str, Task]:
    return {one.code: one for one in uow.tasks.open_of([person.id for person in uow.people.everyone()])}


def _install(uow: UnitOfWork, today: date) -> None:
    rule = f"FREQ=MONTHLY;BYMONTHDAY={today.day}"
    wanted = [
        a_catalogue_control(code, title=f"Control {code}", rrule=rule, due_days=4, acceptance=False)
        for code in (*TO_ANSWER, *TO_LEAVE)
    ]
    clerk = Actor(person=None, platform="cli", at=uow.now)
    for control in install_controls(uow, clerk, wanted, starts_on=today):
        owner = uow.people.by_email(email(owner_of(control.code)))
        assert owner
        owned = replace(control, owner_id=owner.id)
        uow.controls.save(owned)
        plan_control(uow, owned)
    open_due(uow)


def _jobs(story: Story) -> None:
    assert story.running
    story.running.call(run_all(story.running.app.tools))


def _be_killed(story: Story, port: int) -> deque[Wish]:
    """Returns what a slow machine left no life for."""
    chance, waiting = random.Random(SEED), wishes()
    with a_nursery(story.home, environment(story.home, story.slack, port)) as nursery:
        for number in range(KILLS):
            server = nursery.serve()
            try:
                _live_and_die(story, number, chance, waiting, server, port)
            finally:
                server.kill()
                server.wait()
            if not (number + 1) % 20:
                sys.stderr.write(f"killed {number + 1} times; {len(story.acknowledged)} requests acknowledged\n")
    return waiting


def _live_and_die(
    story: Story, number: int, chance: random.Random, waiting: deque[Wish], server: Server, port: int
) -> None:
    if number in WHILE_STARTING:
        _kill_after(chance.uniform(0.02, 0.4), server).join()
        return
    wait_until_ready(port)
    if number in WHILE_POSTING:
        _kill_at_post(chance.randint(1, 4), story.slack, server)
    else:
        _kill_after(chance.uniform(0.05, 0.7), server)
    _ask(story, _target(story, port, server), waiting, server)


def _target(story: Story, port: int, server: Server) -> Target:
    return Target(slack=story.slack, folder=story.home, port=port, pid=server.pid, ours=NOTHING, theirs=NOTHING)


def _kill_after(seconds: float, server: Server) -> threading.Timer:
    timer = threading.Timer(seconds, server.kill)
    timer.start()
    return timer


def _kill_at_post(number: int, slack: FakeSlack, server: Server) -> None:
    """The moment Slack has one of the next messages, whose answer never arrives."""
    before = _posts(slack)
    slack.faults.clear()
    slack.drop_after_accepting("chat.postMessage", after=number - 1)

    def kill() -> None:
        with suppress(AssertionError):
            slack.wait_until(lambda: _posts(slack) >= before + number, seconds=1)
        server.kill()

    threading.Thread(target=kill, daemon=True).start()


def _posts(slack: FakeSlack) -> int:
    return sum(call.method == "chat.postMessage" for call in slack.calls)


def _ask(story: Story, target: Target, waiting: deque[Wish], server: Server) -> None:
    """One wish after the other, until the server is gone."""
    while server.alive:
        wish = waiting[0] if waiting else Wish(kind="look", ask=look)
        try:
            status = wish.ask(story, target)
        except httpx.TransportError:
            continue
        if status == 200:
            story.acknowledged.append((wish.kind, wish.code))
            if waiting:
                waiting.popleft()


def _grant(story: Story, left: deque[Wish]) -> None:
    assert story.running
    target = Target(
        slack=story.slack,
        folder=story.home,
        port=urlsplit(story.running.address).port or 0,
        pid=os.getpid(),
        ours=NOTHING,
        theirs=NOTHING,
    )
    for wish in left:
        assert wish.ask(story, target) == 200, wish
        story.acknowledged.append((wish.kind, wish.code))
        _jobs(story)


def _settle(story: Story) -> None:
    """Every wait is over, and everything that is owed has its turn."""
    story.slack.faults.clear()
    for _ in range(4):
        story.clock.move(timedelta(minutes=20))
        _jobs(story)
