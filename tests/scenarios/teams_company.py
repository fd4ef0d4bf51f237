"""The company of tests/scenarios/company.py on Teams: the same story, the same people, no Slack."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bot.pacing import Pace
from bot.settings import Environment, Settings
from bot.store import upgrade
from bot.wiring import Waits, build
from tasks.ports import UnitOfWork
from tests.bot.a_company import StepClock
from tests.fake_teams import Chat, Dialog, FakeTeams, File, Message
from tests.fake_teams.cards import actions_of, words_of
from tests.fake_teams.records import Json
from tests.scenarios.company import PDF, STAFF, START, House, Running, email, organise, served
from tests.teams_activities import TeamsSender

QUICKLY = 0.02
"""Seconds of real time until Microsoft is asked again."""
IT_CHANNEL = "19:it@thread.tacv2"


@dataclass(kw_only=True)
class TeamsCompany(House):
    teams: FakeTeams
    sends_to: TeamsSender = field(init=False)

    def __post_init__(self) -> None:
        self.sends_to = TeamsSender(self.running.address, self.teams)

    # what people do

    def does(self, activity: Json, *, times: int = 1) -> Json:
        """Sent, answered, and everything done that follows from it. Returns the answer to an invoke."""
        answer: Json = {}
        for _ in range(times):
            response = self.sends_to.send(activity)
            assert response.status_code == 200, (response.status_code, response.text)
            answer = response.json() if response.content else {}
        if activity["type"] == "invoke":
            self.sends_to.apply(activity, answer)
        self.settle()
        return answer

    def settle(self) -> None:
        """Until what was begun after the answer is done."""
        teams = self.running.app.teams
        assert teams
        self.running.call(teams.idle())
        self.run_due_jobs()

    def installs(self, handle: str) -> None:
        self.does(self.sends_to.installs(handle))

    def writes(self, handle: str, text: str, *, chat: Chat | None = None, **parts: Any) -> Message:
        """Returns what they see last in their own chat."""
        self.does(self.sends_to.says(handle, text, chat=chat, **parts))
        return self.chat(handle)[-1]

    def writes_into_the_void(self, handle: str, text: str) -> None:
        """They may see no answer."""
        self.does(self.sends_to.says(handle, text))

    def clicks(self, handle: str, label: str, on: Message, nth: int = 0) -> Json:
        return self.does(self.sends_to.press(handle, label, on, nth))

    def opens_dialog(self, handle: str, label: str, on: Message) -> Dialog:
        self.clicks(handle, label, on)
        return self.sends_to.open_dialog(handle)

    def fills_in(self, handle: str, answers: Mapping[str, Any]) -> Json:
        return self.does(self.sends_to.submit(handle, answers))

    def gives(self, handle: str, name: str = "proof.pdf", content: bytes = PDF, media_type: str = "") -> Message:
        """Drops a file into their chat."""
        file = self.file(name, content, media_type)
        self.does(self.sends_to.drops(handle, file))
        return self.chat(handle)[-1]

    def file(self, name: str = "proof.pdf", content: bytes = PDF, media_type: str = "") -> File:
        return self.teams.add_file(name, content, media_type or "application/octet-stream")

    # what people see

    def chat(self, handle: str) -> list[Message]:
        return self.teams.messages_to(handle)

    def asked(self, handle: str = "olga", words: str = "") -> Message:
        """The bot's last message to them that has these words."""
        found = [one for one in self.chat(handle) if words in seen(one)]
        assert found, f"{handle} has no message with {words!r}; they have {[seen(one) for one in self.chat(handle)]}"
        return found[-1]


def seen(what: Message | Dialog) -> str:
    if isinstance(what, Dialog):
        return "\n".join([what.title, what.words, *words_of(what.card)])
    return "\n".join([*words_of(what.card), str(what.activity.get("text", ""))])


def presses_of(message: Message) -> list[str]:
    return [action["title"] for action in actions_of(message.card)]


def teams_settings(folder: Path, teams: FakeTeams, **changes: Any) -> Settings:
    return Settings(
        environment=Environment.LOCAL,
        database_url=f"sqlite:///{folder / 'soc2.db'}",
        evidence_url=str(folder / "evidence"),
        teams_app_id=teams.app_id,
        teams_app_password=SecretStr(teams.password),
        teams_tenant_id=teams.tenant,
        teams_openid_url=teams.openid_url,
        teams_authority_url=teams.host,
        teams_service_url=teams.host,
        **{"browser_chat": False, **changes},
    )


@contextmanager
def a_tenant() -> Iterator[FakeTeams]:
    with FakeTeams() as teams:
        for handle, name, *_ in STAFF:
            teams.add_person(handle, name, email(handle))
        assert teams.add_team("it").id == IT_CHANNEL
        yield teams


@contextmanager
def serving_teams(folder: Path, teams: FakeTeams, clock: StepClock, **changes: Any) -> Iterator[TeamsCompany]:
    """The whole app on a socket of its own, connected to Teams."""
    seconds = [0.0]
    waits = Waits(pace=Pace({}), seconds=lambda: seconds[0], teams_retry=QUICKLY)
    with build(teams_settings(folder, teams, **changes), clock, waits) as app, served(app) as running:
        assert app.teams
        assert running.call(app.teams.identify())
        if not running.call(app.tools.workspaces()):
            tells_of_the_tenant(running, teams)
        [workspace] = running.call(app.tools.workspaces())
        yield TeamsCompany(
            teams=teams, clock=clock, folder=folder, running=running, seconds=seconds, workspace=workspace
        )


def tells_of_the_tenant(running: Running, teams: FakeTeams) -> None:
    """With the first activity of a tenant its workspace is there."""
    sender = TeamsSender(running.address, teams)
    assert sender.send(sender.activity("conversationUpdate", "lea")).status_code == 200


def found_teams_company(folder: Path) -> None:
    """Everybody has installed the app; the roles and managers that Teams doesn't know are imported."""
    with a_tenant() as teams:
        upgrade(teams_settings(folder, teams))
        with serving_teams(folder, teams, StepClock(moment=START)) as company:
            for handle, *_ in STAFF:
                company.installs(handle)
            company.write(lambda uow: organise(uow, f"teams:{IT_CHANNEL}"))


@contextmanager
def a_teams_company(folder: Path, **changes: Any) -> Iterator[TeamsCompany]:
    """`folder` holds a copy of the founded company's database."""
    clock = StepClock(moment=START)
    with a_founded_tenant() as teams, serving_teams(folder, teams, clock, **changes) as company:
        company.write(lambda uow: move_service(uow, teams))
        yield company
        company.run_due_jobs()
        assert teams.violations == []


@contextmanager
def a_founded_tenant() -> Iterator[FakeTeams]:
    with a_tenant() as teams:
        for handle in teams.people:
            teams.people[handle].installed = True
            teams.chat_with(handle)
        yield teams


def move_service(uow: UnitOfWork, teams: FakeTeams) -> None:
    """The company was founded while Teams had another address."""
    for person in teams.people.values():
        known = uow.conversations.find("teams", person.id)
        assert known, person.handle
        uow.conversations.save(replace(known, service_url=teams.service_url))
