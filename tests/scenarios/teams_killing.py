"""A company on Teams whose server is killed again and again while people answer and time passes; then it is left in
peace."""

import os
import random
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import httpx

from bot.clock import MovableClock, real_now
from bot.jobs import run_all
from bot.pacing import Pace
from bot.wiring import Waits, build
from handlers.actions import action, encode
from storage.database import Database
from storage.unit_of_work import SqlUnitsOfWork
from tasks.evidence import Evidence, EvidenceKind, EvidenceState
from tasks.identifiers import EvidenceId, WorkspaceId
from tasks.model import Task
from tasks.notices import NoticeKey, Occasion, OwedNotice
from tasks.operations.install_controls import install_controls
from tasks.operations.schedule import open_due, plan_control
from tasks.people import Actor
from tasks.ports import UnitOfWork
from tests.fake_teams import FakeTeams
from tests.fake_teams.records import Json
from tests.scenarios.company import Running, a_catalogue_control, email, served
from tests.scenarios.nursery import Server, a_nursery
from tests.scenarios.processes import ROOT, wait_until_ready
from tests.scenarios.teams_company import a_founded_tenant, move_service, teams_settings
from tests.teams_activities import TeamsSender

T = TypeVar("T")
SEED = 20261102
TIMES = 10 if os.environ.get("LONG_TESTS") else 1
KILLS = 7 * TIMES
WHILE_STARTING, WHILE_POSTING = range(TIMES), range(TIMES, 4 * TIMES)
"""Kills of a server that is not up yet, and of one whose message is with Teams and not on record; the others come at
any time."""
OWNERS = ("olga", "cora", "max", "ada")
TO_ANSWER = tuple(f"ANS-{number:03}" for number in range(KILLS))
"""One in each life; those that were acknowledged are delivered again meanwhile."""
TO_LEAVE = tuple(f"LEF-{number:03}" for number in range(4))
BETWEEN_LIVES = timedelta(hours=5)
"""Longer than any wait before a message is tried again."""


@dataclass(kw_only=True)
class TeamsStory:
    teams: FakeTeams
    home: Path
    clock: MovableClock
    tasks: dict[str, Task] = field(default_factory=dict)
    acknowledged: list[str] = field(default_factory=list)
    """Codes of what was answered."""
    asked: set[str] = field(default_factory=set)
    """Those too of what may have been answered."""
    cut_off: int = 0
    """Messages that were with Teams when the server was killed, before it could know."""
    running: Running | None = None
    workspace: WorkspaceId

    def read(self, work: Callable[[UnitOfWork], T]) -> T:
        assert self.running
        return self.running.call(self.running.app.tools.units.read(self.workspace, work))


def owner_of(code: str) -> str:
    return OWNERS[int(code[-3:]) % len(OWNERS)]


@contextmanager
def a_killed_teams_company(home: Path, port: int) -> Iterator[TeamsStory]:
    """`home` holds a copy of the founded company's database."""
    clock = MovableClock(home / "soc2.clock.json")
    clock.move_to(tuesday_after(real_now()))
    with a_founded_tenant() as teams:
        story = _prepared(home, teams, clock)
        _be_killed(story, port)
        with _in_peace(story):
            _settle(story)
            yield story
        assert teams.violations == []


def tuesday_after(now: datetime) -> datetime:
    day = (now + timedelta(days=8 - now.weekday())).date()
    return datetime(day.year, day.month, day.day, 9, 1, tzinfo=UTC)


def _prepared(home: Path, teams: FakeTeams, clock: MovableClock) -> TeamsStory:
    """While no server is there that would send their prompts: all are owed at once."""
    with Database(f"sqlite:///{home / 'soc2.db'}") as opened:
        units = SqlUnitsOfWork(opened, clock)
        [workspace] = units.workspaces()
        units.write_now(workspace.id, lambda uow: move_service(uow, teams))
        units.write_now(workspace.id, lambda uow: _install(uow, clock.now().date()))
        tasks = {one.code: one for one in units.read_now(workspace.id, _open_tasks)}
    return TeamsStory(teams=teams, home=home, clock=clock, workspace=workspace.id, tasks=tasks)


def _open_tasks(uow: UnitOfWork) -> Sequence[Task]:
    return uow.tasks.open_of([person.id for person in uow.people.everyone()])


def _install(uow: UnitOfWork, today: date) -> None:
    rule = f"FREQ=YEARLY;BYMONTH={today.month};BYMONTHDAY={today.day}"
    wanted = [
        a_catalogue_control(code, title=f"Control {code}", rrule=rule, due_days=4, acceptance=False)
        for code in (*TO_ANSWER, *TO_LEAVE)
    ]
    for control in install_controls(uow, Actor(person=None, platform="cli", at=uow.now), wanted, starts_on=today):
        owner = uow.people.by_email(email(owner_of(control.code)))
        assert owner
        owned = replace(control, owner_id=owner.id)
        uow.controls.save(owned)
        plan_control(uow, owned)
    open_due(uow)
    for number, task in enumerate(_open_tasks(uow)):
        uow.evidence.add(_proof(number, task, uow.now))


def _proof(number: int, task: Task, at: datetime) -> Evidence:
    assert task.owner_id
    return Evidence(
        id=EvidenceId(f"evidence{number:012}"),
        task_id=task.id,
        item="removal-proof",
        kind=EvidenceKind.LINK,
        name="https://idp.example/leavers",
        text="https://idp.example/leavers",
        state=EvidenceState.BOUND,
        added_by=task.owner_id,
        added_at=at,
    )


