"""One person in the browser and on Slack: known in the one, a stranger in the other, linked by a code."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tasks.identifiers import PersonId
from tasks.operations.assign import reassign_task
from tasks.people import Actor
from tasks.ports import Identity, UnitOfWork
from tests.bot.a_company import StepClock
from tests.builders import a_person
from tests.fake_slack.faults import Fault
from tests.scenarios.browser import Browser
from tests.scenarios.company import START, Company, a_slack, serving, shown, user_id

WANDA = PersonId("wanda")
REFUSED = "This code does not work."


@pytest.fixture
def company(home: Path) -> Iterator[Company]:
    """Wanda came by a file of people and writes in the browser; her Slack account has an e-mail nobody knows."""
    clock = StepClock(moment=START)
    with a_slack(clock) as slack, serving(home, slack, clock, browser_chat=True) as company:
        slack.add_user("wanda", "w@private.example", id=user_id("wanda"), real_name="Wanda W", tz="UTC")
        company.write(_hire)
        yield company
        company.run_due_jobs()
        assert slack.violations == []


@pytest.fixture
def browser(company: Company) -> Iterator[Browser]:
    browser = Browser(company.running.address)
    browser.become(WANDA)
    yield browser
    browser.client.close()


def _hire(uow: UnitOfWork) -> None:
    uow.people.add(a_person(WANDA, email="wanda@acme.example"))
    uow.people.link(Identity(platform="web", external_id=WANDA, person_id=WANDA))


def accounts(company: Company) -> list[tuple[str, str]]:
    found = company.read(lambda uow: uow.people.identities(WANDA))
    return [(one.platform, one.external_id) for one in found]


def code_of(browser: Browser) -> str:
    found = re.findall(r"link ([A-Z]{4}-[A-Z]{4})", browser.says("link"))
    assert found
    return str(found[-1])


def test_a_code_from_the_browser_and_a_yes_there_let_a_slack_account_in(company: Company, browser: Browser) -> None:
    assert "I don't know you" in shown(company.says("wanda", "tasks"))
    code = code_of(browser)
    assert "I have asked you in the browser" in shown(company.says("wanda", f"link {code}"))
    assert "I don't know you" in shown(company.says("wanda", "tasks")), "nothing is linked by the code alone"
    company.run_due_jobs()
    assert user_id("wanda") in browser.get("/web/chat")
    assert "I know you there from now on" in browser.presses("Yes, that is me")
    assert "Nothing is waiting for you." in shown(company.says("wanda", "tasks"))
    assert set(accounts(company)) == {("web", WANDA), ("slack", user_id("wanda"))}
    entries = company.read(lambda uow: uow.audit.of(f"person:{WANDA}", limit=9))
    assert [(one.what, one.who, one.platform) for one in entries] == [("person:link", WANDA, "web")]


def test_a_no_in_the_browser_keeps_the_slack_account_out(company: Company, browser: Browser) -> None:
    code = code_of(browser)
    company.says("wanda", f"link {code}")
    company.run_due_jobs()
    assert "Nothing was linked" in browser.presses("No")
    assert accounts(company) == [("web", WANDA)]
    assert REFUSED in shown(company.says("wanda", f"link {code}"))


def test_a_record_that_the_member_list_made_gives_its_account_up(company: Company, browser: Browser) -> None:
    company.sync_people()
    assert "Nothing is waiting for you." in shown(company.says("wanda", "tasks")), "known, as somebody else"
    linked(company, browser)
    assert set(accounts(company)) == {("web", WANDA), ("slack", user_id("wanda"))}
    other = company.read(lambda uow: uow.people.by_email("w@private.example"))
    assert other
    assert not other.active
    company.sync_people()
    assert set(accounts(company)) == {("web", WANDA), ("slack", user_id("wanda"))}


def test_guessing_ends_after_five_wrong_codes(company: Company, browser: Browser) -> None:
    for letters in ("AAAAAAAA", "BBBBBBBB", "CCCCCCCC", "DDDDDDDD", "EEEEEEEE"):
        assert REFUSED in shown(company.says("wanda", f"link {letters}"))
    assert REFUSED in shown(company.says("wanda", f"link {code_of(browser)}"))
    company.clock.step(hours=1)
    assert "I have asked you" in shown(company.says("wanda", f"link {code_of(browser)}"))


def linked(company: Company, browser: Browser) -> None:
    company.says("wanda", f"link {code_of(browser)}")
    company.run_due_jobs()
    browser.presses("Yes, that is me")


def gives(company: Company, to: PersonId) -> None:
    """Lea hands the task over, and its new owner is prompted."""
    task, lea = company.task(), company.person("lea")
    company.write(
        lambda uow: reassign_task(
            uow, Actor(person=lea, platform="slack", at=uow.now), task.id, version=task.version, to=to
        )
    )
    company.run_due_jobs()


def test_what_is_owed_goes_where_they_wrote_last_or_where_they_chose(company: Company, browser: Browser) -> None:
    linked(company, browser)
    company.open_a_task()
    company.says("wanda", "away off")
    gives(company, WANDA)
    assert ["Leaver access removal" in shown(one) for one in company.inbox("wanda")] == [True], "she wrote on Slack"
    assert "I write to you: browser." in shown(company.says("wanda", "notify browser"))
    gives(company, company.person("olga").id)
    gives(company, WANDA)
    assert len(company.inbox("wanda")) == 1
    assert "Leaver access removal" in browser.get("/web/chat")


def test_where_the_chosen_place_is_closed_for_good_the_other_is_used(company: Company, browser: Browser) -> None:
    linked(company, browser)
    company.says("wanda", "notify slack")
    company.open_a_task()
    company.slack.faults.add("conversations.open", Fault(error="user_disabled"), times=9)
    gives(company, WANDA)
    company.slack.faults.clear()
    assert company.inbox("wanda") == []
    assert "Leaver access removal" in browser.get("/web/chat")
