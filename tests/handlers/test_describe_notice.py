from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from handlers.actions import action
from handlers.describe_notice import describe
from handlers.views.elements import View
from tasks.identifiers import NoticeId, PersonId, TaskId
from tasks.model import Answer, Contribution, Task, TaskState
from tasks.notices import Notice, NoticeKey, NoticeState, Occasion, OwedNotice
from tasks.people import Role
from tests.builders import a_person, a_task, a_workspace, utc
from tests.handlers.conversation import PEOPLE, TASK, Conversation, buttons_in, labels_in, words_of

LATE = utc(2026, 12, 1, 10)
TO_OLGA = (
    Occasion.OPENED,
    Occasion.REMINDER_5,
    Occasion.REMINDER_1,
    Occasion.LAST_CALL,
    Occasion.OVERDUE,
    Occasion.RETURNED,
    Occasion.REASSIGNED,
    Occasion.DELEGATED,
    Occasion.NUDGE,
)
REMINDERS = (Occasion.REMINDER_5, Occasion.REMINDER_1, Occasion.LAST_CALL, Occasion.OVERDUE)
ESCALATIONS = {Occasion.MANAGER: "max", Occasion.COMPLIANCE_LEAD: "lee", Occasion.SPONSOR: "sue"}
ACCEPTANCE = (
    Occasion.ACCEPTANCE_ASKED,
    Occasion.ACCEPTANCE_REMINDER,
    Occasion.ACCEPTANCE_OVERDUE,
    Occasion.ACCEPTANCE_LEAD,
)
TOLD = (Occasion.FINDING, Occasion.FILE_PROBLEM, Occasion.REOPEN_ASKED, Occasion.UNDELIVERED)
WITHOUT_TASK = (Occasion.OWNER_LEFT, Occasion.DIGEST, Occasion.WEEK_CLOSED)


def a_notice(
    occasion: Occasion, recipient: str = "person:olga", *, detail: str = "", sent: bool = False, task: str = TASK
) -> Notice:
    return Notice(
        id=NoticeId(1),
        key=NoticeKey(about="x", recipient=recipient, occasion=occasion),
        task_id=TaskId(task) if task else None,
        owed_at=utc(2026, 11, 2, 9),
        state=NoticeState.SENT if sent else NoticeState.OWED,
        detail=detail,
        sent_at=utc(2026, 11, 2, 9) if sent else None,
    )


def submitted(**changes: Any) -> Task:
    answer: dict[str, Any] = {
        "state": TaskState.SUBMITTED,
        "needs_acceptance": True,
        "answer": Answer.DONE,
        "answered_at": utc(2026, 11, 3, 9),
        "answered_by": PersonId("olga"),
    }
    return a_task(**{**answer, **changes})


def recorded() -> Task:
    return submitted(state=TaskState.RECORDED, needs_acceptance=False, settled_at=utc(2026, 11, 3, 9))


def said(chat: Conversation, notice: Notice) -> View:
    view = describe(chat.uow, notice)
    assert view is not None
    return view


# every occasion


def owed_in_its_place(occasion: Occasion) -> tuple[Conversation, Notice]:
    """The notice with the state of things in which it is owed."""
    if occasion in ESCALATIONS:
        return Conversation(now=LATE), a_notice(occasion, f"person:{ESCALATIONS[occasion]}")
    if occasion in ACCEPTANCE:
        return Conversation(submitted()), a_notice(occasion, "person:lee")
    if occasion is Occasion.REOPEN_ASKED:
        return Conversation(recorded()), a_notice(occasion, "person:lee", detail="Olga asks: please")
    if occasion is Occasion.CHANNEL:
        return Conversation(now=LATE), a_notice(occasion, "channel:compliance", task="")
    if occasion is Occasion.CONTRIBUTION:
        return asked_of_hans(), a_notice(occasion, "person:hans", detail="leaver-list")
    if occasion in WITHOUT_TASK:
        return Conversation(), a_notice(occasion, detail="Ina was deactivated. 2 open tasks moved on.", task="")
    return Conversation(), a_notice(occasion, detail="Max" if occasion in TO_OLGA else "It is empty.")


def asked_of_hans() -> Conversation:
    chat = Conversation()
    chat.uow.answers.add_contribution(
        Contribution(
            task_id=TASK, item="leaver-list", person_id=PersonId("hans"), asked_by=PersonId("olga"), asked_at=LATE
        )
    )
    return chat


