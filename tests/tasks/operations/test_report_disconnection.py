from dataclasses import replace

import pytest

from tasks.identifiers import PersonId
from tasks.notices import Occasion
from tasks.operations.report_disconnection import report_disconnection
from tasks.ports import Identity
from tests.tasks.operations.company import ADA, Company, a_company

SENTENCE = "Slack refuses the token."


def reached_on(*platforms: str, who: PersonId = ADA.id) -> Company:
    acme = a_company()
    for platform in platforms:
        acme.uow.people.link(Identity(platform=platform, external_id=f"{platform}-1", person_id=who))
    return acme


def test_an_admin_who_can_be_reached_elsewhere_is_told_there() -> None:
    acme = reached_on("slack", "web")
    assert acme.run(report_disconnection, "slack", SENTENCE) == 1
    assert acme.told(Occasion.DISCONNECTED) == [ADA.id]
    assert acme.notices(Occasion.DISCONNECTED)[0].detail == SENTENCE


@pytest.mark.parametrize(("lost", "elsewhere"), [("slack", "teams"), ("teams", "slack"), ("teams", "web")])
def test_every_platform_can_be_lost_and_every_other_is_elsewhere(lost: str, elsewhere: str) -> None:
    assert reached_on(lost, elsewhere).run(report_disconnection, lost, SENTENCE) == 1
    assert reached_on(lost).run(report_disconnection, lost, SENTENCE) == 0


def test_an_outage_of_one_platform_does_not_keep_that_of_another_from_being_told() -> None:
    acme = reached_on("slack", "teams")
    assert acme.run(report_disconnection, "slack", SENTENCE) == 1
    assert acme.run(report_disconnection, "teams", SENTENCE) == 1


def test_an_admin_on_no_other_platform_is_owed_nothing_that_would_come_when_it_is_over() -> None:
    assert reached_on("slack").run(report_disconnection, "slack", SENTENCE) == 0


def test_it_is_said_once_a_day() -> None:
    acme = reached_on("web")
    acme.run(report_disconnection, "slack", SENTENCE)
    assert acme.run(report_disconnection, "slack", SENTENCE) == 0
    acme.units.clock.advance(days=1)
    assert acme.run(report_disconnection, "slack", SENTENCE) == 1


def test_without_an_admin_the_compliance_lead_is_told() -> None:
    acme = reached_on("web", who=PersonId("lee"))
    acme.uow.people.save(replace(acme.person("ada"), active=False))
    acme.run(report_disconnection, "slack", SENTENCE)
    assert acme.told(Occasion.DISCONNECTED) == ["lee"]
