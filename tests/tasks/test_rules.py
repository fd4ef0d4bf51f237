"""Which recurrence rules are accepted."""

import re
from time import perf_counter

import pytest

from tasks.errors import BadRule
from tasks.recurrence import check_rule

WORKDAYS = "MO,TU,WE,TH,FR"
ACCEPTED = [
    "FREQ=DAILY",
    "FREQ=DAILY;INTERVAL=10",
    f"FREQ=DAILY;BYDAY={WORKDAYS}",
    "FREQ=DAILY;BYMONTH=1,7;BYMONTHDAY=1,-1",
    "FREQ=WEEKLY",
    "FREQ=WEEKLY;BYDAY=MO",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO",
    "FREQ=WEEKLY;INTERVAL=3;BYDAY=TU,SU",
    "FREQ=MONTHLY",
    "FREQ=MONTHLY;BYMONTHDAY=31",
    "FREQ=MONTHLY;BYMONTHDAY=-1",
    "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=5",
    "FREQ=MONTHLY;INTERVAL=5;BYMONTHDAY=1,15",
    "FREQ=MONTHLY;BYDAY=1MO,-1FR",
    f"FREQ=MONTHLY;BYDAY={WORKDAYS};BYSETPOS=1,-1",
    "FREQ=YEARLY",
    "FREQ=YEARLY;BYMONTH=1,4,7,10;BYMONTHDAY=5",
    "FREQ=YEARLY;INTERVAL=2;BYMONTH=3;BYMONTHDAY=31",
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
    "FREQ=YEARLY;BYDAY=20MO",
    "FREQ=YEARLY;BYMONTH=11;BYDAY=4TH",
    f"FREQ=YEARLY;BYDAY={WORKDAYS};BYSETPOS=-1",
]


@pytest.mark.parametrize("rule", ACCEPTED)
def test_rules_that_name_days_are_accepted(rule: str) -> None:
    check_rule(rule)


@pytest.mark.parametrize(
    ("rule", "part"),
    [
        ("", "not a part we know"),
        ("FREQ=HOURLY", "FREQ is “HOURLY”"),
        ("BYMONTHDAY=5", "FREQ is “”"),
        ("RRULE:FREQ=DAILY", "“RRULE:FREQ” is not a part we know"),
        ("FREQ=DAILY;BYHOUR=9", "“BYHOUR” is not a part we know"),
        ("FREQ=DAILY;FREQ=DAILY", "FREQ is there twice"),
        ("FREQ=MONTHLY;COUNT=3", "COUNT can't be used"),
        ("FREQ=MONTHLY;UNTIL=20301231", "UNTIL can't be used"),
        ("FREQ=WEEKLY;INTERVAL=0", "INTERVAL has “0”"),
        ("FREQ=YEARLY;INTERVAL=6", "INTERVAL has “6”"),
        ("FREQ=MONTHLY;INTERVAL=two", "INTERVAL has “two”"),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "BYMONTHDAY has “32”"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "BYMONTHDAY has “0”"),
        ("FREQ=MONTHLY;BYMONTHDAY=1,,2", "BYMONTHDAY has “”"),
        ("FREQ=MONTHLY;BYMONTHDAY=٣", "BYMONTHDAY has “٣”"),
        ("FREQ=YEARLY;BYMONTH=13", "BYMONTH has “13”"),
        ("FREQ=YEARLY;BYMONTH=-1", "BYMONTH has “-1”"),
        ("FREQ=WEEKLY;BYDAY=XX", "BYDAY has “XX”"),
        ("FREQ=WEEKLY;BYDAY=1MO", "BYDAY with a number"),
        ("FREQ=MONTHLY;BYDAY=0MO", "BYDAY has “0”"),
        ("FREQ=MONTHLY;BYDAY=6MO", "BYDAY counts within a month"),
        ("FREQ=MONTHLY;BYDAY=1MO;BYMONTHDAY=20", "BYDAY with a number"),
        ("FREQ=WEEKLY;BYMONTHDAY=1", "BYMONTHDAY doesn't go with FREQ=WEEKLY"),
        ("FREQ=DAILY;INTERVAL=7;BYDAY=MO", "INTERVAL goes with FREQ=DAILY only"),
        ("FREQ=MONTHLY;INTERVAL=12;BYMONTH=2", "INTERVAL and BYMONTH don't go together"),
        ("FREQ=WEEKLY;BYDAY=MO;BYSETPOS=1", "BYSETPOS doesn't go with FREQ=WEEKLY"),
        ("FREQ=MONTHLY;BYMONTHDAY=1;BYSETPOS=2", "BYSETPOS chooses among plain weekdays"),
        ("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=5", "BYSETPOS goes from -4 to 4"),
        ("FREQ=MONTHLY;BYMONTHDAY=" + "1," * 100 + "1", "at most 200"),
    ],
)
def test_a_refused_rule_s_message_names_the_part(rule: str, part: str) -> None:
    with pytest.raises(BadRule, match=re.escape(part)):
        check_rule(rule)


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MONTHLY;BYMONTH=4,6;BYMONTHDAY=31",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-30",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO",
        "FREQ=MONTHLY;BYMONTH=2;BYDAY=5MO",
    ],
)
def test_a_rule_that_never_opens_within_five_years_is_refused_at_once(rule: str) -> None:
    started = perf_counter()
    with pytest.raises(BadRule, match="no day of the next five years"):
        check_rule(rule)
    assert perf_counter() - started < 0.5  # dateutil alone takes seconds over the first of these


def test_a_leap_day_is_within_five_years() -> None:
    check_rule("FREQ=YEARLY;INTERVAL=5;BYMONTH=2;BYMONTHDAY=29")
