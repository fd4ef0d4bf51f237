"""A small company on the whole real app: a server on a loopback socket, a database file, evidence in a folder, and a
strict Slack on another socket. Requests come in really signed; what people see is read from that Slack.

The story: Olga owns controls of IT. Max manages her, Lea leads compliance and accepts first, Ada leads IT and accepts
second, Sid is the executive sponsor, Cora a colleague of Olga's. It begins on Monday 2 November 2026 at 08:00 UTC.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

import httpx
import uvicorn
from pydantic import SecretStr

from bot.jobs import JOBS, SYNC, run_all, run_in_workspace
from bot.pacing import Pace
from bot.server import listen
from bot.settings import Environment, Settings
from bot.slack_connection import SlackWaits
from bot.store import upgrade
from bot.wiring import App, Waits, build
from tasks.catalogue.model import CatalogueControl
from tasks.controls import ControlText
from tasks.identifiers import TaskId, WorkspaceId
from tasks.model import Task
from tasks.notices import Notice
from tasks.operations.assign import assign_control
from tasks.operations.import_people import import_people
from tasks.operations.install_controls import install_controls
from tasks.people import Actor, Person
from tasks.ports import UnitOfWork
from tests.bot.a_company import StepClock
from tests.builders import a_control_text, an_item, utc
from tests.fake_slack import FakeSlack, File, Message, View
from tests.serving import serving as in_a_thread
from tests.slack_requests import SlackSender, fill, find_button

T = TypeVar("T")
START = utc(2026, 11, 2, 8)
OPENS = utc(2026, 11, 2, 9)
CHANNEL = "C0COMPLIANCE"
PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
CSV = b"name,email,left on\nAnn,ann@acme.example,2026-10-07\nBo,bo@acme.example,2026-10-21\n"
COLUMNS = ("email", "name", "department", "manager", "roles")
STAFF = (
    ("sid", "Sid Sponsor", "management", "", "executive-sponsor"),
    ("lea", "Lea Lead", "security", "sid", "compliance-lead"),
    ("ada", "Ada Second", "it", "sid", "department-lead"),
    ("max", "Max Manager", "it", "sid", ""),
    ("olga", "Olga Owner", "it", "max", ""),
    ("cora", "Cora Colleague", "it", "max", ""),
)
CARD = {
    "Where is it from?": "Okta: report “Leavers”",
    "Does it cover the whole time?": "whole",
    "Changed after export?": "no",
}


async def _awaited(work: Awaitable[T]) -> T:
    return await work


def user_id(handle: str) -> str:
    return f"U0{handle.upper()}"


def email(handle: str) -> str:
    return f"{handle}@acme.example"


def a_text(**changes: Any) -> ControlText:
    """Monthly, accepted by a second person; asks for one file."""
    usual: dict[str, Any] = {"acceptance": True, "evidence": (an_item("removal-proof"),)}
    return a_control_text(**(usual | changes))


def a_catalogue_control(code: str = "IAM-03", *, department: str = "it", **changes: Any) -> CatalogueControl:
    return CatalogueControl(code=code, area="Access", department=department, text=a_text(**changes))


def with_a_list(code: str = "IAM-03", **changes: Any) -> CatalogueControl:
    """Its one item is a population, which wants a source card."""
    return a_catalogue_control(code, evidence=(an_item("leaver-list", population=True),), **changes)


@dataclass(kw_only=True)
class Running:
    """The served app and the loop it lives in."""

    app: App
    address: str
    loop: asyncio.AbstractEventLoop

    def call(self, work: Awaitable[T]) -> T:
        return asyncio.run_coroutine_threadsafe(_awaited(work), self.loop).result(30)


@dataclass(kw_only=True)
class House:
    """What stands behind the chat, whichever it is."""

    clock: StepClock
    folder: Path
    running: Running
    seconds: list[float]
    """Real time as delivery measures its waits: a list of one number, moved by hand."""
    workspace: WorkspaceId

    # the clock and the jobs

    def run_due_jobs(self) -> None:
        self.running.call(run_all(self.running.app.tools, [job for job in JOBS if job is not SYNC]))

    def sync_people(self) -> None:
        self.running.call(run_in_workspace(SYNC, self.running.app.tools, self.workspace))
        self.run_due_jobs()

    def at(self, moment: datetime) -> None:
        """What was due until then happens then, as after an outage."""
        self.clock.moment = moment
        self.run_due_jobs()

    def wait(self, seconds: float) -> None:
        self.clock.step(seconds=seconds)
        self.seconds[0] += seconds
        self.run_due_jobs()

    def days_pass(self, until: datetime) -> None:
        """Some hours at a time, as on a machine that never sleeps."""
        while self.clock.moment < until:
            self.clock.step(hours=6)
            self.run_due_jobs()

    # what is arranged

    def install(self, *controls: CatalogueControl, owner: str = "olga") -> None:
        def work(uow: UnitOfWork) -> None:
            added = install_controls(uow, _operator(uow), controls, starts_on=START.date())
            for control in added:
                assign_control(uow, _as(uow, self.person_in(uow, "lea")), control.id, self.person_in(uow, owner).id)

        self.write(work)

    def open_a_task(self, control: CatalogueControl | None = None, owner: str = "olga") -> Task:
        """Opened and prompted, on Monday at nine."""
        self.install(control or a_catalogue_control(), owner=owner)
        self.at(OPENS)
        return self.task()

    def change_person(self, handle: str, **changes: Any) -> None:
        self.write(lambda uow: uow.people.save(replace(self.person_in(uow, handle), **changes)))

    # what is stored

    def write(self, work: Callable[[UnitOfWork], T]) -> T:
        return self.running.call(self.running.app.tools.units.write(self.workspace, work))

    def read(self, work: Callable[[UnitOfWork], T]) -> T:
        return self.running.call(self.running.app.tools.units.read(self.workspace, work))

    def task(self, code: str = "IAM-03") -> Task:
        """The latest opened one of the control."""

        def work(uow: UnitOfWork) -> Task:
            control = uow.controls.by_code(code)
            assert control
            everyone = [one.id for one in uow.people.everyone()]
            found = [one for one in uow.tasks.open_of(everyone) if one.control_id == control.id]
            found += [one for one in uow.tasks.submitted() if one.control_id == control.id]
            found += [
                one for who in everyone for one in uow.tasks.answered_by(who, limit=50) if one.control_id == control.id
            ]
            return max(found, key=lambda one: one.opens_at)

        return self.read(work)

    def task_again(self, task_id: TaskId) -> Task:
        return self.read(lambda uow: uow.tasks.get(task_id))

    def notices(self, task: Task) -> Sequence[Notice]:
        return self.read(lambda uow: uow.notices.of_task(task.id))

    def person(self, handle: str) -> Person:
        return self.read(lambda uow: self.person_in(uow, handle))

    def person_in(self, uow: UnitOfWork, handle: str) -> Person:
        found = uow.people.by_email(email(handle))
        assert found, handle
        return found


@dataclass(kw_only=True)
class Company(House):
    slack: FakeSlack
    sender: SlackSender = field(init=False)

    def __post_init__(self) -> None:
        self.sender = SlackSender(self.running.address, self.slack.signing_secret, self.slack)

    # what people do

    def says(self, handle: str, text: str) -> Message:
        """Types /soc2 …; returns what they see."""
        response = self.sender.command(user_id(handle), text)
        assert response.status_code == 200, response.text
        return self.whispered(handle)

    def asks_for_a_form(self, handle: str, text: str) -> View:
        assert self.sender.command(user_id(handle), text).status_code == 200
        return self.slack.open_view(user_id(handle))

    def presses(self, handle: str, label: str, on: Message, nth: int = 0) -> httpx.Response:
        response = self.sender.press(user_id(handle), *_button(on, label, nth), message=on)
        assert response.status_code == 200, response.text
        self.run_due_jobs()
        return response

    def opens(self, handle: str, label: str, on: Message, nth: int = 0) -> View:
        """A button that opens a form."""
        before = len(self.slack.views)
        self.presses(handle, label, on, nth)
        assert len(self.slack.views) > before, f"no form opened; last seen: {shown(self.whispered(handle))}"
        return self.slack.open_view(user_id(handle))

    def sends(self, handle: str, answers: Mapping[str, Any], view: View | None = None) -> dict[str, Any]:
        """Fills in the form on top and sends it; returns the body of the answer."""
        view = view or self.slack.open_view(user_id(handle))
        response = self.sender.submit(user_id(handle), view, fill(view, dict(answers)))
        assert response.status_code == 200, response.text
        self.run_due_jobs()
        answer: dict[str, Any] = response.json() if response.content else {}
        return answer

    def attaches(self, handle: str, on: Message, *files: File, words: str = "") -> None:
        """By the form; the first item still missing is chosen by itself."""
        self.opens(handle, "Attach evidence", on)
        self.sends(handle, {"Files": list(files), **({"Or a link, or words": words} if words else {})})

    def answers_done(self, handle: str = "olga", file: File | None = None) -> Message:
        """Attaches a file and presses Done; returns the prompt."""
        prompt = self.prompt(handle)
        self.attaches(handle, prompt, file or self.a_file(handle))
        self.presses(handle, "Done", self.prompt(handle))
        return prompt

    def finds_a_problem(self, description: str, fixed_by: str) -> None:
        form = self.opens("olga", "Done, found problems …", self.prompt())
        found, owner, *_ = inputs(form)
        self.sends("olga", {found: description, owner: self.person(fixed_by).id})

    def drops(self, handle: str, *files: File, under: Message | None = None, text: str = "") -> Message:
        thread = under.ts if under else None
        assert self.sender.dm(user_id(handle), text, files, thread_ts=thread).status_code == 200
        self.run_due_jobs()
        return self.inbox(handle)[-1]

    def a_file(self, handle: str = "olga", name: str = "proof.pdf", content: bytes = PDF, **more: Any) -> File:
        return self.slack.add_file(name, content, more.pop("mimetype", "application/pdf"), user_id(handle), **more)

    # what people see

    def inbox(self, handle: str) -> list[Message]:
        return self.slack.messages_to(user_id(handle))

    def prompt(self, handle: str = "olga", words: str = "") -> Message:
        """The bot's last direct message to them that has these words."""
        found = [message for message in self.inbox(handle) if words in shown(message)]
        assert found, f"{handle} has no message with {words!r}; they have {[shown(m) for m in self.inbox(handle)]}"
        return found[-1]

    def whispered(self, handle: str) -> Message:
        """The last answer that only they see."""
        found = [message for message in self.slack.ephemerals if message.ephemeral_to == user_id(handle)]
        return found[-1]


