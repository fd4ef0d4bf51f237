"""The owner corrects an answer that is not accepted yet."""

from handlers.actions import Action
from handlers.answer_task import answer_of, given_in
from handlers.context import Context
from handlers.replies import OpenForm, Reply, Show
from handlers.requests import FormSubmitted
from handlers.task_page import TaskPage, look_at
from handlers.views import messages
from handlers.views.answer_form import correct_form
from handlers.views.elements import ChoiceField, Form, Option
from tasks.identifiers import TaskId
from tasks.model import Answer
from tasks.operations.correct_answer import correct_answer, require_correctable
from tasks.wording import ANSWERS

KNOWN = set(Answer)


def build_correction(action: Action, context: Context) -> Form:
    """First the kind of answer, then the questions that belong to it."""
    page = look_at(context.uow, TaskId(action.get("t")), context.person)
    require_correctable(page.task)
    if action.get("a") not in KNOWN:
        return _choose_form(action, page.task.answer or Answer.DONE)
    return correct_form(page, answer_of(action), action, colleagues=context.colleagues(), draft=_words_before(page))


def submit_correction(request: FormSubmitted, context: Context) -> Reply:
    chosen = request.text("answer")
    if request.action.get("a") not in KNOWN and chosen in KNOWN:
        return OpenForm(form=build_correction(_with_answer(request.action, chosen), context))
    given = given_in(request, answer_of(request.action))
    task = correct_answer(
        context.uow,
        context.actor,
        TaskId(request.action.get("t")),
        request.action.version(),
        given,
        reason=request.text("reason"),
    )
    text = "The correction is on record. The earlier answer stays readable beside it."
    return Show(view=messages.done("Corrected", text, task=task))


def _words_before(page: TaskPage) -> dict[str, str]:
    """What stands on record, so that only what is wrong has to be typed."""
    words = {"comment": page.attestation.comment} if page.attestation else {}
    for one in page.deviations:
        words |= {"cause": one.cause, "look_back": one.look_back, "correction": one.correction}
    for found in page.findings:
        words |= {"problem_owner": found.owner_id, "problem_due": found.due_on.isoformat()}
    if page.findings:
        words["problem"] = "\n".join(one.description for one in page.findings)
    return words


def _with_answer(action: Action, answer: str) -> Action:
    return Action(name=action.name, args={**action.args, "a": answer})


def _choose_form(action: Action, now: Answer) -> Form:
    options = tuple(Option(value=answer, label=ANSWERS[answer]) for answer in Answer)
    field = ChoiceField(name="answer", label="What is the right answer?", options=options, value=now)
    return Form(title="Correct the answer", action=action, fields=(field,), submit="Next")