@pytest.mark.parametrize("occasion", Occasion)
def test_every_occasion_has_something_to_say_when_it_is_owed(occasion: Occasion) -> None:
    chat, notice = owed_in_its_place(occasion)
    view = said(chat, notice)
    assert view.title.strip()
    assert view.summary.strip()


@pytest.mark.parametrize("occasion", [one for one in Occasion if one is not Occasion.CHANNEL])
def test_to_somebody_who_is_gone_there_is_nothing_to_say(occasion: Occasion) -> None:
    chat, notice = owed_in_its_place(occasion)
    gone = replace(notice, key=replace(notice.key, recipient="person:nobody"))
    assert describe(chat.uow, gone) is None
    assert describe(chat.uow, replace(notice, key=replace(notice.key, recipient="nobody"))) is None


# to whose turn it is


@pytest.mark.parametrize("occasion", TO_OLGA)
def test_whose_turn_it_is_can_answer_from_the_message(occasion: Occasion) -> None:
    view = said(Conversation(), a_notice(occasion, detail="Max"))
    assert "Done" in labels_in(view)
    assert "By pressing Done you sign this statement:" in words_of(view)


@pytest.mark.parametrize("occasion", REMINDERS)
def test_a_reminder_names_only_what_is_missing(occasion: Occasion) -> None:
    words = words_of(said(Conversation(), a_notice(occasion)))
    assert "The leaver list: not attached yet" in words
    assert "removal proof" not in words.lower()


def test_a_reminder_with_everything_there_says_so() -> None:
    chat = Conversation()
    chat.attach()
    words = words_of(said(chat, a_notice(Occasion.REMINDER_1)))
    assert "Everything is attached. Only your answer is missing." in words


@pytest.mark.parametrize("occasion", REMINDERS)
def test_a_reminder_edited_after_the_due_time_says_overdue(occasion: Occasion) -> None:
    words = words_of(said(Conversation(now=LATE), a_notice(occasion, sent=True)))
    assert "This is overdue." in words
    assert "today" not in words


def test_a_prompt_that_comes_after_the_task_was_missed_says_that_it_can_still_be_answered() -> None:
    words = words_of(said(Conversation(now=utc(2026, 12, 3)), a_notice(Occasion.OPENED)))
    assert "It can still be answered, and will be marked late." in words


@pytest.mark.parametrize("occasion", TO_OLGA)
def test_once_answered_an_unsent_message_is_not_sent(occasion: Occasion) -> None:
    assert describe(Conversation(recorded()).uow, a_notice(occasion)) is None


@pytest.mark.parametrize("occasion", TO_OLGA)
def test_once_answered_a_sent_message_says_who_did_it_and_when(occasion: Occasion) -> None:
    view = said(Conversation(recorded()), a_notice(occasion, sent=True))
    assert "You answered “Done” on 3 Nov 2026 at 09:00." in words_of(view)
    assert "Done" not in labels_in(view)


@pytest.mark.parametrize("occasion", TO_OLGA)
def test_once_handed_over_a_sent_message_says_who_has_it_now(occasion: Occasion) -> None:
    chat = Conversation(a_task(owner_id=PersonId("hans")))
    assert "Hans has this task now." in words_of(said(chat, a_notice(occasion, sent=True)))
    assert describe(chat.uow, a_notice(occasion)) is None


@pytest.mark.parametrize("state", [submitted, recorded])
def test_who_had_the_task_before_reads_that_it_was_answered_and_no_more(state: Callable[[], Task]) -> None:
    task = state()
    chat = Conversation(replace(task, owner_id=PersonId("hans"), answered_by=PersonId("hans")))
    words = words_of(said(chat, a_notice(Occasion.OPENED, sent=True)))
    assert "Hans answered this on 3 Nov 2026 at 09:00." in words
    assert "leavers.csv" not in words


def test_while_the_owner_is_away_the_delegate_can_answer_and_the_owner_still_may() -> None:
    away = a_person("olga", away_from=date(2026, 11, 2), away_until=date(2026, 11, 6), delegate_id=PersonId("hans"))
    chat = Conversation(people=[away])
    view = said(chat, a_notice(Occasion.DELEGATED, "person:hans", detail="Olga"))
    assert "Olga is away; you answer meanwhile." in words_of(view)
    assert "Olga is away until 6 Nov 2026" in words_of(view)
    assert "Done" in labels_in(view)
    assert "Done" in labels_in(said(chat, a_notice(Occasion.OPENED, sent=True)))


def test_once_the_owner_is_back_the_delegates_message_says_who_has_it() -> None:
    notice = a_notice(Occasion.DELEGATED, "person:hans", detail="Olga", sent=True)
    assert "Olga has this task now." in words_of(said(Conversation(), notice))


