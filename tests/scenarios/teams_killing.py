"""A company on Teams whose server is killed again and again while people answer; then it is left in peace."""

import os
import random
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import httpx
import psutil

from bot.clock import MovableClock, real_now
from bot.jobs import run_all
from bot.pacing import Pace
from bot.store import upgrade
from bot.wiring import Waits, build
from handlers.actions import action, encode
from storage.database import Database
from storage.unit_of_work import SqlUnitsOfWork
from tasks.evidence import Evidence, EvidenceKind, EvidenceState
from tasks.identifiers import EvidenceId, WorkspaceId
from tasks.model import Task
from tasks.operations.install_controls import install_controls
from tasks.operations.schedule import open_due, plan_control
from tasks.people import Actor
from tasks.ports import UnitOfWork
from tests.fake_teams import FakeTeams
from tests.fake_teams.records import Json
from tests.scenarios.company import STAFF, Running, a_catalogue_control, email, organise, served
from tests.scenarios.killing import monday_after
from tests.scenarios.nursery import Server, a_nursery
from tests.scenarios.processes import ROOT, wait_until_ready
from tests.scenarios.teams_company import IT_CHANNEL, a_tenant, teams_settings
from tests.teams_activities import TeamsSender

T = TypeVar("T")
SEED = 20261102
KILLS = 8
AT_A_POST = range(4)
"""Kills of a server whose message is with Teams and not on record; the others come at any time."""
OWNERS = ("olga", "cora", "max", "ada")
CODES = tuple(f"ANS-{number:03}" for number in range(24))


@dataclass(kw_only=True)
class TeamsStory:
    teams: FakeTeams
    home: Path
    clock: MovableClock
    tasks: dict[str, Task] = field(default_factory=dict)
    acknowledged: list[str] = field(default_factory=list)
    """Codes of what was answered."""
    in_doubt: int = 0
    """Messages that were with Teams when the server was killed."""
    running: Running | None = None
    workspace: WorkspaceId | None = None

    def read(self, work: Callable[[UnitOfWork], T]) -> T:
        assert self.running
        assert self.workspace
        return self.running.call(self.running.app.tools.units.read(self.workspace, work))


def owner_of(code: str) -> str:
    return OWNERS[int(code[-3:]) % len(OWNERS)]


@contextmanager
def a_killed_teams_company(home: Path, port: int) -> Iterator[TeamsStory]:
    clock = MovableClock(home / "soc2.clock.json")
    clock.move_to(monday_after(real_now()))
    with a_tenant() as teams:
        upgrade(teams_settings(home, teams))
        story = TeamsStory(teams=teams, home=home, clock=clock)
        with in_peace(story):
            _install_app(story)
        _found_tasks(story)
        _be_killed(story, port)
        with in_peace(story):
            _settle(story)
            yield story
        assert teams.violations == []


@contextmanager
def in_peace(story: TeamsStory) -> Iterator[None]:
    settings = teams_settings(story.home, story.teams)
    with build(settings, story.clock, Waits(pace=Pace({}))) as app, served(app) as running:
        story.teams.tokens.clear()
        story.running = running
        story.teams.wait_until(lambda: story.teams.tokens)
        sender = TeamsSender(running.address, story.teams)
        assert sender.send(sender.activity("conversationUpdate", "lea")).status_code == 200
        [story.workspace] = running.call(app.tools.workspaces())
        yield


def _install_app(story: TeamsStory) -> None:
    assert story.running
    assert story.workspace
    sender = TeamsSender(story.running.address, story.teams)
    for handle, *_ in STAFF:
        assert sender.send(sender.installs(handle)).status_code == 200
    assert story.running.app.teams
    story.running.call(story.running.app.teams.idle())
    story.running.call(story.running.app.tools.units.write(story.workspace, _organised))
    story.teams.everything.clear()


def _organised(uow: UnitOfWork) -> None:
    organise(uow, f"teams:{IT_CHANNEL}")


def _found_tasks(story: TeamsStory) -> None:
    """While no server is there that would send their prompts: all are owed at once."""
    assert story.workspace
    with Database(f"sqlite:///{story.home / 'soc2.db'}") as opened:
        units = SqlUnitsOfWork(opened, story.clock)
        units.write_now(story.workspace, lambda uow: _install(uow, story.clock.now().date()))
        opened_tasks = units.write_now(story.workspace, _open_tasks)
    story.tasks = {one.code: one for one in opened_tasks}


def _open_tasks(uow: UnitOfWork) -> Sequence[Task]:
    return uow.tasks.open_of([person.id for person in uow.people.everyone()])


def _install(uow: UnitOfWork, today: date) -> None:
    rule = f"FREQ=MONTHLY;BYMONTHDAY={today.day}"
    wanted = [
        a_catalogue_control(code, title=f"Control {code}", rrule=rule, due_days=4, acceptance=False) for code in CODES
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


# its lives


def _be_killed(story: TeamsStory, port: int) -> None:
    chance, waiting = random.Random(SEED), list(CODES)
    with a_nursery(story.home, environment(story, port)) as nursery:
        for number in range(KILLS):
            server = nursery.serve()
            try:
                wait_until_ready(port)
                if number in AT_A_POST:
                    _kill_at_post(story, server)
                else:
                    threading.Timer(chance.uniform(0.05, 0.4), server.kill).start()
                _answer(story, TeamsSender(f"http://127.0.0.1:{port}", story.teams), waiting, server)
            finally:
                server.kill()
                server.wait()
                story.teams.faults.clear()


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


def _kill_at_post(story: TeamsStory, server: Server) -> None:
    """The moment Teams has the next message, whose answer never arrives."""
    before = _posts(story)
    story.teams.hang("post")

    def kill() -> None:
        with suppress(AssertionError):
            story.teams.wait_until(lambda: _posts(story) > before, seconds=2)
            story.in_doubt += 1
        server.kill()

    threading.Thread(target=kill, daemon=True).start()


def _posts(story: TeamsStory) -> int:
    return len(story.teams.everything)


def _answer(story: TeamsStory, sender: TeamsSender, waiting: list[str], server: Server) -> None:
    """One task after the other, each again until it is acknowledged, until the server is gone."""
    while server.alive and waiting:
        code = waiting[0]
        try:
            response = sender.send(press(story, sender, code))
        except httpx.TransportError:
            continue
        assert response.status_code == 200, response.text
        story.acknowledged.append(code)
        waiting.pop(0)
        if len(story.acknowledged) % 3 == 0:
            _wait_for_the_end(server)


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


def _wait_for_the_end(server: Server) -> None:
    """So that there is something left to answer for the lives that follow."""
    with suppress(psutil.NoSuchProcess, psutil.TimeoutExpired):
        psutil.Process(server.pid).wait(3)


def _settle(story: TeamsStory) -> None:
    """Every wait is over, and everything that is owed has its turn."""
    assert story.running
    for _ in range(4):
        story.clock.move(timedelta(minutes=20))
        story.running.call(run_all(story.running.app.tools))
