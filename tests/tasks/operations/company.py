"""A small company in memory, and how its people act in it.

Olga owns the builders' task and control; Max is her manager, Sue is his and the executive sponsor; Dan is a colleague
who stands in for her; Carl, of finance, contributes; Lee is the compliance lead, Ada the admin, Zoe a stranger.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Concatenate, ParamSpec, TypeVar

import pytest

from tasks.audit import Entry
from tasks.controls import ControlText
from tasks.errors import DomainError
from tasks.evidence import Evidence, FileReference, IpeCard
from tasks.identifiers import PersonId, TaskId, WorkspaceId
from tasks.model import Answer, Deviation, Finding, Task
from tasks.notices import Notice, NoticeState, Occasion
from tasks.operations.answer_task import FoundProblem, Given, Shortfall, ZeroResult, answer_task
from tasks.operations.attach_evidence import attach_files, attach_text
from tasks.operations.check_files import bind_file
from tasks.people import Actor, Person, Role
from tasks.ports import UnitOfWork
from tests.builders import a_control, a_control_text, a_person, a_task, a_workspace
from tests.fakes import MONDAY, FakeUnitOfWork, FakeUnitsOfWork, FixedClock
from tests.in_memory.state import State

P = ParamSpec("P")
R = TypeVar("R")
E = TypeVar("E", bound=DomainError)

ACME = WorkspaceId("acme")
TASK = TaskId("task-1")
CONTROL = a_control().id
MESSAGE = "message-7"

OLGA = a_person("olga", manager_id=PersonId("max"))
DAN = a_person("dan", manager_id=PersonId("max"))
MAX = a_person("max", manager_id=PersonId("sue"))
SUE = a_person("sue", Role.EXECUTIVE_SPONSOR, department="board")
CARL = a_person("carl", department="finance")
LEE = a_person("lee", Role.COMPLIANCE_LEAD, department="legal")
ADA = a_person("ada", Role.ADMIN, department="board")
ZOE = a_person("zoe", department="sales")
EVERYBODY = (OLGA, DAN, MAX, SUE, CARL, LEE, ADA, ZOE)

BARE = a_control_text(evidence=())
"""A control that asks for no evidence."""
DONE = Given(answer=Answer.DONE)
SHORTFALL = Shortfall(cause="Nobody was told", look_back="Checked all leavers of October", correction="By 1 December")
NOT_DONE = Given(answer=Answer.NOT_DONE, shortfall=SHORTFALL)
ZERO = Given(answer=Answer.NOTHING_TO_REPORT, zero=ZeroResult(source="HR system", query="left in October 2026"))


def found(*problems: str, owner: str = "carl") -> Given:
    listed = (FoundProblem(description=one, owner_id=PersonId(owner), due_on=date(2026, 12, 1)) for one in problems)
    return Given(answer=Answer.DONE_FOUND_PROBLEMS, problems=tuple(listed))


class Company:
    """`company.by("olga", answer_task, TASK, 1, DONE)`: Olga does it in a unit of work of its own."""

    def __init__(self, *changed: Person, text: ControlText, tasks: tuple[Task, ...], now: datetime) -> None:
        self.clock = FixedClock(now)
        self.units = FakeUnitsOfWork(self.clock, a_workspace())
        self.uow = FakeUnitOfWork(now=now, state=self.state)
        for person in {person.id: person for person in (*EVERYBODY, *changed)}.values():
            self.uow.people.add(person)
        self.control = a_control(text=text)
        self.uow.controls.add(self.control)
        self.uow.tasks.put(*tasks)

    def by(
        self, who: str, operation: Callable[Concatenate[UnitOfWork, Actor, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        def work(uow: UnitOfWork) -> R:
            person = uow.people.find(PersonId(who))
            platform = "slack" if person else who
            return operation(uow, Actor(person=person, platform=platform, message=MESSAGE, at=uow.now), *args, **kwargs)

        return self.units.write_now(ACME, work)

    def run(self, operation: Callable[Concatenate[UnitOfWork, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """What a job does, or a look at something."""
        return self.units.write_now(ACME, lambda uow: operation(uow, *args, **kwargs))

    def refused(
        self,
        error: type[E],
        who: str,
        operation: Callable[Concatenate[UnitOfWork, Actor, P], object],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> E:
        """The operation is refused, and nothing is left of it: no change, no audit entry."""
        before = self.snapshot()
        with pytest.raises(error) as refusal:
            self.by(who, operation, *args, **kwargs)
        assert self.snapshot() == before
        return refusal.value

    @property
    def state(self) -> State:
        return self.units.states[ACME]

    @property
    def task(self) -> Task:
        return self.state.tasks[TASK]

    @property
    def entries(self) -> list[str]:
        return [entry.what for entry in self.state.entries]

    @property
    def last_entry(self) -> Entry:
        return self.state.entries[-1]

    @property
    def findings(self) -> list[Finding]:
        return list(self.uow.answers.findings(TASK))

    @property
    def deviations(self) -> list[Deviation]:
        return list(self.uow.answers.deviations(TASK))

    def person(self, who: str) -> Person:
        return self.state.people[PersonId(who)]

    def evidence(self, evidence: Evidence) -> Evidence:
        return self.state.evidence[evidence.id]

    def notices(self, occasion: Occasion) -> list[Notice]:
        return [notice for notice in self.state.notices.values() if notice.key.occasion is occasion]

    def told(self, occasion: Occasion) -> list[str]:
        """Who is owed such a notice, or was."""
        owed = [notice for notice in self.notices(occasion) if notice.state is not NoticeState.SKIPPED]
        return [notice.key.recipient.removeprefix("person:") for notice in owed]

    def snapshot(self) -> Mapping[str, object]:
        state = self.state
        return {name: repr(value) for name, value in vars(state).items()}

    # --- steps on the way to what a test is about

    def answers(self, who: str = "olga", given: Given = DONE) -> Task:
        return self.by(who, answer_task, TASK, self.task.version, given)

    def attaches(self, who: str = "olga", *, item: str = "", name: str = "list.csv", task: TaskId = TASK) -> Evidence:
        return self.by(who, attach_files, task, [a_file(name)], item=item)[0]

    def writes(self, who: str = "olga", text: str = "As agreed", *, item: str = "") -> Evidence:
        return self.by(who, attach_text, TASK, text, item=item)

    def binds(self, evidence: Evidence, sha256: str = "aa", rows: int | None = 12) -> Evidence:
        return self.run(bind_file, evidence.id, sha256=sha256, media_type="text/csv", size=99, row_count=rows)

    def has_population(self) -> Evidence:
        """The required list, with its card."""
        listed = self.attaches(item="leaver-list")
        self.uow.evidence.save(replace(listed, card=a_card()))
        return self.evidence(listed)

    def sent(self, notice: Notice) -> None:
        """As if delivery had done it."""
        self.uow.notices.save(replace(notice, state=NoticeState.SENT))


def a_company(
    *changed: Person,
    text: ControlText = BARE,
    tasks: tuple[Task, ...] = (a_task(),),
    now: datetime = MONDAY,
) -> Company:
    """People given stand in for those of the same id. `text` is the control's."""
    return Company(*changed, text=text, tasks=tasks, now=now)


def with_acceptance(*changed: Person, text: ControlText = BARE, **task: Any) -> Company:
    """A company whose control asks for a second person's acceptance."""
    return a_company(*changed, text=replace(text, acceptance=True), tasks=(a_task(needs_acceptance=True, **task),))


def a_file(name: str = "list.csv") -> FileReference:
    return FileReference(platform="slack", reference=f"F-{name}", name=name, declared_type="text/csv", size=99)


def a_card(**changes: Any) -> IpeCard:
    return replace(
        IpeCard(
            source="HR system",
            query="left in October 2026",
            span_start=date(2026, 10, 1),
            span_end=date(2026, 10, 31),
            row_count=12,
            run_by=PersonId("olga"),
            run_at=MONDAY,
            changed_after=False,
        ),
        **changes,
    )


def on_leave(person: Person, delegate: str | None = "dan", **changes: Any) -> Person:
    away = replace(
        person,
        away_from=date(2026, 11, 1),
        away_until=date(2026, 11, 20),
        delegate_id=PersonId(delegate) if delegate else None,
    )
    return replace(away, **changes)
