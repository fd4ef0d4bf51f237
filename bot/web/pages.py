"""What a page shows, from what the database holds: names, times in the person's zone, messages in order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from hashlib import sha256
from itertools import groupby
from zoneinfo import ZoneInfo

from markupsafe import Markup

from bot.web.collaborators import Chat, Somebody
from bot.web.conversations import (
    BOT,
    UNREAD,
    ChatMessage,
    ChatUnit,
    Revision,
    channel,
    direct,
    latest_change,
    path_of,
    visible,
)
from bot.web.html import page
from bot.web.sessions import Session
from bot.web.starting_points import starting_points
from tasks.identifiers import PersonId, WorkspaceId
from tasks.people import Person, Role

MOST_SHOWN = 200
HUES = 8
NO_DEPARTMENT = "No department"
DEPARTMENTS = {"": NO_DEPARTMENT, "hr": "HR", "it": "IT"}
ROLES = {
    Role.EXECUTIVE_SPONSOR: "Executive sponsor",
    Role.COMPLIANCE_LEAD: "Compliance lead",
    Role.DEPARTMENT_LEAD: "Department lead",
    Role.AUDITOR: "Auditor",
    Role.ADMIN: "Admin",
}


@dataclass(frozen=True, kw_only=True)
class Visit:
    """One person at one conversation."""

    session: Session
    workspace: WorkspaceId
    person: Person
    conversation: str

    @property
    def is_direct(self) -> bool:
        return self.conversation == direct(self.person.id)


@dataclass(frozen=True, kw_only=True)
class Who:
    id: str
    workspace: str
    name: str
    role: str
    department: str
    open_tasks: int = 0
    conversation: str = ""
    revision: Revision = UNREAD

    @property
    def initials(self) -> str:
        words = self.name.split() or ["?"]
        return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()

    @property
    def hue(self) -> int:
        return sha256(self.name.encode()).digest()[0] % HUES


@dataclass(frozen=True, kw_only=True)
class Place:
    conversation: str
    path: str
    sign: str
    name: str
    revision: Revision


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A message as it stands on the page."""

    id: int
    author: str
    who: Who | None
    from_bot: bool
    mine: bool
    private: bool
    can_reply: bool
    html: Markup
    stamp: str
    time: str
    day: str
    edited: str
    opens_day: bool


@dataclass(frozen=True, kw_only=True)
class Look:
    """What one reading of the database gave."""

    messages: Sequence[ChatMessage]
    revision: Revision
    people: Mapping[str, Person]
    revisions: Mapping[str, Revision]


def look(
    unit: ChatUnit, visit: Visit, *, since: Revision = UNREAD, beside: Mapping[str, PersonId] | None = None
) -> Look:
    """`beside`: other conversations whose last change is wanted, and for whom."""
    person, conversation = visit.person.id, visit.conversation
    revision = latest_change(unit.chat, conversation, person)
    messages = visible(unit.chat, conversation, person, since=since, limit=MOST_SHOWN) if since != revision else []
    authors = {message.author for message in messages} - {BOT}
    found = (unit.people.find(PersonId(author)) for author in authors)
    return Look(
        messages=messages,
        revision=revision,
        people={person.id: person for person in found if person},
        revisions={place: latest_change(unit.chat, place, reader) for place, reader in (beside or {}).items()},
    )


async def people_page(chat: Chat, session: Session, people: Sequence[Somebody]) -> str:
    everybody = sorted(
        whos(people, await _revisions(chat, people)),
        key=lambda who: (who.department == NO_DEPARTMENT, who.department, who.name),
    )
    departments = [(name, list(group)) for name, group in groupby(everybody, key=lambda who: who.department)]
    by_id = {who.id: who for who in everybody}
    starts = [(by_id[item.person.id], why) for item, why in starting_points(people)]
    return page("people.html", departments=departments, starts=starts, token=chat.sessions.token(session))


async def _revisions(chat: Chat, people: Sequence[Somebody]) -> dict[str, Revision]:
    """How far each one's direct messages go."""
    found: dict[str, Revision] = {}
    for workspace in {item.workspace for item in people}:
        here = [item.person.id for item in people if item.workspace == workspace]
        found |= await chat.units.read(workspace, partial(_direct_revisions, people=here))
    return found


def _direct_revisions(unit: ChatUnit, *, people: Sequence[PersonId]) -> dict[str, Revision]:
    return {direct(person): latest_change(unit.chat, direct(person), person) for person in people}


