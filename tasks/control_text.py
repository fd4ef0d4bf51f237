"""What a control's words must be like before anybody signs them. Each problem is told for the field it lies in."""

import re
from collections.abc import Collection
from functools import cache
from string import Formatter

from tasks.catalogue.fields import suggestion
from tasks.catalogue.loader import shipped
from tasks.catalogue.model import Criterion
from tasks.catalogue.parsing import OWN_CODE, PLACEHOLDERS, SLUG
from tasks.controls import ControlText, EvidenceItem
from tasks.errors import BadRule, Invalid
from tasks.recurrence import check_rule

IN_BRACKETS = {"{period}": "[period]", "{as_of}": "[as of]", "{date}": "[date]"}
"""How the placeholders of a statement are shown and typed in chat."""
BAD_CODE = (
    "Use letters, digits, single spaces and . - _ / : ( ) # & + only, 32 at most, and begin with a letter or digit."
)
BRACKETED = re.compile(r"\[[A-Za-z _-]{1,20}\]")
LONGEST_TITLE = 150
LONGEST_TEXT = 2000
LONGEST_ITEM = 300
LONGEST_NAME = 60
"""Of a department or an area."""
MOST_ITEMS = 20
LONGEST_DAYS = 366
"""Due days and limit: what is asked for less than once a year has a year to be done in."""


@cache
def known_criteria() -> dict[str, Criterion]:
    return {criterion.id: criterion for criterion in shipped().criteria}


def problems_of_text(text: ControlText, *, also_known: Collection[str] = ()) -> dict[str, str]:
    """By field. `also_known`: criteria that were accepted before, as from a company's own catalogue."""
    found = {
        "title": _problem_of_words(text.title, LONGEST_TITLE),
        "prompt": _problem_of_words(text.prompt, LONGEST_TEXT),
        "statement": _problem_of_statement(text.statement),
        "rrule": _problem_of_rule(text.rrule),
        "due_days": _problem_of_days(text.due_days),
        "limit_days": _problem_of_limit(text),
        "evidence": _problem_of_items(text.evidence),
        "criteria": _problem_of_criteria(text.refs.get("tsc", ()), {*known_criteria(), *also_known}),
    }
    return {field: sentence for field, sentence in found.items() if sentence}


def in_brackets(statement: str) -> str:
    for placeholder, shown in IN_BRACKETS.items():
        statement = statement.replace(placeholder, shown)
    return statement


def from_brackets(typed: str) -> str:
    """Raises Invalid with the field statement."""
    statement = typed.strip()
    for placeholder, shown in IN_BRACKETS.items():
        statement = re.sub(re.escape(shown), placeholder, statement, flags=re.IGNORECASE)
    unknown = BRACKETED.search(statement)
    if unknown:
        said = f"Nothing fills in {unknown[0]}; use [period], [as of] or [date]."
        raise Invalid("Nothing was saved yet.", fields={"statement": said})
    return statement


def problem_of_code(code: str) -> str:
    return "" if OWN_CODE.fullmatch(code) else BAD_CODE


def problem_of_name(name: str) -> str:
    """Of a department or an area."""
    return _problem_of_words(name, LONGEST_NAME)


def _problem_of_words(words: str, longest: int) -> str:
    if not words.strip():
        return "Fill this in."
    return f"Use {longest:,} characters at most." if len(words) > longest else ""


def _problem_of_statement(statement: str) -> str:
    try:
        names = {name for _, name, _, _ in Formatter().parse(statement) if name is not None}
    except ValueError:
        return "A brace is without its partner; close it or leave it out."
    unknown = sorted(names - PLACEHOLDERS)
    if unknown:
        return f"Nothing fills in {{{unknown[0]}}}; use {{period}}, {{as_of}} or {{date}}."
    return _problem_of_words(statement, LONGEST_TEXT)


def _problem_of_rule(rule: str) -> str:
    try:
        check_rule(rule)
    except BadRule as error:
        return str(error)
    return ""


def _problem_of_days(days: int) -> str:
    return "" if 1 <= days <= LONGEST_DAYS else f"Use a whole number of days from 1 to {LONGEST_DAYS}."


def _problem_of_limit(text: ControlText) -> str:
    if text.limit_days is None:
        return ""
    if text.limit_days < text.due_days:
        return f"The limit comes before the due days ({text.due_days}); the target comes first."
    return _problem_of_days(text.limit_days)


def _problem_of_items(items: tuple[EvidenceItem, ...]) -> str:
    keys = [item.key for item in items]
    if len(items) > MOST_ITEMS:
        return f"Ask for {MOST_ITEMS} items at most."
    if twins := sorted({key for key in keys if keys.count(key) > 1}):
        return f"“{twins[0]}” is there twice; keep one."
    if strange := [key for key in keys if not SLUG.fullmatch(key)]:
        return f"“{strange[0]}” may hold lower-case letters, digits and hyphens only."
    if wordless := [item for item in items if _problem_of_words(item.text, LONGEST_ITEM)]:
        return f"“{wordless[0].key}”: {_problem_of_words(wordless[0].text, LONGEST_ITEM)}"
    if items and not any(item.required for item in items):
        return "Mark at least one item as required; else nothing is asked for."
    return ""


def _problem_of_criteria(criteria: tuple[str, ...], known: Collection[str]) -> str:
    unknown = [one for one in criteria if one not in known]
    if unknown:
        return f"“{unknown[0]}” is not a criterion we know.{suggestion(unknown[0].upper(), known)}"
    twins = sorted({one for one in criteria if criteria.count(one) > 1})
    return f"“{twins[0]}” is there twice; keep one." if twins else ""
