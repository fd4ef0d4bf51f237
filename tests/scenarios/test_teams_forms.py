"""Forms on Teams: opened by typed words, filled in where files can't be handed in, and never shown to a channel."""

from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import pytest

from tasks.evidence import EvidenceState
from tests.fake_teams.cards import inputs_of
from tests.matrices import as_xlsx, many
from tests.scenarios.company import with_a_list
from tests.scenarios.teams_company import TeamsCompany, a_teams_company, presses_of, seen


@pytest.fixture(scope="module")
def company(founded_on_teams: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TeamsCompany]:
    """One for all of them: none changes what another looks at."""
    with a_teams_company(copytree(founded_on_teams, tmp_path_factory.mktemp("forms") / "var")) as company:
        company.open_a_task(with_a_list())
        yield company


@pytest.mark.parametrize(
    ("who", "words", "title"),
    [("olga", "away", "Away"), ("lea", "assign", "Assign"), ("lea", "controls new", "control")],
)
def test_typed_words_that_need_a_form_are_answered_by_a_card_whose_button_opens_it(
    company: TeamsCompany, who: str, words: str, title: str
) -> None:
    card = company.writes(who, words)

    [button] = presses_of(card)
    dialog = company.opens_dialog(who, button, card)
    assert title.lower() in dialog.title.lower()
    assert dialog.card["actions"]


def test_a_form_asked_for_in_a_channel_opens_from_the_persons_own_chat(company: TeamsCompany) -> None:
    team = company.teams.add_team("ops", "olga", "cora")

    card = company.writes("olga", "away", chat=team)

    assert company.opens_dialog("olga", presses_of(card)[0], card).title
    public = [one for one in company.teams.messages if one.conversation.startswith(team.id)]
    assert [seen(one).strip() for one in public] == ["I have answered you in our own chat."]


@pytest.mark.parametrize("words", ["/soc2 tasks", "tasks", "/tasks", "  tasks  "])
def test_a_command_by_slash_is_understood_in_our_chat(company: TeamsCompany, words: str) -> None:
    assert "Leaver access removal" in seen(company.writes("olga", words))


def test_a_command_by_slash_in_a_channel_is_one_person_s_and_answered_there(company: TeamsCompany) -> None:
    team = company.teams.add_team("it", "olga", "cora")
    before = len(company.chat("olga"))

    targeted = {"recipient": {"id": company.teams.bot, "name": "soc2bot", "isTargeted": True}}
    company.does(company.sends_to.activity("message", "olga", chat=team, text="tasks", **targeted))

    assert "Leaver access removal" in seen(company.chat("olga")[before])


def test_what_a_form_cannot_take_is_dropped_into_the_chat_and_bound(company: TeamsCompany) -> None:
    company.writes("olga", "tasks")
    company.clicks("olga", "Open", company.chat("olga")[-1])
    dialog = company.opens_dialog("olga", "Attach evidence", company.chat("olga")[-1])
    assert "files into our chat as a message." in seen(dialog)

    company.gives("olga", "leavers.csv", b"name\nAnn\n", "text/csv")

    [evidence] = company.read(lambda uow: uow.evidence.of_task(company.task().id))
    assert (evidence.name, evidence.state) == ("leavers.csv", EvidenceState.BOUND)


def test_a_list_of_controls_is_dropped_into_the_chat_and_offered_as_one(company: TeamsCompany) -> None:
    card = company.writes("lea", "controls import")
    dialog = company.opens_dialog("lea", presses_of(card)[0], card)
    assert "drop it into our chat as a message instead of sending this form." in seen(dialog)

    offered = company.gives("lea", "controls.csv", b"Control ID,Description\nX-1,Check leavers monthly\n", "text/csv")

    assert company.clicks("lea", "It is our control list", offered)["statusCode"] == 200
    assert "I am reading controls.csv." in "\n".join(seen(one) for one in company.chat("lea"))


def test_of_a_dropped_workbook_the_sheet_and_the_layout_can_be_chosen(company: TeamsCompany) -> None:
    offered = company.gives("lea", "controls.xlsx", as_xlsx(Draft=many(3), Final=many(2)))

    dialog = company.opens_dialog("lea", "Control list, with options …", offered)
    assert "I read controls.xlsx." in seen(dialog)
    assert [field["label"] for field in inputs_of(dialog.card)] == ["Where is it from?", "Which sheet?"]
    assert company.fills_in("lea", {"Which sheet?": "Final"})["task"]["value"].startswith("I am reading controls.xlsx.")

    assert "2 controls read" in seen(company.asked("lea", "controls read"))
