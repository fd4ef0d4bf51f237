"""A server worth attacking: in a process of its own, with an open task, and with a second workspace whose ids must open
nothing."""

import asyncio
import json
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from shutil import copytree
from typing import Any
from urllib.parse import urlencode

import httpx
import psutil

from bot.clock import real_now
from bot.store import open_store
from bot.wiring import build
from handlers.actions import action, encode
from tasks.identifiers import WorkspaceId
from tasks.operations.attach_evidence import attach_link
from tasks.operations.install_controls import install_controls
from tasks.operations.schedule import open_due, plan_control
from tasks.people import Actor, Person, Workspace
from tasks.ports import UnitOfWork
from tests.bot.a_company import StepClock
from tests.builders import a_person
from tests.fake_slack import FakeSlack
from tests.scenarios.company import a_catalogue_control, serving, settings_for, user_id
from tests.scenarios.processes import a_slack_of_today, digest_of_every_row, environment, serve
from tests.slack_requests import FORM, SlackSender, sign

OTHER = WorkspaceId("other-company")
SECRET = "Xyzzy7Plugh"
"""In whatever the other workspace holds; it must never be seen."""
QUIET, LOOKS = 0.25, 4
THE_CLOCKS_OWN = "sync_places"
"""Says when people were looked up last, which no request asks for."""
JSON = "application/json"
Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Ids:
    task: str
    version: int
    evidence: str
    control: str
    person: str


