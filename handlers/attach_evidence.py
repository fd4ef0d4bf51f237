"""Evidence by form, by a file dropped into the conversation, by a link under a prompt."""

from collections.abc import Iterator, Sequence

from handlers.actions import LONGEST, Action, action, encode
from handlers.context import Context
from handlers.fill_card import build_card
from handlers.replies import OpenForm, Reply, Show
from handlers.requests import FileShared, FormSubmitted, SharedFile
from handlers.show_tasks import card_again, open_for
from handlers.task_page import TaskPage, look_at
from handlers.views import messages
from handlers.views.elements import ActionButton, Form, FormButton, Style, View
from handlers.views.evidence_forms import attach_form, sort_form
from handlers.views.evidence_list import fill_card_button
from handlers.views.task_card import attached_card
from tasks.errors import Invalid
from tasks.evidence import Evidence
from tasks.identifiers import EvidenceId, TaskId
from tasks.model import Task
from tasks.operations.attach_evidence import attach_files, attach_link, attach_text, remove_evidence, require_may_attach
from tasks.operations.sort_evidence import sort_evidence
from tasks.wording import counted, shortened

MOST_OFFERED = 10
LINKS = ("http://", "https://")
NAME_LENGTHS = (60, 20, 0)


def build_attach(act: Action, context: Context) -> Form:
    page = look_at(context.uow, TaskId(act.get("t")), context.person)
    require_may_attach(context.uow, context.actor, page.task.id, act.get("item"))
    return attach_form(page, act, item=act.get("item"))


def submit_attach(request: FormSubmitted, context: Context) -> Reply:
    """A population goes straight on to its source card."""
    task_id, item = TaskId(request.action.get("t")), request.text("item")
    files = request.files("files")
    added = list(attach_files(context.uow, context.actor, task_id, context.references(files), item=item))
    added += _words(request.text("words"), context, task_id, item)
    if not added and files:
        return _attached_already(context.uow.tasks.get(task_id))
    if not added:
        raise Invalid("Nothing was attached.", fields={"words": "Choose a file, or paste a link or words."})
    return _open_card(context, added) or _say_attached(context, task_id, added)


def share_files(request: FileShared, context: Context) -> Reply:
    """Under a prompt the task is known; with one open task it is obvious; else the person chooses."""
    under = context.task_of_message(request.source.conversation, request.thread)
    if under:
        return attach_shared(context, under, request.files)
    waiting = open_for(context)
    if len(waiting) == 1:
        return attach_shared(context, waiting[0].id, request.files)
    if not waiting:
        text = "You have no open task, so the file is not attached to anything. Send it when a task asks for it."
        return Show(view=messages.refused(text, title="No task for it"))
    return Show(view=_which_task(waiting, request.files))


def press_attach_shared(act: Action, context: Context) -> Reply:
    files = tuple(
        SharedFile(reference=reference, name=name)
        for reference, _, name in (line.partition(" ") for line in act.get("f").splitlines())
        if reference
    )
    return attach_shared(context, TaskId(act.get("t")), files)


def attach_shared(context: Context, task_id: TaskId, files: tuple[SharedFile, ...]) -> Reply:
    page = look_at(context.uow, task_id, context.person)
    added = attach_files(context.uow, context.actor, task_id, context.references(files), item=_obvious_item(page))
    return _say_attached(context, task_id, added) if added else _attached_already(page.task)


def _obvious_item(page: TaskPage) -> str:
    """The only one the person was asked for, or the only required one still missing; else it is sorted in later."""
    asked = [one for one in page.items if one.of_me] if not page.may_answer else []
    missing = asked or [one for one in page.items if one.item.required and not one.there]
    return missing[0].item.key if len(missing) == 1 else ""


def build_sort(act: Action, context: Context) -> Form:
    evidence = context.uow.evidence.get(EvidenceId(act.get("e")))
    return sort_form(look_at(context.uow, evidence.task_id, context.person), evidence, act)


def submit_sort(request: FormSubmitted, context: Context) -> Reply:
    evidence = sort_evidence(context.uow, context.actor, EvidenceId(request.action.get("e")), item=request.text("item"))
    return _open_card(context, [evidence]) or _say_attached(context, evidence.task_id, [evidence])


