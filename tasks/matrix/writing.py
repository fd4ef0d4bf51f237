"""A proposed control in the words and days it will have here."""

from collections.abc import Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from tasks.control_text import LONGEST_TEXT, problems_of_text
from tasks.controls import Cadence, Control, ControlText, EvidenceItem
from tasks.matrix.frequency import RHYTHMS, same_rhythm
from tasks.matrix.model import Proposed

SOMETHING = EvidenceItem(key="evidence", text="What shows that it was done", required=True)
"""Asked for where the file names no evidence."""
SHOWN = 300
"""Characters of a changed passage, at most."""


def text_of(proposed: Proposed, old: ControlText | None = None) -> ControlText:
    """The file's wording; what the file doesn't speak of stays as it is in `old`."""
    base = old or _fresh(proposed)
    if old and not same_rhythm(old, proposed.cadence, event_driven=proposed.event_driven):
        base = _at_rhythm(base, proposed)
    criteria = proposed.criteria or base.refs.get("tsc", ())
    wording = wording_of(proposed)
    unchanged = old is not None and old.prompt == wording and old.title == proposed.title
    return replace(
        base,
        title=proposed.title,
        prompt=wording,
        statement=base.statement if unchanged else statement_of(proposed),
        evidence=proposed.evidence or base.evidence,
        population=proposed.population or base.population,
        tested_attributes=proposed.tests or base.tested_attributes,
        refs={**base.refs, **({"tsc": criteria} if criteria else {})},
    )


def wording_of(proposed: Proposed) -> str:
    return proposed.description or proposed.title


def statement_of(proposed: Proposed) -> str:
    """Names the control in its own words; by its title where the words are too many or hold braces."""
    for words in (wording_of(proposed), proposed.title):
        statement = f"I confirm that this control was performed for {{period}} as it is worded: “{words}”"
        if "{" not in words and "}" not in words and len(statement) <= LONGEST_TEXT:
            return statement
    return f"I confirm that control {proposed.code} was performed for {{period}} as it is worded."


def _fresh(proposed: Proposed) -> ControlText:
    return _at_rhythm(
        ControlText(
            title=proposed.title,
            prompt="",
            statement="",
            rrule="",
            cadence=proposed.cadence,
            cadence_text="",
            span=RHYTHMS[proposed.cadence].span,
            due_days=1,
            evidence=(SOMETHING,),
        ),
        proposed,
    )


def _at_rhythm(text: ControlText, proposed: Proposed) -> ControlText:
    """A check of events promises no day: nobody said when it is done."""
    rhythm = RHYTHMS[proposed.cadence]
    events = proposed.event_driven
    return replace(
        text,
        rrule=rhythm.rrule,
        cadence=proposed.cadence,
        cadence_text=f"Per event, checked {rhythm.text[0].lower()}{rhythm.text[1:]}" if events else rhythm.text,
        span=rhythm.span,
        due_days=rhythm.due_days,
        limit_days=None if events else rhythm.limit_days,
        acceptance=rhythm.acceptance,
        sampling_frequency=f"{proposed.cadence}/event" if events else str(proposed.cadence),
        event_driven=events,
    )


def problems_of(proposed: Proposed) -> dict[str, str]:
    """What keeps the words from being a control's, by field."""
    return problems_of_text(text_of(proposed))


def differs(proposed: Proposed, control: Control) -> bool:
    return text_of(proposed, control.text) != control.text


def changes(proposed: Proposed, control: Control) -> tuple[str, ...]:
    """What an update would change, in plain words."""
    new, old = text_of(proposed, control.text), control.text
    told = [
        *_change("title", old.title, new.title),
        *_change("wording", old.prompt, new.prompt),
        *_change("cadence", _cadence(old), _cadence(new)),
        *_change("evidence", _items(old.evidence), _items(new.evidence)),
        *_change("criteria", ", ".join(old.refs.get("tsc", ())), ", ".join(new.refs.get("tsc", ()))),
        *_change("tests", "; ".join(old.tested_attributes), "; ".join(new.tested_attributes)),
        *_change("population", old.population, new.population),
    ]
    return tuple(told)


def _cadence(text: ControlText) -> str:
    return cadence_words(text.cadence, event_driven=text.event_driven)


def cadence_words(cadence: Cadence, *, event_driven: bool) -> str:
    return f"per event, checked {cadence}" if event_driven else str(cadence)


def _items(items: Sequence[EvidenceItem]) -> str:
    return "; ".join(item.text for item in items)


def _change(name: str, old: str, new: str) -> list[str]:
    if old == new:
        return []
    before, after = differing(old, new)
    return [f"{name}: “{before}” becomes “{after}”" if before else f"{name}: “{after}” is new"]


def differing(old: str, new: str) -> tuple[str, str]:
    """The passages that differ, with what is the same before and after them cut to a few words."""
    matcher = SequenceMatcher(a=old.split(), b=new.split(), autojunk=False)
    blocks = [one for one in matcher.get_opcodes() if one[0] != "equal"]
    if not blocks:
        return old[:SHOWN], new[:SHOWN]
    first, last = blocks[0], blocks[-1]
    return _around(old.split(), first[1], last[2]), _around(new.split(), first[3], last[4])


def _around(words: Sequence[str], start: int, end: int) -> str:
    begin, stop = max(start - 4, 0), min(end + 4, len(words))
    text = " ".join(words[begin:stop])
    cut = text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
    return f"{'… ' if begin else ''}{cut}{' …' if stop < len(words) else ''}"
