"""What is known of each piece of evidence. The bytes lie in the file store."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, insert, or_, select, text, update
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.engine import Row

from storage.columns import reader
from storage.repository import Repository, mine
from storage.tables import evidence, evidence_openings, tasks
from tasks.errors import NO_SUCH_EVIDENCE, NotFound
from tasks.evidence import Evidence, EvidenceKind, EvidenceState, IpeCard, Said
from tasks.identifiers import ControlId, EvidenceId, PersonId, TaskId

NAMES = tuple(column.name for column in evidence.c if column.name not in ("workspace_id", "number"))
E = evidence.c
EVIDENCE = select(*(E[name] for name in NAMES)).where(mine(evidence))
OLDEST = (E.added_at, E.number)
BY_ID = EVIDENCE.where(E.id == bindparam("evidence_id"))
OF_TASK = EVIDENCE.where(E.task_id == bindparam("task_id")).order_by(*OLDEST)
WITH_HASH = EVIDENCE.where(
    E.sha256 == bindparam("sha256"),
    text("evidence.sha256 <> ''"),
    E.task_id != bindparam("task_id"),
    E.state == EvidenceState.BOUND,
).order_by(*OLDEST)
TO_FETCH = (
    EVIDENCE.where(
        E.kind == EvidenceKind.FILE,
        E.state == EvidenceState.CHECKING,
        or_(E.next_attempt_at.is_(None), E.next_attempt_at <= bindparam("now")),
    )
    .order_by(E.next_attempt_at.nulls_first(), E.number)
    .limit(bindparam("limit"))
)
LAST_CARD = (
    select(E.card)
    .join(tasks, (tasks.c.workspace_id == E.workspace_id) & (tasks.c.id == E.task_id))
    .where(
        mine(evidence),
        E.item == bindparam("item"),
        E.card.is_not(None),
        E.state.in_((EvidenceState.CHECKING, EvidenceState.BOUND)),
        tasks.c.control_id == bindparam("control_id"),
    )
    .order_by(E.added_at.desc(), E.number.desc())
    .limit(1)
)
OF_MESSAGE = EVIDENCE.where(
    E.conversation == bindparam("conversation"),
    E.message == bindparam("message"),
    text("evidence.message <> ''"),
    E.platform == bindparam("platform"),
).order_by(*OLDEST)
OF_REFERENCE = EVIDENCE.where(
    E.reference == bindparam("reference"), text("evidence.reference <> ''"), E.platform == bindparam("platform")
).order_by(*OLDEST)
PERMALINKS_DUE = (
    EVIDENCE.where(E.permalink_due_at <= bindparam("now", type_=E.permalink_due_at.type))
    .order_by(E.permalink_due_at, E.number)
    .limit(bindparam("limit"))
)
ADD = insert(evidence)
SAVE = update(evidence).where(mine(evidence), E.id == bindparam("w_id"))
NOTE_OPENED = upsert(evidence_openings).on_conflict_do_nothing()
OPENED_BY = (
    select(evidence_openings.c.evidence_id)
    .join(evidence, (E.workspace_id == evidence_openings.c.workspace_id) & (E.id == evidence_openings.c.evidence_id))
    .where(mine(evidence), E.task_id == bindparam("task_id"), evidence_openings.c.person_id == bindparam("person_id"))
)

_read_bare = reader(Evidence, NAMES)


class SqlEvidence(Repository):
    def add(self, evidence: Evidence) -> None:
        self._insert(ADD, [_values(evidence)])

    def get(self, evidence_id: EvidenceId) -> Evidence:
        row = self._row(BY_ID, evidence_id=evidence_id)
        if row is None:
            raise NotFound(NO_SUCH_EVIDENCE)
        return _read(row)

    def save(self, evidence: Evidence) -> None:
        if not self._change(SAVE, **_values(evidence), w_id=evidence.id):
            raise NotFound(NO_SUCH_EVIDENCE)

    def of_task(self, task_id: TaskId) -> Sequence[Evidence]:
        return [_read(row) for row in self._rows(OF_TASK, task_id=task_id)]

    def with_hash(self, sha256: str, *, other_than: TaskId) -> Sequence[Evidence]:
        return [_read(row) for row in self._rows(WITH_HASH, sha256=sha256, task_id=other_than)]

    def to_fetch(self, *, now: datetime, limit: int) -> Sequence[Evidence]:
        return [_read(row) for row in self._rows(TO_FETCH, now=now, limit=limit)]

    def last_card(self, control_id: ControlId, item: str) -> IpeCard | None:
        row = self._row(LAST_CARD, control_id=control_id, item=item)
        return None if row is None else _read_card(row.card)

    def note_opened(self, evidence_id: EvidenceId, person_id: PersonId, at: datetime) -> None:
        self.get(evidence_id)
        self._insert(NOTE_OPENED, [{"evidence_id": evidence_id, "person_id": person_id, "at": at}])

    def opened_by(self, task_id: TaskId, person_id: PersonId) -> frozenset[EvidenceId]:
        return frozenset(row.evidence_id for row in self._rows(OPENED_BY, task_id=task_id, person_id=person_id))

    def of_message(self, platform: str, conversation: str, message: str) -> Sequence[Evidence]:
        found = self._rows(OF_MESSAGE, platform=platform, conversation=conversation, message=message)
        return [_read(row) for row in found]

    def of_reference(self, platform: str, reference: str) -> Sequence[Evidence]:
        return [_read(row) for row in self._rows(OF_REFERENCE, platform=platform, reference=reference)]

    def permalinks_due(self, *, now: datetime, limit: int) -> Sequence[Evidence]:
        return [_read(row) for row in self._rows(PERMALINKS_DUE, now=now, limit=limit)]


def _values(evidence: Evidence) -> dict[str, Any]:
    return vars(evidence) | {
        "card": None if evidence.card is None else _write_card(evidence.card),
        "said": None if evidence.said is None else _write_said(evidence.said),
    }


def _read(row: Row[Any]) -> Evidence:
    found = _read_bare(row)
    if row.card is None and row.said is None:
        return found
    card, said = row.card and _read_card(row.card), row.said and _read_said(row.said)
    return replace(found, card=card, said=said)


def _write_said(said: Said) -> str:
    return json.dumps(vars(said) | {"at": said.at.isoformat()}, ensure_ascii=False)


def _read_said(body: str) -> Said:
    values = json.loads(body)
    return Said(**values | {"at": datetime.fromisoformat(values["at"])})


def _write_card(card: IpeCard) -> str:
    days = {"span_start": card.span_start.isoformat(), "span_end": card.span_end.isoformat()}
    return json.dumps(vars(card) | days | {"run_at": card.run_at.isoformat()}, ensure_ascii=False)


def _read_card(body: str) -> IpeCard:
    values = json.loads(body)
    days = {name: date.fromisoformat(values[name]) for name in ("span_start", "span_end")}
    return IpeCard(**values | days | {"run_at": datetime.fromisoformat(values["run_at"])})