@contextmanager
def _in_peace(story: TeamsStory) -> Iterator[None]:
    """The app in the test's own process, with no waits between messages."""
    settings = teams_settings(story.home, story.teams)
    with build(settings, story.clock, Waits(pace=Pace({}))) as app, served(app) as running:
        assert app.teams
        assert running.call(app.teams.identify())
        story.running = running
        yield


def _settle(story: TeamsStory) -> None:
    """Every wait is over, and everything that is owed has its turn."""
    assert story.running
    for _ in range(4):
        story.clock.move(timedelta(minutes=20))
        story.running.call(run_all(story.running.app.tools))


# its lives


def environment(story: TeamsStory, port: int) -> dict[str, str]:
    teams = story.teams
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("SOC2_", "SLACK_", "TEAMS_"))}
    return clean | {
        "PYTHONPATH": str(ROOT),
        "SOC2_PORT": str(port),
        "SOC2_BROWSER_CHAT": "off",
        "SOC2_DATABASE_URL": f"sqlite:///{story.home / 'soc2.db'}",
        "SOC2_EVIDENCE_URL": str(story.home / "evidence"),
        "TEAMS_APP_ID": teams.app_id,
        "TEAMS_APP_PASSWORD": teams.password,
        "TEAMS_TENANT_ID": teams.tenant,
        "TEAMS_OPENID_URL": teams.openid_url,
        "TEAMS_AUTHORITY_URL": teams.host,
        "TEAMS_SERVICE_URL": teams.host,
    }


def _be_killed(story: TeamsStory, port: int) -> None:
    chance, waiting = random.Random(SEED), deque(TO_ANSWER)
    with a_nursery(story.home, environment(story, port)) as nursery:
        for number in range(KILLS):
            _nudge(story, round=number + 1)
            server = nursery.serve()
            try:
                _live_and_die(story, number, chance, waiting, server, port)
            finally:
                server.kill()
                server.wait()
                story.teams.faults.clear()
            story.clock.move(BETWEEN_LIVES)
            if not (number + 1) % 20:
                sys.stderr.write(f"killed {number + 1} times; {len(story.acknowledged)} answers acknowledged\n")


def _nudge(story: TeamsStory, *, round: int) -> None:  # noqa: A002
    """So that in every life there is somebody to tell, however long the older messages have to wait for their turn."""

    def work(uow: UnitOfWork) -> None:
        for code in TO_LEAVE:
            task = story.tasks[code]
            key = NoticeKey(
                about=f"task:{task.id}", recipient=f"person:{task.owner_id}", occasion=Occasion.NUDGE, round=round
            )
            uow.notices.owe([OwedNotice(key=key, task_id=task.id, owed_at=uow.now, detail="Lea Lead")])

    with Database(f"sqlite:///{story.home / 'soc2.db'}") as opened:
        SqlUnitsOfWork(opened, story.clock).write_now(story.workspace, work)


def _live_and_die(
    story: TeamsStory, number: int, chance: random.Random, waiting: deque[str], server: Server, port: int
) -> None:
    if number in WHILE_STARTING:
        _kill_after(chance.uniform(0.02, 0.4), server).join()
        return
    before, nth = _posts(story), chance.randint(1, 3)
    if number in WHILE_POSTING:
        story.teams.hang("post", after=nth - 1)
    wait_until_ready(port)
    sender = TeamsSender(f"http://127.0.0.1:{port}", story.teams)
    if number not in WHILE_POSTING:
        _kill_after(chance.uniform(0.05, 0.4), server)
        _answer(story, sender, waiting, server)
        return
    killing = threading.Thread(target=_kill_at_post, args=(story, server, before + nth), daemon=True)
    killing.start()
    _answer(story, sender, waiting, server)
    killing.join()


def _kill_after(seconds: float, server: Server) -> threading.Timer:
    timer = threading.Timer(seconds, server.kill)
    timer.start()
    return timer


def _kill_at_post(story: TeamsStory, server: Server, posts: int) -> None:
    """The moment Teams has this message, whose answer never arrives."""
    with suppress(AssertionError):
        story.teams.wait_until(lambda: _posts(story) >= posts)
        story.cut_off += 1
    server.kill()


def _posts(story: TeamsStory) -> int:
    return len(story.teams.everything)


def _answer(story: TeamsStory, sender: TeamsSender, waiting: deque[str], server: Server) -> None:
    """One task, again until it is acknowledged, and from then on again all the same, until the server is gone."""
    code, is_new = waiting[0], True
    while server.alive:
        story.asked.add(code)
        try:
            response = sender.send(press(story, sender, code))
        except httpx.TransportError:
            continue
        assert response.status_code == 200, response.text
        if is_new:
            story.acknowledged.append(waiting.popleft())
            is_new = False


def press(story: TeamsStory, sender: TeamsSender, code: str) -> Json:
    """The same activity under the same id each time."""
    task = story.tasks[code]
    pressed = action("answer_task", t=task.id, v=task.version)
    value: dict[str, Any] = {
        "action": {"type": "Action.Execute", "verb": pressed.name, "data": {"action": encode(pressed)}}
    }
    return sender.activity(
        "invoke", owner_of(code), id=f"f:{code}", name="adaptiveCard/action", value=value, replyToId="1"
    )
