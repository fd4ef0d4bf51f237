"""A person answers a task. The answer, what it opens, who must be told and the audit entry are one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from tasks import audit, duties, escalation
from tasks.completeness import missing_items
from tasks.controls import ControlText
from tasks.errors import Invalid, NotAllowed
from tasks.evidence import Evidence
from tasks.identifiers import PersonId, TaskId
from tasks.model import Answer, Attestation, Deviation, Finding, Task, TaskState, Work
from tasks.notices import NoticeKey, Occasion, OwedNotice
from tasks.operations.acting import answerers_of, person_of, require_open, require_version, today_of
from tasks.operations.attach_evidence import attach_zero_result
from tasks.operations.task_text import text_of
from tasks.people import Actor, Person
from tasks.ports import UnitOfWork
from tasks.statements import statement_of

BY_ITSELF = {
    Work.ACCESS_REVIEW: "Decide about each access, then submit: that is the answer. Type /soc2 access.",
    Work.ACCESS_SIGN_OFF: "Sign the review off: that is the answer. Type /soc2 access.",
}


@dataclass(frozen=True, kw_only=True)
class FoundProblem:
    description: str
    owner_id: PersonId
    due_on: date


@dataclass(frozen=True, kw_only=True)
class Shortfall:
    """Asked for with every adverse answer."""

    cause: str
    look_back: str
    correction: str


@dataclass(frozen=True, kw_only=True)
class ZeroResult:
    """What proves that there was nothing to report: where the query ran, the query, and its zero."""

    source: str
    query: str


@dataclass(frozen=True, kw_only=True)
class Given:
    """An answer as it was given."""

    answer: Answer
    comment: str = ""
    problems: tuple[FoundProblem, ...] = ()
    shortfall: Shortfall | None = None
    zero: ZeroResult | None = None
    statement: str = ""
    """What is signed in place of the control's own words, where the answer has figures of its own."""


def answer_task(uow: UnitOfWork, actor: Actor, task_id: TaskId, version: int, given: Given) -> Task:
    task = uow.tasks.get(task_id)
    person = person_of(actor)
    on_behalf_of = duties.require_may_answer(person, task, uow.people, today_of(uow, person))
    require_open(uow, task, person)
    if task.work in BY_ITSELF:
        raise NotAllowed(BY_ITSELF[task.work])
    require_version(task, version)
    attestation = attest(uow, actor, task, given, on_behalf_of=on_behalf_of)
    answered = uow.tasks.save(answered_by(uow, task, attestation))
    announce(uow, answered, attestation)
    uow.audit.append(answer_entry(actor, "task:answer", task, answered, attestation))
    return answered


def attest(
    uow: UnitOfWork, actor: Actor, task: Task, given: Given, *, on_behalf_of: Person | None, correction_reason: str = ""
) -> Attestation:
    """Checks that the answer is whole, signs it, and opens the findings or the deviation that follow from it. They
    take the place of what an earlier version opened."""
    person = person_of(actor)
    text = text_of(uow, task)
    if given.zero and given.answer is Answer.NOTHING_TO_REPORT:
        attach_zero_result(uow, actor, task, text, source=given.zero.source, query=given.zero.query)
    evidence = uow.evidence.of_task(task.id)
    require_complete(given, text, evidence)
    earlier = len(uow.answers.attestations(task.id))
    if earlier:
        uow.answers.withdraw(task.id)
    attestation = Attestation(
        task_id=task.id,
        version=earlier + 1,
        control_version=task.control_version,
        statement=given.statement or statement_of(given.answer, text, task, today_of(uow, person)),
        answer=given.answer,
        person_id=person.id,
        role=duties.role_towards(person, task, uow.people),
        on_behalf_of=on_behalf_of.id if on_behalf_of else None,
        comment=given.comment.strip(),
        correction_reason=correction_reason,
        evidence=tuple(one.id for one in evidence if one.present),
        at=uow.now,
        platform=actor.platform,
        message=actor.message,
    )
    uow.answers.attest(attestation)
    open_findings(uow, attestation, given)
    open_deviation(uow, attestation, given)
    return attestation


def require_complete(given: Given, text: ControlText, evidence: Sequence[Evidence]) -> None:
    if given.answer.adverse:
        _require_shortfall(given.shortfall)
    elif given.answer is Answer.NOTHING_TO_REPORT:
        _require_zero_result(evidence)
    else:
        missing = missing_items(text, evidence)
        if missing:
            raise Invalid("Not sent yet. " + "; ".join(missing) + ".")
    described = [one for one in given.problems if one.description.strip()]
    if given.answer is Answer.DONE_FOUND_PROBLEMS and (not described or len(described) < len(given.problems)):
        raise Invalid("Say what you found.", fields={"problem": "Describe at least one problem."})