def chat_page(chat: Chat, visit: Visit, seen: Look, people: Sequence[Somebody], *, reply_to: str) -> str:
    others = whos(people, seen.revisions)
    me = next((who for who in others if who.id == visit.person.id), _who(visit.workspace, visit.person))
    shown = show(visit, seen)
    reply = next((item for item in shown if str(item.id) == reply_to and item.can_reply), None)
    return page(
        "chat.html",
        **_guards(chat, visit),
        title="Direct messages with soc2bot" if visit.is_direct else f"#{visit.conversation.partition(':')[2]}",
        subtitle="Only you and soc2bot read this" if visit.is_direct else "Everybody reads this",
        direct=visit.is_direct,
        me=me,
        others=others,
        places=_places(chat, visit, seen),
        messages=shown,
        revision=seen.revision,
        reply={"id": reply.id, "title": f"message of {reply.time}"} if reply else None,
        here=path_of(visit.conversation),
        commands=[_command(usage, help_line) for usage, help_line in chat.commands],
        today=_short_day(chat.clock.now().astimezone(_zone(visit.person))) if chat.move_clock else "",
    )


def _command(usage: str, help_line: str) -> dict[str, str]:
    word, _, more = usage.partition(" ")
    return {"word": word, "more": more, "help": help_line}


def changes(chat: Chat, visit: Visit, seen: Look) -> str:
    """The changed messages alone. Each opens its day: only the page knows what stands above."""
    return page("changes.html", **_guards(chat, visit), messages=show(visit, seen))


def _guards(chat: Chat, visit: Visit) -> dict[str, str]:
    return {
        "token": chat.sessions.token(visit.session),
        "nonce": chat.new_id(),
        "conversation": visit.conversation,
    }


def show(visit: Visit, seen: Look) -> list[Shown]:
    shown: list[Shown] = []
    for message in seen.messages:
        before = shown[-1].day if shown else ""
        shown.append(_shown(visit, seen, message, before))
    return shown


def _shown(visit: Visit, seen: Look, message: ChatMessage, day_before: str) -> Shown:
    local = message.at.astimezone(_zone(visit.person))
    edited = message.edited_at.astimezone(_zone(visit.person)) if message.edited_at else None
    author = seen.people.get(message.author)
    from_bot = message.author == BOT
    return Shown(
        id=message.id,
        author="soc2bot" if from_bot else author.name if author else "Somebody",
        who=None if from_bot else _who(visit.workspace, author) if author else _nobody(message.author),
        from_bot=from_bot,
        mine=message.author == visit.person.id,
        private=message.conversation != visit.conversation,
        can_reply=from_bot and visit.is_direct,
        html=Markup(message.html),  # noqa: S704 - written by our own templates, which escape
        stamp=local.isoformat(timespec="seconds"),
        time=f"{local:%H:%M}",
        day=_long_day(local),
        edited=_later(edited, local) if edited else "",
        opens_day=_long_day(local) != day_before,
    )


def _later(edited: datetime, posted: datetime) -> str:
    same_day = edited.date() == posted.date()
    return f"{edited:%H:%M}" if same_day else f"{edited.day} {edited:%b}, {edited:%H:%M}"


def _places(chat: Chat, visit: Visit, seen: Look) -> list[Place]:
    mine = direct(visit.person.id)
    channels = [(channel(name), "#", name) for name in chat.channels]
    return [
        Place(conversation=key, path=path_of(key), sign=sign, name=name, revision=seen.revisions.get(key, UNREAD))
        for key, sign, name in [(mine, "✉", "soc2bot"), *channels]
    ]


def beside(chat: Chat, visit: Visit, people: Sequence[Somebody]) -> dict[str, PersonId]:
    """Every conversation that the page names, and who would read it."""
    everybody = {direct(item.person.id): item.person.id for item in people if item.workspace == visit.workspace}
    return everybody | {channel(name): visit.person.id for name in chat.channels}


def whos(people: Sequence[Somebody], revisions: Mapping[str, Revision]) -> list[Who]:
    managers = {item.person.manager_id for item in people}
    return [
        _who(
            item.workspace,
            item.person,
            manages=item.person.id in managers,
            open_tasks=item.open_tasks,
            revision=revisions.get(direct(item.person.id), UNREAD),
        )
        for item in people
    ]


def _who(
    workspace: WorkspaceId, person: Person, *, manages: bool = False, open_tasks: int = 0, revision: Revision = UNREAD
) -> Who:
    department = DEPARTMENTS.get(person.department, person.department.capitalize())
    granted = [label for role, label in ROLES.items() if person.has(role)]
    member = f"Manager, {department}" if manages else department
    return Who(
        id=person.id,
        workspace=workspace,
        name=person.name,
        role=granted[0] if granted else member,
        department=department,
        open_tasks=open_tasks,
        conversation=direct(person.id),
        revision=revision,
    )


def _nobody(author: str) -> Who:
    return Who(id=author, workspace="", name="Somebody", role="", department="")


def _zone(person: Person) -> ZoneInfo:
    try:
        return ZoneInfo(person.time_zone)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")


def _long_day(moment: datetime) -> str:
    return f"{moment:%A} {moment.day} {moment:%B}"


def _short_day(moment: datetime) -> str:
    return f"{moment:%a} {moment.day} {moment:%b} {moment.year}"
