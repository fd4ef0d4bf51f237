"""The owner corrects an answer that is not accepted yet."""

from dataclasses import replace

from handlers.actions import Action, action
from handlers.answer_task import answer_of, given_in
from handlers.carried_files import carried_in
from handlers.context import Context
from handlers.likely_places import obvious, of_file, places_in
from handlers.reopen_task import build_ask
from handlers.replies import OpenForm, Reply, Show
from handlers.requests import FormSubmitted
from handlers.task_page import TaskPage, look_at
from handlers.typed_code import split_code
from handlers.views import messages
from handlers.views.answer_form import correct_form
from handlers.views.elements import ChoiceField, Form, Option, Text
from handlers.views.short_lists import ShownAt, correct_list
from tasks import duties
from tasks.errors import Invalid
from tasks.identifiers import TaskId
from tasks.model import Answer, Task, TaskState
from tasks.operations.acting import today_of
from tasks.operations.attach_evidence import attach_files
from tasks.operations.correct_answer import correct_answer, require_correctable
from tasks.wording import ANSWERS, shortened

KNOWN = set(Answer)
LATELY = 20


def type_correct(words: str, context: Context) -> Reply:
    """With a code straight to its form: that of the latest answer."""
    tasks = _mine_to_correct(context)
    code, _ = split_code(words, (task.code for task in tasks))
    if not code:
        return press_correct(action("show_correctable"), context)
    found = next((task for task in tasks if task.code == code), None)
    if found is None:
        raise Invalid(f"There is no answer of yours to {shortened(code, 40)}. Type /soc2 correct alone to see them.")
    if found.state is TaskState.ACCEPTED:
        return OpenForm(form=build_ask(action("ask_to_reopen", t=found.id), context))
    return OpenForm(form=build_correction(action("correct_answer", t=found.id, v=found.version), context))


def press_correct(_: Action, context: Context) -> Reply:
    shown = ShownAt(now=context.uow.now, time_zone=context.person.time_zone)
    return Show(view=correct_list(_mine_to_correct(context), shown))


def _mine_to_correct(context: Context) -> list[Task]:
    """Answered by me, latest first, and still mine to answer."""
    uow, me = context.uow, context.person
    today = today_of(uow, me)
    answered = uow.tasks.answered_by(me.id, limit=LATELY)
    return [task for task in answered if duties.may_answer(me, task, uow.people, today)]


def build_correction(act: Action, context: Context) -> Form:
    """First the kind of answer, then the questions that belong to it."""
    page = look_at(context.uow, TaskId(act.get("t")), context.person)
    require_correctable(page.task)
    if act.get("a") not in KNOWN:
        return _choose_form(act, page.task.answer or Answer.DONE)
    form = correct_form(page, answer_of(act), act, colleagues=context.colleagues(), draft=_words_before(page))
    return replace(form, intro=(*_coming_along(act), *form.intro))


def _coming_along(act: Action) -> tuple[Text, ...]:
    names = [file.name or "a file" for file in carried_in(act)]
    return (Text(text=f"Comes along: {', '.join(names)}"),) if names else ()


def submit_correction(request: FormSubmitted, context: Context) -> Reply:
    chosen = request.text("answer")
    if request.action.get("a") not in KNOWN and chosen in KNOWN:
        return OpenForm(form=build_correction(_with_answer(request.action, chosen), context))
    given = given_in(request, answer_of(request.action))
    _attach(request, context)
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


def _attach(request: FormSubmitted, context: Context) -> None:
    """What the answer lacked comes in with its correction. A list would want a source card first: it stays loose."""
    sent = {file.reference: file for file in (*carried_in(request.action), *request.files("files"))}
    if not sent:
        return
    task = context.uow.tasks.get(TaskId(request.action.get("t")))
    places = [place for place in places_in(context, [task]) if not (place.item and place.item.population)]
    for file in sent.values():
        place = obvious(places, of_file(file.name))
        item = place.key if place else ""
        attach_files(context.uow, context.actor, task.id, context.references((file,)), item=item, correcting=True)


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


def _with_answer(act: Action, answer: str) -> Action:
    return Action(name=act.name, args={**act.args, "a": answer})


def _choose_form(act: Action, now: Answer) -> Form:
    options = tuple(Option(value=answer, label=ANSWERS[answer]) for answer in Answer)
    field = ChoiceField(name="answer", label="What is the right answer?", options=options, value=now)
    return Form(title="Correct the answer", action=act, fields=(field,), submit="Next")
