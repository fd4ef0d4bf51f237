"""Who speaks to the bot in Teams, where they can be reached, and what a channel gets to see."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tasks.notices import NoticeState, Occasion
from tests.builders import utc
from tests.scenarios.teams_company import TeamsCompany, a_teams_company, seen


@pytest.fixture
def company(teams_home: Path) -> Iterator[TeamsCompany]:
    with a_teams_company(teams_home) as company:
        yield company


def test_whoever_installs_the_app_is_greeted_once_and_known_by_their_email(company: TeamsCompany) -> None:
    company.teams.add_person("nora", "Nora New", "nora@acme.example", time_zone="Europe/Berlin")
    install = company.sends_to.installs("nora")

    company.does(install, times=2)

    assert len(company.chat("nora")) == 1
    assert company.person("nora").time_zone == "Europe/Berlin"
    assert company.read(lambda uow: uow.people.by_identity("teams", "aad-nora")) == company.person("nora")


def test_a_guest_is_told_that_nobody_knows_them(company: TeamsCompany) -> None:
    company.teams.add_person("gus", "Gus Guest", "gus@elsewhere.example", user_role="guest")

    company.installs("gus")

    assert "I don't know you" in seen(company.chat("gus")[-1])
    assert company.read(lambda uow: uow.people.by_email("gus@elsewhere.example")) is None


def test_a_guest_with_a_colleagues_email_is_not_taken_for_them(company: TeamsCompany) -> None:
    company.teams.add_person("fake", "Olga Owner", "olga@acme.example", sign_in="olga_evil.example#EXT#@acme.example")

    company.installs("fake")

    assert "I don't know you" in seen(company.chat("fake")[-1])
    assert company.read(lambda uow: uow.people.by_identity("teams", "aad-fake")) is None


def test_somebody_who_never_wrote_is_reached_through_the_team_that_has_the_app(company: TeamsCompany) -> None:
    company.teams.add_person("tom", "Tom Team", "tom@acme.example")
    team = company.teams.add_team("it", "tom", "olga", "cora")
    company.does(company.sends_to.adds_to_team("olga", team))
    assert company.person("tom").name == "Tom Team"

    company.open_a_task(owner="tom")

    assert "A task for you has opened." in seen(company.asked("tom"))


def test_what_is_asked_in_a_channel_is_answered_in_the_persons_own_chat(company: TeamsCompany) -> None:
    company.open_a_task()
    team = company.teams.add_team("it", "olga", "cora")

    company.writes("olga", "tasks", chat=team)

    assert "Leaver access removal" in seen(company.chat("olga")[-1])
    public = [one for one in company.teams.messages if one.conversation.startswith(team.id)]
    assert [seen(one).strip() for one in public] == ["I have answered you in our own chat."]
    assert public[0].thread


def test_after_the_app_is_removed_a_task_climbs_to_the_manager(company: TeamsCompany) -> None:
    company.does(company.sends_to.removes("olga"))

    task = company.open_a_task()

    [prompt] = [one for one in company.notices(task) if one.key.occasion is Occasion.OPENED]
    assert prompt.state is NoticeState.FAILED
    company.days_pass(utc(2026, 11, 20, 12))
    assert "IAM-03" in seen(company.asked("max"))


def test_after_the_app_is_installed_again_messages_arrive_again(company: TeamsCompany) -> None:
    company.does(company.sends_to.removes("olga"))
    company.installs("olga")

    company.open_a_task()

    assert "A task for you has opened." in seen(company.asked())


def test_who_has_blocked_the_bot_is_passed_over_for_good(company: TeamsCompany) -> None:
    company.teams.people["olga"].blocked = True

    task = company.open_a_task()

    [prompt] = [one for one in company.notices(task) if one.key.occasion is Occasion.OPENED]
    assert prompt.state is NoticeState.FAILED
    assert "MessageWritesBlocked" in prompt.error


def test_an_overdue_task_reaches_the_manager_in_teams(company: TeamsCompany) -> None:
    company.open_a_task()
    company.days_pass(utc(2026, 11, 20, 12))
    assert "Olga Owner" in seen(company.asked("max", "IAM-03"))


def test_a_message_that_changes_after_it_was_attached_is_noticed(company: TeamsCompany) -> None:
    company.open_a_task()
    dropped = company.sends_to.drops("olga", company.file())
    company.does(dropped)

    company.does(company.sends_to.activity("messageDelete", "olga", id=dropped["id"]))

    assert company.sends_to.send(company.sends_to.activity("messageReaction", "olga")).status_code == 200


def test_whoever_joins_a_team_that_has_the_app_is_known_before_they_speak(company: TeamsCompany) -> None:
    company.teams.add_person("nora", "Nora New", "nora@acme.example")
    team = company.teams.add_team("ops", "olga", "nora")

    joined = [{"id": "29:nora", "aadObjectId": "aad-nora"}]
    company.does(company.sends_to.activity("conversationUpdate", "olga", chat=team, membersAdded=joined))

    assert company.person("nora").name == "Nora New"


def test_the_zone_of_somebodys_own_client_is_theirs(company: TeamsCompany) -> None:
    company.teams.people["olga"].time_zone = "Asia/Tokyo"
    company.writes("olga", "tasks")
    assert company.person("olga").time_zone == "Asia/Tokyo"
    assert company.person("olga").name == "Olga Owner"
