"""A person answers: at once by Done where all is there, else by the form for their kind of answer."""

from datetime import date

from handlers.actions import Action
from handlers.context import Context
from handlers.replies import OpenForm, Reply, Show
from handlers.requests import FormSubmitted
from handlers.show_tasks import card_again
from handlers.task_page import look_at_mine
from handlers.views import messages
from handlers.views.answer_form import LATER, answer_form
from handlers.views.elements import Form
from tasks import completeness, duties
from tasks.errors import Invalid, NotFound
from tasks.identifiers import PersonId, TaskId
from tasks.model import Answer, Task, TaskState
from tasks.operations.acting import require_may_see, today_of
from tasks.operations.answer_task import FoundProblem, Given, Shortfall, ZeroResult, answer_task
from tasks.operations.save_draft import save_draft
from tasks.operations.task_text import text_of

DRAFTED = ("comment", "cause", "look_back", "correction", "problem", "problem_owner", "problem_due", "source", "query")


def press_done(action: Action, context: Context) -> Reply:
    """Where something is missing or looks thin, the form says so first; where words are kept, it shows them."""
    uow, person = context.uow, context.person
    task = uow.tasks.get(TaskId(action.get("t")))
    if not duties.may_answer(person, task, uow.people, today_of(uow, person)):
        require_may_see(uow, task, person)
    elif task.is_open and not _at_one_press(context, task):
        again = Action(name="answer_with", args={**action.args, "a": Answer.DONE})
        return OpenForm(form=build_answer(again, context))
    answer_task(uow, context.actor, task.id, action.version(), Given(answer=Answer.DONE))
    return card_again(context, task.id)


def _at_one_press(context: Context, task: Task) -> bool:
    """As TaskPage says it, without gathering the page: this is the press that everybody waits for."""
    text = text_of(context.uow, task)
    evidence = context.uow.evidence.of_task(task.id)
    if completeness.missing_items(text, evidence) or completeness.what_looks_thin(text, evidence):
        return False
    return context.uow.answers.draft(task.id, context.person.id) is None


def build_answer(action: Action, context: Context) -> Form:
    task_id = TaskId(action.get("t"))
    page = look_at_mine(context.uow, task_id, context.person)
    draft = context.uow.answers.draft(task_id, context.person.id)
    return answer_form(
        page,
        answer_of(action),
        action,
        colleagues=context.colleagues(),
        draft=draft.values if draft else {},
    )


def submit_answer(request: FormSubmitted, context: Context) -> Reply:
    task_id = TaskId(request.action.get("t"))
    if request.choices(LATER):
        keep_draft(request, context)
        text = "Nothing was sent. Your words are there when you open the task again, on any device."
        return Show(view=messages.done("Draft kept", text, task=context.uow.tasks.get(task_id)))
    given = given_in(request, answer_of(request.action))
    task = answer_task(context.uow, context.actor, task_id, request.action.version(), given)
    return Show(view=messages.done("Thank you", thanks(task), task=task))


def keep_draft(request: FormSubmitted, context: Context) -> None:
    typed = {name: request.text(name) for name in DRAFTED if request.text(name)}
    if typed:
        save_draft(context.uow, context.actor, TaskId(request.action.get("t")), typed)


def answer_of(action: Action) -> Answer:
    try:
        return Answer(action.get("a"))
    except ValueError:
        raise NotFound("That button is too old. Type /soc2 tasks to see your tasks as they are now.") from None


def given_in(request: FormSubmitted, answer: Answer) -> Given:
    return Given(
        answer=answer,
        comment=request.text("comment"),
        problems=_problems(request) if answer is Answer.DONE_FOUND_PROBLEMS else (),
        shortfall=Shortfall(
            cause=request.text("cause"), look_back=request.text("look_back"), correction=request.text("correction")
        )
        if answer.adverse
        else None,
        zero=ZeroResult(source=request.text("source"), query=request.text("query"))
        if answer is Answer.NOTHING_TO_REPORT
        else None,
    )


def thanks(task: Task) -> str:
    if task.answer and task.answer.adverse:
        return f"Thank you for the honest answer. “{task.title}” is on record with its cause and its correction."
    if task.state is TaskState.SUBMITTED:
        return f"“{task.title}” is sent. A second person accepts it; nothing is left to do for you."
    return f"“{task.title}” is recorded. Nothing is left to do."


def _problems(request: FormSubmitted) -> tuple[FoundProblem, ...]:
    lines = [line.strip() for line in request.text("problem").splitlines() if line.strip()]
    owner = PersonId(request.text("problem_owner"))
    due_on = day_in(request, "problem_due") if lines else date.min
    return tuple(FoundProblem(description=line, owner_id=owner, due_on=due_on) for line in lines)


def day_in(request: FormSubmitted, name: str) -> date:
    try:
        return date.fromisoformat(request.text(name))
    except ValueError:
        raise Invalid("That is not a day.", fields={name: "Choose a day, as in 2026-11-30."}) from None
