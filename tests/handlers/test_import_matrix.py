from collections.abc import Sequence

import pytest

from handlers.actions import action
from handlers.replies import OpenForm
from handlers.requests import SharedFile
from handlers.views.elements import Button, Form, Row, View
from tasks.identifiers import PersonId
from tasks.imports import Import, ImportState
from tasks.matrix.layouts import LayoutName
from tasks.matrix.reading import propose
from tasks.matrix.stored import Asked, read_asked
from tasks.operations.edit_control import edit_control
from tasks.operations.import_matrix import known_here, record_read, refuse_import
from tasks.people import Actor, Role
from tests.builders import a_control, a_control_text, a_person, a_task
from tests.handlers.conversation import (
    Conversation,
    button_in,
    errors_in,
    form_in,
    labels_in,
    names_in,
    value_in,
    view_in,
    words_of,
)
from tests.matrices import SPREADSHEET, Rows, a_sheet, many, simple

pytestmark = pytest.mark.anyio
WITH_OPTIONS = "Control list, with options …"
FILE = SharedFile(reference="F9", name="controls.xlsx", size=900)
AC1 = ("AC-1", "Access is reviewed", "Managers review access.", "Quarterly", "CC6.1")
LEAVERS = ("IAM-03", "Leaver access removal", "Leavers lose their access.", "Monthly", "CC6.2")


async def handed_in(talk: Conversation, who: str = "lee") -> Import:
    form = form_in(await talk.type(who, "controls import"))
    reply = await talk.submit(who, form, file=(FILE,))
    assert "I am reading controls.xlsx" in words_of(reply)
    return list(talk.state.imports.values())[-1]


async def read(talk: Conversation, rows: Rows = SPREADSHEET, who: str = "lee") -> View:
    """What the person is told once the job has read the file."""
    item = await handed_in(talk, who)
    proposal = propose([a_sheet(rows)], known_here(talk.uow))
    record_read(talk.uow, item.id, sha256="ab", proposal=proposal)
    return talk.deliver()[f"{who} import-read"]


def the_import(talk: Conversation) -> Import:
    return list(talk.state.imports.values())[-1]


def codes(talk: Conversation) -> Sequence[str]:
    return [control.code for control in talk.uow.controls.every()]


async def decide(talk: Conversation, view: View, label: str = "Decide …", **values: object) -> View:
    form = await talk.open("lee", button_in(view, label))
    return view_in(await talk.submit("lee", form, **values))  # type: ignore[arg-type]


# handing in


async def test_the_form_asks_for_one_file_and_little_else() -> None:
    form = form_in(await Conversation().type("lee", "controls import"))
    assert names_in(form) == ["file", "layout", "sheet"]


async def test_the_reference_is_saved_for_the_job() -> None:
    talk = Conversation()
    item = await handed_in(talk)
    assert (item.state, item.reference, item.platform) == (ImportState.FETCHING, "F9", "slack")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({}, "file"),
        ({"file": (SharedFile(reference="F9", name="controls.pdf"),)}, "file"),
        ({"file": (FILE,), "layout": "other"}, "layout"),
    ],
)
async def test_what_is_missing_or_wrong_is_said_in_its_field(values: dict[str, object], field: str) -> None:
    talk = Conversation()
    form = form_in(await talk.type("lee", "controls import"))
    assert field in errors_in(await talk.submit("lee", form, **values))  # type: ignore[arg-type]
    assert talk.state.imports == {}


@pytest.mark.parametrize("who", ["olga", "max", "iris"])
async def test_nobody_but_the_compliance_lead_or_an_admin_gets_the_form(who: str) -> None:
    reply = await Conversation().type(who, "controls import")
    assert not isinstance(reply, OpenForm)


async def test_what_waits_to_be_looked_through_comes_before_another_form() -> None:
    talk = Conversation()
    await read(talk)
    assert "3 controls read" in words_of(await talk.type("lee", "controls import"))


# dropped


async def test_a_spreadsheet_dropped_by_the_lead_may_be_the_control_list() -> None:
    talk = Conversation(a_task())
    reply = await talk.drop("lee", FILE)
    pressed = await talk.press("lee", button_in(reply, "It is our control list"))
    assert "I am reading controls.xlsx" in words_of(pressed)
    assert the_import(talk).reference == "F9"


