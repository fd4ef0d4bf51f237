from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from time import perf_counter

from tasks.catalogue.loader import shipped
from tasks.controls import ControlText, SpanKind
from tasks.levelling import level
from tasks.people import Person
from tasks.preview import Preview, Scheduled, preview
from tests.builders import a_control_text, a_person, a_workspace

FIRST = date(2026, 12, 1)
OLGA = a_person("olga")
PERIOD = a_workspace(period_start=date(2027, 1, 1), period_end=date(2027, 12, 31))
MONTHLY = a_control_text(rrule="FREQ=MONTHLY;BYMONTHDAY=2", due_days=14)
YEARLY = a_control_text(rrule="FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=2", span=SpanKind.AS_OF)


def scheduled(code: str = "IAM-03", text: ControlText = MONTHLY, **changes: object) -> Scheduled:
    control = Scheduled(code=code, department="it", text=text, starts_on=FIRST, owner=OLGA)
    return replace(control, **changes)  # type: ignore[arg-type]


def seen(*controls: Scheduled, workspace: object = None) -> Preview:
    return preview(controls, workspace=workspace or a_workspace(), first=FIRST)  # type: ignore[arg-type]


def the_catalogue(owner: Person | None = OLGA) -> Sequence[Scheduled]:
    return [scheduled(one.code, one.text, department=one.department, owner=owner) for one in shipped().controls]


def test_a_monthly_control_opens_twelve_times_in_twelve_months() -> None:
    found = seen(scheduled())
    assert (found.first, found.last) == (FIRST, date(2027, 11, 30))
    assert (found.controls, found.tasks) == (1, 12)
    assert [(month.first.month, month.opening) for month in found.months] == [(n % 12 + 1, 1) for n in range(11, 23)]


def test_a_year_from_the_middle_of_a_month_touches_thirteen() -> None:
    found = preview([scheduled(starts_on=date(2026, 12, 15))], workspace=a_workspace(), first=date(2026, 12, 15))
    assert len(found.months) == 13
    assert found.tasks == sum(month.opening for month in found.months) == 12


def test_nothing_opens_before_a_control_starts() -> None:
    assert seen(scheduled(starts_on=date(2027, 11, 1))).tasks == 1


def test_every_owner_is_listed_with_what_they_get_and_who_gets_most_comes_first() -> None:
    iris = a_person("iris")
    found = seen(scheduled("A"), scheduled("B"), scheduled("C", owner=iris, unassigned=True))
    assert [(load.owner, load.controls, load.tasks, load.unassigned) for load in found.owners] == [
        (OLGA, 2, 24, 0),
        (iris, 1, 12, 1),
    ]
    assert found.owners[0].busiest_week == 2


def test_more_than_four_tasks_of_one_person_in_one_week_are_told_of() -> None:
    assert not seen(*(scheduled(f"X-{n}") for n in range(4))).busy_weeks
    busy = seen(*(scheduled(f"X-{n}") for n in range(5))).busy_weeks
    assert len(busy) == 12
    assert (busy[0].owner, busy[0].monday, busy[0].tasks) == (OLGA, date(2026, 11, 30), 5)


def test_five_tasks_of_two_people_are_no_crowd() -> None:
    iris = a_person("iris")
    assert not seen(*(scheduled(f"X-{n}", owner=iris if n else OLGA) for n in range(5))).busy_weeks


def test_weeks_are_those_in_which_the_owner_is_asked_which_a_holiday_moves() -> None:
    """1 January 2027 is a Friday off: who is asked of five things then is asked on Monday."""
    new_year = a_control_text(rrule="FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=1")
    [week] = seen(*(scheduled(f"X-{n}", new_year) for n in range(5))).busy_weeks
    assert week.monday == date(2027, 1, 4)


def test_a_control_that_nobody_could_be_asked_about_is_named() -> None:
    assert seen(scheduled("A", owner=None), scheduled("B")).unowned == ("A",)


def test_without_a_period_nothing_is_said_about_one() -> None:
    assert seen(scheduled()).period == replace(seen(scheduled()).period, due_after=(), due_before=0, never_due=())


def test_a_task_about_the_period_that_is_due_after_it_is_told_of() -> None:
    """December is asked for in January."""
    assert seen(scheduled(), workspace=PERIOD).period.due_after == ("IAM-03",)


def test_a_task_about_the_period_that_is_due_within_it_is_not() -> None:
    """Opens on 2 November, as of that day, due in the middle of the month."""
    assert seen(scheduled(text=YEARLY), workspace=PERIOD).period.due_after == ()


def test_what_is_due_before_the_period_begins_is_counted_as_practice() -> None:
    assert seen(scheduled(), workspace=PERIOD).period.due_before == 1


def test_a_control_without_a_task_due_in_the_period_is_named() -> None:
    short = replace(PERIOD, period_end=date(2027, 6, 30))
    assert seen(scheduled(), scheduled("GOV-04", YEARLY), workspace=short).period.never_due == ("GOV-04",)


def test_the_period_is_looked_at_to_its_end_though_the_preview_ends_before() -> None:
    late = replace(YEARLY, rrule="FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=2")
    found = seen(scheduled(text=late, starts_on=date(2027, 1, 1)), workspace=PERIOD)
    assert found.tasks == 0
    assert found.period.never_due == ()


def test_of_a_type_1_report_controls_that_will_not_have_run_by_its_day_are_named() -> None:
    as_of = replace(PERIOD, period_start=date(2027, 3, 31), period_end=date(2027, 3, 31))
    found = seen(scheduled(), scheduled("GOV-04", YEARLY), workspace=as_of).period
    assert found.never_due == ("GOV-04",)
    assert found.due_before == 0


def test_levelling_the_catalogue_takes_the_worst_month_down() -> None:
    moved = level(shipped().controls)
    levelled = [replace(one, text=moved.get(one.code, one.text)) for one in the_catalogue()]
    before, after = seen(*the_catalogue()), seen(*levelled)
    assert after.tasks == before.tasks
    assert max(month.opening for month in after.months) < max(month.opening for month in before.months) - 9


def test_the_whole_catalogue_is_looked_at_in_less_than_a_second() -> None:
    began = perf_counter()
    seen(*the_catalogue(), workspace=PERIOD)
    assert perf_counter() - began < 1
