"""Everything one person may see of one task, gathered once; the views only lay it out."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from tasks import completeness, duties
from tasks.controls import ControlText, EvidenceItem
from tasks.errors import NotFound
from tasks.evidence import Evidence, EvidenceState
from tasks.identifiers import PersonId, TaskId
from tasks.model import Answer, Attestation, Deviation, Finding, Task, TaskState, Work
from tasks.operations.acting import acceptors_of, require_may_see, require_open, today_of
from tasks.operations.task_text import text_of
from tasks.people import Person, Role
from tasks.ports import UnitOfWork
from tasks.statements import statement_of


@dataclass(frozen=True, kw_only=True)
class LastTime:
    """The answer before this one, shown beside the prompt; conclusions are never pre-filled."""

    task: Task
    attestation: Attestation
    name: str
    sources: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ItemAsked:
    item: EvidenceItem
    evidence: tuple[Evidence, ...]
    """What the reader may see of it."""
    hidden: int = 0
    """Attachments that the reader may know of, and no more."""
    asked_of: str = ""
    """The contributor who was asked and hasn't answered."""
    of_me: bool = False
    """The reader is that contributor."""

    @property
    def there(self) -> bool:
        return self.hidden > 0 or any(one.present for one in self.evidence)


@dataclass(frozen=True, kw_only=True)
class TaskPage:
    task: Task
    text: ControlText
    reader: Person
    now: datetime
    owner: str
    turn: str
    """Whose turn it is, where that is not the owner."""
    passed_over: tuple[str, ...]
    items: tuple[ItemAsked, ...]
    loose: tuple[Evidence, ...]
    """Attached, but to no item yet."""
    missing: tuple[str, ...]
    thin: tuple[str, ...]
    attestation: Attestation | None
    answered_by: str
    settled_by: str
    acceptors: tuple[str, ...]
    findings: tuple[Finding, ...]
    deviations: tuple[Deviation, ...]
    last_time: LastTime | None
    draft: bool
    may_answer: bool
    may_accept: bool
    may_assign: bool
    may_reopen: bool
    is_review: bool = False
    """An access review answers it."""

    def statement(self, answer: Answer) -> str:
        """What the reader signs with this answer today."""
        today = self.now.astimezone(ZoneInfo(self.reader.time_zone)).date()
        return statement_of(answer, self.text, self.task, today)

    @property
    def checking(self) -> int:
        return sum(one.state is EvidenceState.CHECKING for one in self.evidence)

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        return (*(one for item in self.items for one in item.evidence), *self.loose)

    @property
    def at_one_press(self) -> bool:
        """Nothing is missing or looks thin, and no words are kept that a press would throw away."""
        return not (self.missing or self.thin or self.draft)


def look_at(uow: UnitOfWork, task_id: TaskId, reader: Person) -> TaskPage:
    task = uow.tasks.get(task_id)
    require_may_see(uow, task, reader)
    text = text_of(uow, task)
    evidence = uow.evidence.of_task(task.id)
    attestations = uow.answers.attestations(task.id)
    acceptors = acceptors_of(uow, task) if task.state is TaskState.SUBMITTED else ()
    turn = duties.responsible(task, uow.people, today_of(uow, uow.people.get(task.owner_id)))
    may_answer = duties.may_answer(reader, task, uow.people, today_of(uow, reader))
    may_accept = any(one.id == reader.id for one in acceptors)
    kept = [one for one in evidence if one.state is not EvidenceState.REMOVED]
    everything = may_answer or may_accept or reader.has(Role.COMPLIANCE_LEAD)
    seen = kept if everything else [one for one in kept if _may_see(uow, task, text, one, reader)]
    return TaskPage(
        task=task,
        text=text,
        reader=reader,
        now=uow.now,
        owner=name_of(uow, task.owner_id),
        turn=turn.person.name if turn.person and turn.person.id != task.owner_id else "",
        passed_over=turn.skipped,
        items=_items(uow, task, text, kept, seen, reader),
        loose=tuple(one for one in seen if text.item(one.item) is None),
        missing=completeness.missing_items(text, evidence),
        thin=completeness.what_looks_thin(text, evidence),
        attestation=attestations[-1] if attestations else None,
        answered_by=name_of(uow, task.answered_by),
        settled_by=name_of(uow, task.settled_by),
        acceptors=tuple(one.name for one in acceptors),
        findings=tuple(one for one in uow.answers.findings(task.id) if not one.withdrawn),
        deviations=tuple(one for one in uow.answers.deviations(task.id) if not one.withdrawn),
        last_time=_last_time(uow, task) if task.is_open else None,
        draft=task.is_open and uow.answers.draft(task.id, reader.id) is not None,
        may_answer=may_answer,
        may_accept=may_accept,
        may_assign=duties.may_assign(reader, task, uow.people),
        may_reopen=not task.is_open and reader.has(Role.COMPLIANCE_LEAD),
        is_review=text.access_review is not None and task.work is Work.CONTROL,
    )


def look_at_mine(uow: UnitOfWork, task_id: TaskId, reader: Person) -> TaskPage:
    """For a form: refused at once rather than after everything was typed."""
    page = look_at(uow, task_id, reader)
    duties.require_may_answer(reader, page.task, uow.people, today_of(uow, reader))
    require_open(uow, page.task, reader)
    return page


def may_see(uow: UnitOfWork, task: Task, reader: Person) -> bool:
    try:
        require_may_see(uow, task, reader)
    except NotFound:
        return False
    return True


def name_of(uow: UnitOfWork, person_id: PersonId | None) -> str:
    person = uow.people.find(person_id)
    return person.name if person else ""


def _may_see(uow: UnitOfWork, task: Task, text: ControlText, evidence: Evidence, reader: Person) -> bool:
    item = text.item(evidence.item)
    return duties.may_see_evidence(
        reader,
        task,
        restricted=bool(item and item.restricted),
        contributors={evidence.added_by},
        acceptor=task.settled_by,
        directory=uow.people,
        on=today_of(uow, reader),
    )


def _items(
    uow: UnitOfWork, task: Task, text: ControlText, kept: list[Evidence], seen: list[Evidence], reader: Person
) -> tuple[ItemAsked, ...]:
    contributions = [one for one in uow.answers.contributions(task.id) if one.answered_at is None]
    asked = {one.item: name_of(uow, one.person_id) for one in contributions}
    of_me = {one.item for one in contributions if one.person_id == reader.id}
    hidden = Counter(one.item for one in kept if one.present) - Counter(one.item for one in seen if one.present)
    return tuple(
        ItemAsked(
            item=item,
            evidence=tuple(one for one in seen if one.item == item.key),
            hidden=hidden[item.key],
            asked_of=asked.get(item.key, ""),
            of_me=item.key in of_me,
        )
        for item in text.evidence
    )


def _last_time(uow: UnitOfWork, task: Task) -> LastTime | None:
    previous = uow.tasks.previous(task)
    attestations = uow.answers.attestations(previous.id) if previous else ()
    if previous is None or not attestations:
        return None
    cards = [one.card for one in uow.evidence.of_task(previous.id) if one.present and one.card]
    return LastTime(
        task=previous,
        attestation=attestations[-1],
        name=name_of(uow, attestations[-1].person_id),
        sources=tuple(dict.fromkeys(f"{card.source}: {card.query}" for card in cards)),
    )
