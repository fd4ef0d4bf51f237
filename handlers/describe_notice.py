"""What a notice says, described from the state of the moment: when that changes, its message is edited in place."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from handlers.actions import action
from handlers.describe_reviews import ABOUT_REVIEWS
from handlers.import_access import describe_list, is_list
from handlers.import_matrix import describe_import
from handlers.link_accounts import describe_link
from handlers.task_page import may_see, name_of
from handlers.task_views import reminder_of, view_of
from handlers.views import messages, notice_cards
from handlers.views.elements import Buttons, FormButton, Text, View
from tasks import duties, ledger
from tasks.escalation import channel_after
from tasks.identifiers import EvidenceId
from tasks.model import Task, TaskState
from tasks.notices import Notice, NoticeState, Occasion
from tasks.operations.acting import today_of
from tasks.operations.schedule import long_overdue
from tasks.operations.task_text import text_of
from tasks.people import Person
from tasks.ports import UnitOfWork
from tasks.wording import business_days, moment

OVERDUE = "This is overdue."
TO_THE_RESPONSIBLE = {
    Occasion.OPENED: "A task for you has opened.",
    Occasion.REMINDER_5: "A reminder: this is not answered yet.",
    Occasion.REMINDER_1: "A second reminder: this is due soon.",
    Occasion.LAST_CALL: "Last call: this is due today.",
    Occasion.OVERDUE: OVERDUE,
    Occasion.RETURNED: "This came back to you.",
    Occasion.REASSIGNED: "This is yours now.",
    Occasion.NUDGE: "Somebody asks you about this.",
}
RUNGS = (Occasion.OPENED, Occasion.REMINDER_5, Occasion.REMINDER_1, Occasion.LAST_CALL, Occasion.OVERDUE)
REMINDERS = (Occasion.REMINDER_5, Occasion.REMINDER_1, Occasion.LAST_CALL, Occasion.OVERDUE)
TO_OTHERS = (Occasion.MANAGER, Occasion.COMPLIANCE_LEAD, Occasion.SPONSOR)
TO_ACCEPTORS = {
    Occasion.ACCEPTANCE_ASKED: "A submission waits for your acceptance.",
    Occasion.ACCEPTANCE_REMINDER: "Still waiting for your acceptance.",
    Occasion.ACCEPTANCE_OVERDUE: "A submission has waited five business days or more for acceptance.",
    Occasion.ACCEPTANCE_LEAD: "A submission has waited eight business days or more for acceptance.",
}


@dataclass(frozen=True, kw_only=True)
class Reading:
    now: datetime
    time_zone: str


def describe(uow: UnitOfWork, notice: Notice) -> View | None:
    """None: there is nothing to say any more."""
    if notice.key.recipient.startswith("channel:"):
        return _to_channel(uow, notice)
    reader = uow.people.find(notice.person_id)
    if reader is None:
        return None
    if notice.task_id is None:
        return _without_task(uow, notice, reader)
    return _about_task(uow, notice, uow.tasks.get(notice.task_id), reader)


def _about_task(uow: UnitOfWork, notice: Notice, task: Task, reader: Person) -> View | None:
    occasion = notice.key.occasion
    if occasion in TO_THE_RESPONSIBLE or occasion is Occasion.DELEGATED:
        return _to_responsible(uow, notice, task, reader)
    if occasion in TO_OTHERS:
        return _escalation(uow, notice, task, reader)
    if occasion in TO_ACCEPTORS:
        return _to_acceptor(uow, notice, task, reader)
    return _told(uow, notice, task, reader)


def _to_responsible(uow: UnitOfWork, notice: Notice, task: Task, reader: Person) -> View | None:
    """Once it was answered, or somebody else's turn, only a message that is out there still has something to say."""
    mine = duties.may_answer(reader, task, uow.people, today_of(uow, reader))
    if notice.sent_at is None and _is_overtaken(uow, notice, task):
        return None
    if task.is_open and mine:
        shown = reminder_of if notice.key.occasion in REMINDERS else view_of
        return shown(uow, task, reader, opening=_opening(uow, notice, task))
    if notice.sent_at is None:
        return None
    if task.is_open:
        return notice_cards.settled(task, _now_with(uow, task))
    return _answered(uow, task, reader)


def _is_overtaken(uow: UnitOfWork, notice: Notice, task: Task) -> bool:
    """Rungs pile up while a platform is down or a night lies between: only the latest is worth a message."""
    key = notice.key
    later = RUNGS[RUNGS.index(key.occasion) + 1 :] if key.occasion in RUNGS else ()
    return bool(later) and any(
        one.key == replace(key, occasion=one.key.occasion)
        and one.key.occasion in later
        and one.state in (NoticeState.OWED, NoticeState.SENDING, NoticeState.SENT)
        for one in uow.notices.of_task(task.id)
    )


def _now_with(uow: UnitOfWork, task: Task) -> str:
    turn = duties.responsible(task, uow.people, today_of(uow, uow.people.get(task.owner_id)))
    return f"{turn.person.name} has this task now." if turn.person else "Nobody has this task now."


def _answered(uow: UnitOfWork, task: Task, reader: Person) -> View:
    """The whole answer to whoever may see it, to others that there is one."""
    if may_see(uow, task, reader):
        return view_of(uow, task, reader)
    return notice_cards.settled(task, _who_answered(uow, task, reader))


def _who_answered(uow: UnitOfWork, task: Task, reader: Person) -> str:
    when = f" on {moment(task.answered_at, reader.time_zone)}" if task.answered_at else ""
    return f"{name_of(uow, task.answered_by)} answered this{when}."


