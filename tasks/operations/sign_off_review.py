"""The campaign's owner signs it off: the sign-off is the answer of the task that the campaign is a part of."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from tasks import audit, duties
from tasks.access.model import Campaign, CampaignState, Verdict
from tasks.access.records import EXPORT, PLATFORM, REPORT, Form, Record
from tasks.errors import Invalid, Stale
from tasks.evidence import FileReference, IpeCard
from tasks.identifiers import PersonId
from tasks.model import Answer, Task, Work, origin_of
from tasks.operations.acting import person_of, require_open, today_of
from tasks.operations.answer_task import FoundProblem, Given, announce, answer_entry, answered_by, attest
from tasks.operations.attach_evidence import attach_record
from tasks.operations.review_end import Ending, look_at_end
from tasks.operations.reviewing import require_running
from tasks.operations.task_text import text_of
from tasks.people import Actor, Person
from tasks.ports import UnitOfWork
from tasks.wording import counted, listed, shortened

MOST_NAMED = 5


def sign_off_review(uow: UnitOfWork, actor: Actor, campaign_id: str, version: int, *, comment: str = "") -> Campaign:
    campaign = uow.campaigns.get(campaign_id)
    task = require_may_sign(uow, actor, campaign)
    require_running(campaign)
    if campaign.version != version:
        raise Stale(f"{campaign.name} has changed since you opened it. Look through it again.")
    ending = look_at_end(uow, campaign)
    _require_whole(ending)
    signed = uow.campaigns.save(
        replace(
            campaign,
            state=CampaignState.SIGNED_OFF,
            closed_at=uow.now,
            closed_by=person_of(actor).id,
            statement=ending.statement,
        )
    )
    uow.access_items.remember(signed)
    _answer(uow, actor, task, ending, comment)
    uow.audit.append(_entry(actor, campaign, signed, ending))
    return signed


def require_may_sign(uow: UnitOfWork, actor: Actor, campaign: Campaign) -> Task:
    """Whoever may answer the task that the campaign is a part of."""
    if campaign.task_id is None:
        raise Stale(f"{campaign.name} has not begun yet. Nothing was changed.")
    task, person = uow.tasks.get(campaign.task_id), person_of(actor)
    duties.require_may_answer(person, task, uow.people, today_of(uow, person))
    return task


# --- what has to hold


def _require_whole(ending: Ending) -> None:
    if ending.waiting_for:
        names = listed(ending.waiting_for[:MOST_NAMED])
        more = len(ending.waiting_for) - MOST_NAMED
        rest = f" and {counted(more, 'other')}" if more > 0 else ""
        raise Invalid(f"Not signed off yet: {names}{rest} have not submitted. Nudge them, or close the review early.")
    if ending.discrepancies:
        raise Invalid(f"Not signed off yet: the counts do not add up. {' '.join(ending.discrepancies)}")


# --- the answer


def _answer(uow: UnitOfWork, actor: Actor, task: Task, ending: Ending, comment: str) -> None:
    person = person_of(actor)
    on_behalf_of = duties.require_may_answer(person, task, uow.people, today_of(uow, person))
    require_open(uow, task, person)
    _attach(uow, actor, task, ending.campaign)
    found = ending.counts.revoke + ending.counts.change
    answer = Answer.DONE_FOUND_PROBLEMS if found else Answer.DONE
    problems = tuple(_problems(uow, ending, person)) if found else ()
    given = Given(answer=answer, comment=comment, problems=problems, statement=ending.statement)
    attestation = attest(uow, actor, task, given, on_behalf_of=on_behalf_of)
    answered = uow.tasks.save(answered_by(uow, task, attestation))
    announce(uow, answered, attestation)
    uow.audit.append(answer_entry(actor, "task:answer", task, answered, attestation))


def _problems(uow: UnitOfWork, ending: Ending, person: Person) -> Sequence[FoundProblem]:
    """One for each system in which something is to be removed or changed; its owner has the single tasks already."""
    held: Counter[str] = Counter()
    for one in uow.access_items.tally(ending.campaign.id):
        if one.verdict in (Verdict.REVOKE, Verdict.CHANGE):
            held[one.system] += one.items
    owners = {one.system: uow.people.find(one.owner_id) for one in uow.campaigns.systems(ending.campaign.id)}
    due_on = max(
        (task.due_at.date() for task in uow.tasks.of_origin(origin_of(Work.ACCESS_CHANGE, ending.campaign.id))),
        default=uow.now.date(),
    )
    return [
        FoundProblem(
            description=f"{counted(count, 'access', 'accesses')} to revoke or to change in {system}",
            owner_id=_still_here(owners[system], person),
            due_on=due_on,
        )
        for system, count in sorted(held.items())
    ]


def _still_here(owner: Person | None, person: Person) -> PersonId:
    return owner.id if owner and owner.active and not owner.guest else person.id


def _attach(uow: UnitOfWork, actor: Actor, task: Task, campaign: Campaign) -> None:
    """The lists and the report, to every item that a review brings along; whatever else is asked for stays missing."""
    brought = [item for item in text_of(uow, task).evidence if item.reviewed]
    for item in (one for one in brought if one.population):
        for system in uow.campaigns.systems(campaign.id):
            _attach_list(uow, actor, task, system.export_id, item.key)
    forms = list(Form)
    for item in (one for one in brought if not one.population):
        for form in forms:
            name = f"{shortened(campaign.name, 100)}.{form}"
            _attach_file(uow, actor, task, Record(REPORT, campaign.id, form), name, item.key)
        forms = [Form.WORKBOOK]  # once in every form is enough


def _attach_list(uow: UnitOfWork, actor: Actor, task: Task, export_id: str, item: str) -> None:
    export = uow.access_exports.get(export_id)
    card = IpeCard(
        source=export.source.source,
        query=export.source.query,
        span_start=task.span_start,
        span_end=task.span_end,
        row_count=export.source.row_count,
        run_by=export.imported_by or person_of(actor).id,
        run_at=export.source.extracted_at,
        changed_after=False,
    )
    _attach_file(uow, actor, task, Record(EXPORT, export.id), export.file_name, item, card)


def _attach_file(
    uow: UnitOfWork, actor: Actor, task: Task, record: Record, name: str, item: str, card: IpeCard | None = None
) -> None:
    file = FileReference(platform=PLATFORM, reference=record.reference, name=name)
    attach_record(uow, actor, task.id, file, item=item, card=card)


def _entry(actor: Actor, before: Campaign, after: Campaign, ending: Ending) -> audit.Entry:
    found = ending.counts
    facts: audit.Fields = {
        "state": after.state,
        "version": after.version,
        "items": found.items,
        "keep": found.keep,
        "revoke": found.revoke,
        "change": found.change,
        "bulk": found.bulk,
    }
    before_facts: audit.Fields = {"state": before.state, "version": before.version}
    return audit.entry(
        "campaign:sign-off", f"campaign:{after.id}", actor, before=before_facts, after=facts, detail=after.statement
    )
