"""An answered task is opened again: returned by its acceptor, by a file that failed its check, or on request."""

from dataclasses import replace
from datetime import datetime

from tasks import audit, duties, escalation
from tasks.business_days import calendar_of
from tasks.errors import Invalid, Stale
from tasks.identifiers import TaskId
from tasks.model import Task, TaskState
from tasks.notices import NoticeKey, NoticeState, Occasion, OwedNotice
from tasks.operations.acting import person_of, require_version, today_of
from tasks.people import Actor, Role
from tasks.ports import UnitOfWork

TIME_TO_ANSWER_AGAIN = 2
"""Business days before the ladder speaks of a returned task again."""


def opened_again(uow: UnitOfWork, task: Task, *, reason: str, first_answered_at: datetime | None = None) -> Task:
    """The responsible person is told why. `first_answered_at`: where the first answer's time may still stand."""
    owner = uow.people.get(task.owner_id)
    calendar = calendar_of(owner, uow.workspace)
    again = calendar.at(calendar.shift(calendar.local_date(uow.now), TIME_TO_ANSWER_AGAIN), hour=17)
    reopened = replace(
        task,
        state=TaskState.OPEN,
        answer=None,
        answered_at=None,
        answered_by=None,
        first_answered_at=first_answered_at,
        settled_at=None,
        settled_by=None,
        return_reason=reason,
        round=task.round + 1,
        chased_from=max(task.due_at, again),
    )
    ladder = uow.controls.get(task.control_id).ladder
    first = escalation.next_rung_after(uow.now, reopened, owner=owner, workspace=uow.workspace, ladder=ladder)
    saved = uow.tasks.save(replace(reopened, next_rung_at=first))
    uow.notices.skip(task.id)
    uow.notices.touch(task.id)
    owe_to_responsible(uow, saved, Occasion.RETURNED, detail=reason)
    return saved


def owe_to_responsible(uow: UnitOfWork, task: Task, occasion: Occasion, *, detail: str = "") -> None:
    owner = uow.people.get(task.owner_id)
    turn = duties.responsible(task, uow.people, today_of(uow, owner))
    recipient = f"person:{turn.person.id}" if turn.person else escalation.NOBODY
    key = NoticeKey(about=f"task:{task.id}", recipient=recipient, occasion=occasion, round=task.round)
    state = NoticeState.OWED if turn.person else NoticeState.SKIPPED
    uow.notices.owe([OwedNotice(key=key, task_id=task.id, owed_at=uow.now, state=state, detail=detail)])


def reopen_task(uow: UnitOfWork, actor: Actor, task_id: TaskId, version: int, *, reason: str) -> Task:
    """The compliance lead's answer to a request; the accepted answer stays on record."""
    task = uow.tasks.get(task_id)
    duties.require_role(person_of(actor), Role.COMPLIANCE_LEAD)
    if task.is_open:
        raise Stale(f"“{task.title}” is open already.")
    require_version(task, version)
    if not reason.strip():
        raise Invalid("Say why it is reopened.", fields={"reason": "Say what the owner should do again."})
    saved = opened_again(uow, task, reason=reason.strip())
    uow.audit.append(
        audit.entry(
            "task:reopen",
            f"task:{task.id}",
            actor,
            before={"state": task.state, "version": task.version},
            after={"state": saved.state, "version": saved.version},
            detail=reason.strip(),
        )
    )
    return saved


def ask_to_reopen(uow: UnitOfWork, actor: Actor, task_id: TaskId, *, reason: str) -> None:
    """After acceptance only the compliance lead may reopen: this asks them."""
    task = uow.tasks.get(task_id)
    person = person_of(actor)
    duties.require_may_answer(person, task, uow.people, today_of(uow, person))
    if task.is_open:
        raise Stale(f"“{task.title}” is open: you can answer it.")
    if not reason.strip():
        raise Invalid("Say why.", fields={"reason": "Say what needs to change."})
    about = f"task:{task.id}"
    notices = [
        OwedNotice(
            key=NoticeKey(
                about=about, recipient=f"person:{lead.id}", occasion=Occasion.REOPEN_ASKED, round=task.version
            ),
            task_id=task.id,
            owed_at=uow.now,
            detail=f"{person.name} asks: {reason.strip()}",
        )
        for lead in uow.people.holders(Role.COMPLIANCE_LEAD) or uow.people.holders(Role.ADMIN)
    ]
    uow.notices.owe(notices)
    uow.audit.append(audit.entry("task:ask-to-reopen", about, actor, detail=reason.strip()))
