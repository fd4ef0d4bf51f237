import pytest

from tasks.errors import Invalid
from tasks.operations.choose_platform import choose_platform
from tasks.ports import Identity
from tests.tasks.operations.company import OLGA, Company, a_company


@pytest.fixture
def acme() -> Company:
    acme = a_company()
    for platform in ("slack", "teams"):
        acme.uow.people.link(Identity(platform=platform, external_id="olga", person_id=OLGA.id))
    return acme


def test_a_platform_is_chosen_and_that_is_on_record(acme: Company) -> None:
    assert acme.by("olga", choose_platform, "teams").write_to == "teams"
    assert acme.person("olga").write_to == "teams"
    entry = acme.last_entry
    assert (entry.what, entry.about, entry.before, entry.after) == (
        "person:notify",
        "person:olga",
        {"write_to": ""},
        {"write_to": "teams"},
    )


def test_the_choice_can_be_taken_back(acme: Company) -> None:
    acme.by("olga", choose_platform, "teams")
    assert acme.by("olga", choose_platform, "").write_to == ""


def test_the_same_choice_again_changes_nothing(acme: Company) -> None:
    acme.by("olga", choose_platform, "teams")
    acme.by("olga", choose_platform, "teams")
    assert acme.entries == ["person:notify"]


@pytest.mark.parametrize("platform", ["web", "telegram"])
def test_only_a_platform_where_they_are_known_can_be_chosen(acme: Company, platform: str) -> None:
    acme.refused(Invalid, "olga", choose_platform, platform)
