from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from handlers.actions import action
from handlers.views.elements import ActionButton, View
from tasks.identifiers import ControlId, PersonId
from tasks.model import Answer, Task, TaskState
from tasks.people import Role
from tests.builders import a_control, a_control_text, a_person, a_task, a_workspace, utc
from tests.handlers.conversation import Conversation, button_in, buttons_in, labels_in, view_in, words_of

pytestmark = pytest.mark.anyio
NOW = utc(2026, 11, 20, 10)
HR = replace(
    a_control("HR-01", department="hr", owner_id=PersonId("hal")),
    text=a_control_text(title="Screening", refs={"tsc": ("CC1.4",), "hipaa": ("164.308",)}),
)
PEOPLE = [a_person("hal", department="hr"), a_person("hella", Role.DEPARTMENT_LEAD, department="hr")]
OLGAS = a_task(title="Leaver access removal")
HALS = a_task(
    "task-hr", origin="hr-01", control_id=ControlId("hr-01"), code="HR-01", title="Screening", department="hr",
    owner_id=PersonId("hal"),
)  # fmt: skip


def a_company(*tasks: Task, **changes: Any) -> Conversation:
    workspace = a_workspace(**changes)
    return Conversation(
        *(tasks or (OLGAS, HALS)), controls=[a_control(), HR], people=PEOPLE, workspace=workspace, now=NOW
    )


async def status(chat: Conversation, who: str, words: str = "") -> View:
    return view_in(await chat.type(who, f"status {words}"))


def shown(view: View) -> set[str]:
    return {title for title in ("Leaver access removal", "Screening") if title in words_of(view)}


BOTH, HIS, HERS = {"Leaver access removal", "Screening"}, {"Screening"}, {"Leaver access removal"}


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("lee", BOTH),
        ("max", HERS),
        ("sue", HERS),
        ("olga", HERS),
        ("hal", HIS),
        ("iris", HERS),
        ("hella", HIS),
        ("zoe", set()),
    ],
)
async def test_everybody_sees_their_own_and_their_peoples_standing(who: str, seen: set[str]) -> None:
    assert shown(await status(a_company(), who)) == seen


@pytest.mark.parametrize(
    ("who", "words", "seen"),
    [
        ("lee", "all", BOTH),
        ("lee", "everything", BOTH),
        ("lee", "hr", HIS),
        ("lee", "HR", HIS),
        ("lee", "it", HERS),
        ("lee", "CC6", HERS),
        ("lee", "cc6.2", HERS),
        ("lee", "CC1", HIS),
        ("lee", "hipaa", HIS),
        ("lee", "team", set()),
        ("max", "team", HERS),
        ("max", "all", HERS),
        ("iris", "it", HERS),
        ("hella", "hr", HIS),
    ],
)
async def test_a_scope_narrows_what_is_shown(who: str, words: str, seen: set[str]) -> None:
    assert shown(await status(a_company(), who, words)) == seen


@pytest.mark.parametrize(
    ("who", "words"), [("max", "hr"), ("olga", "hr"), ("zoe", "it"), ("iris", "hr"), ("max", "cc1")]
)
async def test_what_one_may_not_see_is_refused_not_shown_empty(who: str, words: str) -> None:
    view = await status(a_company(), who, words)
    assert f"You can see your own and your people's status, not “{words}”." in words_of(view)
    assert not shown(view)


async def test_a_button_for_another_scope_is_checked_again() -> None:
    reply = await a_company().press("max", action("show_status", scope="hr"))
    assert not shown(view_in(reply))


@pytest.mark.parametrize("words", ["marketing", "cc99", "tsc", "x" * 3000])
async def test_an_unknown_scope_says_what_there_is(words: str) -> None:
    text = words_of(await status(a_company(), "lee", words))
    assert "There is no department or criterion" in text
    assert len(text) < 500


async def test_whose_turn_it_is_how_long_it_is_late_and_what_they_wait_on() -> None:
    chat = a_company(replace(OLGAS, waiting_on="the HR vendor", waiting_until=date(2026, 11, 25)))
    words = words_of(await status(chat, "lee"))
    assert "IAM-03 · overdue since Mon 16 Nov 2026 · Olga's turn · waiting on the HR vendor until 25 Nov 2026" in words


