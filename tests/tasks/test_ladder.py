from itertools import pairwise

import pytest

from tasks.errors import Invalid
from tasks.ladder import AFTER_DUE, BEFORE_DUE, DEFAULT_LADDER, a_ladder, distance
from tasks.notices import Occasion


def refused(days: dict[Occasion, int]) -> set[str]:
    with pytest.raises(Invalid) as error:
        a_ladder(days)
    return set(error.value.fields)


def test_nothing_chosen_is_the_usual_ladder() -> None:
    assert a_ladder({}) == DEFAULT_LADDER


def test_reminders_stand_before_the_due_day_and_the_others_after_it() -> None:
    ladder = a_ladder({Occasion.REMINDER_5: 7, Occasion.MANAGER: 3})
    assert ladder.days(Occasion.REMINDER_5) == -7
    assert ladder.days(Occasion.MANAGER) == 3
    assert ladder.days(Occasion.SPONSOR) == 10
    assert distance(ladder, Occasion.REMINDER_5) == 7


def test_the_prompt_and_the_last_call_can_not_be_moved() -> None:
    assert a_ladder({Occasion.OPENED: 3, Occasion.LAST_CALL: 4}) == DEFAULT_LADDER


@pytest.mark.parametrize("days", [0, -1, 61])
@pytest.mark.parametrize("occasion", [Occasion.SPONSOR, Occasion.MANAGER])
def test_a_day_out_of_bounds_is_refused_where_it_stands(occasion: Occasion, days: int) -> None:
    assert occasion in refused({occasion: days})


def test_a_reminder_is_at_most_four_weeks_ahead() -> None:
    assert refused({Occasion.REMINDER_5: 21}) == {Occasion.REMINDER_5}


@pytest.mark.parametrize(("earlier", "later"), list(pairwise(AFTER_DUE)))
def test_nobody_higher_up_hears_of_it_before_or_with_those_below(earlier: Occasion, later: Occasion) -> None:
    days = {occasion: 10 * number for number, occasion in enumerate(AFTER_DUE, start=1)}
    assert refused({**days, later: days[earlier]}) == {later}


def test_the_second_reminder_comes_after_the_first() -> None:
    assert refused(dict.fromkeys(BEFORE_DUE, 3)) == {Occasion.REMINDER_1}