def test_with_nobody_left_that_is_said() -> None:
    chat = Conversation(
        people=[replace(one, active=False) for one in PEOPLE if one.id in ("olga", "max", "iris", "lee")]
    )
    chat.uow.people.save(replace(chat.uow.people.get(PersonId("hans")), roles=frozenset()))
    assert "Nobody has this task now." in words_of(said(chat, a_notice(Occasion.OPENED, "person:hans", sent=True)))


def test_a_whole_answer_edits_every_message_about_it() -> None:
    chat = Conversation(now=LATE)
    for occasion, who in {Occasion.OVERDUE: "olga", **ESCALATIONS}.items():
        key = NoticeKey(about=f"task:{TASK}", recipient=f"person:{who}", occasion=occasion)
        chat.uow.notices.owe([OwedNotice(key=key, task_id=TASK, owed_at=LATE)])
    assert len(chat.deliver()) == 4
    chat.uow.tasks.save(replace(recorded(), answered_at=LATE))
    chat.uow.notices.touch(TASK)
    edited = chat.edit()
    assert set(edited) == {"olga overdue", "max manager", "lee compliance-lead", "sue sponsor"}
    assert all("answered" in words_of(view) and "1 Dec 2026 at 10:00" in words_of(view) for view in edited.values())


# to those above


@pytest.mark.parametrize("occasion", ESCALATIONS)
def test_those_above_read_whose_it_is_and_how_late_but_no_file(occasion: Occasion) -> None:
    chat = Conversation(a_task(waiting_on="the HR vendor", waiting_until=date(2026, 12, 4)), now=LATE)
    chat.attach()
    who = f"person:{ESCALATIONS[occasion]}"
    words = words_of(said(chat, a_notice(occasion, who, detail="passed over: Max is away")))
    for part in (
        "Olga",
        "Overdue since Mon 16 Nov 2026",
        "the HR vendor, until 4 Dec 2026",
        "Passed over: Max is away",
    ):
        assert part in words
    assert "leavers.csv" not in words


@pytest.mark.parametrize("occasion", ESCALATIONS)
def test_once_answered_an_escalation_is_settled_or_never_sent(occasion: Occasion) -> None:
    chat, who = Conversation(recorded(), now=LATE), f"person:{ESCALATIONS[occasion]}"
    assert "Olga answered this on 3 Nov 2026 at 09:00." in words_of(said(chat, a_notice(occasion, who, sent=True)))
    assert describe(chat.uow, a_notice(occasion, who)) is None


# to acceptors


@pytest.mark.parametrize("occasion", ACCEPTANCE)
def test_the_acceptor_can_accept_or_return_from_the_message(occasion: Occasion) -> None:
    view = said(Conversation(submitted()), a_notice(occasion, "person:lee"))
    assert {"Accept", "Return …"} <= set(labels_in(view))


@pytest.mark.parametrize("occasion", ACCEPTANCE)
def test_once_accepted_the_acceptors_message_says_by_whom(occasion: Occasion) -> None:
    done = submitted(state=TaskState.ACCEPTED, settled_by=PersonId("iris"), settled_at=utc(2026, 11, 4, 9))
    chat = Conversation(done)
    words = words_of(said(chat, a_notice(occasion, "person:lee", sent=True)))
    assert "Accepted by Iris on 4 Nov 2026 at 09:00." in words
    assert describe(chat.uow, a_notice(occasion, "person:lee")) is None


def test_once_returned_the_acceptors_message_says_why() -> None:
    chat = Conversation(a_task(return_reason="September only"))
    notice = a_notice(Occasion.ACCEPTANCE_ASKED, "person:lee", sent=True)
    assert "Sent back: September only" in words_of(said(chat, notice))


def test_who_may_not_accept_any_more_is_not_shown_the_submission() -> None:
    chat = Conversation(submitted(), people=[a_person("lee", department="legal")])
    words = words_of(said(chat, a_notice(Occasion.ACCEPTANCE_ASKED, "person:lee", sent=True)))
    assert "Olga answered this" in words
    assert describe(chat.uow, a_notice(Occasion.ACCEPTANCE_ASKED, "person:lee")) is None


# the rest


@pytest.mark.parametrize("occasion", TOLD)
def test_what_is_only_told_says_which_task_and_what(occasion: Occasion) -> None:
    chat = Conversation(recorded())
    words = words_of(said(chat, a_notice(occasion, "person:lee", detail="The file is empty.")))
    assert "IAM-03 Leaver access removal" in words
    assert "The file is empty." in words