async def test_an_overdue_task_can_be_nudged_from_the_board() -> None:
    chat = a_company()
    await chat.press("max", button_in(await status(chat, "max"), "Nudge"))
    assert chat.owed() == ["olga nudge"]


async def test_nobody_is_offered_to_nudge_themselves() -> None:
    view = await status(a_company(), "olga")
    assert "Nudge" not in labels_in(view)
    assert "Open" in labels_in(view)


async def test_missed_possible_deviations_and_what_comes_next_are_told_apart() -> None:
    missed = a_task("task-m", occurrence="2026-09", missed_at=utc(2026, 11, 2), due_at=utc(2026, 10, 16))
    bad = a_task("task-b", occurrence="2026-08", state=TaskState.RECORDED, answer=Answer.NOT_DONE, answered_at=NOW)
    soon = a_task("task-s", occurrence="2026-11", title="Next one", due_at=utc(2026, 11, 27))
    words = words_of(await status(a_company(OLGAS, missed, bad, soon), "lee"))
    headings = ["Overdue: whose turn it is", "Missed:", "What an auditor would call an exception today", "Next 14 days"]
    assert [words.index(one) for one in headings] == sorted(words.index(one) for one in headings)
    assert "the auditor decides" in words
    assert words.index("Next one") > words.index("Next 14 days")


async def test_progress_stands_by_department_and_by_criteria_group() -> None:
    words = words_of(await status(a_company(), "lee"))
    assert all(
        label in words.splitlines() for label in ("By department", "HR", "IT", "By criteria group", "CC1", "CC6")
    )


async def test_the_compliance_lead_drills_down_by_button_and_comes_back() -> None:
    chat = a_company()
    drilled = view_in(await chat.press("lee", button_in(await status(chat, "lee"), "HR")))
    assert shown(drilled) == HIS
    assert shown(view_in(await chat.press("lee", button_in(drilled, "Back to all")))) == BOTH


@pytest.mark.parametrize("who", ["lee", "max", "olga", "iris", "hella", "sue"])
async def test_every_button_of_a_board_works_for_the_one_who_sees_it(who: str) -> None:
    chat = a_company(period_start=date(2026, 1, 1), period_end=date(2026, 12, 31))
    for button in buttons_in(await status(chat, who)):
        if isinstance(button, ActionButton) and button.action.name == "show_status":
            assert view_in(await chat.press(who, button)).title.startswith("Status"), button.label


async def test_a_lead_with_people_of_their_own_can_see_them_alone() -> None:
    chat = a_company()
    chat.uow.people.save(replace(chat.uow.people.get(PersonId("hal")), manager_id=PersonId("lee")))
    assert shown(view_in(await chat.press("lee", button_in(await status(chat, "lee"), "My team")))) == HIS


async def test_the_period_holds_what_its_span_lies_in() -> None:
    before = a_task("task-old", occurrence="2026-06", title="Screening", span_end=date(2026, 6, 30))
    chat = a_company(OLGAS, before, period_start=date(2026, 7, 1), period_end=date(2026, 12, 31))
    view = await status(chat, "lee", "period")
    assert shown(view) == HERS
    assert view.summary == "1 task overdue or missed, 0 of 1 answered."
    assert shown(view_in(await chat.press("lee", button_in(await status(chat, "lee"), "Audit period")))) == HERS


async def test_without_a_period_that_is_said() -> None:
    assert "No audit period is set yet." in words_of(await status(a_company(), "lee", "period"))


async def test_all_well_is_said_too() -> None:
    chat = Conversation(a_task(due_at=utc(2026, 12, 31), missed_at=utc(2027, 1, 31)), now=NOW)
    assert (await status(chat, "lee")).summary == "Nothing is overdue. 0 of 1 answered."


async def test_an_empty_company_has_an_empty_board() -> None:
    chat = Conversation(now=NOW)
    chat.state.tasks.clear()
    assert (await status(chat, "lee")).summary == "Nothing has opened here yet."
