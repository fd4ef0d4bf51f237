"""A new list of a system's accounts shows whether what was decided has been done. Its word counts, not the answer's."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from tasks import audit
from tasks.access.comparing import Checked, Outcome, compare
from tasks.access.deciding import Row
from tasks.access.exports import Export
from tasks.access.model import Decision, Item
from tasks.access.ports import Proof
from tasks.errors import Invalid
from tasks.identifiers import PersonId
from tasks.model import Answer, Deviation, Task, Work, origin_of
from tasks.notices import NoticeKey, Occasion, OwedNotice
from tasks.operations.acting import require_steward, the_clock
from tasks.operations.reopen_task import opened_again
from tasks.operations.reviewing import settle
from tasks.operations.schedule import calendar_of_workspace
from tasks.people import Actor, Role
from tasks.ports import UnitOfWork
from tasks.wording import day


def prove_changes(uow: UnitOfWork, export: Export) -> Sequence[Checked]:
    """Of a list that has just been frozen. Gone, or as asked for: proven, and settled where nobody had answered yet.
    Still there though it was answered: opened again, with a deviation."""
    of_campaign: dict[str, list[Row]] = defaultdict(list)
    for row in uow.access_items.unproven(export.system_id):
        of_campaign[row.item.campaign_id].append(row)
    checked = [one for campaign_id, rows in of_campaign.items() for one in _prove(uow, export, campaign_id, rows)]
    if checked:
        after: audit.Fields = {
            "export": export.id,
            "outcomes": sorted(f"{one.item_id} {one.outcome}" for one in checked),
        }
        uow.audit.append(audit.entry("access:prove", f"access-system:{export.system_id}", the_clock(uow), after=after))
    return checked


def _prove(uow: UnitOfWork, export: Export, campaign_id: str, rows: Sequence[Row]) -> Sequence[Checked]:
    reviewed = next(one for one in uow.campaigns.systems(campaign_id) if one.system_id == export.system_id)
    accounts = {row.item.access.account for row in rows}
    found = compare(
        uow.access_exports.of_accounts(reviewed.export_id, accounts),
        uow.access_exports.of_accounts(export.id, accounts),
        _decided(rows),
        extracted_at=export.source.extracted_at,
    )
    uow.access_stories.add_proofs([_proof(uow, export, campaign_id, one) for one in found.checked])
    tasks = {task.subject: task for task in uow.tasks.of_origin(origin_of(Work.ACCESS_CHANGE, campaign_id))}
    for one in found.checked:
        if task := tasks.get(one.item_id):
            _follow(uow, export, one, task)
    return found.checked


def _decided(rows: Iterable[Row]) -> Iterator[tuple[Item, Decision]]:
    for row in rows:
        if row.decision:
            yield row.item, row.decision


def _proof(uow: UnitOfWork, export: Export, campaign_id: str, checked: Checked) -> Proof:
    return Proof(
        campaign_id=campaign_id,
        item_id=checked.item_id,
        export_id=export.id,
        outcome=checked.outcome,
        as_decided=checked.as_decided,
        at=uow.now,
    )


def _follow(uow: UnitOfWork, export: Export, checked: Checked, task: Task) -> None:
    if checked.as_decided and task.is_open:
        settle(uow, task, Answer.DONE)  # the list says so itself: nobody has to
    elif checked.outcome is Outcome.STILL_THERE and not task.is_open:
        _open_again(uow, export, task)
    else:
        uow.notices.touch(task.id)


def _open_again(uow: UnitOfWork, export: Export, task: Task) -> None:
    taken = day(export.source.extracted_at.date())
    attestations = uow.answers.attestations(task.id)
    answered = f" on {day(task.answered_at.date())}" if task.answered_at else ""
    uow.answers.add_deviation(
        Deviation(
            id=uow.new_id(),
            task_id=task.id,
            attestation_version=len(attestations),
            answer=Answer.NOT_DONE,
            cause=f"Answered as done{answered}; the list of {export.source.system} taken on {taken} still shows it.",
            look_back="To be looked into: was the access used meanwhile?",
            correction="Opened again; the next list has to prove it.",
            opened_at=uow.now,
        )
    )
    opened_again(uow, task, reason=f"The list of {export.source.system} taken on {taken} still shows this access.")


# --- a new list is asked for


def ask_for_list(uow: UnitOfWork, actor: Actor, system_id: str) -> PersonId:
    """Returns who is asked: the system's owner. Asking twice on a day asks once."""
    require_steward(actor, Role.COMPLIANCE_LEAD, Role.ADMIN)
    system = uow.access_systems.get(system_id)
    owner = uow.people.find(system.owner_id)
    if owner is None or not owner.active:
        raise Invalid(f"Nobody owns {system.name} who could be asked. Name an owner first.")
    today = calendar_of_workspace(uow).local_date(uow.now)
    about = f"access-list:{system.id}:{today.isoformat()}"
    key = NoticeKey(about=about, recipient=f"person:{owner.id}", occasion=Occasion.LIST_ASKED)
    uow.notices.owe([OwedNotice(key=key, owed_at=uow.now, detail=system.id)])
    uow.audit.append(audit.entry("access:ask-list", f"access-system:{system.id}", actor, after={"of": owner.id}))
    return owner.id
