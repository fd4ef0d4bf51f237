"""Every view and form in every state, for whatever has to hold for all of them."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from handlers.actions import action
from handlers.describe_notice import Reading
from handlers.likely_places import Place
from handlers.routes import usages
from handlers.task_page import ItemAsked, LastTime, TaskPage
from handlers.views import messages, notice_cards
from handlers.views.answer_form import answer_form, correct_form
from handlers.views.elements import ActionButton, Form, FormButton, Option, Row, View
from handlers.views.evidence_forms import attach_form, card_form, sort_form
from handlers.views.evidence_words import evidence_words
from handlers.views.help_card import help_card
from handlers.views.home import Home, Report, SetUp, Team, home
from handlers.views.message_forms import attach_message_form
from handlers.views.short_lists import (
    Missing,
    ShownAt,
    ToReview,
    correct_list,
    delegate_list,
    missing_list,
    request_list,
    review_list,
    to_accept_row,
)
from handlers.views.small_forms import (
    assign_form,
    away_form,
    hand_over_form,
    reason_form,
    request_form,
    return_form,
    wait_form,
)
from handlers.views.status_board import Counts, Group, StatusBoard, Waiting, department_name, status_board
from handlers.views.task_card import attached_card, reminder_card, task_card
from handlers.views.task_list import AskedItem, TaskList, task_list
from tasks.controls import EvidenceItem
from tasks.evidence import Evidence, EvidenceKind, EvidenceState, FileReference, IpeCard, Said, SharedMessage
from tasks.identifiers import EvidenceId, PersonId, TaskId
from tasks.model import Answer, Attestation, Contribution, Deviation, Finding, TaskState
from tasks.status import Rhythm, Workload
from tests.builders import a_control_text, a_person, a_task, utc
from tests.handlers.views import access_examples, control_examples, matrix_examples, people_examples, setup_examples

NOW = utc(2026, 11, 12, 10)
LIST = EvidenceItem(key="leaver-list", text="Leaver list from the HR system", required=True, population=True)
PROOF = EvidenceItem(key="removal-proof", text="Proof of removal per leaver", required=True)
TEXT = replace(
    a_control_text(evidence=(LIST, PROOF)), tested_attributes=("Disable time within policy", "All systems covered")
)
CARD = IpeCard(
    source="Okta",
    query="report “Leavers”",
    span_start=date(2026, 10, 1),
    span_end=date(2026, 10, 31),
    row_count=3,
    run_by=PersonId("olga"),
    run_at=NOW,
    changed_after=False,
)


def some_evidence(handle: str, item: str = "leaver-list", **changes: object) -> Evidence:
    evidence = Evidence(
        id=EvidenceId(handle),
        task_id=TaskId("task-1"),
        item=item,
        kind=EvidenceKind.FILE,
        name=f"{handle}.csv",
        state=EvidenceState.BOUND,
        sha256="ab" * 32,
        media_type="text/csv",
        size=120,
        row_count=3,
        added_by=PersonId("olga"),
        added_at=NOW,
    )
    return replace(evidence, **changes)  # type: ignore[arg-type]


SAID = Said(
    author="Ann Lee",
    author_id="U0ANN",
    place="#it-help",
    at=utc(2026, 11, 3, 14, 2),
    note="Shows that the last account is gone",
    permalink="https://acme.slack.com/archives/C1/p1793714520000000",
)
MESSAGE_EVIDENCE = some_evidence(
    "message",
    kind=EvidenceKind.TEXT,
    name="Bo's account is removed.",
    text="Bo's account is removed.\nTicket 42 is closed.",
    platform="slack",
    row_count=None,
    conversation="C1",
    message="1793714520.000000",
    said=SAID,
)


def an_attestation(**changes: object) -> Attestation:
    attestation = Attestation(
        task_id=TaskId("task-1"),
        version=1,
        control_version=1,
        statement="I confirm that the access of everybody who left was removed for October 2026.",
        answer=Answer.DONE,
        person_id=PersonId("olga"),
        role="owner",
        comment="Three leavers, all within a day.",
        evidence=(EvidenceId("leavers"),),
        at=NOW,
        platform="slack",
    )
    return replace(attestation, **changes)  # type: ignore[arg-type]


def a_page(**changes: object) -> TaskPage:
    page = TaskPage(
        task=a_task(),
        text=TEXT,
        reader=a_person("olga"),
        now=NOW,
        owner="Olga",
        turn="",
        passed_over=(),
        items=(ItemAsked(item=LIST, evidence=()), ItemAsked(item=PROOF, evidence=(), asked_of="Hans")),
        loose=(),
        missing=("Leaver list from the HR system: not attached yet", "Proof of removal per leaver: not attached yet"),
        thin=("Nothing is attached: this would stand as a representation only.",),
        attestation=None,
        answered_by="",
        settled_by="",
        acceptors=(),
        findings=(),
        deviations=(),
        last_time=None,
        draft=False,
        may_answer=True,
        may_accept=False,
        may_assign=True,
        may_reopen=False,
    )
    return replace(page, **changes)  # type: ignore[arg-type]


def answered(state: TaskState = TaskState.SUBMITTED, **changes: object) -> TaskPage:
    task = a_task(
        state=state,
        answer=Answer.DONE,
        answered_at=NOW,
        answered_by=PersonId("olga"),
        settled_at=None if state is TaskState.SUBMITTED else NOW,
    )
    full = (
        ItemAsked(item=LIST, evidence=(some_evidence("leavers", card=CARD),)),
        ItemAsked(item=PROOF, evidence=(some_evidence("proof", "removal-proof", row_count=None),)),
    )
    base: dict[str, object] = {
        "task": task,
        "items": full,
        "missing": (),
        "thin": (),
        "attestation": an_attestation(),
        "answered_by": "Olga",
        "acceptors": ("Dana", "Lee"),
    }
    return a_page(**(base | changes))


def _last_time() -> LastTime:
    task = a_task("task-0", occurrence="2026-09", span_start=date(2026, 9, 1), span_end=date(2026, 9, 30))
    return LastTime(task=task, attestation=an_attestation(), name="Olga", sources=("Okta: report “Leavers”",))


def _evidence_states() -> TaskPage:
    evidence = (
        some_evidence("checking", state=EvidenceState.CHECKING, sha256="", row_count=None),
        some_evidence("refused", state=EvidenceState.REJECTED, problem="The file is empty. Export it again."),
        some_evidence("no-card"),
        some_evidence("with-card", card=CARD),
        some_evidence("link", kind=EvidenceKind.LINK, name="https://tickets.example/42", row_count=None),
        some_evidence("words", kind=EvidenceKind.TEXT, name="Looked at the console", row_count=None),
        replace(MESSAGE_EVIDENCE, source_changed_at=NOW),
        some_evidence("deleted", platform="slack", said=SAID, source_deleted_at=NOW, card=CARD),
    )
    return a_page(items=(ItemAsked(item=LIST, evidence=evidence),), loose=(some_evidence("loose", item=""),))


TASK_PAGES: dict[str, TaskPage] = {
    "open": a_page(),
    "open, last time shown": a_page(last_time=_last_time()),
    "open, every evidence state": _evidence_states(),
    "open, complete": replace(answered(), task=a_task(), attestation=None),
    "open, overdue and waiting": a_page(
        now=utc(2026, 11, 20), task=a_task(waiting_on="the HR vendor", waiting_until=date(2026, 11, 25))
    ),
    "open, sent back": a_page(task=a_task(return_reason="The list covers September only.")),
    "open, delegated": a_page(turn="Hans", passed_over=("Olga is away until 20 Nov 2026",), may_answer=False),
    "open, with a draft": replace(answered(), task=a_task(), attestation=None, draft=True),
    "open, for a manager": a_page(
        may_answer=False, items=(ItemAsked(item=LIST, evidence=(), hidden=2), ItemAsked(item=PROOF, evidence=()))
    ),
    "open, for a contributor": a_page(
        reader=a_person("hans"),
        may_answer=False,
        may_assign=False,
        items=(ItemAsked(item=LIST, evidence=(), asked_of="Hans", of_me=True),),
    ),
    "open, limit": a_page(task=a_task(limit_at=utc(2026, 12, 2))),
    "submitted": answered(),
    "submitted, for the acceptor": answered(may_answer=False, may_accept=True, reader=a_person("dana")),
    "submitted, checking": answered(
        items=(ItemAsked(item=LIST, evidence=(some_evidence("a", state=EvidenceState.CHECKING, sha256=""),)),)
    ),
    "submitted, nobody to accept": answered(acceptors=()),
    "accepted": answered(TaskState.ACCEPTED, settled_by="Dana"),
    "accepted, for the lead": answered(TaskState.ACCEPTED, settled_by="Dana", may_reopen=True, may_answer=False),
    "recorded with findings": answered(
        TaskState.RECORDED,
        findings=(
            Finding(
                id="f1",
                task_id=TaskId("task-1"),
                attestation_version=1,
                description="One account was still active",
                owner_id=PersonId("hans"),
                due_on=date(2026, 11, 30),
            ),
        ),
    ),
    "recorded, not done": answered(
        TaskState.RECORDED,
        task=replace(answered(TaskState.RECORDED).task, answer=Answer.NOT_DONE),
        attestation=an_attestation(answer=Answer.NOT_DONE, evidence=(), version=2, correction_reason="Wrong month"),
        deviations=(
            Deviation(
                id="d1",
                task_id=TaskId("task-1"),
                attestation_version=1,
                answer=Answer.NOT_DONE,
                cause="Nobody had time",
                look_back="Two leavers checked, no log-ins",
                correction="Done on 20 November",
                opened_at=NOW,
            ),
        ),
    ),
}


KEPT = SharedMessage(
    id="m1",
    person_id=PersonId("olga"),
    platform="slack",
    conversation="C1",
    message="1793714520.000000",
    place="#it-help",
    author="Ann Lee",
    author_id="U0ANN",
    at=utc(2026, 11, 3, 14, 2),
    text="Bo's account is removed. " * 2000,
    files=tuple(FileReference(platform="slack", reference=f"F{n}", name=f"proof-{n}.png") for n in range(50)),
    shared_at=NOW,
)


def _places() -> list[Place]:
    items = [(number, item) for number, item in enumerate((LIST, PROOF))]
    return [
        Place(task=a_task(f"task-{n}"), item=item, number=number, missing=n % 2 == 0, last_time=())
        for n in range(60)
        for number, item in items
    ]


def _task_list() -> TaskList:
    asked = Contribution(
        task_id=TaskId("task-1"),
        item="leaver-list",
        person_id=PersonId("hans"),
        asked_by=PersonId("olga"),
        asked_at=NOW,
        note="By Friday, please",
    )
    return TaskList(
        now=NOW,
        time_zone="UTC",
        mine=[a_task(f"task-{number}", due_at=NOW + timedelta(days=number - 2)) for number in range(25)],
        for_others=[(a_task("task-x"), "Max")],
        to_accept=[a_task("task-y", state=TaskState.SUBMITTED, answered_at=NOW, answer=Answer.DONE)],
        asked=[AskedItem(contribution=asked, task=a_task(), item="Leaver list", asked_by="Olga")],
        answered=[a_task("task-z", state=TaskState.RECORDED, answered_at=NOW, answer=Answer.DONE)],
    )


def _board(**changes: object) -> StatusBoard:
    counts = Counts(open=5, due_soon=2, overdue=1, missed=1, waiting_acceptance=1, on_time=9, late=2, problems=2)
    late = a_task("late", due_at=utc(2026, 11, 5), waiting_on="HR vendor", waiting_until=date(2026, 11, 20))
    groups = tuple(Group(key=name, label=department_name(name), counts=counts) for name in ("hr", "it", "finance"))
    criteria = tuple(Group(key=f"cc{n}", label=f"CC{n}", counts=counts) for n in range(1, 10))
    board = StatusBoard(
        title="Status",
        scope="",
        now=NOW,
        time_zone="UTC",
        counts=counts,
        overdue=(Waiting(task=late, turn="Olga", may_nudge=True), Waiting(task=late, turn="", may_nudge=False)),
        missed=(Waiting(task=a_task("missed", missed_at=utc(2026, 11, 9)), turn="Hans", may_nudge=True),),
        problems=(a_task("bad", missed_at=utc(2026, 11, 9)),),
        coming=(a_task("soon"), a_task("planned", opens_at=NOW + timedelta(days=3))),
        departments=groups,
        criteria=criteria,
    )
    return replace(board, **changes)  # type: ignore[arg-type]


def _empty_list(now: datetime) -> TaskList:
    return TaskList(now=now, time_zone="UTC", mine=(), for_others=(), to_accept=(), asked=(), answered=())


def _team(size: int, busy: int) -> Team:
    loads = [
        Workload(
            owner_id=PersonId(f"p{number}"),
            open=number % 4 + 2,
            overdue=max(2 - number, 0),
            oldest_due=NOW + timedelta(days=number - 2),
        )
        for number in range(busy)
    ]
    away = {"away_from": NOW.date(), "away_until": date(2026, 11, 20)}
    people = [a_person(f"p{number}", name=f"Person {number}", **away) for number in range(busy)]
    busy_ones = [Report(person=who, load=load, away=load.open == 3) for who, load in zip(people, loads, strict=True)]
    return Team(size=size, busy=busy_ones)


def _homes() -> dict[str, View]:
    waiting, nothing = _task_list(), _empty_list(NOW)
    steps = ["Owners: nobody yet.", "First audit period: No audit period yet. " + "Choose its first and last day. " * 9]
    set_up = SetUp(done=2, total=8, missing=steps * 3, gaps=["3 controls have no owner."])
    return {
        "home": home(Home(tasks=waiting)),
        "home: nothing waits": home(Home(tasks=nothing)),
        "home: of a manager": home(Home(tasks=nothing, team=_team(5, 3))),
        "home: of a manager of many": home(Home(tasks=waiting, team=_team(500, 120))),
        "home: of a manager whose people are done": home(Home(tasks=nothing, team=_team(1, 0))),
        "home: of the lead, setting up": home(Home(tasks=nothing, set_up=set_up)),
        "home: of the lead, all but one thing": home(
            Home(tasks=waiting, set_up=SetUp(done=8, total=8, missing=(), gaps=["1 control has no owner."]))
        ),
    }


CARD_ACT = action("fill_card", e="list")
READING = Reading(now=NOW, time_zone="UTC")
AT = ShownAt(now=NOW, time_zone="UTC")

VIEWS: dict[str, View] = {
    **access_examples.VIEWS,
    **setup_examples.VIEWS,
    **control_examples.VIEWS,
    **matrix_examples.VIEWS,
    **people_examples.VIEWS,
    **{f"task card: {name}": task_card(page) for name, page in TASK_PAGES.items()},
    "task card: with an opening line": task_card(a_page(), opening="Last call: this is due today."),
    **_homes(),
    "task list": task_list(_task_list()),
    "task list: empty": task_list(_empty_list(NOW)),
    "status": status_board(_board()),
    "status: all well": status_board(
        _board(counts=Counts(on_time=4), overdue=(), missed=(), problems=(), coming=(), scope="hr")
    ),
    "status: nothing yet": status_board(
        _board(counts=Counts(), overdue=(), missed=(), problems=(), coming=(), departments=(), criteria=())
    ),
    "review": review_list(ToReview(acceptance=[to_accept_row(answered().task, "Olga")] * 25)),
    "review: access reviews too": review_list(
        ToReview(
            acceptance=[to_accept_row(answered().task, "Olga")],
            access_reviews=[Row(text="Okta, 3rd quarter 2026", note="12 accounts to decide")],
        )
    ),
    "review: nothing": review_list(ToReview(acceptance=())),
    "evidence": missing_list(
        [
            Missing(task=a_task(), items=(LIST, PROOF), cards=0, whole=True),
            Missing(task=a_task("task-2"), items=(), cards=1, whole=True),
            Missing(task=a_task("task-3"), items=(PROOF,), cards=0, whole=False),
            *(Missing(task=a_task(f"more-{n}"), items=(), cards=0, whole=True) for n in range(9)),
        ]
    ),
    "evidence: all there": missing_list([Missing(task=a_task(), items=(), cards=0, whole=True)]),
    "evidence: nothing open": missing_list([]),
    "correct": correct_list([answered().task, answered(TaskState.ACCEPTED).task], AT),
    "correct: nothing": correct_list([], AT),
    "request": request_list([a_task(), a_task("task-2")], AT),
    "request: nothing open": request_list([], AT),
    "delegate": delegate_list([a_task(), a_task("task-2")], AT),
    "delegate: nothing open": delegate_list([], AT),
    "words of a message": evidence_words(MESSAGE_EVIDENCE, "UTC"),
    "words of a message: changed since": evidence_words(
        replace(MESSAGE_EVIDENCE, source_changed_at=NOW, source_deleted_at=NOW), "UTC"
    ),
    "words of a message: no link": evidence_words(
        replace(MESSAGE_EVIDENCE, said=replace(SAID, permalink="", permalink_problem="channel_not_found")), "UTC"
    ),
    "words": evidence_words(some_evidence("words", kind=EvidenceKind.TEXT, name="Seen", text="Seen\nby me"), "UTC"),
    "attached: a message": attached_card(
        a_page(),
        "Attached",
        "2 attachments are attached.",
        last=(FormButton(label="Attach it elsewhere too …", action=action("attach_message", m="m1")),),
    ),
    "answered already": messages.told_with(
        "Answered already",
        "You already answered this. To add evidence, correct the answer: the file comes along.",
        (FormButton(label="Correct …", action=action("correct_answer", t="task-1", v=2)),),
    ),
    "help": help_card(usages()),
    "help: unknown word": help_card(usages(), unknown="taks", nearest="tasks"),
    "done": messages.done("Thank you", "It is recorded.", task=a_task()),
    "refused": messages.refused("Olga already answered this."),
    "stranger": messages.stranger(),
    "which task": messages.which(
        "Which task is it for?",
        "Which task is leavers.csv evidence for?",
        (ActionButton(label="IAM-03 Leaver access removal", action=action("attach_shared", t="task-1", f="F1 a.csv")),),
        note="Only the first 3 fit here. Send the others after them.",
    ),
    "away already": messages.away(a_person("olga", away_from=NOW.date(), away_until=NOW.date()), "Hans"),
    "attached": messages.done(
        "Attached", "leavers.csv is attached.", task=a_task(), first=(FormButton(label="Fill in", action=CARD_ACT),)
    ),
    "attached: something missing": attached_card(a_page(), "Attached", "leavers.csv is attached."),
    "attached: all there": attached_card(TASK_PAGES["open, complete"], "Attached", "leavers.csv is attached."),
    "reminder": reminder_card(a_page(), opening="A reminder: this is not answered yet."),
    "reminder: all there": reminder_card(TASK_PAGES["open, complete"], opening="This is overdue."),
    "digest": notice_cards.digest([a_task(f"t{n}") for n in range(30)], READING),
    "week closed": notice_cards.week_closed(Rhythm(answered_on_time=14, answered_late=0, overdue=0)),
    "week closed: owed": notice_cards.week_closed(Rhythm(answered_on_time=3, answered_late=1, overdue=2)),
    "long overdue": notice_cards.long_overdue([a_task(f"t{n}") for n in range(40)], READING),
    "escalated": notice_cards.escalated(
        a_task(waiting_on="HR", waiting_until=date(2026, 11, 30)),
        READING,
        owner="Olga",
        why="A control task is overdue: two business days or more.",
        detail="passed over: Max is away",
    ),
    "settled": notice_cards.settled(a_task(), "Olga answered this on 12 Nov 2026 at 10:00."),
    "told": messages.told("A file was refused", "It is empty. Export it again.", task=a_task()),
}

COLLEAGUES = tuple(Option(value=name, label=name.title(), note="it") for name in ("hans", "lee", "dana"))
CONTROLS = tuple(Option(value=f"c{n}", label=f"IAM-{n:02} A control") for n in range(60))
ACT = action("answer_with", t="task-1", v=1, a="done")
CORRECT_ACT = action("correct_answer", t="task-1", v=2)

FORMS: dict[str, Form] = {
    **access_examples.FORMS,
    **setup_examples.FORMS,
    **control_examples.FORMS,
    **matrix_examples.FORMS,
    **people_examples.FORMS,
    **{f"answer: {one}": answer_form(a_page(), one, ACT, colleagues=COLLEAGUES, draft={}) for one in Answer},
    **{
        f"correct: {one}": correct_form(answered(), one, CORRECT_ACT, colleagues=COLLEAGUES, draft={}) for one in Answer
    },
    "answer: with a draft": answer_form(
        a_page(last_time=_last_time()), Answer.NOTHING_TO_REPORT, ACT, colleagues=COLLEAGUES, draft={"comment": "half"}
    ),
    "attach": attach_form(a_page(), action("attach_evidence", t="task-1", v=1), item=""),
    "attach a message": attach_message_form(
        KEPT,
        action("attach_message", m="m1"),
        places=_places(),
        chosen=_places()[0],
        time_zone="UTC",
        left_out=True,
    ),
    "attach a message: files that are only named": attach_message_form(
        replace(KEPT, text="All removed.", files=tuple(replace(one, reference="") for one in KEPT.files)),
        action("attach_message", m="m1"),
        places=_places(),
        chosen=None,
        time_zone="UTC",
    ),
    "attach a message: one task, no item": attach_message_form(
        replace(KEPT, text="", files=KEPT.files[:1]),
        action("attach_message", m="m1"),
        places=[Place(task=a_task(), item=None, number=0, missing=False, last_time=())],
        chosen=None,
        time_zone="UTC",
    ),
    "sort in": sort_form(a_page(), some_evidence("loose", item=""), action("sort_evidence", t="task-1", v=1)),
    "source card": card_form(a_page(), some_evidence("list"), CARD_ACT, remembered=None, values={}),
    "source card: remembered": card_form(a_page(), some_evidence("list"), CARD_ACT, remembered=CARD, values={}),
    "source card: follow-ups": card_form(
        a_page(), some_evidence("list"), CARD_ACT, remembered=CARD, values={"covers": "other", "changed": "yes"}
    ),
    "return": return_form(answered(), action("return_submission", t="task-1", v=1)),
    "reason": reason_form("Reopen", "What should be done again?", "It opens again.", action("reopen_task", t="task-1")),
    "ask to reopen": reason_form(
        "Ask to reopen", "What needs to change?", "The compliance lead decides.", action("ask_to_reopen", t="task-1")
    ),
    "hand over": hand_over_form(a_page(), action("reassign_task", t="task-1", v=1), colleagues=COLLEAGUES),
    "assign": assign_form(
        action("assign_control", t="task-1", v=1), controls=CONTROLS, colleagues=COLLEAGUES, control="c3"
    ),
    "away": away_form(
        action("go_away", t="task-1", v=1), colleagues=COLLEAGUES, first=date(2026, 11, 12), delegate="hans"
    ),
    "request": request_form(a_page(), action("request_item", t="task-1", v=1), colleagues=COLLEAGUES),
    "wait": wait_form(
        a_page(task=a_task(waiting_on="HR", waiting_until=date(2026, 11, 30))), action("wait_on", t="task-1", v=1)
    ),
}
