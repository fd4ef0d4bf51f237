"""The ladder's rungs and on which days they stand: for a workspace, and for a control that wants it otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from tasks.errors import Invalid
from tasks.notices import Occasion

LONGEST_REMINDER = 20
LONGEST_CLIMB = 60
"""Business days. Whoever is told later than that learns nothing in time."""


@dataclass(frozen=True)
class Rung:
    occasion: Occasion
    business_days: int
    """After the due day; before it when negative. The prompt alone is bound to the opening instead."""


@dataclass(frozen=True)
class Ladder:
    rungs: tuple[Rung, ...]

    def days(self, occasion: Occasion) -> int:
        """KeyError for an occasion that is no rung of it."""
        return {rung.occasion: rung.business_days for rung in self.rungs}[occasion]


DEFAULT_LADDER = Ladder(
    (
        Rung(Occasion.OPENED, 0),
        Rung(Occasion.REMINDER_5, -5),
        Rung(Occasion.REMINDER_1, -1),
        Rung(Occasion.LAST_CALL, 0),
        Rung(Occasion.OVERDUE, 1),
        Rung(Occasion.MANAGER, 2),
        Rung(Occasion.COMPLIANCE_LEAD, 5),
        Rung(Occasion.SPONSOR, 10),
    )
)
BEFORE_DUE = (Occasion.REMINDER_5, Occasion.REMINDER_1)
AFTER_DUE = (Occasion.OVERDUE, Occasion.MANAGER, Occasion.COMPLIANCE_LEAD, Occasion.SPONSOR)
CHOSEN = (*BEFORE_DUE, *AFTER_DUE)
"""The rungs whose day a company may choose. The prompt stands at the opening and the last call on the due day."""


def a_ladder(days: Mapping[Occasion, int]) -> Ladder:
    """`days`: business days before the due day for the two reminders, after it for the others; what isn't named stands
    where the default has it. Raises Invalid, by occasion."""
    chosen = {occasion: days.get(occasion, distance(DEFAULT_LADDER, occasion)) for occasion in CHOSEN}
    problems = {**_outside(chosen), **_out_of_order(chosen)}
    if problems:
        raise Invalid("The ladder was not changed.", fields={key.value: text for key, text in problems.items()})
    return Ladder(tuple(Rung(rung.occasion, _signed(rung, chosen)) for rung in DEFAULT_LADDER.rungs))


def distance(ladder: Ladder, occasion: Occasion) -> int:
    """Business days between the rung and the due day."""
    return abs(ladder.days(occasion))


def _signed(rung: Rung, chosen: Mapping[Occasion, int]) -> int:
    days = chosen.get(rung.occasion, rung.business_days)
    return -days if rung.occasion in BEFORE_DUE else days


def _outside(chosen: Mapping[Occasion, int]) -> dict[Occasion, str]:
    return {
        occasion: f"Use a whole number from 1 to {_longest(occasion)}."
        for occasion, days in chosen.items()
        if not 1 <= days <= _longest(occasion)
    }


def _longest(occasion: Occasion) -> int:
    return LONGEST_REMINDER if occasion in BEFORE_DUE else LONGEST_CLIMB


def _out_of_order(chosen: Mapping[Occasion, int]) -> dict[Occasion, str]:
    problems = {
        later: "Each step comes later than the one before it."
        for earlier, later in pairwise(AFTER_DUE)
        if chosen[later] <= chosen[earlier]
    }
    if chosen[Occasion.REMINDER_1] >= chosen[Occasion.REMINDER_5]:
        problems[Occasion.REMINDER_1] = "The second reminder comes nearer to the due day than the first."
    return problems