def _opening(uow: UnitOfWork, notice: Notice, task: Task) -> str:
    occasion = notice.key.occasion
    if occasion in REMINDERS and uow.now > task.due_at:
        return OVERDUE
    if occasion is Occasion.DELEGATED:
        return f"{notice.detail} is away; you answer meanwhile."
    if occasion is Occasion.REASSIGNED and notice.detail:
        return f"{notice.detail} gave this to you."
    if occasion is Occasion.NUDGE and notice.detail:
        return f"{notice.detail} asks you about this."
    if occasion is Occasion.OPENED and ledger.is_missed(task, uow.now):
        return "This was missed. It can still be answered, and will be marked late."
    return TO_THE_RESPONSIBLE[occasion]


def _escalation(uow: UnitOfWork, notice: Notice, task: Task, reader: Person) -> View | None:
    if not task.is_open:
        return notice_cards.settled(task, _who_answered(uow, task, reader)) if notice.sent_at else None
    ladder = uow.controls.get(task.control_id).ladder or uow.workspace.ladder
    why = f"A control task is overdue: {business_days(ladder.days(notice.key.occasion))} or more."
    return notice_cards.escalated(
        task,
        Reading(now=uow.now, time_zone=reader.time_zone),
        owner=name_of(uow, task.owner_id),
        why=why,
        detail=notice.detail,
    )


def _to_acceptor(uow: UnitOfWork, notice: Notice, task: Task, reader: Person) -> View | None:
    if task.state is TaskState.SUBMITTED and may_see(uow, task, reader):
        return view_of(uow, task, reader, opening=TO_ACCEPTORS[notice.key.occasion])
    if not notice.sent_at:
        return None
    if task.is_open:
        return notice_cards.settled(task, f"Sent back: {task.return_reason}")
    return _answered(uow, task, reader)


def _told(uow: UnitOfWork, notice: Notice, task: Task, reader: Person) -> View | None:
    occasion = notice.key.occasion
    if occasion is Occasion.CONTRIBUTION:
        return _contribution(uow, notice, task, reader)
    if occasion is Occasion.REOPEN_ASKED and task.is_open:
        return notice_cards.settled(task, "It is open again.") if notice.sent_at else None
    if occasion is Occasion.FINDING:
        text = f"{task.code} {task.title} found a problem that is yours to fix: {notice.detail}"
        return messages.told("A problem to fix", text)
    titles = {
        Occasion.FILE_PROBLEM: "A file was refused",
        Occasion.REOPEN_ASKED: "Open it again?",
        Occasion.UNDELIVERED: "Somebody could not be reached",
    }
    title = titles.get(occasion, task.title)
    return messages.told(title, f"{task.code} {task.title}: {notice.detail}", task=task)


def _contribution(uow: UnitOfWork, notice: Notice, task: Task, reader: Person) -> View | None:
    asked = [
        one for one in uow.answers.contributions(task.id) if one.person_id == reader.id and one.item == notice.detail
    ]
    item = text_of(uow, task).item(notice.detail)
    name = item.text if item else notice.detail
    if asked and asked[-1].answered_at:
        return messages.told("Thank you", f"“{name}” for {task.code} {task.title} is attached. Nothing is left to do.")
    if not asked or not task.is_open:
        text = f"“{name}” for {task.code} {task.title} is not needed any more. Nothing is left to do."
        return messages.told("Settled", text) if notice.sent_at else None
    who = name_of(uow, asked[-1].asked_by)
    note = f" {asked[-1].note}" if asked[-1].note else ""
    text = f"{who} asks you for “{name}” for {task.code} {task.title}.{note}"
    button = FormButton(label="Attach", action=action("attach_evidence", t=task.id, item=notice.detail))
    return View(title="You are asked for evidence", summary=text, body=(Text(text=text), Buttons(buttons=(button,))))


def _without_task(uow: UnitOfWork, notice: Notice, reader: Person) -> View | None:
    if notice.key.occasion is Occasion.DIGEST:
        tasks = uow.tasks.open_of([reader.id])
        return notice_cards.digest(tasks, Reading(now=uow.now, time_zone=reader.time_zone)) if tasks else None
    if notice.key.occasion is Occasion.WEEK_CLOSED:
        return _week_closed(uow)
    if notice.key.occasion is Occasion.FILE:
        return _file(uow, EvidenceId(notice.detail))
    if notice.key.occasion is Occasion.LINK_ASKED:
        return describe_link(uow, notice)
    if notice.key.occasion is Occasion.IMPORT_READ:
        return describe_list(uow, notice, reader) if is_list(uow, notice) else describe_import(uow, notice, reader)
    if notice.key.occasion in ABOUT_REVIEWS:
        return ABOUT_REVIEWS[notice.key.occasion](uow, notice, reader)
    return messages.told("For your information", notice.detail)


def _file(uow: UnitOfWork, evidence_id: EvidenceId) -> View:
    """The platform adds the file itself."""
    evidence = uow.evidence.get(evidence_id)
    task = uow.tasks.get(evidence.task_id)
    return messages.told(evidence.name, f"{evidence.name}, evidence for {task.code} {task.title}.", task=task)


def _week_closed(uow: UnitOfWork) -> View:
    return notice_cards.week_closed(uow.status.rhythm(start=uow.now - timedelta(days=7), end=uow.now))


def _to_channel(uow: UnitOfWork, notice: Notice) -> View | None:
    if notice.key.occasion is Occasion.WEEK_CLOSED:
        return _week_closed(uow)
    tasks = long_overdue(uow)
    if not tasks:
        return None
    reading = Reading(now=uow.now, time_zone=uow.workspace.time_zone)
    return notice_cards.long_overdue(tasks, reading, days=channel_after(uow.workspace))