def test_who_mends_a_problem_gets_no_button_to_a_task_that_is_not_theirs() -> None:
    view = said(Conversation(recorded()), a_notice(Occasion.FINDING, "person:zoe", detail="Bob is active"))
    assert not buttons_in(view)


def test_a_digest_lists_what_is_open_and_is_not_sent_when_nothing_is() -> None:
    notice = a_notice(Occasion.DIGEST, task="")
    assert "You have 1 open task." in words_of(said(Conversation(), notice))
    assert describe(Conversation(recorded()).uow, notice) is None


def test_the_week_is_closed_with_what_was_on_time_and_what_is_owed() -> None:
    notice = a_notice(Occasion.WEEK_CLOSED, "channel:compliance", task="")
    chat = Conversation(recorded(), now=utc(2026, 11, 6, 16))
    assert "The week is closed: nothing owed, 1 on time." in words_of(said(chat, notice))


def test_the_channel_line_names_control_and_department_and_nobody() -> None:
    workspace = a_workspace(compliance_channel="slack:C1")
    waiting = a_task(waiting_on="Hans", waiting_until=date(2026, 12, 4))
    chat = Conversation(waiting, workspace=workspace, now=LATE + timedelta(days=1))
    for occasion in (Occasion.CHANNEL, Occasion.WEEK_CLOSED):
        words = words_of(said(chat, a_notice(occasion, "channel:compliance", task="")))
        assert not [person.name for person in PEOPLE if person.name in words]
    line = words_of(said(chat, a_notice(Occasion.CHANNEL, "channel:compliance", task="")))
    assert "IAM-03 Leaver access removal (IT): missed: was due Mon 16 Nov 2026" in line


def test_the_channel_line_is_not_written_when_nothing_is_owed_any_more() -> None:
    assert describe(Conversation(recorded()).uow, a_notice(Occasion.CHANNEL, "channel:compliance", task="")) is None


@pytest.mark.anyio
async def test_handing_over_edits_the_first_owners_message_and_prompts_the_second() -> None:
    chat = Conversation()
    await chat.press("max", action("nudge", t=TASK))
    chat.deliver()
    form = await chat.open("olga", action("reassign_task", t=TASK, v=1))
    await chat.submit("olga", form, person="hans")
    assert "Hans has this task now." in words_of(chat.edit()["olga nudge"])
    assert "Done" in labels_in(chat.deliver()["hans reassigned"])


@pytest.mark.anyio
async def test_leave_edits_nothing_away_from_the_owner_and_coming_back_takes_it_from_the_delegate() -> None:
    chat = Conversation()
    form = await chat.open("olga", action("go_away"))
    await chat.submit("olga", form, last="2026-11-20", delegate="hans")
    chat.deliver()
    await chat.type("olga", "away off")
    assert "Olga has this task now." in words_of(chat.edit()["hans delegated"])


def test_roles_alone_show_nobody_a_done_button() -> None:
    chat = Conversation(people=[a_person("ada", Role.ADMIN)])
    view = said(chat, a_notice(Occasion.OPENED, "person:ada", sent=True))
    assert "Done" not in labels_in(view)


def owe(chat: Conversation, *occasions: Occasion, again: int = 1) -> None:
    for occasion in occasions:
        key = NoticeKey(about=f"task:{TASK}", recipient="person:olga", occasion=occasion, round=again)
        chat.uow.notices.owe([OwedNotice(key=key, task_id=TASK, owed_at=chat.clock.now())])


def test_of_rungs_that_piled_up_only_the_latest_is_said() -> None:
    chat = Conversation()
    owe(chat, Occasion.OPENED, Occasion.REMINDER_5, Occasion.REMINDER_1)
    assert list(chat.deliver()) == ["olga reminder-1"]


def test_a_rung_of_an_earlier_round_overtakes_nothing() -> None:
    chat = Conversation()
    owe(chat, Occasion.OVERDUE)
    owe(chat, Occasion.LAST_CALL, again=2)
    assert set(chat.deliver()) == {"olga overdue", "olga last-call"}


def test_what_was_sent_before_is_still_edited_after_a_later_rung() -> None:
    chat = Conversation()
    owe(chat, Occasion.OPENED)
    chat.deliver()
    owe(chat, Occasion.REMINDER_1)
    chat.deliver()
    chat.uow.notices.touch(TASK)
    assert set(chat.edit()) == {"olga opened", "olga reminder-1"}