@dataclass(frozen=True, kw_only=True)
class Target:
    slack: FakeSlack
    folder: Path
    port: int
    pid: int
    ours: Ids
    theirs: Ids
    memory_at_first: int = 0
    answers: list[bytes] = field(default_factory=list)
    """Every byte that came back."""

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/slack/events"

    def rows(self) -> dict[str, str]:
        return {name: digest for name, digest in digest_of_every_row(self.folder).items() if name != THE_CLOCKS_OWN}

    def memory(self) -> int:
        return resident(self.pid)

    # signed as Slack signs, whatever stands in it

    def headers(self, body: bytes, kind: str = FORM, *, age: int = 0, secret: str = "") -> dict[str, str]:
        stamp = str(int(real_now().timestamp()) - age)
        signature = sign(secret or self.slack.signing_secret, stamp, body)
        return {"Content-Type": kind, "X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signature}

    def sends(self, body: bytes, kind: str = FORM, **changes: str | None) -> int:
        """`changes`: headers to replace by their name with _ for -, or to leave out with None."""
        given = {name.replace("_", "-"): value for name, value in changes.items()}
        kept = {name: value for name, value in self.headers(body, kind).items() if name not in given}
        return self.raw(body, kept | {name: value for name, value in given.items() if value is not None})

    def raw(self, body: Any, headers: Mapping[str, str] | list[tuple[bytes, bytes]], method: str = "POST") -> int:
        """The status; 0 where the server hung up, which is an answer too."""
        try:
            with httpx.Client(trust_env=False, timeout=20) as client:
                answer = client.request(method, self.address, content=body, headers=headers)
        except (httpx.RemoteProtocolError, httpx.WriteError, httpx.ReadError):
            return 0
        self.answers.append(repr(answer.headers).encode() + answer.content)
        return answer.status_code

    def leaked(self) -> list[str]:
        """What of the other workspace came back, or was sent to Slack."""
        seen = [answer.decode(errors="replace") for answer in self.answers]
        seen += [f"{call.method} {call.args!r}" for call in self.slack.calls]
        return [each for each in seen if SECRET in each]

    def bytes_on_the_wire(self, *pieces: bytes) -> int:
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as line:
            try:
                for piece in pieces:
                    line.sendall(piece)
                line.shutdown(socket.SHUT_WR)
                answer = line.recv(4096)
            except OSError:
                return 0
        self.answers.append(answer)
        return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/") else 0

    def json(self, what: Any, **changes: str | None) -> int:
        return self.sends(what if isinstance(what, bytes) else json.dumps(what).encode(), JSON, **changes)

    def payload(self, what: Any) -> int:
        return self.sends(urlencode({"payload": what if isinstance(what, str) else json.dumps(what)}).encode())

    def interacts(self, kind: str, who: str = "olga", **more: Any) -> int:
        team = {"id": self.slack.team}
        user = {"id": user_id(who), "team_id": self.slack.team}
        trigger = self.slack.trigger(user_id(who))
        return self.payload({"type": kind, "team": team, "user": user, "trigger_id": trigger, **more})

    def clicks(self, value: str, who: str = "olga", **more: Any) -> int:
        where = self.slack.dm_of(user_id(who)).id
        pressed = {"type": "button", "action_id": "x:1", "block_id": "b", "value": value}
        container = {"type": "message", "message_ts": "1.000001", "channel_id": where}
        return self.interacts("block_actions", who, **{"actions": [pressed], "container": container, **more})

    def acts(self, name: str, who: str = "olga", **args: str | int) -> int:
        return self.clicks(encode(action(name, **args)), who)

    def submits(self, metadata: Any, who: str = "olga", **state: Any) -> int:
        kept = metadata if isinstance(metadata, str) else json.dumps(metadata)
        values = {name: {name: each} for name, each in state.items()}
        view: Json = {"id": "V1", "hash": "1.x", "type": "modal", "callback_id": "x", "private_metadata": kept}
        return self.interacts("view_submission", who, view={**view, "state": {"values": values}})

    def fills(self, name: str, args: Mapping[str, str | int], who: str = "olga", **state: Any) -> int:
        return self.submits({"a": encode(action(name, **args)), "c": "", "m": ""}, who, **state)

    def types(self, who: str = "olga", **fields: str) -> int:
        form = {"command": "/soc2", "text": "help", "team_id": self.slack.team, "user_id": user_id(who)}
        form |= {"channel_id": self.slack.dm_of(user_id(who)).id, "trigger_id": self.slack.trigger(user_id(who))}
        return self.sends(urlencode({**form, **fields}).encode())

    def tells(self, event: Any, **more: Any) -> int:
        return self.json(
            {"type": "event_callback", "team_id": self.slack.team, "event_id": "Ev1", "event": event, **more}
        )


def wait_until_quiet(folder: Path) -> None:
    """What a server does by itself when it starts is done."""
    seen = [digest_of_every_row(folder)]
    while len(seen) < LOOKS or any(each != seen[-1] for each in seen[-LOOKS:]):
        time.sleep(QUIET)  # a process of its own has nothing else to wait on
        seen.append(digest_of_every_row(folder))


def resident(pid: int) -> int:
    """Bytes."""
    return int(psutil.Process(pid).memory_info().rss)


@contextmanager
def a_target(founded: Path, folder: Path, port: int) -> Iterator[Target]:
    home = Path(copytree(founded, folder / "var"))
    clock = StepClock(moment=real_now())
    with a_slack_of_today() as slack:
        with serving(home, slack, clock) as company:
            ours = company.write(_open_something)
            company.run_due_jobs()
        theirs = _another_company(home, slack, clock)
        with build(settings_for(home, slack), clock) as app:
            asyncio.run(app.tick())  # whatever is due is done, so that only the requests could change something
        settings = environment(home, slack, port)
        calls = len(slack.calls)
        with serve(home, settings, folder / "log") as process:
            slack.wait_until(lambda: any(call.method == "users.list" for call in slack.calls[calls:]))
            SlackSender(f"http://127.0.0.1:{port}", slack.signing_secret, slack).command(user_id("olga"), "help")
            wait_until_quiet(home)
            yield Target(
                slack=slack,
                folder=home,
                port=port,
                pid=process.pid,
                ours=ours,
                theirs=theirs,
                memory_at_first=resident(process.pid),
            )


def _another_company(home: Path, slack: FakeSlack, clock: StepClock) -> Ids:
    with open_store(settings_for(home, slack), clock) as store:
        store.units.create_workspace(Workspace(id=OTHER, name=f"Other {SECRET}"))
        return store.units.write_now(OTHER, _hire_and_open)


def _hire_and_open(uow: UnitOfWork) -> Ids:
    uow.people.add(a_person("olga-of-other", name=f"Olga {SECRET}", email=f"olga@{SECRET}.example"))
    return _open_something(uow, title=f"Control {SECRET}", link=f"https://tickets.{SECRET}.example/42")


def _open_something(
    uow: UnitOfWork, *, title: str = "Leaver access removal", link: str = "https://tickets.acme.example/42"
) -> Ids:
    """A control that opened a task within the last month, and a link attached to it."""
    owner = _owner(uow)
    starts = uow.now.date() - timedelta(days=40)
    [control] = install_controls(
        uow, Actor(person=None, platform="cli", at=uow.now), [a_catalogue_control(title=title)], starts_on=starts
    )
    owned = replace(control, owner_id=owner.id)
    uow.controls.save(owned)
    plan_control(uow, owned)
    open_due(uow)
    task = max(uow.tasks.open_of([owner.id]), key=lambda one: one.opens_at)
    actor = Actor(person=owner, platform="cli", at=uow.now)
    proof = attach_link(uow, actor, task.id, link, item="removal-proof")
    return Ids(task=task.id, version=task.version, evidence=proof.id, control=control.id, person=owner.id)


def _owner(uow: UnitOfWork) -> Person:
    return next(one for one in uow.people.everyone() if one.email.startswith("olga@"))
