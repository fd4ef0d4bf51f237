from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.business_days import BusinessCalendar, calendar_of
from tests.builders import a_person, a_workspace, utc

ZONES = ["UTC", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Apia"]
days = st.dates(date(2010, 1, 1), date(2035, 12, 31))


def a_calendar(time_zone: str = "UTC", country: str = "US", shutdown_days: tuple[date, ...] = ()) -> BusinessCalendar:
    return BusinessCalendar(time_zone=time_zone, country=country, shutdown_days=shutdown_days)


@pytest.mark.parametrize(
    ("calendar", "day"),
    [
        pytest.param(a_calendar(), date(2026, 11, 14), id="saturday"),
        pytest.param(a_calendar(), date(2026, 11, 26), id="thanksgiving"),
        pytest.param(a_calendar(), date(2021, 12, 31), id="new-year-observed-the-friday-before"),
        pytest.param(a_calendar(country="DE"), date(2026, 12, 25), id="christmas-in-germany"),
        pytest.param(a_calendar(country="de"), date(2026, 12, 25), id="country-in-small-letters"),
        pytest.param(a_calendar(country="IL"), date(2026, 11, 13), id="friday-in-israel"),
        pytest.param(a_calendar(shutdown_days=(date(2026, 12, 28),)), date(2026, 12, 28), id="company-shutdown"),
        pytest.param(a_calendar(country="XX"), date(2026, 11, 15), id="sunday-in-an-unknown-country"),
    ],
)
def test_weekends_holidays_and_shutdown_days_are_no_business_days(calendar: BusinessCalendar, day: date) -> None:
    assert not calendar.is_business_day(day)


def test_an_unknown_country_has_weekends_only() -> None:
    assert a_calendar(country="XX").is_business_day(date(2026, 12, 25))


def test_rolling_forward_passes_a_holiday_weekend() -> None:
    calendar = a_calendar()
    assert calendar.roll_forward(date(2026, 7, 3)) == date(2026, 7, 6)  # 4 July, a Saturday, is observed on Friday
    assert calendar.roll_forward(date(2026, 7, 2)) == date(2026, 7, 2)


@pytest.mark.parametrize(
    ("business_days", "expected"),
    [(1, date(2026, 11, 16)), (5, date(2026, 11, 20)), (-1, date(2026, 11, 12)), (-5, date(2026, 11, 5))],
)
def test_shifting_counts_business_days_only(business_days: int, expected: date) -> None:
    assert a_calendar().shift(date(2026, 11, 13), business_days) == expected  # 11 November is Veterans Day


def test_shifting_by_none_rolls_forward() -> None:
    assert a_calendar().shift(date(2026, 11, 14), 0) == date(2026, 11, 16)


@settings(max_examples=50, deadline=None)
@given(day=days, count=st.integers(-15, 15).filter(bool))
def test_a_shift_passes_exactly_so_many_business_days(day: date, count: int) -> None:
    calendar = a_calendar()
    shifted = calendar.shift(day, count)
    assert calendar.is_business_day(shifted)
    if count > 0:
        assert calendar.business_days_between(day, shifted) == count
    else:
        assert calendar.business_days_between(shifted - timedelta(days=1), day - timedelta(days=1)) == -count


def test_business_days_between_is_negative_backwards() -> None:
    assert a_calendar().business_days_between(date(2026, 11, 20), date(2026, 11, 13)) == -5


def test_nine_o_clock_is_read_off_the_local_clock_in_winter_and_summer() -> None:
    calendar = a_calendar("Europe/Berlin")
    assert calendar.at(date(2026, 1, 15)) == utc(2026, 1, 15, 8)
    assert calendar.at(date(2026, 7, 15)) == utc(2026, 7, 15, 7)


def test_a_skipped_hour_is_the_first_moment_after_it() -> None:
    assert a_calendar("America/New_York").at(date(2026, 3, 8), 2) == utc(2026, 3, 8, 7)


def test_a_skipped_midnight_is_the_first_moment_after_it() -> None:
    assert a_calendar("America/Santiago").at(date(2026, 9, 6), 0) == utc(2026, 9, 6, 4)


def test_a_skipped_day_is_the_first_moment_of_the_next() -> None:
    assert a_calendar("Pacific/Apia").at(date(2011, 12, 30)) == utc(2011, 12, 30, 10)


def test_an_hour_that_comes_twice_is_the_first_of_the_two() -> None:
    assert a_calendar("America/New_York").at(date(2026, 11, 1), 1) == utc(2026, 11, 1, 5)


@settings(max_examples=60, deadline=None)
@given(
    day=days.filter(lambda day: day != date(2011, 12, 30)),
    hour=st.sampled_from([9, 16, 17]),
    zone=st.sampled_from(ZONES),
)
def test_working_hours_survive_every_clock_change(day: date, hour: int, zone: str) -> None:
    calendar = a_calendar(zone)
    assert calendar.local_date(calendar.at(day, hour)) == day


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        pytest.param(utc(2026, 11, 13, 10, 30), utc(2026, 11, 13, 10, 30), id="in-hours-stays"),
        pytest.param(utc(2026, 11, 13, 9), utc(2026, 11, 13, 9), id="nine-stays"),
        pytest.param(utc(2026, 11, 13, 8, 59), utc(2026, 11, 13, 9), id="early-waits-for-nine"),
        pytest.param(utc(2026, 11, 13, 17), utc(2026, 11, 16, 9), id="friday-five-waits-for-monday"),
        pytest.param(utc(2026, 11, 14, 12), utc(2026, 11, 16, 9), id="saturday-waits-for-monday"),
        pytest.param(utc(2026, 12, 24, 18), utc(2026, 12, 28, 9), id="christmas-eve-waits-for-the-monday-after"),
    ],
)
def test_moments_move_into_working_hours(moment: datetime, expected: datetime) -> None:
    assert a_calendar().into_hours(moment) == expected


def test_a_person_brings_zone_and_country_and_the_workspace_its_shutdown_days() -> None:
    workspace = a_workspace(time_zone="Europe/Berlin", country="DE", shutdown_days=(date(2026, 12, 28),))
    calendar = calendar_of(a_person(time_zone="Asia/Kolkata", country="IN"), workspace)
    assert calendar == a_calendar("Asia/Kolkata", "IN", (date(2026, 12, 28),))


def test_without_a_person_the_workspace_s_own_place_counts() -> None:
    workspace = a_workspace(time_zone="Europe/Berlin", country="DE")
    assert calendar_of(None, workspace) == a_calendar("Europe/Berlin", "DE")
    assert calendar_of(a_person(time_zone="", country=""), workspace) == a_calendar("Europe/Berlin", "DE")
