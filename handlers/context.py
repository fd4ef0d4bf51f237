"""What every handler is given: who asks, and the unit of work."""

from dataclasses import dataclass

from handlers.requests import SharedFile
from handlers.views.elements import Option
from tasks.business_days import BusinessCalendar, calendar_of
from tasks.errors import Invalid
from tasks.identifiers import TaskId
from tasks.operations.attach_evidence import FileReference
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
        """By e-mail, by @ and the platform's own id, or by the whole name."""
        text = words.strip()
        people = self.uow.people
        found = people.by_email(text) or people.by_identity(self.actor.platform, text.removeprefix("@"))
        if found:
            return found
        named = [one for one in people.everyone() if one.name.lower() == text.removeprefix("@").lower()]
        if len(named) != 1:
            raise Invalid(f"I don't know who “{shortened(text, 60)}” is. Use their e-mail address.")
        return named[0]