def press_remove(act: Action, context: Context) -> Reply:
    evidence = remove_evidence(context.uow, context.actor, EvidenceId(act.get("e")))
    return card_again(context, evidence.task_id)


def send_words(text: str, task_id: TaskId, context: Context) -> Reply:
    """A link written under a prompt is evidence; other words answer nothing by accident."""
    page = look_at(context.uow, task_id, context.person)
    if not text.startswith(LINKS):
        sentence = f"Words alone don't answer “{page.task.title}”. Open it and press a button, or paste a link here."
        return Show(view=messages.told("Not an answer yet", sentence, task=page.task))
    return _say_attached(context, task_id, _words(text, context, task_id, _obvious_item(page)))


def _words(text: str, context: Context, task_id: TaskId, item: str) -> list[Evidence]:
    if not text:
        return []
    is_link = text.startswith(LINKS) and not any(sign.isspace() for sign in text)
    attach = attach_link if is_link else attach_text
    return [attach(context.uow, context.actor, task_id, text, item=item)]


def _open_card(context: Context, added: Sequence[Evidence]) -> Reply | None:
    """A form may follow a form at once."""
    wanting = _without_card(context, added)
    return OpenForm(form=build_card(action("fill_card", e=wanting[0].id), context)) if wanting else None


def _say_attached(context: Context, task_id: TaskId, added: Sequence[Evidence]) -> Reply:
    task = context.uow.tasks.get(task_id)
    text = context.uow.controls.text(task.control_id, task.control_version)
    name = added[0].name if len(added) == 1 else counted(len(added), "attachment")
    loose = any(text.item(one.item) is None for one in added)
    wanting = _without_card(context, added)
    which = " Say which item it is." if len(added) == 1 else " Open the task to say which items they are."
    then = which if loose else ""
    then += " It is a list: say where it is from." if wanting else ""
    cards = tuple(fill_card_button(one.id) for one in wanting[:1])
    unsorted = tuple(
        FormButton(label="Say what it is", action=action("sort_evidence", e=one.id), style=Style.PRIMARY)
        for one in added
        if text.item(one.item) is None and len(added) == 1
    )
    verb = "is" if len(added) == 1 else "are"
    page = look_at(context.uow, task_id, context.person)
    return Show(
        view=attached_card(
            page, "Attached", f"{name} {verb} attached to “{task.title}”.{then}", first=(*unsorted, *cards)
        )
    )


def _without_card(context: Context, added: Sequence[Evidence]) -> list[Evidence]:
    """Populations whose source nobody told yet."""
    task = context.uow.tasks.get(added[0].task_id)
    text = context.uow.controls.text(task.control_id, task.control_version)
    populations = {item.key for item in text.evidence if item.population}
    return [one for one in added if one.item in populations and one.card is None]


def _attached_already(task: Task) -> Reply:
    text = f"That is attached to “{task.title}” already. Nothing was changed."
    return Show(view=messages.done("Attached already", text, task=task))


def _which_task(tasks: Sequence[Task], files: tuple[SharedFile, ...]) -> View:
    buttons = tuple(_choice(task, files) for task in tasks[:MOST_OFFERED])
    what = files[0].name if len(files) == 1 else counted(len(files), "file")
    kept = len(_carried(tasks[0], files).get("f").splitlines())
    note = "" if kept == len(files) else f"Only the first {kept} fit here. Send the others after them."
    return messages.which(
        "Which task is it for?", f"Which task is {shortened(what, 100)} evidence for?", buttons, note=note
    )


def _choice(task: Task, files: tuple[SharedFile, ...]) -> ActionButton:
    return ActionButton(label=shortened(f"{task.code} {task.title}", 70), action=_carried(task, files))


def _carried(task: Task, files: tuple[SharedFile, ...]) -> Action:
    """As much of the files' names, else as many files, as a button can carry."""
    return next(one for one in _ever_shorter(task, files) if len(encode(one)) <= LONGEST)


def _ever_shorter(task: Task, files: tuple[SharedFile, ...]) -> Iterator[Action]:
    for count in range(len(files), -1, -1):
        for longest in NAME_LENGTHS:
            lines = (f"{one.reference} {_short_name(one, longest)}" for one in files[:count])
            yield action("attach_shared", t=task.id, f="\n".join(lines))


def _short_name(file: SharedFile, longest: int) -> str:
    return shortened(" ".join(file.name.split()), longest) if longest else ""
