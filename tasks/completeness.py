"""What an answer needs before it can be sent, and what an auditor would ask about one that looks thin."""

from collections.abc import Sequence

from tasks.controls import ControlText
from tasks.evidence import Evidence, EvidenceKind
from tasks.wording import counted


def missing_items(text: ControlText, evidence: Sequence[Evidence]) -> tuple[str, ...]:
    """What stands between the owner and *done*, each as a short phrase."""
    missing: list[str] = []
    for item in text.evidence:
        given = [one for one in evidence if one.item == item.key and one.present]
        if item.required and not given:
            missing.append(f"{item.text}: not attached yet")
        elif item.population:
            missing += [f"{one.name}: its source card is not filled in" for one in given if one.card is None]
    return tuple(missing)


def what_looks_thin(text: ControlText, evidence: Sequence[Evidence]) -> tuple[str, ...]:
    """Reasons why an auditor would ask back. Empty: nothing looks thin."""
    present = [one for one in evidence if one.present]
    if not present:
        return ("Nothing is attached: this would stand as a representation only.",)
    reasons = []
    if all(one.kind is EvidenceKind.TEXT for one in present):
        reasons.append("Only written words are attached, no file or link from the system itself.")
    empty = [one.name for one in present if one.card and one.card.row_count == 0]
    if empty:
        reasons.append(f"{empty[0]} has no rows: an auditor wants to see the query that shows zero.")
    changed = [one.name for one in present if one.card and one.card.changed_after]
    if changed:
        reasons.append(f"{changed[0]} was changed after export: edited lists are often rejected.")
    unassigned = [one for one in present if not one.item]
    if unassigned:
        belong = "belongs" if len(unassigned) == 1 else "belong"
        reasons.append(f"{counted(len(unassigned), 'attachment')} {belong} to no evidence item.")
    return tuple(reasons)
