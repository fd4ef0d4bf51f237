"""A text or link that is evidence, opened: the words, and where they come from."""

from handlers.views.elements import Buttons, Element, LinkButton, Note, Quote, Text, Tone, View
from handlers.views.evidence_list import told_of_changes, told_of_message
from tasks.evidence import Evidence
from tasks.wording import sentence

LINKS = ("https://", "http://")


def evidence_words(evidence: Evidence, time_zone: str) -> View:
    body: list[Element] = []
    if evidence.said:
        body.append(Text(text=f"{sentence(told_of_message(evidence, time_zone))}.", strong=True))
    if changes := told_of_changes(evidence, time_zone):
        body.append(Text(text=f"{sentence(changes)}.", tone=Tone.WARNING))
    body.append(Quote(text=evidence.text))
    if evidence.said and evidence.said.note:
        body.append(Note(text=f"Why it is attached: {evidence.said.note}"))
    body += _link(evidence)
    return View(title=evidence.name, summary=evidence.name, body=tuple(body))


def _link(evidence: Evidence) -> list[Element]:
    if evidence.said is None:
        return []
    if evidence.said.permalink.startswith(LINKS):
        return [Buttons(buttons=(LinkButton(label="See the message", url=evidence.said.permalink),))]
    if evidence.permalink_due_at:
        return []
    return [Note(text="There is no link to the message: it could not be had.")]
