"""A file that somebody has consented to, while Teams fails in every way there is: it is among theirs once, or they are
told what to do."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from shutil import rmtree

import pytest

from bot.teams import errands, files
from bot.teams.files_out import ENDED, NOT_UPLOADED
from tests.bot.a_company import StepClock
from tests.fake_teams import FakeTeams, Message
from tests.fake_teams.records import FILE_INFO, Json
from tests.scenarios.company import PDF, START
from tests.scenarios.teams_company import (
    TeamsCompany,
    a_founded_tenant,
    a_teams_company,
    move_service,
    presses_of,
    seen,
    serving_teams,
)

PATIENCE = 0.3
"""Seconds until our client gives up on an answer."""
LARGE = PDF + bytes(4 * 1024 * 1024)
"""More than any socket takes at once."""
Arrange = Callable[[FakeTeams, int], None]
"""So many uploads go wrong."""


def answers(status: int, retry_after: int | None = None) -> Arrange:
    def arrange(teams: FakeTeams, times: int) -> None:
        if retry_after is None:
            teams.fail("upload", status, times=times)
        else:
            teams.rate_limit("upload", retry_after=retry_after, times=times)

    return arrange


PASSING: Mapping[str, Arrange] = {
    **{str(status): answers(status) for status in (408, 412, 423, 429, 500, 502, 503, 504, 507)},
    "429 that says for how long": answers(429, retry_after=9),
    "a connection cut before": lambda teams, times: teams.drop_before_accepting("upload", times=times),
    "a connection cut in the middle": lambda teams, times: teams.cut_short("upload", times=times),
    "silence before": lambda teams, times: teams.hang("upload", accepted=False, times=times),
    "a page instead of an answer": lambda teams, times: teams.garble("upload", times=times),
}
REFUSED = (302, 400, 403, 413, 415)
USED_UP = (401, 404, 409, 410, 416)
DONE_ALL_THE_SAME: Mapping[str, Arrange] = {
    "a connection cut after": lambda teams, times: teams.drop_after_accepting("upload", times=times),
    "silence after": lambda teams, times: teams.hang("upload", times=times),
}


async def _at_once(seconds: float) -> None:
    """Uploads are tried again without a wait."""


@pytest.fixture
def company(teams_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TeamsCompany]:
    monkeypatch.setattr(files, "TAKEN_IN", PATIENCE)
    with a_teams_company(teams_home) as company:
        impatient(company)
        yield company


def impatient(company: TeamsCompany) -> None:
    teams = company.running.app.teams
    assert teams
    teams._errands._sleep = _at_once


def asks_for_the_file(company: TeamsCompany, content: bytes = PDF) -> Message:
    """Lea, who accepts; returns what Teams shows her first."""
    company.open_a_task()
    company.gives("olga", content=content)
    company.clicks("olga", "Done", company.asked(words="A task for you"))
    return asks_again(company)


def asks_again(company: TeamsCompany) -> Message:
    card = next(one for one in reversed(company.chat("lea")) if "Open" in presses_of(one))
    company.clicks("lea", "Open", card)
    return next(one for one in reversed(company.chat("lea")) if "consent" in kind_of(one))


def kind_of(message: Message) -> str:
    return str(message.attachments[0]["contentType"])


def consents(company: TeamsCompany, asked: Message, *, times: int = 1) -> None:
    company.does(company.sends_to.consent("lea", asked), times=times)


def uploaded(company: TeamsCompany) -> list[bytes]:
    return [one for one in company.teams.uploads.values() if one is not None]


def shown(company: TeamsCompany) -> int:
    """How often the file was shown where it is now."""
    return sum(kind_of(one) == FILE_INFO for one in company.chat("lea"))


def told(company: TeamsCompany) -> list[str]:
    """What she was told went wrong."""
    words = [seen(one) for one in company.chat("lea")]
    return [sentence for text in words for sentence in (NOT_UPLOADED, ENDED) if sentence in text]


def is_among_hers(company: TeamsCompany, asked: Message) -> bool:
    return (uploaded(company), shown(company), asked.deleted) == ([PDF], 1, True)


# what passes


@pytest.mark.parametrize("fault", PASSING)
def test_what_passes_is_waited_out_and_nobody_hears_of_it(company: TeamsCompany, fault: str) -> None:
    asked = asks_for_the_file(company)
    PASSING[fault](company.teams, 2)

    consents(company, asked)

    assert is_among_hers(company, asked)
    assert told(company) == []


@pytest.mark.parametrize("fault", PASSING)
def test_what_does_not_pass_is_told_once_and_the_same_question_can_be_answered_again(
    company: TeamsCompany, fault: str
) -> None:
    asked = asks_for_the_file(company)
    PASSING[fault](company.teams, 9)

    consents(company, asked)
    assert told(company) == [NOT_UPLOADED]
    assert (uploaded(company), asked.deleted) == ([], False)

    company.teams.faults.clear()
    consents(company, asked)
    assert is_among_hers(company, asked)


def test_a_wait_that_is_too_long_is_told_at_once(company: TeamsCompany) -> None:
    asked = asks_for_the_file(company)
    company.teams.rate_limit("upload", retry_after=600)

    consents(company, asked)

    assert told(company) == [NOT_UPLOADED]
    assert uploaded(company) == []


def test_a_large_file_cut_in_the_middle_arrives_whole(company: TeamsCompany) -> None:
    asked = asks_for_the_file(company, LARGE)
    company.teams.cut_short("upload", times=2)

    consents(company, asked)

    assert uploaded(company) == [LARGE]
    assert told(company) == []


# what does not


@pytest.mark.parametrize("status", REFUSED)
def test_a_refusal_is_told_and_not_tried_again(company: TeamsCompany, status: int) -> None:
    asked = asks_for_the_file(company)
    company.teams.fail("upload", status)

    consents(company, asked)
    assert told(company) == [NOT_UPLOADED]
    assert uploaded(company) == []

    consents(company, asked)
    assert is_among_hers(company, asked)


@pytest.mark.parametrize("status", USED_UP)
def test_a_place_that_takes_nothing_any_more_is_told_as_that(company: TeamsCompany, status: int) -> None:
    asked = asks_for_the_file(company)
    company.teams.fail("upload", status)

    consents(company, asked)
    assert told(company) == [ENDED]

    consents(company, asked)
    assert is_among_hers(company, asked)


@pytest.mark.parametrize("fault", DONE_ALL_THE_SAME)
def test_a_file_that_is_there_though_no_answer_came_is_not_put_there_twice(company: TeamsCompany, fault: str) -> None:
    asked = asks_for_the_file(company)
    DONE_ALL_THE_SAME[fault](company.teams, 1)

    consents(company, asked)

    assert uploaded(company) == [PDF]
    assert told(company) == [ENDED]


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_a_yes_without_a_body_is_a_yes(company: TeamsCompany, status: int) -> None:
    asked = asks_for_the_file(company)
    company.teams.bare_answer = status

    consents(company, asked)

    assert is_among_hers(company, asked)
    assert told(company) == []


def test_a_file_that_our_own_store_does_not_give_is_told(company: TeamsCompany) -> None:
    asked = asks_for_the_file(company)
    rmtree(company.folder / "evidence")

    consents(company, asked)

    assert told(company) == [NOT_UPLOADED]
    assert uploaded(company) == []


# the consent itself


def test_a_consent_delivered_twice_puts_one_file_there_and_says_nothing_wrong(company: TeamsCompany) -> None:
    asked = asks_for_the_file(company)

    consents(company, asked, times=2)

    assert is_among_hers(company, asked)
    assert told(company) == []


def test_two_presses_before_the_first_is_done_put_one_file_there(company: TeamsCompany) -> None:
    asked = asks_for_the_file(company)
    company.teams.fail("upload", 503, times=2)

    for press in [company.sends_to.consent("lea", asked) for _ in range(2)]:
        assert company.sends_to.send(press).status_code == 200
    company.settle()

    assert is_among_hers(company, asked)
    assert told(company) == []


def test_who_declined_may_still_consent(company: TeamsCompany) -> None:
    asked = asks_for_the_file(company)

    company.does(company.sends_to.consent("lea", asked, accept=False))
    assert (uploaded(company), told(company), shown(company)) == ([], [], 0)

    consents(company, asked)
    assert is_among_hers(company, asked)


def test_a_consent_that_has_run_out_is_told_and_a_new_one_works(company: TeamsCompany) -> None:
    asked = asks_for_the_file(company)
    consent = run_out(company, company.sends_to.consent("lea", asked))

    company.does(consent)
    assert told(company) == [ENDED]

    again = asks_again(company)
    consents(company, again)
    assert uploaded(company) == [PDF]
    assert again.deleted


def run_out(company: TeamsCompany, consent: Json) -> Json:
    company.teams.uploads.clear()
    return consent


@pytest.mark.parametrize("place", ["https://evil.example/upload", "http://acme-my.sharepoint.com/x", "", "https://["])
def test_nothing_goes_to_a_place_that_is_not_microsoft_s(company: TeamsCompany, place: str) -> None:
    asked = asks_for_the_file(company)
    consent = company.sends_to.consent("lea", asked)
    consent["value"]["uploadInfo"]["uploadUrl"] = place

    company.does(consent)

    assert told(company) == [NOT_UPLOADED]
    assert uploaded(company) == []


def test_after_a_restart_between_consent_and_upload_the_question_still_stands(
    teams_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(errands, "DRAIN", 0.1)
    clock = StepClock(moment=START)
    with a_founded_tenant() as teams:
        with serving_teams(teams_home, teams, clock) as company:
            company.write(lambda uow: move_service(uow, teams))
            asked = asks_for_the_file(company)
            teams.hang("upload", accepted=False)
            assert company.sends_to.send(company.sends_to.consent("lea", asked)).status_code == 200
        assert (uploaded(company), asked.deleted) == ([], False)

        teams.faults.clear()
        with serving_teams(teams_home, teams, clock) as restarted:
            consents(restarted, asked)
            assert is_among_hers(restarted, asked)
        assert teams.violations == []


# once it is there


def test_the_question_goes_even_where_the_file_could_not_be_shown(company: TeamsCompany) -> None:
    asked = asks_for_the_file(company)
    company.teams.fail("post", 502)

    consents(company, asked)

    assert uploaded(company) == [PDF]
    assert asked.deleted


def test_a_question_that_could_not_be_taken_back_at_once_goes_later(company: TeamsCompany) -> None:
    asked = asks_for_the_file(company)
    company.teams.fail("remove", 502)

    consents(company, asked)

    assert is_among_hers(company, asked)
