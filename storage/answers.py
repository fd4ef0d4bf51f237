"""Attestations and what hangs on them: findings, deviations, acceptances, drafts, contributions."""

import json
from collections.abc import Sequence
from typing import Any, TypeVar

from sqlalchemy import Select, Table, bindparam, delete, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from storage.columns import reader
from storage.repository import Repository, mine
from storage.tables import acceptances, attestations, contributions, deviations, drafts, findings
from tasks.identifiers import PersonId, TaskId
from tasks.model import Acceptance, Attestation, Contribution, Deviation, Draft, Finding

V = TypeVar("V")
BOOKKEEPING = ("workspace_id", "number")


def fields(table: Table) -> tuple[str, ...]:
    return tuple(column.name for column in table.c if column.name not in BOOKKEEPING)


def of_task(table: Table) -> Select[Any]:
    columns = (table.c[name] for name in fields(table))
    return select(*columns).where(mine(table), table.c.task_id == bindparam("task_id"))


ATTESTATIONS = of_task(attestations).order_by(attestations.c.version)
FINDINGS = of_task(findings).order_by(findings.c.number)
DEVIATIONS = of_task(deviations).order_by(deviations.c.number)
ACCEPTANCES = of_task(acceptances).order_by(acceptances.c.number)
OLDEST_ASKED = (contributions.c.asked_at, contributions.c.item, contributions.c.person_id)
CONTRIBUTIONS = of_task(contributions).order_by(*OLDEST_ASKED)
ASKED_OF = (
    select(*(contributions.c[name] for name in fields(contributions)))
    .where(
        mine(contributions),
        contributions.c.person_id == bindparam("person_id"),
        contributions.c.answered_at.is_(None),
    )
    .order_by(*OLDEST_ASKED, contributions.c.task_id)
)
DRAFT = select(drafts.c.body, drafts.c.saved_at).where(
    mine(drafts), drafts.c.task_id == bindparam("task_id"), drafts.c.person_id == bindparam("person_id")
)

ATTEST = insert(attestations)
ADD_FINDING = insert(findings)
ADD_DEVIATION = insert(deviations)
DECIDE = insert(acceptances)
WITHDRAWALS = tuple(
    update(table).where(mine(table), table.c.task_id == bindparam("w_task_id")).values(withdrawn=True)
    for table in (findings, deviations)
)
NEW_DRAFT = upsert(drafts)
SAVE_DRAFT = NEW_DRAFT.on_conflict_do_update(
    index_elements=["workspace_id", "task_id", "person_id"],
    set_={"body": NEW_DRAFT.excluded.body, "saved_at": NEW_DRAFT.excluded.saved_at},
)
DISCARD_DRAFTS = delete(drafts).where(mine(drafts), drafts.c.task_id == bindparam("task_id"))
NEW_CONTRIBUTION = upsert(contributions)
ASK = NEW_CONTRIBUTION.on_conflict_do_update(
    index_elements=["workspace_id", "task_id", "item", "person_id"],
    set_={name: NEW_CONTRIBUTION.excluded[name] for name in ("asked_by", "asked_at", "note", "answered_at")},
)

read_attestation = reader(Attestation, fields(attestations))
read_finding = reader(Finding, fields(findings))
read_deviation = reader(Deviation, fields(deviations))
read_acceptance = reader(Acceptance, fields(acceptances))
read_contribution = reader(Contribution, fields(contributions))


class SqlAnswers(Repository):
    def attest(self, attestation: Attestation) -> None:
        self._insert(ATTEST, [vars(attestation)])

    def attestations(self, task_id: TaskId) -> Sequence[Attestation]:
        return [read_attestation(row) for row in self._rows(ATTESTATIONS, task_id=task_id)]

    def add_finding(self, finding: Finding) -> None:
        self._insert(ADD_FINDING, [vars(finding)])

    def findings(self, task_id: TaskId) -> Sequence[Finding]:
        return [read_finding(row) for row in self._rows(FINDINGS, task_id=task_id)]

    def add_deviation(self, deviation: Deviation) -> None:
        self._insert(ADD_DEVIATION, [vars(deviation)])

    def deviations(self, task_id: TaskId) -> Sequence[Deviation]:
        return [read_deviation(row) for row in self._rows(DEVIATIONS, task_id=task_id)]

    def withdraw(self, task_id: TaskId) -> None:
        for statement in WITHDRAWALS:
            self._change(statement, w_task_id=task_id)

    def decide(self, acceptance: Acceptance) -> None:
        self._insert(DECIDE, [vars(acceptance)])

    def acceptances(self, task_id: TaskId) -> Sequence[Acceptance]:
        return [read_acceptance(row) for row in self._rows(ACCEPTANCES, task_id=task_id)]

    def draft(self, task_id: TaskId, person_id: PersonId) -> Draft | None:
        row = self._row(DRAFT, task_id=task_id, person_id=person_id)
        if row is None:
            return None
        return Draft(task_id=task_id, person_id=person_id, values=json.loads(row.body), saved_at=row.saved_at)

    def save_draft(self, draft: Draft) -> None:
        body = json.dumps(draft.values, ensure_ascii=False)
        row = {"task_id": draft.task_id, "person_id": draft.person_id, "body": body, "saved_at": draft.saved_at}
        self._insert(SAVE_DRAFT, [row])

    def discard_drafts(self, task_id: TaskId) -> None:
        self._change(DISCARD_DRAFTS, task_id=task_id)

    def add_contribution(self, contribution: Contribution) -> None:
        self._insert(ASK, [vars(contribution)])

    def contributions(self, task_id: TaskId) -> Sequence[Contribution]:
        return [read_contribution(row) for row in self._rows(CONTRIBUTIONS, task_id=task_id)]

    def contributions_of(self, person_id: PersonId) -> Sequence[Contribution]:
        return [read_contribution(row) for row in self._rows(ASKED_OF, person_id=person_id)]
