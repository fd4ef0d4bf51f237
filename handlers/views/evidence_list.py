"""What a task asks for, what is attached to it, and the next press for each."""

from handlers.actions import action
from handlers.task_page import ItemAsked, TaskPage
from handlers.views.elements import ActionButton, Button, Confirm, Element, FormButton, Row, Style, Tone
from tasks.evidence import Evidence, EvidenceKind, EvidenceState
from tasks.identifiers import EvidenceId
from tasks.wording import counted, moment

PLATFORMS = {"slack": "Slack", "teams": "Teams"}


def evidence_list(page: TaskPage) -> list[Element]:
    lines: list[Element] = []
    for asked in page.items:
        if page.task.is_open or asked.item.required or asked.evidence or asked.hidden:
            lines += _item_rows(page, asked)
    lines += [_evidence_row(page, one) for one in page.loose]
    return lines


def _item_rows(page: TaskPage, asked: ItemAsked) -> list[Element]:
    mark = "✓" if asked.there else "○"
    button = None
    if page.task.is_open and (page.may_answer or asked.of_me):
        button = FormButton(label="Attach", action=action("attach_evidence", t=page.task.id, item=asked.item.key))
    head = Row(text=f"{mark} {asked.item.text}", note=" · ".join(_item_notes(page, asked)), button=button)
    return [head, *(_evidence_row(page, one) for one in asked.evidence)]


def _item_notes(page: TaskPage, asked: ItemAsked) -> list[str]:
    """What is asked for while the task is open; once it is answered only what came of it."""
    notes = [counted(asked.hidden, "attachment")] if asked.hidden else []
    if not page.task.is_open:
        return notes if asked.there else ["nothing attached"]
    if asked.asked_of:
        notes.insert(0, f"asked of {'you' if asked.of_me else asked.asked_of}")
    if asked.item.population and not any(one.card for one in asked.evidence):
        notes.insert(0, "a list: needs a source card")
    return ["required" if asked.item.required else "optional", *notes]


def _evidence_row(page: TaskPage, evidence: Evidence) -> Row:
    return Row(
        text=f"↳ {evidence.name}",
        note=_state_of(evidence, page.reader.time_zone),
        button=_evidence_button(page, evidence),
        tone=Tone.BAD if evidence.state is EvidenceState.REJECTED else Tone.NEUTRAL,
        under=True,
    )


def _state_of(evidence: Evidence, time_zone: str) -> str:
    if evidence.state is EvidenceState.CHECKING:
        return "checking the file …"
    if evidence.state is EvidenceState.REJECTED:
        return f"refused: {evidence.problem}"
    parts = [told_of_message(evidence, time_zone)] if evidence.said else []
    parts += [] if evidence.said and evidence.kind is EvidenceKind.TEXT else [_kind_of(evidence)]
    parts += [told_of_changes(evidence, time_zone)]
    if evidence.row_count is not None:
        parts.append(counted(evidence.row_count, "row"))
    if evidence.card:
        parts.append(f"from {evidence.card.source}")
    parts.append("checked")
    return " · ".join(filter(None, parts))


def _kind_of(evidence: Evidence) -> str:
    return "file" if evidence.kind is EvidenceKind.FILE else evidence.kind.value


def told_of_message(evidence: Evidence, time_zone: str) -> str:
    """Who wrote it, where and when."""
    if evidence.said is None:
        return ""
    said = evidence.said
    kept = "" if evidence.kind is EvidenceKind.FILE else ", as it was then"
    return f"message by {said.author} in {said.place}, {moment(said.at, time_zone)}{kept}"


def told_of_changes(evidence: Evidence, time_zone: str) -> str:
    """What became of it since, where it came from."""
    changed, deleted = evidence.source_changed_at, evidence.source_deleted_at
    if not (changed or deleted):
        return ""
    what = [f"edited on {moment(changed, time_zone)}"] if changed else []
    what += [f"deleted on {moment(deleted, time_zone)}"] if deleted else []
    kept = "file" if evidence.kind is EvidenceKind.FILE else "text"
    place = PLATFORMS.get(evidence.platform, "the chat")
    return f"{' and '.join(what)} in {place} afterwards; what is kept is the {kept} of then"


def _evidence_button(page: TaskPage, evidence: Evidence) -> Button | None:
    item = page.text.item(evidence.item)
    mine = page.may_answer or evidence.added_by == page.reader.id
    if page.task.is_open and mine and evidence.present:
        if item is None:
            return FormButton(label="Say what it is", action=action("sort_evidence", e=evidence.id))
        if item.population and evidence.card is None:
            return fill_card_button(evidence.id)
        return ActionButton(label="Remove", action=action("remove_evidence", e=evidence.id), confirm=_remove(evidence))
    if evidence.state is EvidenceState.BOUND:
        return ActionButton(label="Open", action=action("open_evidence", e=evidence.id))
    return None


def fill_card_button(evidence_id: EvidenceId, *, style: Style = Style.PLAIN) -> Button:
    return FormButton(label="Fill in source card", action=action("fill_card", e=evidence_id), style=style)


def _remove(evidence: Evidence) -> Confirm:
    return Confirm(
        title="Remove this?",
        text=f"{evidence.name} will no longer count for this task. That it was attached stays on record.",
        yes="Remove",
    )