def shown(what: Message | View) -> str:
    """All the words of it, as sent."""
    return "\n".join([*_texts(what.blocks), *([what.text] if isinstance(what, Message) else [])])


def inputs(view: View) -> list[str]:
    return [block["label"]["text"] for block in view.blocks if block["type"] == "input"]


def buttons(on: Message | View) -> list[str]:
    return [element["text"]["text"] for element in _buttons(on)]


def _buttons(on: Message | View) -> Iterator[dict[str, Any]]:
    for block in on.blocks:
        for element in [*block.get("elements", []), block.get("accessory")]:
            if isinstance(element, dict) and element.get("type") == "button":
                yield element


def _button(on: Message, label: str, nth: int) -> tuple[str, str]:
    if not nth:
        return find_button(on, label)
    found = [element for element in _buttons(on) if element["text"]["text"] == label]
    return found[nth]["action_id"], found[nth]["value"]


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "text" and isinstance(inner, str):
                yield inner
            else:
                yield from _texts(inner)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)


def _operator(uow: UnitOfWork) -> Actor:
    return Actor(person=None, platform="cli", at=uow.now)


def _as(uow: UnitOfWork, person: Person) -> Actor:
    return Actor(person=person, platform="cli", at=uow.now)


# running it


def settings_for(folder: Path, slack: FakeSlack, **changes: Any) -> Settings:
    return Settings(
        environment=Environment.LOCAL,
        database_url=f"sqlite:///{folder / 'soc2.db'}",
        evidence_url=str(folder / "evidence"),
        slack_signing_secret=SecretStr(slack.signing_secret),
        slack_bot_token=SecretStr(slack.token),
        slack_api_url=slack.url,
        **{"browser_chat": False, **changes},
    )


