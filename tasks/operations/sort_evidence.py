"""A loose attachment is sorted into the evidence item it belongs to."""

from dataclasses import replace

from tasks import audit
from tasks.evidence import Evidence
from tasks.identifiers import EvidenceId
from tasks.operations.attach_evidence import require_may_attach, require_present
from tasks.people import Actor
from tasks.ports import UnitOfWork


def sort_evidence(uow: UnitOfWork, actor: Actor, evidence_id: EvidenceId, *, item: str) -> Evidence:
    evidence = uow.evidence.get(evidence_id)
    require_may_attach(uow, actor, evidence.task_id, evidence.item)
    task = require_may_attach(uow, actor, evidence.task_id, item)
    require_present(evidence)
    sorted_in = replace(evidence, item=item)
    uow.evidence.save(sorted_in)
    uow.notices.touch(task.id)
    before, after = {"item": evidence.item}, {"item": item}
    uow.audit.append(audit.entry("evidence:sort", f"evidence:{evidence.id}", actor, before=before, after=after))
    return sorted_in
