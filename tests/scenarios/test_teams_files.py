"""A message's files on Teams: a bot can't fetch them, so whoever attached the message drops them, and is asked
nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tasks.evidence import EvidenceState
from tests.builders import utc
from tests.fake_teams.records import Json
from tests.scenarios.company import CSV, PDF, a_catalogue_control
from tests.scenarios.teams_company import TeamsCompany, a_teams_company, presses_of, seen

MESSAGE: Json = {
    "id": "1700000099999",
    "createdDateTime": "2026-11-02T08:30:00.000Z",
    "from": {"user": {"id": "aad-cora", "displayName": "Cora Colleague"}},
    "body": {"contentType": "html", "content": '<p>Removed</p><attachment id="1"></attachment>'},
    "attachments": [
        {"id": "1", "contentType": "reference", "contentUrl": "https://acme.sharepoint.com/a.pdf", "name": "a.pdf"},
        {"id": "2", "contentType": "reference", "contentUrl": "https://acme.sharepoint.com/l.csv", "name": "l.csv"},
    ],
}


@pytest.fixture
def company(teams_home: Path) -> Iterator[TeamsCompany]:
    """Olga has two open tasks, so that any other file is asked about."""
    with a_teams_company(teams_home) as company:
        company.install(a_catalogue_control(), a_catalogue_control("IAM-04", title="Password settings"))
        company.at(utc(2026, 11, 2, 9))
        yield company


def attaches_the_message(company: TeamsCompany) -> str:
    """To the second task; returns what the form said before."""
    team = company.teams.add_team("ops", "olga", "cora")
    company.does(company.sends_to.point_at("olga", MESSAGE, chat=team))
    dialog = company.sends_to.open_dialog("olga")
    place = f"{company.task('IAM-04').id}.0"
    company.does(company.sends_to.submit_pointed("olga", {"What is it evidence for?": place}, chat=team))
    return seen(dialog)


def files_of(company: TeamsCompany, code: str) -> list[tuple[str, EvidenceState, str]]:
    found = company.read(lambda uow: uow.evidence.of_task(company.task(code).id))
    return [(one.name, one.state, one.item) for one in found if one.reference]


def test_the_words_are_attached_and_each_file_is_asked_for_by_its_name(company: TeamsCompany) -> None:
    asked = attaches_the_message(company)

    assert "I can't fetch its files myself." in asked
    card = seen(company.chat("olga")[-1])
    assert "Drop a.pdf here and it goes to the same place." in card
    assert "Drop l.csv here and it goes to the same place." in card
    [words] = company.read(lambda uow: uow.evidence.of_task(company.task("IAM-04").id))
    assert words.text == "Removed\nFile: a.pdf – https://acme.sharepoint.com/a.pdf\n" + (
        "File: l.csv – https://acme.sharepoint.com/l.csv"
    )


def test_dropped_they_go_to_that_task_and_item_without_a_question(company: TeamsCompany) -> None:
    attaches_the_message(company)

    after_first = seen(company.gives("olga", "l.csv", CSV, "text/csv"))
    after_second = seen(company.gives("olga", "a (1).pdf", PDF))

    assert "l.csv is attached to “Password settings”" in after_first
    assert "Drop a.pdf here" in after_first
    assert "here and it goes to the same place" not in after_second
    bound, proof = EvidenceState.BOUND, "removal-proof"
    assert files_of(company, "IAM-04") == [("l.csv", bound, proof), ("a (1).pdf", bound, proof)]
    assert files_of(company, "IAM-03") == []


def test_any_other_file_is_asked_about_as_ever(company: TeamsCompany) -> None:
    attaches_the_message(company)

    asked = company.gives("olga", "another.pdf")

    assert "Which task is another.pdf evidence for?" in seen(asked)
    assert len(presses_of(asked)) == 2


def test_the_same_file_of_somebody_else_s_is_not_taken(company: TeamsCompany) -> None:
    attaches_the_message(company)

    company.gives("cora", "a.pdf")

    assert files_of(company, "IAM-04") == []
