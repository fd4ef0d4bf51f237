"""A list of accounts is handed in: by form, dropped, its columns matched; and what became of it."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from handlers.actions import Action
from handlers.carried_files import carried_in, carrying
from handlers.context import Context
from handlers.import_matrix import is_spreadsheet
from handlers.replies import Reply, Show
from handlers.requests import FormSubmitted, SharedFile
from handlers.views import messages
from handlers.views.access_forms import MOST_COLUMNS, NONE, columns_form, import_form
from handlers.views.elements import Form, FormButton, View
from handlers.views.list_card import columns_card, frozen_card, refused_card
from tasks.access.model import AccessColumn, Source
from tasks.access.stored import Asked
from tasks.errors import Invalid, NotAllowed, NotFound
from tasks.identifiers import ImportId, PersonId
from tasks.imports import ImportKind, ImportState
from tasks.notices import Notice
from tasks.operations.hand_in_access import hand_in_access, look_at_list, match_columns
from tasks.operations.import_access import NOT_HANDED_IN, may_hand_in
from tasks.people import Actor, Person
from tasks.ports import UnitOfWork
from tasks.wording import shortened


def build_import_access(act: Action, context: Context) -> Form:
    uow, person = context.uow, context.person
    if not _may_hand_in_any(context):
        raise NotAllowed("Only the compliance lead, an admin or a system's owner hands in its accounts.")
    system = uow.access_systems.get(act.get("s")) if act.get("s") else None
    return import_form(
        act,
        colleagues=context.colleagues(),
        now=uow.now,
        zone=person.time_zone,
        sent=carried_in(act),
        system=system.name if system else "",
        owner=system.owner_id or "" if system else "",
    )


def _may_hand_in_any(context: Context) -> bool:
    systems = context.uow.access_systems.every()
    return any(may_hand_in(context.person, one) for one in (None, *systems))


def submit_import_access(request: FormSubmitted, context: Context) -> Reply:
    files = carried_in(request.action) or request.files("file")
    if not files:
        raise Invalid(NOT_HANDED_IN, fields={"file": "Choose the list."})
    if not is_spreadsheet(files[0]):
        sentence = f"{shortened(files[0].name, 80)} is not a CSV or .xlsx file. Export the list as one of these."
        raise Invalid(NOT_HANDED_IN, fields={"file": sentence})
    owner = request.text("owner")
    asked = Asked(
        source=_source(request, context.person),
        owner_id=PersonId(owner) if owner else None,
        sheet=request.text("sheet"),
    )
    [reference] = context.references(files[:1])
    item = hand_in_access(context.uow, context.actor, reference, asked)
    text = f"I am reading {shortened(item.name, 80)}. You get a message when I am done."
    return Show(view=messages.told("Reading the list", text))


def _source(request: FormSubmitted, person: Person) -> Source:
    rows = request.text("rows").replace(",", "").replace(" ", "")
    count = int(rows) if rows.isascii() and rows.isdigit() and len(rows) < 8 else 0
    return Source(
        system=request.text("system"),
        source=request.text("source"),
        query=request.text("query"),
        extracted_at=_moment(request, person.time_zone),
        row_count=count,
    )


def _moment(request: FormSubmitted, zone: str) -> datetime:
    try:
        day = date.fromisoformat(request.text("day"))
    except ValueError as error:
        raise Invalid(NOT_HANDED_IN, fields={"day": "Choose a day."}) from error
    try:
        at = time.fromisoformat(request.text("time"))
    except ValueError as error:
        raise Invalid(NOT_HANDED_IN, fields={"time": "Write it as 14:30."}) from error
    return datetime.combine(day, at.replace(tzinfo=None), ZoneInfo(zone))


# --- dropped in the conversation


def offer_list(context: Context, act: Action, files: tuple[SharedFile, ...]) -> tuple[FormButton, ...]:
    """For a spreadsheet dropped by somebody who may hand one in. `act`: the form's own."""
    if len(files) != 1 or not is_spreadsheet(files[0]) or not _may_hand_in_any(context):
        return ()
    return (FormButton(label="Import as list of accounts …", action=carrying(act, files)),)


# --- which column is which


def build_columns(act: Action, context: Context) -> Form:
    item, body = look_at_list(context.uow, context.actor, ImportId(act.get("i")))
    if item.state is not ImportState.READ:
        raise NotFound("This list is not waiting for its columns any more.")
    return columns_form(act, body.columns, body.asked.mapping)


def submit_columns(request: FormSubmitted, context: Context) -> Reply:
    act = request.action
    _, body = look_at_list(context.uow, context.actor, ImportId(act.get("i")))
    columns = body.columns[:MOST_COLUMNS]
    mapping = {}
    for column in AccessColumn:
        chosen = request.text(column.value)
        if chosen and chosen != NONE:
            mapping[column] = columns[int(chosen)] if chosen.isdigit() and int(chosen) < len(columns) else ""
    item = match_columns(context.uow, context.actor, ImportId(act.get("i")), act.version(), mapping)
    return Show(view=messages.told("Reading the list", f"I read {item.name} again. You get a message when I am done."))


# --- what its message says


def describe_list(uow: UnitOfWork, notice: Notice, reader: Person) -> View | None:
    actor = Actor(person=reader, platform="clock", at=uow.now)
    item, body = look_at_list(uow, actor, ImportId(notice.detail))
    if item.state is ImportState.CONFIRMED:
        return frozen_card(item, body, reader.time_zone)
    if item.state is ImportState.REFUSED:
        return refused_card(item, body)
    if item.state is ImportState.READ:
        return columns_card(item)
    text = f"{item.name} is being read again."
    return messages.told("Reading the list", text) if notice.sent_at else None


def is_list(uow: UnitOfWork, notice: Notice) -> bool:
    return uow.imports.get(ImportId(notice.detail)).kind is ImportKind.ACCESS_EXPORT
