"""What a catalogue file says, turned into criteria and controls; what is wrong with it is noted."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from string import Formatter

from tasks.access.model import CampaignKind
from tasks.catalogue.fields import Fields, own_name, suggestion
from tasks.catalogue.model import PACK_OF_SERIES, CatalogueControl, Criterion
from tasks.catalogue.problems import Problem
from tasks.controls import Cadence, ControlText, EvidenceItem, SpanKind
from tasks.errors import BadRule
from tasks.recurrence import check_rule

DEPARTMENTS = frozenset({"security", "hr", "it", "finance", "engineering", "legal"})
OTHER_FRAMEWORKS = ("hipaa", "ftc_safeguards", "pci_dss", "iso27001", "nist_csf")
PLACEHOLDERS = frozenset({"period", "as_of", "date"})
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")
OWN_CODE = re.compile(r"(?=.{1,32}$)[A-Za-z0-9](?:[A-Za-z0-9._:/()#&+-]| (?=[^ ]))*")
"""What companies name their own controls: wider than the catalogue's, single spaces included."""
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
CRITERION_ID = re.compile(rf"({'|'.join(PACK_OF_SERIES)})[1-9]\d*\.[1-9]\d*")


@dataclass(kw_only=True)
class Reading:
    """What one pass over a catalogue knows and collects."""

    departments: Collection[str]
    whole: bool = True
    """False for a company's own controls, which may leave out what our catalogue always tells."""
    criteria: dict[str, Criterion] = field(default_factory=dict)
    controls: list[CatalogueControl] = field(default_factory=list)
    file_of: dict[str, str] = field(default_factory=dict)
    """Control code, without regard to case, to the file that took it first."""
    problems: list[Problem] = field(default_factory=list)


def read_criteria(raw: object, *, file: str, reading: Reading) -> None:
    top = Fields(raw, file=file, problems=reading.problems)
    for fields in top.parts("criteria", label="id"):
        read_criterion(fields, reading)
    top.refuse_unasked()


def read_criterion(fields: Fields, reading: Reading) -> None:
    criterion = Criterion(
        id=fields.text("id"),
        category=fields.text("category"),
        series=fields.text("series"),
        title=fields.text("title"),
    )
    if criterion.id and not CRITERION_ID.fullmatch(criterion.id):
        fields.refuse("id", f"“{criterion.id}” is not the id of a criterion, such as CC6.1 or P4.2.")
    if criterion.id in reading.criteria:
        fields.refuse("id", f"“{criterion.id}” is listed twice; keep one.")
    fields.refuse_unasked()
    reading.criteria[criterion.id] = criterion


def read_controls(raw: object, *, file: str, reading: Reading) -> None:
    top = Fields(raw, file=file, problems=reading.problems)
    area = top.text("area")
    for position, entry in enumerate(top.items("controls"), 1):
        name = own_name(entry, "code") or f"control {position}"
        read_control(Fields(entry, file=file, control=name, problems=reading.problems), area, file, reading)
    top.refuse_unasked()


def read_control(fields: Fields, area: str, file: str, reading: Reading) -> None:
    control = CatalogueControl(
        code=read_code(fields, file, reading),
        area=area,
        department=read_department(fields, reading.departments),
        text=read_text(fields, reading.criteria, whole=reading.whole),
    )
    fields.refuse_unasked()
    reading.controls.append(control)


def read_code(fields: Fields, file: str, reading: Reading) -> str:
    code = fields.text("code")
    if code and not (CODE if reading.whole else OWN_CODE).fullmatch(code):
        fields.refuse("code", f"“{code}” may hold letters, digits, dots and hyphens only, and no more than 32.")
    taken_in = reading.file_of.get(code.casefold())
    if taken_in:
        fields.refuse("code", f"“{code}” is taken by a control in {taken_in}; choose another.")
    elif code:
        reading.file_of[code.casefold()] = file
    return code