@contextmanager
def a_company(folder: Path, clock: StepClock | None = None) -> Iterator[Company]:
    """`folder` holds a copy of the founded company's database."""
    clock = clock or StepClock(moment=START)
    with a_slack(clock) as slack, serving(folder, slack, clock) as company:
        yield company
        company.run_due_jobs()
        assert slack.violations == []


@contextmanager
def a_slack(clock: StepClock) -> Iterator[FakeSlack]:
    with FakeSlack(clock=lambda: clock.moment.timestamp()) as slack:
        for handle, name, *_ in STAFF:
            slack.add_user(handle, email(handle), id=user_id(handle), real_name=name, tz="UTC")
        channel = slack.add_channel("compliance")
        slack.channels[CHANNEL] = replace(slack.channels.pop(channel.id), id=CHANNEL)
        yield slack


@contextmanager
def serving(
    folder: Path, slack: FakeSlack, clock: StepClock, *, slack_waits: SlackWaits | None = None, **changes: Any
) -> Iterator[Company]:
    """The whole app on a socket of its own, connected to Slack."""
    settings, seconds = settings_for(folder, slack, **changes), [0.0]
    waits = Waits(pace=Pace({}), seconds=lambda: seconds[0], slack=slack_waits or SlackWaits())
    before = len(slack.calls)
    with build(settings, clock, waits) as app, served(app) as running:
        slack.wait_until(lambda: any(call.method == "users.list" for call in slack.calls[before:]))
        [workspace] = running.call(app.tools.workspaces())
        running.call(first_sync(app, workspace))
        yield Company(slack=slack, clock=clock, folder=folder, running=running, seconds=seconds, workspace=workspace)


