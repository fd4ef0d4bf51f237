"""Files and links dropped into the conversation, or under a prompt: each goes where it most probably belongs."""

from collections.abc import Sequence
from dataclasses import replace

from handlers.actions import Action, action
from handlers.attach_evidence import LINKS, attach_words, attached_already, say_attached
from handlers.bring_files import beside, bring_files, say_brought
from handlers.carried_files import carried_in, carrying
from handlers.context import Context
from handlers.import_access import offer_list
from handlers.import_matrix import offer_import
from handlers.likely_places import likeliest_first, obvious, of_file, of_text, places_in
from handlers.replies import Reply, Show
from handlers.requests import FileShared, SharedFile
from handlers.show_tasks import open_for
from handlers.task_page import look_at
from handlers.views import messages
from handlers.views.elements import ActionButton, Button, Buttons, FormButton, View
from tasks import duties
from tasks.evidence import Evidence, Origin
from tasks.identifiers import TaskId
from tasks.model import Task, TaskState
from tasks.operations.acting import today_of
from tasks.operations.attach_evidence import attach_files
from tasks.wording import counted, moment, shortened

MOST_OFFERED = 10
MOST_ANSWERED = 5
ANSWERED_LATELY = 20


def share_files(request: FileShared, context: Context) -> Reply:
    """Under a prompt the task is known; what a message named that was attached goes where that one went."""
    under = context.task_of_message(request.source.conversation, request.thread)
    origin = Origin(conversation=request.source.conversation, message=request.source.message)
    if under:
        return attach_shared(context, under, request.files, origin)
    brought = bring_files(context, request.files, origin)
    if brought.added and not brought.others:
        return say_brought(context, brought.added)
    return beside(context, _share(context, brought.others, origin), brought.added)


def _share(context: Context, files: tuple[SharedFile, ...], origin: Origin) -> Reply:
    """With one open task it is obvious; else the person chooses."""
    waiting = open_for(context)
    offer = _offers(context, files, waiting)
    if len(waiting) == 1 and not offer:
        return attach_shared(context, waiting[0].id, files, origin)
    if not waiting:
        return Show(view=_with(offer, _nothing_open(context, files)))
    return Show(view=_with(offer, _which_task(_likeliest(context, waiting, files), files, origin)))


def _offers(context: Context, files: tuple[SharedFile, ...], waiting: Sequence[Task]) -> tuple[Button, ...]:
    """What else a spreadsheet may be than evidence. With one task to go to, only its own name can speak for that."""
    controls = offer_import(context, files, obvious=len(waiting) == 1)
    return (*controls, *offer_list(context, action("import_access"), files)) if controls or len(waiting) != 1 else ()


def press_attach_shared(act: Action, context: Context) -> Reply:
    conversation, _, _ = context.actor.message.partition("/")
    origin = Origin(conversation=conversation, message=act.get("m"))
    return attach_shared(context, TaskId(act.get("t")), carried_in(act), origin)


def attach_shared(context: Context, task_id: TaskId, files: tuple[SharedFile, ...], origin: Origin) -> Reply:
    """Each file to the item it is most like; what is like none is sorted in by hand."""
    task = look_at(context.uow, task_id, context.person).task
    if not task.is_open and _may_answer(context, task):
        return Show(view=_answered_already(task, context, files))
    places = places_in(context, [task])
    added: list[Evidence] = []
    for file in files:
        place = obvious(places, of_file(file.name))
        item = place.key if place else ""
        added += attach_files(
            context.uow, context.actor, task.id, context.references((file,)), item=item, origin=origin
        )
    return say_attached(context, task.id, added) if added else attached_already(task)


def send_words(text: str, task_id: TaskId, message: str, context: Context) -> Reply:
    """A link written under a prompt is evidence; other words answer nothing by accident."""
    task = look_at(context.uow, task_id, context.person).task
    if not text.startswith(LINKS):
        sentence = f"Words alone don't answer “{task.title}”. Open it and press a button, or paste a link here."
        return Show(view=messages.told("Not an answer yet", sentence, task=task))
    if not task.is_open and _may_answer(context, task):
        return Show(view=_answered_already(task, context))
    place = obvious(places_in(context, [task]), of_text(text))
    conversation, _, _ = context.actor.message.partition("/")
    origin = Origin(conversation=conversation, message=message)
    item = place.key if place else ""
    return say_attached(context, task.id, attach_words(text, context, task.id, item, origin))