async def test_a_dropped_spreadsheet_may_be_asked_about_before_it_is_read() -> None:
    talk = Conversation(a_task())
    form = await talk.open("lee", button_in(await talk.drop("lee", FILE), WITH_OPTIONS))
    assert names_in(form) == ["layout", "sheet"]
    assert "I read controls.xlsx." in words_of(form)

    assert "I am reading controls.xlsx" in words_of(await talk.submit("lee", form, layout="vanta", sheet="Q3"))

    assert the_import(talk).reference == "F9"
    assert read_asked(the_import(talk).body) == Asked(layout=LayoutName.VANTA, sheet="Q3")


async def test_a_dropped_spreadsheet_asked_about_is_read_with_the_same_defaults_as_by_one_press() -> None:
    talk = Conversation(a_task())
    reply = await talk.drop("lee", FILE)
    await talk.submit("lee", await talk.open("lee", button_in(reply, WITH_OPTIONS)))
    await talk.press("lee", button_in(reply, "It is our control list"))
    first, second = talk.state.imports.values()
    assert first.body == second.body


async def test_a_wrong_layout_for_a_dropped_spreadsheet_is_said_in_its_field_and_the_file_stays() -> None:
    talk = Conversation(a_task())
    form = await talk.open("lee", button_in(await talk.drop("lee", FILE), WITH_OPTIONS))
    assert "layout" in errors_in(await talk.submit("lee", form, layout="other"))
    await talk.submit("lee", form)
    assert the_import(talk).reference == "F9"


async def test_a_very_long_name_keeps_its_ending_on_the_way_through_a_button() -> None:
    talk = Conversation(a_task())
    file = SharedFile(reference="F9", name=f"{'Contrôles ' * 30}2026.xlsx")
    reply = await talk.drop("lee", file)
    await talk.press("lee", button_in(reply, "It is our control list"))
    assert the_import(talk).name.endswith(".xlsx")


async def test_only_a_steward_gets_the_form_for_a_dropped_spreadsheet() -> None:
    talk = Conversation(a_task())
    button = button_in(await talk.drop("lee", FILE), WITH_OPTIONS)
    assert not isinstance(await talk.press("olga", button), OpenForm)


async def test_a_press_that_carries_no_file_reads_none() -> None:
    talk = Conversation(a_task())
    assert "carries no file" in words_of(await talk.press("lee", action("import_shared")))
    assert talk.state.imports == {}


async def test_with_one_open_task_a_file_whose_name_says_controls_is_asked_about() -> None:
    talk = Conversation(a_task(owner_id=PersonId("lee")))
    reply = await talk.drop("lee", FILE)
    assert "It is our control list" in labels_in(view_in(reply))
    assert any(label.startswith("IAM-03") for label in labels_in(view_in(reply)))


async def test_with_one_open_task_another_spreadsheet_is_its_evidence() -> None:
    talk = Conversation(a_task(owner_id=PersonId("lee")))
    await talk.drop("lee", SharedFile(reference="F1", name="leavers.csv"))
    assert [one.name for one in talk.evidence()] == ["leavers.csv"]


@pytest.mark.parametrize(("who", "file"), [("zoe", FILE), ("lee", SharedFile(reference="F1", name="proof.pdf"))])
async def test_nothing_of_the_kind_is_offered_to_others_or_for_other_files(who: str, file: SharedFile) -> None:
    reply = await Conversation(a_task()).drop(who, file)
    assert "It is our control list" not in labels_in(view_in(reply))


# what was read


async def test_the_person_is_told_in_numbers_with_the_next_steps() -> None:
    view = await read(Conversation())
    assert view.summary == "3 controls read, 1 needs a criterion."
    assert labels_in(view) == ["Decide 2 rows", "Take all suggestions", "Look through all", "Cancel this import"]
    assert "Not used: the columns “Risk rating”." in words_of(view)


