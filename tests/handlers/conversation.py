"""A company in memory, and its people typing, pressing and sending through the real router.

Olga owns the builders' task; Max is her manager, Sue his; Hans is a colleague of hers; Iris leads IT; Lee is the
compliance lead; Zoe of sales has nothing to do with any of it. Gus is a guest, Ina has left.
"""

from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass, replace
from datetime import datetime

from handlers.actions import Action, decode, encode
from handlers.describe_notice import describe
from handlers.replies import FormErrors, OpenForm, Replace, Reply, Show
from handlers.requests import (
    ButtonPressed,
    CommandTyped,
    FileShared,
    FormSubmitted,
    Request,
    SharedFile,
    Source,
    TextSent,
    Value,
)
from handlers.router import Router
from handlers.views.elements import ActionButton, Button, Element, Form, FormButton, ManyField, View
from tasks.controls import Control
from tasks.evidence import Evidence, EvidenceKind, EvidenceState, IpeCard
from tasks.identifiers import EvidenceId, PersonId, TaskId, WorkspaceId
from tasks.model import Task
from tasks.notices import Notice
from tasks.operations.deliver_notices import claim_notices, edits_owed, record_edited, record_sent
from tasks.people import Person, Role, Workspace
from tasks.ports import Identity
from tests.builders import a_control, a_person, a_task, a_workspace
from tests.fakes import MONDAY, FakeUnitOfWork, FakeUnitsOfWork, FixedClock
from tests.in_memory.state import State

ACME = WorkspaceId("acme")
TASK = TaskId("task-1")
PEOPLE = (
    a_person("olga", manager_id=PersonId("max")),
    a_person("hans", manager_id=PersonId("max")),
    a_person("max", manager_id=PersonId("sue")),
    a_person("sue", department="board"),
    a_person("iris", Role.DEPARTMENT_LEAD),
    a_person("lee", Role.COMPLIANCE_LEAD, department="legal"),
    a_person("zoe", department="sales"),
    a_person("gus", guest=True),
    a_person("ina", active=False),
)


class Conversation:
    def __init__(
        self,
        *tasks: Task,
        controls: Sequence[Control] = (),
        people: Sequence[Person] = (),
        workspace: Workspace | None = None,
        now: datetime = MONDAY,
    ) -> None:
        """`people` take the place of those of the same name."""
        self.clock = FixedClock(now)
        self.units = FakeUnitsOfWork(self.clock, workspace or a_workspace())
        self.router = Router(self.units)
        for person in {one.id: one for one in (*PEOPLE, *people)}.values():
            self.uow.people.add(person)
            self.uow.people.link(Identity(platform="slack", external_id=f"U-{person.id}", person_id=person.id))
        for control in controls or (a_control(),):
            self.uow.controls.add(control)
        self.uow.tasks.put(*(tasks or (a_task(),)))

    @property
    def state(self) -> State:
        return self.units.states[ACME]

    @property
    def uow(self) -> FakeUnitOfWork:
        return FakeUnitOfWork(now=self.clock.now(), state=self.state)

    def task(self, task_id: TaskId = TASK) -> Task:
        return self.uow.tasks.get(task_id)

    def evidence(self, task_id: TaskId = TASK) -> list[Evidence]:
        return [one for one in self.uow.evidence.of_task(task_id) if one.state is not EvidenceState.REMOVED]

    # what people do

    async def type(self, who: str, text: str, *, delivery: str = "") -> Reply:
        return await self.send(CommandTyped(source=source(who, delivery=delivery), text=text))

    async def press(self, who: str, what: Button | Action, *, delivery: str = "") -> Reply:
        act = what if isinstance(what, Action) else action_of(what)
        return await self.send(ButtonPressed(source=source(who, delivery=delivery), action=act))

    async def open(self, who: str, what: Button | Action) -> Form:
        return form_in(await self.press(who, what))

    async def submit(self, who: str, form: Form, *, delivery: str = "", **values: Value) -> Reply:
        """With what stands in the form already, as a platform sends it."""
        everything = {**standing_in(form), **values}
        return await self.send(
            FormSubmitted(source=source(who, delivery=delivery), action=form.action, values=everything)
        )

    async def drop(self, who: str, *files: SharedFile, thread: str = "") -> Reply:
        return await self.send(FileShared(source=source(who), files=files, thread=thread))

    async def say(self, who: str, text: str, *, thread: str = "") -> Reply:
        return await self.send(TextSent(source=source(who), text=text, thread=thread))

    async def send(self, request: Request) -> Reply:
        return await self.router(request)

    # what the clock does

    def deliver(self) -> dict[str, View]:
        """Sends what is owed; by person and occasion."""
        sent = {}
        for notice in claim_notices(self.uow, limit=100):
            view = describe(self.uow, notice)
            if view:
                conversation = f"dm-{notice.person_id}"
                record_sent(self.uow, notice, platform="slack", conversation=conversation, message=f"m-{notice.id}")
                sent[name_of(notice)] = view
        return sent

    def edit(self) -> dict[str, View]:
        """Edits the messages whose task has changed; by person and occasion."""
        edited = {}
        for message, notice in edits_owed(self.uow, limit=100):
            record_edited(self.uow, message)
            view = describe(self.uow, notice)
            if view:
                edited[name_of(notice)] = view
        return edited

    # shortcuts to where a test begins

    def owed(self) -> list[str]:
        return [name_of(one) for one in self.state.notices.values()]

    def prompt(self, who: str = "olga") -> str:
        """The message of the person's latest notice."""
        found = [one.message for one in self.state.messages.values() if one.conversation == f"dm-{who}"]
        return found[-1]

    def attach(self, handle: str = "leavers", item: str = "leaver-list", **changes: object) -> Evidence:
        """A file that was fetched, checked and given its source card."""
        evidence = Evidence(
            id=EvidenceId(handle),
            task_id=TASK,
            item=item,
            kind=EvidenceKind.FILE,
            name=f"{handle}.csv",
            reference=f"F-{handle}",
            platform="slack",
            state=EvidenceState.BOUND,
            sha256="ab" * 32,
            row_count=3,
            added_by=PersonId("olga"),
            added_at=self.clock.now(),
            card=a_card(),
        )
        evidence = replace(evidence, **changes)  # type: ignore[arg-type]
        self.uow.evidence.add(evidence)
        return evidence


