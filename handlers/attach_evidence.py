"""Evidence by form; a loose attachment sorted in; one taken off."""

from collections.abc import Sequence

from handlers.actions import Action, action
from handlers.context import Context
from handlers.fill_card import build_card
from handlers.replies import OpenForm, Reply, Show
from handlers.requests import FormSubmitted
from handlers.show_tasks import card_again
from handlers.task_page import look_at
from handlers.views import messages
from handlers.views.elements import Form, FormButton, Style
from handlers.views.evidence_forms import attach_form, sort_form
from handlers.views.evidence_list import fill_card_button
from handlers.views.task_card import attached_card
from tasks.errors import Invalid
from tasks.evidence import SENT_BY_FORM, Evidence, Origin
from tasks.identifiers import EvidenceId, TaskId
from tasks.model import Task
from tasks.operations.attach_evidence import attach_files, attach_link, attach_text, remove_evidence, require_may_attach
from tasks.operations.sort_evidence import sort_evidence
from tasks.operations.task_text import text_of
from tasks.wording import counted

LINKS = ("http://", "https://")


def build_attach(act: Action, context: Context) -> Form:
    page = look_at(context.uow, TaskId(act.get("t")), context.person)
    require_may_attach(context.uow, context.actor, page.task.id, act.get("item"))
    return attach_form(page, act, item=act.get("item"))


def submit_attach(request: FormSubmitted, context: Context) -> Reply:
    """A population goes straight on to its source card."""
    task_id, item = TaskId(request.action.get("t")), request.text("item")
    files = request.files("files")
    added = list(attach_files(context.uow, context.actor, task_id, context.references(files), item=item))
    added += attach_words(request.text("words"), context, task_id, item)
    if not added and files:
        return attached_already(context.uow.tasks.get(task_id))
    if not added:
        raise Invalid("Nothing was attached.", fields={"words": "Choose a file, or paste a link or words."})
    return open_card(context, added) or say_attached(context, task_id, added)


def build_sort(act: Action, context: Context) -> Form:
    evidence = context.uow.evidence.get(EvidenceId(act.get("e")))
    return sort_form(look_at(context.uow, evidence.task_id, context.person), evidence, act)


def submit_sort(request: FormSubmitted, context: Context) -> Reply:
    evidence = sort_evidence(context.uow, context.actor, EvidenceId(request.action.get("e")), item=request.text("item"))
    return open_card(context, [evidence]) or say_attached(context, evidence.task_id, [evidence])


def press_remove(act: Action, context: Context) -> Reply:
    evidence = remove_evidence(context.uow, context.actor, EvidenceId(act.get("e")))
    return card_again(context, evidence.task_id)


def attach_words(
    text: str, context: Context, task_id: TaskId, item: str, origin: Origin = SENT_BY_FORM
) -> list[Evidence]:
    if not text:
        return []
    is_link = text.startswith(LINKS) and not any(sign.isspace() for sign in text)
    attach = attach_link if is_link else attach_text
    return [attach(context.uow, context.actor, task_id, text, item=item, origin=origin)]


def open_card(context: Context, added: Sequence[Evidence]) -> Reply | None:
    """A form may follow a form at once."""
    wanting = _without_card(context, added)
    return OpenForm(form=build_card(action("fill_card", e=wanting[0].id), context)) if wanting else None


def say_attached(context: Context, task_id: TaskId, added: Sequence[Evidence], *, message: str = "") -> Reply:
    """`message`: the id of a message that was set aside, which may be evidence for another task as well."""
    page = look_at(context.uow, task_id, context.person)
    loose = [one for one in added if page.text.item(one.item) is None and page.text.evidence]
    wanting = _without_card(context, added)
    what = f"{added[0].name} is" if len(added) == 1 else f"{counted(len(added), 'attachment')} are"
    which = " Say which item it is." if len(added) == 1 else " Open the task to say which items they are."
    list_of = " It is a list: say where it is from." if wanting else ""
    cards = tuple(fill_card_button(one.id) for one in wanting[:1])
    unsorted = tuple(_sort_button(one) for one in loose if len(added) == 1)
    elsewhere = FormButton(label="Attach it elsewhere too …", action=action("attach_message", m=message))
    view = attached_card(
        page,
        "Attached",
        f"{what} attached to “{page.task.title}”.{which if loose else ''}{list_of}",
        first=(*unsorted, *cards),
        last=(elsewhere,) if message else (),
    )
    return Show(view=view)


def _sort_button(evidence: Evidence) -> FormButton:
    act = action("sort_evidence", e=evidence.id)
    return FormButton(label="Say what it is", action=act, style=Style.PRIMARY)


def _without_card(context: Context, added: Sequence[Evidence]) -> list[Evidence]:
    """Populations whose source nobody told yet."""
    task = context.uow.tasks.get(added[0].task_id)
    text = text_of(context.uow, task)
    populations = {item.key for item in text.evidence if item.population}
    return [one for one in added if one.item in populations and one.card is None]


def attached_already(task: Task) -> Reply:
    text = f"That is attached to “{task.title}” already. Nothing was changed."
    return Show(view=messages.done("Attached already", text, task=task))
