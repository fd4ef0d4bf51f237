"""A word for how often, and the cadence it becomes. What has no cadence of ours is asked about, never taken as said."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tasks.controls import Cadence, ControlText, SpanKind
from tasks.wording import shortened


@dataclass(frozen=True, kw_only=True)
class Frequency:
    cadence: Cadence
    event_driven: bool = False
    doubt: str = ""
    """Why a person should look; empty where the word says it all."""


@dataclass(frozen=True, kw_only=True)
class Rhythm:
    """When a control of this cadence opens, and what it covers. Limits as docs/catalogue.md has them."""

    rrule: str
    text: str
    span: SpanKind
    due_days: int
    limit_days: int | None
    acceptance: bool


RHYTHMS = {
    Cadence.WEEKLY: Rhythm(
        rrule="FREQ=WEEKLY;BYDAY=MO",
        text="Weekly: opens on Monday for the week just ended",
        span=SpanKind.PREVIOUS_WEEK,
        due_days=4,
        limit_days=7,
        acceptance=False,
    ),
    Cadence.MONTHLY: Rhythm(
        rrule="FREQ=MONTHLY;BYMONTHDAY=5",
        text="Monthly: opens day 5 for the month just ended",
        span=SpanKind.PREVIOUS_MONTH,
        due_days=10,
        limit_days=30,
        acceptance=False,
    ),
    Cadence.QUARTERLY: Rhythm(
        rrule="FREQ=YEARLY;BYMONTH=1,4,7,10;BYMONTHDAY=10",
        text="Quarterly: opens day 10 of Jan, Apr, Jul and Oct for the quarter just ended",
        span=SpanKind.PREVIOUS_QUARTER,
        due_days=14,
        limit_days=90,
        acceptance=True,
    ),
    Cadence.SEMI_ANNUAL: Rhythm(
        rrule="FREQ=YEARLY;BYMONTH=1,7;BYMONTHDAY=15",
        text="Semi-annual: opens 15 Jan and 15 Jul for the half-year just ended",
        span=SpanKind.PREVIOUS_HALF_YEAR,
        due_days=30,
        limit_days=181,
        acceptance=True,
    ),
    Cadence.ANNUAL: Rhythm(
        rrule="FREQ=YEARLY;BYMONTH=10;BYMONTHDAY=1",
        text="Annual: opens 1 Oct for the calendar year",
        span=SpanKind.THIS_YEAR,
        due_days=45,
        limit_days=None,
        acceptance=True,
    ),
}
ONE_WORD = {
    r"\bbi[ -]?weekly\b": "fortnightly",
    r"\bbi[ -]?monthly\b": "every two months",
    r"\bbi[ -]?annual(ly)?\b": "twice-or-half",
    r"\bbi[ -]?ennial(ly)?\b": "every two years",
    r"\b(semi|half)[ -]?(annual|annually|yearly)\b": "twice a year",
}
"""Written together, so that a part of a word is never taken for the whole."""
REGULAR = {
    Cadence.WEEKLY: (r"\bweekly\b", r"\b(every|each|once a|per) week\b"),
    Cadence.MONTHLY: (r"\bmonthly\b", r"\b(every|each|once a|per) month\b"),
    Cadence.QUARTERLY: (
        *(r"\bquarter(ly)?\b", r"\b(every|each) (3|three) months\b", r"\b(4x?|four times) (a|per) year\b"),
        r"\b4 times (a|per) year\b",
    ),
    Cadence.SEMI_ANNUAL: (r"\btwice (a|per) year\b", r"\b(every|each) (6|six) months\b", r"\b2 times (a|per) year\b"),
    Cadence.ANNUAL: (
        *(r"\bannual(ly)?\b", r"\byearly\b", r"\b(every|each|once a|once per) year\b"),
        r"\b(every|each) (12|twelve) months\b",
    ),
}
NEAR = {
    Cadence.MONTHLY: (r"\bfortnightly\b", r"\bevery (2|two) weeks\b"),
    Cadence.QUARTERLY: (r"\bevery (2|two) months\b",),
    Cadence.SEMI_ANNUAL: (r"\btwice-or-half\b", r"\bevery (4|four) months\b"),
    Cadence.ANNUAL: (r"\bevery (2|two|3|three) years\b",),
}
EVENTS = {
    Cadence.MONTHLY: (
        *(r"\bdaily\b", r"\b(every|each|per) day\b", r"\bcontinuous(ly)?\b", r"\breal[ -]?time\b", r"\bongoing\b"),
        *(r"\balways\b", r"\bautomat(ed|ic|ically)\b", r"\bhourly\b", r"\b24\s?[/x]\s?7\b", r"\bmany times\b"),
    ),
    Cadence.QUARTERLY: (
        *(r"\bas[ -](needed|required|necessary|occurs|occurring|they occur)\b", r"\bupon\b", r"\bad[ -]?hoc\b"),
        *(r"\bon[ -](demand|hire|change|event|termination)\b", r"\bevent\b", r"\bwhen(ever)?\b"),
        *(
            r"\bper[ -](?!week|month|quarter|year|day)\w+",
            r"\b(each|every) (event|occurrence|change|hire|release|time)\b",
        ),
    ),
}
"""Not regular: what we ask for is a check of the record, the more often the more happens."""


def frequency(words: str) -> Frequency:
    text, words = _in_one_word(words), shortened(" ".join(words.split()), 60)
    regular, events, near = _found(text, REGULAR), _found(text, EVENTS), _found(text, NEAR)
    if len(regular) == 1 and not events and not near:
        return Frequency(cadence=regular[0])
    if regular:
        return Frequency(cadence=regular[0], doubt=f"“{words}” says several things; {regular[0]} is asked for.")
    if near:
        return Frequency(cadence=near[0], doubt=f"“{words}” is not a cadence we have; {near[0]} comes nearest.")
    if events:
        check = f"“{words}” is not asked for each time; a {events[0]} check that the record is complete stands for it."
        return Frequency(cadence=events[0], event_driven=True, doubt=check)
    said = f"“{words}” says no cadence we know" if text else "The file says no frequency"
    return Frequency(cadence=Cadence.QUARTERLY, doubt=f"{said}; quarterly is only a guess.")


def _in_one_word(words: str) -> str:
    text = " ".join(words.casefold().split())
    for pattern, word in ONE_WORD.items():
        text = re.sub(pattern, word, text)
    return text


def _found(text: str, table: Mapping[Cadence, Sequence[str]]) -> list[Cadence]:
    """Most often first."""
    return [cadence for cadence, patterns in table.items() if any(re.search(one, text) for one in patterns)]


def same_rhythm(text: ControlText, cadence: Cadence, *, event_driven: bool) -> bool:
    return text.cadence is cadence and text.event_driven is event_driven