def _require_shortfall(shortfall: Shortfall | None) -> None:
    asked = {
        "cause": "Say what happened.",
        "look_back": "Say what you checked for the time it was not done.",
        "correction": "Say what will be done, and by when.",
    }
    given = {} if shortfall is None else vars(shortfall)
    empty = {name: hint for name, hint in asked.items() if not str(given.get(name, "")).strip()}
    if empty:
        raise Invalid("Thank you for saying so. Three short answers complete the record.", fields=empty)


def _require_zero_result(evidence: Sequence[Evidence]) -> None:
    if not any(one.present and one.card and not one.card.row_count for one in evidence):
        raise Invalid(
            "Nothing to report needs the query that shows zero.",
            fields={"source": "Name the system you asked.", "query": "Name the report or query you ran."},
        )


def open_findings(uow: UnitOfWork, attestation: Attestation, given: Given) -> None:
    """Each finding gets an owner, who is told, and a date."""
    for problem in given.problems if given.answer is Answer.DONE_FOUND_PROBLEMS else ():
        finding = Finding(
            id=uow.new_id(),
            task_id=attestation.task_id,
            attestation_version=attestation.version,
            description=problem.description.strip(),
            owner_id=_finding_owner(uow, problem).id,
            due_on=problem.due_on,
        )
        uow.answers.add_finding(finding)
        key = NoticeKey(
            about=f"finding:{finding.id}", recipient=f"person:{finding.owner_id}", occasion=Occasion.FINDING
        )
        detail = f"{finding.description} (due {finding.due_on.isoformat()})"
        uow.notices.owe([OwedNotice(key=key, task_id=finding.task_id, owed_at=uow.now, detail=detail)])


def _finding_owner(uow: UnitOfWork, problem: FoundProblem) -> Person:
    owner = uow.people.get(problem.owner_id)
    if not owner.active or owner.guest:
        sentence = "Choose somebody who works here."
        raise Invalid(f"{owner.name} can't mend this.", fields={"problem_owner": sentence})
    return owner


def open_deviation(uow: UnitOfWork, attestation: Attestation, given: Given) -> None:
    if not (given.answer.adverse and given.shortfall):
        return
    uow.answers.add_deviation(
        Deviation(
            id=uow.new_id(),
            task_id=attestation.task_id,
            attestation_version=attestation.version,
            answer=given.answer,
            cause=given.shortfall.cause,
            look_back=given.shortfall.look_back,
            correction=given.shortfall.correction,
            opened_at=uow.now,
        )
    )


def answered_by(uow: UnitOfWork, task: Task, attestation: Attestation) -> Task:
    settled = not task.needs_acceptance
    answered = replace(
        task,
        state=TaskState.RECORDED if settled else TaskState.SUBMITTED,
        answer=attestation.answer,
        answered_at=_time_that_counts(task, attestation.at),
        answered_by=attestation.person_id,
        first_answered_at=None,
        settled_at=attestation.at if settled else None,
        settled_by=attestation.person_id if settled else None,
        return_reason="",
        waiting_on="",
        waiting_until=None,
        next_rung_at=None,
        chased_from=None if settled else attestation.at,
    )
    if settled:
        return answered
    first = escalation.first_acceptance_rung_at(
        answered, directory=uow.people, workspace=uow.workspace, answerers=answerers_of(uow, answered)
    )
    return replace(answered, next_rung_at=first)


def _time_that_counts(task: Task, now: datetime) -> datetime:
    """After a file failed its check the first answer's time stands, if the replacement comes before the limit."""
    limit = task.limit_at or task.due_at
    return task.first_answered_at if task.first_answered_at and now <= limit else now


def announce(uow: UnitOfWork, task: Task, attestation: Attestation) -> None:
    """Stops the ladder, has every message about the task edited, and asks for acceptance where the control wants it."""
    uow.notices.skip(task.id)
    uow.notices.touch(task.id)
    uow.answers.discard_drafts(task.id)
    if task.state is not TaskState.SUBMITTED:
        return
    asked = escalation.ask_acceptance(
        task,
        directory=uow.people,
        workspace=uow.workspace,
        now=attestation.at,
        answerers=answerers_of(uow, task),
    )
    uow.notices.owe([asked])


def answer_entry(actor: Actor, what: str, before: Task, after: Task, attestation: Attestation) -> audit.Entry:
    words = (attestation.statement, attestation.comment, attestation.correction_reason)
    return audit.entry(
        what,
        f"task:{after.id}",
        actor,
        before={"state": before.state, "version": before.version},
        after={
            "state": after.state,
            "version": after.version,
            "answer": attestation.answer,
            "attestation": attestation.version,
            "control_version": attestation.control_version,
            "on_behalf_of": attestation.on_behalf_of,
            "evidence": list(attestation.evidence),
        },
        detail="\n".join(filter(None, words)),
    )
