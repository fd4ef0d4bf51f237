"""A reviewer submits: what they decided is final, their task is answered, and what follows from it is asked for."""

from collections import Counter
from collections.abc import Sequence

from tasks import duties
from tasks.access import deciding
from tasks.access.deciding import Row
from tasks.access.model import Campaign, Verdict
from tasks.errors import Stale
from tasks.identifiers import PersonId
from tasks.model import Answer, Attestation, Task
from tasks.notices import NoticeKey, Occasion, OwedNotice
from tasks.operations.acting import person_of
from tasks.operations.answer_task import announce, answer_entry, answered_by
from tasks.operations.ask_changes import ask_changes
from tasks.operations.decide_access import theirs
from tasks.operations.reviewing import acting_in, keep_in_step, require_running, review_task_of
from tasks.operations.take_over_decisions import take_over_in_others
from tasks.operations.task_text import text_of
from tasks.people import Actor
from tasks.ports import UnitOfWork
from tasks.wording import counted


def submit_review(uow: UnitOfWork, actor: Actor, campaign_id: str) -> Campaign:
    campaign, person = uow.campaigns.get(campaign_id), person_of(actor)
    require_running(campaign)
    final = deciding.submit(theirs(uow, campaign, person.id), acting_in(uow, actor, campaign))
    uow.access_items.save(final)
    task = review_task_of(uow, campaign, person.id)
    if task is None or not task.is_open:
        raise Stale(f"Your part of {campaign.name} is submitted already. Nothing was changed.")
    _answer(uow, actor, task, final)
    ask_changes(uow, actor, campaign, final)
    take_over_in_others(uow, actor, campaign)
    keep_in_step(uow, campaign)
    tell_when_whole(uow, campaign)
    return campaign


def _answer(uow: UnitOfWork, actor: Actor, task: Task, rows: Sequence[Row]) -> None:
    person = person_of(actor)
    statement = f"{text_of(uow, task).statement} {_counts_words(rows)}"
    attestation = Attestation(
        task_id=task.id,
        version=len(uow.answers.attestations(task.id)) + 1,
        control_version=task.control_version,
        statement=statement,
        answer=Answer.DONE,
        person_id=person.id,
        role=duties.role_towards(person, task, uow.people),
        on_behalf_of=_absent(rows),
        at=uow.now,
        platform=actor.platform,
        message=actor.message,
    )
    uow.answers.attest(attestation)
    answered = uow.tasks.save(answered_by(uow, task, attestation))
    announce(uow, answered, attestation)
    uow.audit.append(answer_entry(actor, "access:submit", task, answered, attestation))


def _absent(rows: Sequence[Row]) -> PersonId | None:
    """For whom all of it was decided, where that is one person; each decision names whom it was for."""
    absent = {row.decision.on_behalf_of for row in rows if row.decision}
    return absent.pop() if len(absent) == 1 else None


def _counts_words(rows: Sequence[Row]) -> str:
    held = Counter(row.decision.verdict for row in rows if row.decision)
    said = f"{held[Verdict.KEEP]:,} to keep, {held[Verdict.REVOKE]:,} to revoke, {held[Verdict.CHANGE]:,} to change"
    return f"{counted(len(rows), 'access', 'accesses')}: {said}."


def tell_when_whole(uow: UnitOfWork, campaign: Campaign) -> None:
    """Its owner, once nobody is left to submit. Items that come back later and go again tell nobody twice."""
    parts = uow.access_items.parts(campaign.id)
    if not parts or any(part.submitted < part.items for part in parts):
        return
    key = NoticeKey(
        about=f"campaign:{campaign.id}", recipient=f"person:{campaign.owner_id}", occasion=Occasion.REVIEW_READY
    )
    uow.notices.owe([OwedNotice(key=key, owed_at=uow.now, detail=campaign.id)])
