"""“Attach as evidence” on any message: set aside as it stands, then asked to which task and item it belongs."""

from collections.abc import Sequence

from handlers.actions import Action, action
from handlers.attach_evidence import attached_already, say_attached
from handlers.bring_files import with_awaited
from handlers.context import Context
from handlers.likely_places import MOST_LOOKED_AT, likeliest_first, obvious, of_file, of_text, places_in
from handlers.replies import OpenForm, Reply, Show
from handlers.requests import FormSubmitted, PointedMessage, ShortcutUsed
from handlers.show_tasks import open_for
from handlers.views import messages
from handlers.views.elements import Form
from handlers.views.message_forms import MOST_PLACES, NO_ITEM, attach_message_form
from tasks import likeness
from tasks.controls import EvidenceItem
from tasks.errors import Invalid
from tasks.evidence import SharedMessage
from tasks.identifiers import TaskId
from tasks.model import Task
from tasks.operations.attach_message import Chosen, attach_message, message_set_aside, set_aside
from tasks.operations.task_text import text_of

READ = 2000
"""Of a long message so much is read for a guess."""


def use_shortcut(request: ShortcutUsed, context: Context) -> Reply:
    if request.message.ours:
        return _our_own(request.message, context)
    if not open_for(context):
        text = "You have no open task, so there is nothing to attach this to. Come back to it when a task asks for it."
        return Show(view=messages.refused(text, title="No task for it"))
    kept = set_aside(context.uow, context.actor, _chosen(request.message, context))
    return OpenForm(form=build_attach_message(action("attach_message", m=kept.id), context))


def build_attach_message(act: Action, context: Context) -> Form:
    kept = message_set_aside(context.uow, context.actor, act.get("m"))
    tasks = _those_named_first(open_for(context), kept)
    if not tasks:
        raise Invalid("You have no open task any more, so there is nothing to attach this to.")
    places = places_in(context, tasks)
    scores = [of_text(kept.text[:READ]), *(of_file(one.name) for one in kept.files)]
    ranked = likeliest_first(places, *scores)
    guess = obvious(ranked, lambda place: max(score(place) for score in scores))
    return attach_message_form(
        kept,
        act,
        places=ranked,
        chosen=guess,
        time_zone=context.person.time_zone,
        left_out=len(places) > MOST_PLACES or len(tasks) > MOST_LOOKED_AT,
    )


def submit_attach_message(request: FormSubmitted, context: Context) -> Reply:
    task, item = _place_named(request.text("place"), context)
    message_id = request.action.get("m")
    note = request.text("note")
    key = item.key if item else ""
    added = attach_message(context.uow, context.actor, message_id, task.id, item=key, note=note)
    reply = say_attached(context, task.id, added, message=message_id) if added else attached_already(task)
    return with_awaited(context, reply, task.id)


def _place_named(value: str, context: Context) -> tuple[Task, EvidenceItem | None]:
    """Whether the person may attach there is asked where it is attached."""
    task_id, _, number = value.partition(".")
    if not value:
        raise Invalid("Say what it is evidence for.", fields={"place": "Choose a task from the list."})
    task = context.uow.tasks.get(TaskId(task_id))
    listed = text_of(context.uow, task).evidence
    if number == NO_ITEM:
        return task, None
    if not (number.isascii() and number.isdigit() and int(number[:4]) < len(listed)):
        raise Invalid("This task has no such evidence item.", fields={"place": "Choose one from the list."})
    return task, listed[int(number[:4])]


def _our_own(message: PointedMessage, context: Context) -> Reply:
    about = context.task_of_message(message.conversation, message.message)
    task = context.uow.tasks.get(about) if about else None
    text = "That is my own message, so it proves nothing. Attach what the system shows: a file, a link, a ticket."
    return Show(view=messages.told("My own message", text, task=task))


def _chosen(message: PointedMessage, context: Context) -> Chosen:
    known = context.uow.people.by_identity(context.actor.platform, message.author_id)
    name = (known.name if known else message.author) or message.author_id or "somebody"
    return Chosen(
        conversation=message.conversation,
        message=message.message,
        place=message.place,
        author=name,
        author_id=message.author_id,
        at=message.at,
        text=message.text,
        files=context.references(message.files),
    )


def _those_named_first(tasks: Sequence[Task], kept: SharedMessage) -> list[Task]:
    """So that a task whose code is mentioned is among those looked at, however many there are."""
    words = f"{kept.text[:READ]} {' '.join(one.name for one in kept.files)}"
    return sorted(tasks, key=lambda task: not likeness.names(task.code, words))
