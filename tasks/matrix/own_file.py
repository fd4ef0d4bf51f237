"""A company's controls as YAML, in the catalogue's own shape: one document for each area, and with every control what
only a company knows: its owner's e-mail, the day it starts on, and whether it is retired."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from tasks.catalogue.fields import Fields
from tasks.catalogue.model import CatalogueControl, Criterion
from tasks.catalogue.parsing import Reading, read_controls
from tasks.catalogue.problems import CatalogueError, Problem
from tasks.controls import Control, ControlText, EvidenceItem
from tasks.identifiers import PersonId

EXTRAS = ("owner", "starts_on", "retired")
Document = dict[str, object]


@dataclass(frozen=True, kw_only=True)
class Extras:
    owner: str = ""
    """An e-mail address; empty: nobody is named."""
    starts_on: date | None = None
    retired: bool = False


@dataclass(frozen=True, kw_only=True)
class OwnControl:
    control: CatalogueControl
    extras: Extras


def read_own(
    documents: Sequence[object], *, file: str, departments: Collection[str], criteria: Collection[str]
) -> tuple[OwnControl, ...]:
    """Raises CatalogueError, which names every problem with its control and field."""
    known = {one: Criterion(id=one, category="", series="", title="") for one in criteria}
    reading = Reading(departments=departments, whole=False, criteria=known)
    if not documents:
        reading.problems.append(Problem(file=file, message="holds no controls."))
    extras: list[Extras] = []
    for document in documents:
        bare, told = _apart(document, file, reading)
        read_controls(bare, file=file, reading=reading)
        extras += told
    if reading.problems:
        raise CatalogueError(reading.problems)
    pairs = zip(reading.controls, extras, strict=True)
    return tuple(OwnControl(control=control, extras=told) for control, told in pairs)


def _apart(document: object, file: str, reading: Reading) -> tuple[object, list[Extras]]:
    """The document as the catalogue has it, and what only a company's own file tells."""
    entries = document.get("controls") if isinstance(document, dict) else None
    if not isinstance(document, dict) or not isinstance(entries, list):
        return document, []
    bare = [
        {name: value for name, value in one.items() if name not in EXTRAS} if isinstance(one, dict) else one
        for one in entries
    ]
    return {**document, "controls": bare}, [_extras(one, file, reading) for one in entries]


def _extras(entry: object, file: str, reading: Reading) -> Extras:
    raw = {name: entry[name] for name in EXTRAS if name in entry} if isinstance(entry, dict) else {}
    code = str(entry.get("code", "")) if isinstance(entry, dict) else ""
    fields = Fields(raw, file=file, control=code, problems=reading.problems)
    return Extras(
        owner=fields.text("owner").lower() if fields.has("owner") else "",
        starts_on=_day(raw["starts_on"], fields) if "starts_on" in raw else None,
        retired=fields.optional_flag("retired"),
    )


def _day(value: object, fields: Fields) -> date | None:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    fields.refuse("starts_on", "must be a day, such as 2026-11-05.")
    return None


# --- written


def documents_of(controls: Sequence[Control], emails: Mapping[PersonId, str]) -> list[Document]:
    """`emails` by person id. Reading them back changes nothing."""
    areas = dict.fromkeys(control.area for control in controls)
    return [{"area": area, "controls": [_entry(one, emails) for one in controls if one.area == area]} for area in areas]


def _entry(control: Control, emails: Mapping[PersonId, str]) -> Document:
    text = control.text
    entry: Document = {
        "code": control.code,
        "title": text.title,
        "department": control.department,
        "owner": emails.get(control.owner_id, "") if control.owner_id else "",
        "starts_on": control.starts_on,
        "retired": control.retired,
        "rrule": text.rrule,
        "cadence": str(text.cadence),
        "cadence_text": text.cadence_text,
        "event_driven": text.event_driven,
        "due_days": text.due_days,
        "limit_days": text.limit_days,
        "span": str(text.span),
        "acceptance": text.acceptance,
        "access_review": str(text.access_review) if text.access_review else "",
        "prompt": text.prompt,
        "statement": text.statement,
        "evidence": [_item(item) for item in text.evidence],
        "population": text.population,
        "tested_attributes": list(text.tested_attributes),
        "sampling_frequency": text.sampling_frequency,
        "refs": {framework: list(ids) for framework, ids in text.refs.items() if ids},
    }
    needless: tuple[object, ...] = ("", None, [], {})
    return {
        name: value for name, value in entry.items() if value not in needless and (name, value) != ("retired", False)
    }


def _item(item: EvidenceItem) -> Document:
    marks = {name: True for name in ("population", "restricted", "reviewed") if getattr(item, name)}
    return {"key": item.key, "item": item.text, "required": item.required, **marks}


def plain(text: ControlText) -> ControlText:
    """As a file gives it back: no spaces around words, no empty lists of ids."""
    return replace(
        text,
        title=text.title.strip(),
        prompt=text.prompt.strip(),
        statement=text.statement.strip(),
        cadence_text=text.cadence_text.strip(),
        population=text.population.strip(),
        sampling_frequency=text.sampling_frequency.strip(),
        evidence=tuple(replace(item, text=item.text.strip()) for item in text.evidence),
        tested_attributes=tuple(one.strip() for one in text.tested_attributes),
        refs={framework: tuple(ids) for framework, ids in text.refs.items() if ids},
    )
