"""A system: who owns it, who is asked, and the lists of its accounts with what makes each believable."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from handlers.actions import Action, action
from handlers.views.elements import (
    ActionButton,
    Button,
    Buttons,
    ChoiceField,
    Element,
    Fact,
    Facts,
    Form,
    FormButton,
    Heading,
    Note,
    Option,
    PersonField,
    Text,
    TextField,
    Tone,
    View,
)
from handlers.views.review_setup import ASKED_FIRST
from tasks.access.exports import Amendment, Export, System
from tasks.access.model import AccessColumn
from tasks.identifiers import PersonId
from tasks.operations.manage_systems import AMENDED
from tasks.wording import counted, moment, sentence

MOST_LISTS = 4
MOST_AMENDMENTS = 10
SHOWN_DIGEST = 16


@dataclass(frozen=True, kw_only=True)
class SystemPage:
    system: System
    lists: Sequence[Export]
    amendments: Sequence[Amendment]
    """Of the latest list."""
    names: Mapping[PersonId, str]
    zone: str
    described: int
    may_edit: bool


def system_card(page: SystemPage, *, said: str = "") -> View:
    system = page.system
    owner = page.names.get(system.owner_id, "") if system.owner_id else ""
    first: list[Element] = [Text(text=said, tone=Tone.GOOD)] if said else []
    first += [] if owner else [Text(text="Nobody owns it: reviews of it have gaps.", tone=Tone.WARNING)]
    facts = Facts(
        facts=(
            Fact(label="Owner", value=owner or "nobody"),
            Fact(label="Asked first", value=ASKED_FIRST[system.first_asked]),
            Fact(label="Descriptions", value=counted(page.described, "entitlement")),
        )
    )
    held = counted(len(page.lists), "list")
    summary = said or f"{system.name}: {held} of accounts, owned by {owner or 'nobody'}."
    body = [*first, facts, *_lists(page), *_amendments(page), Buttons(buttons=_buttons(page))]
    return View(title=f"{system.name}{' (retired)' if system.retired else ''}", summary=summary, body=tuple(body))


def _lists(page: SystemPage) -> list[Element]:
    if not page.lists:
        return [Note(text="No list of its accounts yet.")]
    body: list[Element] = [Heading(text="Lists of accounts")]
    for export in page.lists[:MOST_LISTS]:
        who = page.names.get(export.imported_by, "") if export.imported_by else "the command line"
        body.append(
            Facts(
                facts=(
                    Fact(label="Taken", value=moment(export.source.extracted_at, page.zone)),
                    Fact(label="From", value=export.source.source),
                    Fact(label="Query", value=export.source.query),
                    Fact(label="Rows", value=f"{export.source.row_count:,}"),
                    Fact(label="Handed in", value=f"by {who}, {moment(export.imported_at, page.zone)}"),
                    Fact(label="Digest", value=f"{export.digest[:SHOWN_DIGEST]}…"),
                )
            )
        )
    rest = len(page.lists) - MOST_LISTS
    return [*body, Note(text=f"and {counted(rest, 'older list')}.")] if rest > 0 else body


def _amendments(page: SystemPage) -> list[Element]:
    if not page.amendments:
        return []
    lines = [_amended(one, page.names) for one in page.amendments[-MOST_AMENDMENTS:]]
    return [Heading(text=f"Amended ({len(page.amendments)})"), *(Note(text=line) for line in lines)]


def _amended(one: Amendment, names: Mapping[PersonId, str]) -> str:
    change = f"{one.column.value}: {one.before or 'nothing'} to {one.after or 'nothing'}"
    return f"{change}, {one.reason} ({names.get(one.by, '')})"


def _buttons(page: SystemPage) -> tuple[Button, ...]:
    system = page.system
    found: list[Button] = [FormButton(label="New list …", action=action("import_access", s=system.id))]
    if page.may_edit:
        found.append(FormButton(label="Change …", action=action("edit_system", s=system.id, v=system.version)))
    found.append(FormButton(label="Describe …", action=action("describe_entitlements", s=system.id)))
    if page.lists:
        amend = action("amend_access", x=page.lists[0].id, s=system.id)
        found.append(FormButton(label="Amend a row …", action=amend))
    if page.may_edit and system.owner_id:
        found.append(ActionButton(label="Ask for a new list", action=action("ask_list", s=system.id)))
    return tuple(found)


# --- forms


def edit_form(act: Action, system: System, colleagues: tuple[Option, ...]) -> Form:
    asked = tuple(Option(value=capacity.value, label=label) for capacity, label in ASKED_FIRST.items())
    uses = (Option(value="use", label="In use"), Option(value="retired", label="Retired: left out of reviews"))
    owner, named = system.owner_id or "", system.named_id or ""
    return Form(
        title="Change the system",
        action=act,
        fields=(
            PersonField(name="owner", label="Owner", options=colleagues, value=owner, required=False),
            ChoiceField(name="first", label="Asked first", options=asked, value=system.first_asked.value),
            PersonField(name="named", label="One person for all", options=colleagues, value=named, required=False),
            ChoiceField(name="use", label="Use", options=uses, value="retired" if system.retired else "use"),
        ),
        submit="Save",
    )


def describe_form(act: Action, described: Mapping[str, str]) -> Form:
    lines = "\n".join(f"{name} = {text}" for name, text in described.items())
    field = TextField(
        name="lines",
        label="One a line",
        hint="Super Admin = may do everything, also give rights to others",
        value=lines[:3000],
        multiline=True,
        required=False,
    )
    return Form(title="Describe access", action=act, fields=(field,), submit="Save")


def amend_form(act: Action) -> Form:
    columns = tuple(Option(value=column.value, label=sentence(column.value)) for column in AMENDED)
    return Form(
        title="Amend a row",
        action=act,
        fields=(
            TextField(name="account", label="Account", hint="As it stands in the list.", longest=300),
            TextField(
                name="entitlement", label="Access", hint="As it stands in the list.", required=False, longest=300
            ),
            ChoiceField(name="column", label="What", options=columns, value=AccessColumn.KIND.value),
            TextField(
                name="value", label="What it should say", hint="Privileged: yes or no.", required=False, longest=300
            ),
            TextField(name="reason", label="Why", hint="And where you looked.", multiline=True, longest=500),
        ),
        submit="Amend",
        intro=(Note(text="The list stays as it came. What you say is recorded beside it."),),
    )
