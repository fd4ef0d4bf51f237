"""Handing in a list of accounts: what is said about it, and which column holds what."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from handlers.actions import Action
from handlers.requests import SharedFile
from handlers.views.elements import (
    ChoiceField,
    DateField,
    Field,
    FilesField,
    Form,
    Note,
    Option,
    PersonField,
    Text,
    TextField,
)
from tasks.access.model import AccessColumn
from tasks.wording import sentence, shortened

FILE = FilesField(
    name="file",
    label="The list, as the system gave it",
    most=1,
    hint="CSV or Excel (.xlsx), up to 25 MB. Don't change it: it is kept and proven as it is.",
)
NONE = "none"
REQUIRED = AccessColumn.ACCOUNT
MOST_COLUMNS = 90


def import_form(
    act: Action,
    *,
    colleagues: tuple[Option, ...],
    now: datetime,
    zone: str,
    sent: Sequence[SharedFile] = (),
    system: str = "",
    owner: str = "",
) -> Form:
    """sent: the file, where it was dropped before."""
    named = tuple(Text(text=f"I read {one.name}.", strong=True) for one in sent)
    promise = "An auditor asks these questions of every list. Without the answers no list is believed."
    local = now.astimezone(ZoneInfo(zone))
    fields: tuple[Field, ...] = (
        TextField(name="system", label="System", placeholder="Okta", value=system, longest=100),
        PersonField(
            name="owner",
            label="Owner of the system",
            options=colleagues,
            value=owner,
            required=False,
            hint="Makes the changes that reviews decide. Needed for a system that is new here.",
        ),
        TextField(name="source", label="Taken from", placeholder="Okta, production tenant acme", longest=200),
        TextField(
            name="query", label="Report, filter or query", placeholder="Reports, current assignments", longest=500
        ),
        DateField(name="day", label="Taken on", value=local.date().isoformat()),
        TextField(name="time", label="at", hint=f"HH:MM, {zone}", value=f"{local:%H:%M}", longest=5),
        TextField(
            name="rows", label="Rows at the source", hint="As the system counts them, without the header.", longest=7
        ),
        TextField(name="sheet", label="Sheet", hint="Of a workbook with several.", required=False, longest=100),
    )
    return Form(
        title="New list of accounts",
        action=act,
        intro=(*named, Note(text=promise)),
        fields=fields if sent else (*fields, FILE),
        submit="Read it",
    )


def columns_form(act: Action, columns: Sequence[str], chosen: Mapping[AccessColumn, str]) -> Form:
    """One question for each thing that we can use."""
    options = tuple(
        Option(value=str(number), label=shortened(name, 70)) for number, name in enumerate(columns[:MOST_COLUMNS])
    )
    at = {name: str(number) for number, name in enumerate(columns)}
    return Form(
        title="Match the columns",
        action=act,
        fields=tuple(_column(column, options, at.get(chosen.get(column, ""), "")) for column in AccessColumn),
        submit="Read it",
        intro=(Note(text="Which column of your file holds what? Leave out what it does not tell."),),
    )


def _column(column: AccessColumn, options: tuple[Option, ...], value: str) -> ChoiceField:
    required = column is REQUIRED
    every = options if required else (Option(value=NONE, label="not in the file"), *options)
    return ChoiceField(
        name=column.value,
        label=sentence(column.value),
        options=every,
        value=value or ("" if required else NONE),
        required=required,
    )
