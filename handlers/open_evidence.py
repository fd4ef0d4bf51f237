"""Somebody looks at a piece of evidence: words at once, a file by a message of its own."""

from handlers.actions import Action
from handlers.context import Context
from handlers.replies import Reply, Show
from handlers.views import messages
from handlers.views.evidence_words import evidence_words
from tasks.evidence import EvidenceKind
from tasks.identifiers import EvidenceId
from tasks.operations.open_evidence import open_evidence, send_file


def press_open(action: Action, context: Context) -> Reply:
    evidence_id = EvidenceId(action.get("e"))
    if context.uow.evidence.get(evidence_id).kind is EvidenceKind.FILE:
        evidence = send_file(context.uow, context.actor, evidence_id)
        return Show(view=messages.done("On its way", f"{evidence.name} comes to you as a message in a moment."))
    evidence = open_evidence(context.uow, context.actor, evidence_id)
    return Show(view=evidence_words(evidence, context.person.time_zone))
