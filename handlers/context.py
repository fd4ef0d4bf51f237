"""What every handler is given: who asks, and the unit of work."""

from dataclasses import dataclass

from handlers.requests import SharedFile
from handlers.views.elements import Option
from tasks.business_days import BusinessCalendar, calendar_of
from tasks.errors import Invalid
from tasks.evidence import FileReference
from tasks.identifiers import TaskId
from tasks.people import Actor, Person
from tasks.ports import UnitOfWork
from tasks.wording import shortened


@dataclass(frozen=True, kw_only=True)
class Context:
    uow: UnitOfWork
    person: Person
    actor: Actor

    @property
    def calendar(self) -> BusinessCalendar:
        return calendar_of(self.person, self.uow.workspace)

    def references(self, files: tuple[SharedFile, ...]) -> tuple[FileReference, ...]:
        return tuple(
            FileReference(
                platform=self.actor.platform,
                reference=one.reference,
                name=one.name,
                declared_type=one.declared_type,
                size=one.size,
            )
            for one in files
        )

    def colleagues(self, *, but: Person | None = None) -> tuple[Option, ...]:
        """Everybody who can own or answer something, by name."""
        return tuple(
            Option(value=one.id, label=one.name, note=one.department)
            for one in self.uow.people.everyone()
            if one.active and not one.guest and not (but and one.id == but.id)
        )

    def task_of_message(self, conversation: str, message: str) -> TaskId | None:
        """The task whose message this was written or dropped under."""
        return self.uow.notices.task_of_message(self.actor.platform, conversation, message) if message else None

    def person_named(self, words: str) -> Person:
        """By e-mail, by @ and the platform's own id, or by the whole name; after @ also by what stands before the @ of
        their e-mail, which is what people know each other by."""
        text = words.strip()
        people = self.uow.people
        handle = _mentioned(text)
        found = people.by_email(text) or people.by_identity(self.actor.platform, handle)
        if found:
            return found
        everyone = [one for one in people.everyone() if one.active]
        named = [one for one in everyone if one.name.lower() == handle.lower()]
        if text.startswith("@") and not named:
            named = [one for one in everyone if one.email.partition("@")[0].lower() == handle.lower()]
        if len(named) != 1:
            raise Invalid(f"I don't know who “{shortened(text, 60)}” is. Use their e-mail address.")
        return named[0]


def _mentioned(text: str) -> str:
    """The bare name or id of @ann, <@U123> and <@U123|ann>."""
    return text.removeprefix("<").removesuffix(">").partition("|")[0].removeprefix("@")