async def first_sync(app: App, workspace: WorkspaceId) -> None:
    """To the end of the pass that connecting began."""
    async with app.tools.syncing[workspace]:
        pass


@contextmanager
def served(app: App) -> Iterator[Running]:
    listener = listen("127.0.0.1", 0)
    ready, loops = threading.Event(), list[asyncio.AbstractEventLoop]()

    def on_ready() -> None:
        loops.append(asyncio.get_running_loop())
        ready.set()

    config = uvicorn.Config(app.asgi(on_ready), access_log=False, log_config=None, lifespan="on", ws="none")
    with in_a_thread(config, listener):
        assert ready.wait(20), "the server did not start"
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        yield Running(app=app, address=address, loop=loops[0])


def found_company(folder: Path) -> None:
    """Synced from Slack, then the roles and managers that Slack doesn't know are imported."""
    clock = StepClock(moment=START)
    with a_slack(clock) as slack:
        upgrade(settings_for(folder, slack))
        with serving(folder, slack, clock) as company:
            company.sync_people()
            company.write(organise)


def organise(uow: UnitOfWork, channel: str = f"slack:{CHANNEL}") -> None:
    rows = [
        dict(zip(COLUMNS, (email(handle), name, place, boss and email(boss), roles), strict=True))
        for handle, name, place, boss, roles in STAFF
    ]
    import_people(uow, _operator(uow), rows)
    year = uow.now.year
    uow.save_workspace(
        replace(
            uow.workspace,
            compliance_channel=channel,
            period_start=date(year, 7, 1),
            period_end=date(year + 1, 6, 30),
        )
    )
