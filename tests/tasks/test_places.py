from datetime import date

import pytest

from tasks.errors import Invalid
from tasks.places import country_name, country_named, days_listed, days_named, days_told, time_zone_named


def sentence(name: str, text: str) -> str:
    named = {"time_zone": time_zone_named, "country": country_named, "shutdown": days_named}[name]
    with pytest.raises(Invalid) as error:
        named(text)
    assert error.value.fields == {name: str(error.value)}
    return str(error.value)


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        (" europe/berlin ", "Europe/Berlin"),
        ("Berlin", "Europe/Berlin"),
        ("new york", "America/New_York"),
        ("UTC", "UTC"),
    ],
)
def test_a_time_zone_is_known_by_its_name_or_its_city(text: str, zone: str) -> None:
    assert time_zone_named(text) == zone


@pytest.mark.parametrize(("text", "guess"), [("Europe/Berlim", "Europe/Berlin"), ("Berln", "Europe/Berlin")])
def test_of_a_misspelt_time_zone_the_nearest_is_named(text: str, guess: str) -> None:
    assert f"Did you mean {guess}?" in sentence("time_zone", text)


@pytest.mark.parametrize("text", ["", "somewhere far away", "../../etc/passwd"])
def test_what_is_no_time_zone_is_refused_with_an_example(text: str) -> None:
    assert "as in Europe/Berlin" in sentence("time_zone", text)


@pytest.mark.parametrize(
    ("text", "code"),
    [("DE", "DE"), ("de", "DE"), ("Germany", "DE"), ("USA", "US"), ("united kingdom", "GB"), ("UK", "GB")],
)
def test_a_country_is_known_by_its_code_or_its_name(text: str, code: str) -> None:
    assert country_named(text) == code


def test_of_a_misspelt_country_the_nearest_is_named() -> None:
    assert "Did you mean France?" in sentence("country", "Frnce")


@pytest.mark.parametrize("text", ["", "XX", "Atlantis"])
def test_a_country_whose_holidays_are_not_known_is_refused(text: str) -> None:
    assert "as in DE" in sentence("country", text)


def test_a_countrys_name_is_shown_in_words() -> None:
    assert country_name("US") == "United States"
    assert country_name("XX") == "XX"


def test_days_may_be_single_or_spans_and_come_in_order_once_each() -> None:
    found = days_named("2027-05-07, 2026-12-30 to 2027-01-01\n2026-12-31;")
    assert found == (date(2026, 12, 30), date(2026, 12, 31), date(2027, 1, 1), date(2027, 5, 7))


def test_days_are_listed_as_they_may_be_typed_again() -> None:
    days = days_named("2026-12-30 to 2027-01-01, 2027-05-07")
    assert days_listed(days) == "2026-12-30 to 2027-01-01, 2027-05-07"
    assert days_named(days_listed(days)) == days
    assert days_told(days) == "30 Dec 2026 – 1 Jan 2027, 7 May 2027"


def test_no_days_are_no_days() -> None:
    assert days_named(" ") == ()
    assert days_listed(()) == ""


@pytest.mark.parametrize(
    "text",
    [
        "Christmas",
        "2026-02-30",
        "2026-12-31 to 2026-12-24",
        "2026-01-01 to 2026-12-31",
        "24.12.2026",
        "2026-01-01 to 2026-03-31, 2026-06-01 to 2026-08-31",
    ],
)
def test_what_is_no_day_or_far_too_many_is_refused(text: str) -> None:
    assert sentence("shutdown", text)
