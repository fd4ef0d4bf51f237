"""From a workspace with people and nothing else to the first prompts, by signed requests."""

from dataclasses import replace
from datetime import date
from typing import Any

from tasks.ports import UnitOfWork
from tests.builders import utc
from tests.fake_slack import Message, View
from tests.scenarios.company import Company, buttons, inputs, shown

CONTROLS, PLACE, PEOPLE, OWNERS, LADDER, CHANNEL, PERIOD, RHYTHM = range(8)
FIRST = "2026-11-09"


def buttons_of_steps(page: Message) -> list[str]:
    return [label for label in buttons(page) if label in ("Answer …", "Change …")]


def opens_step(company: Company, step: int, who: str = "lea") -> View:
    page = company.says(who, "setup")
    label = buttons_of_steps(page)[step]
    return company.opens(who, label, page, nth=buttons_of_steps(page)[:step].count(label))


def answers_step(company: Company, step: int, who: str = "lea", **values: Any) -> dict[str, Any]:
    """`values` by the place of the field in the form: f0, f1, …"""
    labels = inputs(opens_step(company, step, who))
    return company.sends(who, {labels[int(place[1:])]: value for place, value in values.items()})


def answers_everything(company: Company) -> None:
    person = {handle: company.person(handle).id for handle in ("lea", "ada", "sid", "olga", "cora")}
    answers_step(company, CONTROLS)
    answers_step(company, PLACE, f0="Berlin", f1="Germany", f3="2026-12-24 to 2026-12-31")
    answers_step(company, PEOPLE, f0=person["lea"], f1=person["ada"], f3=person["sid"])
    labels = inputs(opens_step(company, OWNERS))
    company.sends("lea", {"HR": person["cora"], "IT": person["olga"]})
    assert labels == ["Engineering", "Finance", "HR", "IT", "Legal", "Security"]
    answers_step(company, LADDER, f3="3")
    answers_step(company, CHANNEL, f0="https://acme.slack.com/archives/C0COMPLIANCE")
    answers_step(company, PERIOD, f0="2027-01-01", f1="2027-12-31")
    answers_step(company, RHYTHM, f0=FIRST)


def previews(company: Company, who: str = "lea") -> Message:
    page = company.says(who, "setup")
    company.presses(who, "Preview the next 12 months", page)
    return company.whispered(who)


def without_settings(uow: UnitOfWork) -> None:
    uow.save_workspace(replace(uow.workspace, compliance_channel="", period_start=None, period_end=None))


def test_from_an_empty_workspace_to_the_first_prompts(company: Company) -> None:
    company.write(without_settings)
    assert "0 of 8" in shown(company.says("lea", "setup"))

    answers_everything(company)
    assert "8 of 8" in shown(company.says("lea", "setup"))
    preview = previews(company)
    assert "By owner" in shown(preview)
    company.presses("lea", "Start", preview)
    assert "54 controls run from now on" in shown(company.whispered("lea"))

    assert [message for who in ("olga", "cora", "lea", "ada") for message in company.inbox(who)] == []
    company.at(utc(2026, 11, 9, 8))
    company.at(utc(2026, 11, 9, 9))
    assert "Monthly patch compliance review" in shown(company.prompt("olga"))
    place = company.read(lambda uow: uow.workspace)
    assert (place.time_zone, place.compliance_channel) == ("Europe/Berlin", "slack:C0COMPLIANCE")
    assert (place.period_start, place.period_end) == (date(2027, 1, 1), date(2027, 12, 31))
    said = [entry.what for entry in company.read(lambda uow: uow.audit.of(f"workspace:{uow.workspace.id}", limit=50))]
    assert "setup:finish" in said
    assert said.count("workspace:change") == 4


def test_it_is_left_and_gone_on_with_by_somebody_else_later(company: Company) -> None:
    company.write(lambda uow: uow.people.save(replace(company.person_in(uow, "max"), roles=company_lead(uow))))
    answers_step(company, CONTROLS)
    answers_step(company, PERIOD, f0="2027-01-01", f1="2027-12-31")
    company.at(utc(2026, 11, 20, 9))
    assert company.inbox("olga") == []

    page = company.says("max", "setup")
    assert "2 of 8" in shown(page)
    assert buttons_of_steps(page).count("Change …") == 2
    answers_step(company, CHANNEL, who="max")
    assert "3 of 8" in shown(company.says("lea", "setup"))


def company_lead(uow: UnitOfWork) -> Any:
    lea = uow.people.by_email("lea@acme.example")
    assert lea
    return lea.roles


def test_without_a_second_acceptor_and_a_sponsor_it_will_not_start(company: Company) -> None:
    for handle in ("ada", "sid"):
        company.change_person(handle, roles=frozenset())
    for step in (CONTROLS, PLACE, PERIOD, RHYTHM):
        answers_step(company, step, **({"f0": "2027-01-01", "f1": "2027-06-30"} if step == PERIOD else {}))
    lea = company.person("lea").id
    opens_step(company, PEOPLE)
    refused = company.sends("lea", {"Compliance lead": lea, "Second acceptor": lea, "Executive sponsor": lea})
    assert set(refused["errors"]) == {"second", "sponsor"}
    answers_step(company, PEOPLE, f0=lea)

    preview = previews(company)

    assert "name a second person who may" in shown(preview)
    assert "name an executive sponsor" in shown(preview)
    assert "Start" not in buttons(preview)


def test_members_are_told_whose_it_is(company: Company) -> None:
    assert "This takes the role of compliance lead or admin." in shown(company.says("olga", "setup"))


def test_a_channel_typed_by_name_is_answered_with_what_to_do(company: Company) -> None:
    answer = answers_step(company, CHANNEL, f0="#compliance")
    assert "copy its link" in answer["errors"]["channel"]


def test_settings_of_a_running_workspace_change_without_installing_anew(company: Company) -> None:
    company.open_a_task()
    assert "soc2bot is running" in shown(company.says("lea", "setup"))

    answers_step(company, LADDER, f3="3")

    assert len(company.read(lambda uow: uow.controls.every())) == 1
    company.days_pass(utc(2026, 11, 18, 10))
    assert not [one for one in company.inbox("max") if "overdue" in shown(one)]
    company.days_pass(utc(2026, 11, 19, 10))
    assert "three business days or more" in shown(company.prompt("max"))