def read_department(fields: Fields, departments: Collection[str]) -> str:
    department = fields.text("department")
    if department and department not in departments:
        fields.refuse("department", f"“{department}” is not known; choose one of {', '.join(sorted(departments))}.")
    return department


def read_text(fields: Fields, criteria: Collection[str], *, whole: bool = True) -> ControlText:
    due_days, limit_days = read_days(fields)

    def told(name: str) -> bool:
        return whole or fields.has(name)

    return ControlText(
        title=fields.text("title"),
        prompt=fields.text("prompt"),
        statement=read_statement(fields),
        rrule=read_rule(fields),
        cadence=fields.choice("cadence", Cadence),
        cadence_text=fields.text("cadence_text"),
        span=fields.choice("span", SpanKind),
        due_days=due_days,
        limit_days=limit_days,
        acceptance=fields.flag("acceptance"),
        evidence=read_evidence(fields) if told("evidence") else (),
        population=fields.text("population") if told("population") else "",
        tested_attributes=fields.texts("tested_attributes") if told("tested_attributes") else (),
        sampling_frequency=fields.text("sampling_frequency") if told("sampling_frequency") else "",
        event_driven=fields.flag("event_driven"),
        access_review=fields.choice("access_review", CampaignKind) if fields.has("access_review") else None,
        refs=read_refs(fields, criteria, whole=whole) if told("refs") else {},
    )


def read_days(fields: Fields) -> tuple[int, int | None]:
    due_days, limit_days = fields.number("due_days"), fields.optional_number("limit_days")
    if limit_days is not None and limit_days < due_days:
        fields.refuse("limit_days", f"is {limit_days}, before due_days ({due_days}); the target comes first.")
    return due_days, limit_days


def read_statement(fields: Fields) -> str:
    statement = fields.text("statement")
    try:
        names = {name for _, name, _, _ in Formatter().parse(statement) if name is not None}
    except ValueError:
        fields.refuse("statement", "has a brace without its partner; close it or leave it out.")
        return statement
    for name in sorted(names - PLACEHOLDERS):
        fields.refuse("statement", f"holds {{{name}}}, which nothing fills in; use {{period}}, {{as_of}} or {{date}}.")
    return statement


def read_rule(fields: Fields) -> str:
    rule = fields.text("rrule")
    try:
        if rule:
            check_rule(rule)
    except BadRule as error:
        fields.refuse("rrule", f"cannot be used: {error}")
    return rule


def read_evidence(fields: Fields) -> tuple[EvidenceItem, ...]:
    seen: set[str] = set()
    items = tuple(read_item(part, seen) for part in fields.parts("evidence", label="key"))
    if items and not any(item.required for item in items):
        fields.refuse("evidence", "asks for nothing; mark at least one item as required.")
    return items


def read_item(fields: Fields, seen: set[str]) -> EvidenceItem:
    item = EvidenceItem(
        key=fields.text("key"),
        text=fields.text("item"),
        required=fields.flag("required"),
        population=fields.optional_flag("population"),
        reviewed=fields.optional_flag("reviewed"),
        restricted=fields.optional_flag("restricted"),
    )
    if item.key and not SLUG.fullmatch(item.key):
        fields.refuse("key", f"“{item.key}” may hold lower-case letters, digits and hyphens only.")
    if item.key in seen:
        fields.refuse("key", f"“{item.key}” is used twice in this control; choose another.")
    seen.update({item.key} - {""})
    fields.refuse_unasked()
    return item


def read_refs(fields: Fields, criteria: Collection[str], *, whole: bool = True) -> dict[str, tuple[str, ...]]:
    refs = fields.part("refs")
    found = {"tsc": refs.texts("tsc")} if whole or refs.has("tsc") else {}
    for criterion in found.get("tsc", ()):
        if criterion not in criteria:
            refs.refuse("tsc", f"“{criterion}” is not a criterion we know.{suggestion(criterion, criteria)}")
    found |= {name: refs.texts(name) for name in OTHER_FRAMEWORKS if refs.has(name)}
    refs.refuse_unasked()
    return found