async def test_rows_that_cannot_be_read_are_listed_with_their_reasons() -> None:
    rows = simple(AC1, *((f"BAD*{number}", "x", "y") for number in range(20)))
    talk = Conversation()
    view = await read(talk, rows)
    assert "20 rows can't be read" in view.summary
    assert "Row 3, BAD*0: “BAD*0” can't be an id here." in words_of(view)
    page = view_in(await talk.press("lee", button_in(view, "Rows I can't read")))
    last = view_in(await talk.press("lee", button_in(page, "Next page")))
    assert "BAD*14" in words_of(page)
    assert "BAD*19" in words_of(last)


async def test_a_file_that_could_not_be_read_is_told_and_can_be_handed_in_again() -> None:
    talk = Conversation()
    item = await handed_in(talk)
    refuse_import(talk.uow, item.id, "controls.xlsx is damaged and can't be opened.")
    view = talk.deliver()["lee import-read"]
    assert "controls.xlsx is damaged" in words_of(view)
    assert isinstance(await talk.open("lee", button_in(view, "Hand in a file …")), Form)


async def test_the_rows_come_page_by_page() -> None:
    talk = Conversation()
    view = await read(talk, many(20))
    page = view_in(await talk.press("lee", button_in(view, "Look through all")))
    assert page.summary == "All: 20 rows."
    second = view_in(await talk.press("lee", button_in(page, "Next page")))
    assert "C-9 · Control 9" in words_of(second)
    assert "C-1 · " in words_of(await talk.press("lee", button_in(second, "Back a page")))
    assert "20 controls read" in words_of(await talk.press("lee", button_in(second, "The whole list")))


# deciding


async def test_a_suggestion_stands_in_the_form_with_its_reason_until_a_person_sends_it() -> None:
    talk = Conversation()
    page = view_in(await talk.press("lee", button_in(await read(talk), "Decide 2 rows")))
    assert "needs a criterion: CC7.5, A1.2 and A1.3?" in words_of(page)
    form = await talk.open("lee", _decide_buttons(page)[1])
    assert "looks like BCP-01" in words_of(form)
    after = view_in(await talk.submit("lee", form, criteria=("A1.2",), department="it"))
    assert "OP-3 is as you said." in words_of(after)
    assert "OP-3 ·" not in words_of(after), "only what is left to decide is listed"


def _decide_buttons(view: View) -> list[Button]:
    return [row.button for row in view.body if isinstance(row, Row) and row.button]


async def test_the_last_decision_leads_back_to_the_whole() -> None:
    talk = Conversation()
    page = view_in(await talk.press("lee", button_in(await read(talk), "Decide 2 rows")))
    page = await decide(talk, page, rhythm="monthly-events")
    done = await decide(talk, page)
    assert "Every row is decided." in words_of(done)
    assert "Import 3 controls" in labels_in(done)


async def test_an_owner_and_a_department_are_chosen_where_the_file_has_none() -> None:
    talk = Conversation()
    page = view_in(await talk.press("lee", button_in(await read(talk), "Look through all")))
    await decide(talk, page, "Change …", owner="hans", department="finance")
    view = view_in(await talk.type("lee", "controls import"))
    await talk.press("lee", button_in(view, "Take all suggestions"))
    await talk.press("lee", button_in(view_in(await talk.type("lee", "controls import")), "Import 3 controls"))
    control = talk.uow.controls.by_code("AC-1")
    assert control is not None
    assert (control.owner_id, control.department) == ("hans", "finance")


async def test_of_two_people_who_decide_a_row_the_second_is_told() -> None:
    talk = Conversation(people=[a_person("ada", Role.ADMIN)])
    page = view_in(await talk.press("lee", button_in(await read(talk), "Look through all")))
    button = button_in(page, "Change …")
    form, other = await talk.open("lee", button), await talk.open("ada", button)
    await talk.submit("lee", form, department="hr")
    told = words_of(await talk.submit("ada", other, department="finance"))
    assert "Somebody decided something about controls.xlsx" in told
    assert the_import(talk).version == 3


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"criteria": ()}, "criteria"),
        ({"rhythm": "hourly"}, "rhythm"),
        ({"choice": "x"}, "choice"),
        ({"department": "x"}, "department"),
    ],
)
async def test_a_row_without_an_answer_is_not_saved(values: dict[str, object], field: str) -> None:
    talk = Conversation()
    page = view_in(await talk.press("lee", button_in(await read(talk), "Look through all")))
    form = await talk.open("lee", button_in(page, "Change …"))
    assert field in errors_in(await talk.submit("lee", form, **values))  # type: ignore[arg-type]
    assert the_import(talk).version == 2


