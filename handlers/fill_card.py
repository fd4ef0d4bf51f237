"""The source card of a population: three inputs, and a follow-up only where an answer calls for one."""

from handlers.actions import Action
from handlers.answer_task import day_in
from handlers.context import Context
from handlers.replies import OpenForm, Reply, Show
from handlers.requests import FormSubmitted
from handlers.task_page import look_at
from handlers.views.elements import Form
from handlers.views.evidence_forms import OTHER_SPAN, WHOLE_SPAN, card_form
from handlers.views.task_card import attached_card
from tasks.errors import Invalid
from tasks.identifiers import EvidenceId
from tasks.operations.fill_card import CardFacts, fill_card

TYPED = ("origin", "covers", "changed", "changes", "span_start", "span_end")


def build_card(action: Action, context: Context) -> Form:
    return _form(action, context, {})


def submit_card(request: FormSubmitted, context: Context) -> Reply:
    typed = _typed(request)
    _require_chosen(typed)
    if _needs_more(typed):
        return OpenForm(form=_form(request.action, context, typed))
    evidence_id = EvidenceId(request.action.get("e"))
    evidence = context.uow.evidence.get(evidence_id)
    task = context.uow.tasks.get(evidence.task_id)
    source, query = _origin(typed.get("origin", ""))
    other = typed["covers"] == OTHER_SPAN
    facts = CardFacts(
        source=source,
        query=query,
        span_start=day_in(request, "span_start") if other else task.span_start,
        span_end=day_in(request, "span_end") if other else task.span_end,
        changed_after=typed["changed"] == "yes",
        changes=typed.get("changes", "") if typed["changed"] == "yes" else "",
    )
    fill_card(context.uow, context.actor, evidence_id, facts)
    page = look_at(context.uow, task.id, context.person)
    return Show(view=attached_card(page, "Source card saved", f"{evidence.name} has its source card."))


def build_again(request: FormSubmitted, context: Context) -> Form:
    return _form(request.action, context, _typed(request))


def _typed(request: FormSubmitted) -> dict[str, str]:
    return {name: request.text(name) for name in TYPED if request.text(name)}


def _form(action: Action, context: Context, typed: dict[str, str]) -> Form:
    evidence = context.uow.evidence.get(EvidenceId(action.get("e")))
    page = look_at(context.uow, evidence.task_id, context.person)
    remembered = evidence.card or context.uow.evidence.last_card(page.task.control_id, evidence.item)
    return card_form(page, evidence, action, remembered=remembered, values=typed)


def _require_chosen(typed: dict[str, str]) -> None:
    """Both are statements on record: never taken for granted."""
    problems = {}
    if typed.get("covers") not in (WHOLE_SPAN, OTHER_SPAN):
        problems["covers"] = "Say whether it covers the whole time."
    if typed.get("changed") not in ("no", "yes"):
        problems["changed"] = "Say whether it was changed after export."
    if problems:
        raise Invalid("The source card is not complete yet.", fields=problems)


def _needs_more(typed: dict[str, str]) -> bool:
    other_span = typed.get("covers") == OTHER_SPAN and "span_start" not in typed
    return other_span or (typed.get("changed") == "yes" and "changes" not in typed)


def _origin(text: str) -> tuple[str, str]:
    source, colon, query = text.partition(":")
    if not (colon and source.strip() and query.strip()):
        hint = "Write the system, a colon, then the report: Okta: report “All users”."
        raise Invalid("The source is not complete yet.", fields={"origin": hint})
    return source.strip(), query.strip()