def _with(offer: tuple[Button, ...], view: View) -> View:
    """A spreadsheet from whoever may import the company's controls may be just that."""
    return replace(view, body=(*view.body, Buttons(buttons=offer))) if offer else view


# --- nothing is open


def _nothing_open(context: Context, files: Sequence[SharedFile]) -> View:
    """What was answered lately and is not accepted can still be corrected: the correction takes the file along."""
    lately = context.uow.tasks.answered_by(context.person.id, limit=ANSWERED_LATELY)
    answered = [task for task in lately if task.state is not TaskState.ACCEPTED and _may_answer(context, task)]
    text = "You have no open task, so the file is not attached to anything. Send it when a task asks for it."
    if not answered:
        return messages.refused(text, title="No task for it")
    text = (
        "You have no open task, so the file is not attached to anything. If it belongs to an answer that is not "
        "accepted yet, correct that answer: the file comes along."
    )
    buttons = tuple(_correct(task, shortened(f"Correct {task.code} …", 30), files) for task in answered)
    once = tuple({button.label: button for button in reversed(buttons)}.values())[::-1]
    return messages.told_with("No task for it", text, once[:MOST_ANSWERED])


def _answered_already(task: Task, context: Context, files: Sequence[SharedFile] = ()) -> View:
    who = context.uow.people.find(task.answered_by)
    name = "You" if who and who.id == context.person.id else (who.name if who else "Somebody")
    when = f" on {moment(task.answered_at, context.person.time_zone)}" if task.answered_at else ""
    begun = f"{name} already answered “{task.title}”{when}, so nothing was attached."
    if task.state is TaskState.ACCEPTED:
        button: Button = FormButton(label="Ask to reopen …", action=action("ask_to_reopen", t=task.id))
        text = f"{begun} It is accepted: to add evidence, ask for it to be reopened."
    else:
        button = _correct(task, "Correct …", files)
        how = "correct the answer: the file comes along." if files else "correct the answer and add it there."
        text = f"{begun} To add evidence, {how}"
    return messages.told_with("Answered already", text, (button, messages.open_task(task)))


def _correct(task: Task, label: str, files: Sequence[SharedFile]) -> FormButton:
    correcting = action("correct_answer", t=task.id, v=task.version)
    return FormButton(label=label, action=carrying(correcting, files) if files else correcting)


def _may_answer(context: Context, task: Task) -> bool:
    return duties.may_answer(context.person, task, context.uow.people, today_of(context.uow, context.person))


# --- several are open


def _likeliest(context: Context, tasks: Sequence[Task], files: Sequence[SharedFile]) -> list[Task]:
    ranked = likeliest_first(places_in(context, tasks), *(of_file(one.name) for one in files))
    return list({task.id: task for task in (*(place.task for place in ranked), *tasks)}.values())


def _which_task(tasks: Sequence[Task], files: tuple[SharedFile, ...], origin: Origin) -> View:
    buttons = tuple(_choice(task, files, origin) for task in tasks[:MOST_OFFERED])
    what = files[0].name if len(files) == 1 else counted(len(files), "file")
    kept = len(carried_in(_carried(tasks[0], files, origin)))
    notes = [] if kept == len(files) else [f"Only the first {kept} fit here. Send the others after them."]
    if len(tasks) > MOST_OFFERED:
        rest = counted(len(tasks) - MOST_OFFERED, "other task")
        notes.append(f"For one of your {rest}, send it under that task's message.")
    question = f"Which task is {shortened(what, 100)} evidence for?"
    return messages.which("Which task is it for?", question, buttons, note=" ".join(notes))


def _choice(task: Task, files: tuple[SharedFile, ...], origin: Origin) -> ActionButton:
    return ActionButton(label=shortened(f"{task.code} {task.title}", 70), action=_carried(task, files, origin))


def _carried(task: Task, files: tuple[SharedFile, ...], origin: Origin) -> Action:
    return carrying(action("attach_shared", t=task.id, m=origin.message[:100]), files)
