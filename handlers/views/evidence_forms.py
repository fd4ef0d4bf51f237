"""How evidence comes in: the upload, the short source card, and sorting a loose file into its item."""

from collections.abc import Mapping

from handlers.actions import Action
from handlers.task_page import ItemAsked, TaskPage
from handlers.views.elements import (
    ChoiceField,
    DateField,
    Element,
    Fact,
    Facts,
    Field,
    FilesField,
    Form,
    Note,
    Option,
    Text,
    TextField,
)
from tasks.evidence import Evidence, IpeCard
from tasks.recurrence import span_label
from tasks.wording import counted, shortened

WHOLE_SPAN = "whole"
OTHER_SPAN = "other"


def attach_form(page: TaskPage, action: Action, *, item: str) -> Form:
    options = tuple(
        Option(value=asked.item.key, label=shortened(asked.item.text, 75), note=_needed(asked))
        for asked in page.items
        if page.may_answer or asked.item.key == item
    )
    first_missing = next((asked.item.key for asked in page.items if asked.item.required and not asked.there), "")
    fields: tuple[Field, ...] = (
        ChoiceField(name="item", label="What is it?", options=options, value=item or first_missing),
        FilesField(
            name="files",
            label="Files",
            required=False,
            hint="PDF, picture, spreadsheet, document or text; 25 MB each. No passwords, no health or payment data.",
        ),
        TextField(
            name="words",
            label="Or a link, or words",
            required=False,
            multiline=True,
            hint="A ticket's address, or what you saw and where.",
        ),
    )
    note = Note(text="The chat platform keeps its own copy of what you upload.")
    return Form(title="Attach evidence", action=action, intro=(note,), fields=fields, submit="Attach")


def _needed(asked: ItemAsked) -> str:
    needed = "required" if asked.item.required else "optional"
    return f"{needed} · something is attached already" if asked.there else needed


def sort_form(page: TaskPage, evidence: Evidence, action: Action) -> Form:
    options = tuple(Option(value=one.key, label=shortened(one.text, 75)) for one in page.text.evidence)
    intro = (Text(text=f"What is {evidence.name}?", strong=True),)
    field = ChoiceField(name="item", label="Evidence item", options=options, value=evidence.item)
    return Form(title="What is it?", action=action, intro=intro, fields=(field,), submit="Save")


def card_form(
    page: TaskPage, evidence: Evidence, action: Action, *, remembered: IpeCard | None, values: Mapping[str, str]
) -> Form:
    """Three inputs on one screen. The rare follow-ups are asked only when an answer calls for them."""
    fields = (
        _origin_field(remembered, values),
        _covers_field(page, values),
        _changed_field(values),
        *_follow_ups(page, values),
    )
    return Form(title="Source card", action=action, intro=_known(evidence), fields=fields, submit="Save")


def _origin_field(remembered: IpeCard | None, values: Mapping[str, str]) -> Field:
    origin = f"{remembered.source}: {remembered.query}" if remembered else ""
    return TextField(
        name="origin",
        label="Where is it from?",
        placeholder="Okta: report “All users”, status = any",
        hint="System, a colon, then the report or query." + (" From last time: is it still right?" if origin else ""),
        value=values.get("origin", origin),
        longest=600,
    )


def _covers_field(page: TaskPage, values: Mapping[str, str]) -> Field:
    span = span_label(page.task.span_start, page.task.span_end)
    whole = Option(value=WHOLE_SPAN, label=shortened(f"Yes, all of {span}", 75))
    other = Option(value=OTHER_SPAN, label="No, other days")
    covered = values.get("covers", "")
    return ChoiceField(name="covers", label="Does it cover the whole time?", options=(whole, other), value=covered)


def _changed_field(values: Mapping[str, str]) -> Field:
    no = Option(value="no", label="No, as exported")
    yes = Option(value="yes", label="Yes: rows or columns were changed")
    return ChoiceField(
        name="changed", label="Changed after export?", options=(no, yes), value=values.get("changed", "")
    )


def _follow_ups(page: TaskPage, values: Mapping[str, str]) -> list[Field]:
    fields: list[Field] = []
    if values.get("covers") == OTHER_SPAN:
        start, end = page.task.span_start.isoformat(), page.task.span_end.isoformat()
        fields.append(DateField(name="span_start", label="First day", value=values.get("span_start", start)))
        fields.append(DateField(name="span_end", label="Last day", value=values.get("span_end", end)))
    if values.get("changed") == "yes":
        fields.append(TextField(name="changes", label="What was changed?", value=values.get("changes", "")))
    return fields


def _known(evidence: Evidence) -> tuple[Element, ...]:
    rows = counted(evidence.row_count, "row") if evidence.row_count is not None else "counted once checked"
    facts = (
        Fact(label="File", value=evidence.name),
        Fact(label="Rows", value=rows),
    )
    known = f" (SHA-256 {evidence.sha256[:12]}…)" if evidence.sha256 else ""
    return Facts(facts=facts), Note(text=f"Added for you: who, when, and the file's hash{known}.")