async def test_a_control_that_stands_here_is_shown_with_what_would_change() -> None:
    talk = Conversation(controls=[a_control()])
    page = view_in(await talk.press("lee", button_in(await read(talk, simple(LEAVERS)), "Decide 1 row")))
    form = await talk.open("lee", button_in(page, "Decide …"))
    assert names_in(form) == ["choice", "criteria", "rhythm"]
    assert value_in(form, "choice") == "", "nobody decides it but the person"
    assert "becomes “Leavers lose their access.”" in words_of(form)
    done = view_in(await talk.submit("lee", form, choice="update"))
    await talk.press("lee", button_in(done, "Import 1 control"))
    assert talk.uow.controls.get(a_control().id).version == 2


# taking over


async def test_all_suggestions_are_one_press_and_the_import_another() -> None:
    talk = Conversation()
    view = view_in(await talk.press("lee", button_in(await read(talk), "Take all suggestions")))
    assert "The suggestions are taken." in words_of(view)
    done = await talk.press("lee", button_in(view, "Import 3 controls"))
    assert "From controls.xlsx: 3 controls added." in words_of(done)
    assert codes(talk) == ["AC-1", "HR-7", "IAM-03", "OP-3"]


async def test_a_double_press_and_a_second_person_change_nothing() -> None:
    talk = Conversation()
    view = view_in(await talk.press("lee", button_in(await read(talk), "Take all suggestions")))
    button = button_in(view, "Import 3 controls")
    await talk.press("lee", button)
    assert "is taken over already" in words_of(await talk.press("lee", button))
    assert len(codes(talk)) == 4


async def test_a_button_drawn_before_somebody_decided_is_refused() -> None:
    talk = Conversation()
    view = await read(talk)
    await talk.press("lee", button_in(view, "Take all suggestions"))
    told = words_of(await talk.press("lee", button_in(view, "Cancel this import")))
    assert "Somebody decided something about controls.xlsx" in told


async def test_giving_up_leaves_nothing_and_says_so_ever_after() -> None:
    talk = Conversation()
    view = await read(talk)
    assert "controls.xlsx was given up." in words_of(await talk.press("lee", button_in(view, "Cancel this import")))
    assert "was given up" in words_of(await talk.press("lee", button_in(view, "Take all suggestions")))
    assert codes(talk) == ["IAM-03"]


async def test_a_control_changed_meanwhile_is_told_and_nothing_is_taken_over() -> None:
    talk = Conversation(controls=[a_control()])
    page = view_in(await talk.press("lee", button_in(await read(talk, simple(LEAVERS, AC1)), "Decide 2 rows")))
    form = await talk.open("lee", button_in(page, "Decide …"))
    await talk.submit("lee", form, choice="update")
    done = view_in(
        await talk.press("lee", button_in(view_in(await talk.type("lee", "controls import")), "Take all suggestions"))
    )
    actor = Actor(person=talk.uow.people.get(PersonId("lee")), platform="slack", at=talk.clock.now())
    edit_control(talk.uow, actor, a_control().id, expected_version=1, text=a_control_text(title="Meanwhile"))
    told = await talk.press("lee", button_in(done, "Import 2 controls"))
    assert "IAM-03 changed here after the file was read." in words_of(told)
    assert codes(talk) == ["IAM-03"]


@pytest.mark.parametrize("who", ["olga", "zoe", "gus"])
async def test_strangers_to_it_see_and_change_nothing(who: str) -> None:
    talk = Conversation()
    view = await read(talk)
    for label in labels_in(view):
        assert "controls read" not in words_of(await talk.press(who, button_in(view, label)))
    assert the_import(talk).version == 2


async def test_an_unknown_import_is_not_found() -> None:
    talk = Conversation()
    view = await read(talk)
    del talk.state.imports[the_import(talk).id]
    told = words_of(await talk.press("lee", button_in(view, "Look through all")))
    assert "This file is not here any more." in told