def a_card(source: str = "Okta", query: str = "report “Leavers”") -> IpeCard:
    task = a_task()
    return IpeCard(
        source=source,
        query=query,
        span_start=task.span_start,
        span_end=task.span_end,
        row_count=3,
        run_by=PersonId("olga"),
        run_at=MONDAY,
        changed_after=False,
    )


def source(who: str, *, delivery: str = "") -> Source:
    return Source(
        platform="slack",
        workspace=ACME,
        user=f"U-{who}",
        conversation=f"dm-{who}",
        message="m-acted-on",
        delivery=delivery,
    )


def a_file(name: str = "leavers.csv", reference: str = "F1") -> SharedFile:
    return SharedFile(reference=reference, name=name, declared_type="text/csv", size=100)


def name_of(notice: Notice) -> str:
    return f"{notice.key.recipient.partition(':')[2] or notice.key.recipient} {notice.key.occasion}"


def action_of(button: Button) -> Action:
    """As it comes back from a platform."""
    assert isinstance(button, ActionButton | FormButton)
    act = decode(encode(button.action))
    assert act is not None
    return act


def view_in(reply: Reply) -> View:
    assert isinstance(reply, Show | Replace), reply
    return reply.view


def form_in(reply: Reply) -> Form:
    assert isinstance(reply, OpenForm), reply
    return reply.form


def errors_in(reply: Reply) -> dict[str, str]:
    assert isinstance(reply, FormErrors), reply
    return dict(reply.errors)


def standing_in(form: Form) -> dict[str, Value]:
    return {
        field.name: field.values if isinstance(field, ManyField) else getattr(field, "value", ())
        for field in form.fields
    }


def words_of(thing: View | Form | Reply) -> str:
    """Everything it says, one text a line."""
    shown = thing if isinstance(thing, View | Form) else getattr(thing, "view", None) or getattr(thing, "form", None)
    assert shown is not None, thing
    return "\n".join(texts_in(shown))


def texts_in(thing: object) -> Iterator[str]:
    if isinstance(thing, str):
        yield thing
    elif isinstance(thing, tuple):
        for one in thing:
            yield from texts_in(one)
    elif is_dataclass(thing) and not isinstance(thing, Action | type):
        for field in fields(thing):
            if field.name not in ("name", "style", "tone", "url"):
                yield from texts_in(getattr(thing, field.name))


def buttons_in(thing: View | Form | Element) -> list[Button]:
    return list(_buttons(thing))


def _buttons(thing: object) -> Iterator[Button]:
    if isinstance(thing, Button):
        yield thing
    elif isinstance(thing, tuple):
        for one in thing:
            yield from _buttons(one)
    elif is_dataclass(thing) and not isinstance(thing, type):
        for field in fields(thing):
            yield from _buttons(getattr(thing, field.name))


def labels_in(thing: View | Form) -> list[str]:
    return [one.label for one in buttons_in(thing)]


def button_in(thing: View | Reply, label: str) -> Button:
    """The first of that label."""
    view = thing if isinstance(thing, View) else view_in(thing)
    found = [one for one in buttons_in(view) if one.label == label]
    assert found, f"no “{label}” among {labels_in(view)}"
    return found[0]


def field_in(form: Form, name: str) -> object:
    return next(one for one in form.fields if one.name == name)


def value_in(form: Form, name: str) -> str:
    return str(getattr(field_in(form, name), "value", ""))


def names_in(form: Form) -> list[str]:
    return [one.name for one in form.fields]
