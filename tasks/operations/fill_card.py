"""The IPE card of a population: who, when, hash and row count are known; the person adds the rest."""

from dataclasses import dataclass, replace
from datetime import date

from tasks import audit
from tasks.errors import Invalid
from tasks.evidence import Evidence, IpeCard
from tasks.identifiers import EvidenceId
from tasks.model import Task
from tasks.operations.acting import person_of
from tasks.operations.attach_evidence import require_may_attach, require_present
from tasks.people import Actor
from tasks.ports import UnitOfWork
from tasks.wording import day


@dataclass(frozen=True, kw_only=True)
class CardFacts:
    source: str
    query: str
    span_start: date
    span_end: date
    changed_after: bool
    changes: str = ""


def fill_card(uow: UnitOfWork, actor: Actor, evidence_id: EvidenceId, facts: CardFacts) -> Evidence:
    evidence = uow.evidence.get(evidence_id)
    task = require_may_attach(uow, actor, evidence.task_id, evidence.item)
    require_present(evidence)
    require_believable(facts, task)
    card = IpeCard(
        source=facts.source.strip(),
        query=facts.query.strip(),
        span_start=facts.span_start,
        span_end=facts.span_end,
        row_count=evidence.row_count,
        run_by=person_of(actor).id,
        run_at=uow.now,
        changed_after=facts.changed_after,
        changes=facts.changes.strip(),
    )
    filled = replace(evidence, card=card)
    uow.evidence.save(filled)
    uow.notices.touch(task.id)
    uow.audit.append(_entry(actor, filled, card))
    return filled


def require_believable(facts: CardFacts, task: Task) -> None:
    problems = {}
    if not facts.source.strip():
        problems["source"] = "Name the system the list comes from."
    if not facts.query.strip():
        problems["query"] = "Name the report or query, so that somebody else could run it again."
    if facts.span_end < facts.span_start:
        problems["span_end"] = "The last day is before the first."
    elif facts.span_start > task.span_start or facts.span_end < task.span_end:
        problems["span_end"] = (
            f"The list has to cover {day(task.span_start)} to {day(task.span_end)}. "
            "Export it again for the whole span, or correct the dates."
        )
    if facts.changed_after and not facts.changes.strip():
        problems["changes"] = "Say what was changed: rows removed, columns hidden, anything."
    if problems:
        raise Invalid("The source card is not complete yet.", fields=problems)


def _entry(actor: Actor, evidence: Evidence, card: IpeCard) -> audit.Entry:
    return audit.entry(
        "evidence:card",
        f"evidence:{evidence.id}",
        actor,
        after={
            "span_start": card.span_start.isoformat(),
            "span_end": card.span_end.isoformat(),
            "row_count": card.row_count,
            "changed_after": card.changed_after,
        },
        detail=f"{card.source}\n{card.query}\n{card.changes}",
    )
