"""The forms an answer is given by: one for each kind of answer, none longer than it must be."""

from collections.abc import Mapping
from datetime import timedelta

from handlers.actions import Action
from handlers.task_page import TaskPage
from handlers.views.elements import (
    Bullets,
    DateField,
    Element,
    Field,
    FilesField,
    Form,
    ManyField,
    Note,
    Option,
    PersonField,
    Quote,
    Text,
    TextField,
    Tone,
)
from tasks.model import Answer
from tasks.wording import ANSWERS

LATER = "later"


def answer_form(
    page: TaskPage, answer: Answer, action: Action, *, colleagues: tuple[Option, ...], draft: Mapping[str, str]
) -> Form:
    """`draft` fills what the person typed before, on whatever device."""
    fields: tuple[Field, ...] = (*_fields(page, answer, colleagues, draft), _comment(draft, answer), _later())
    return Form(title=ANSWERS[answer], action=action, intro=_intro(page, answer), fields=fields, submit="Sign and send")


def correct_form(
    page: TaskPage, answer: Answer, action: Action, *, colleagues: tuple[Option, ...], draft: Mapping[str, str]
) -> Form:
    reason = TextField(
        name="reason",
        label="What was wrong before?",
        hint="The earlier answer stays readable, with this reason.",
        value=draft.get("reason", ""),
        longest=500,
    )
    files = FilesField(name="files", label="Files that were missing", required=False, hint="They join the others.")
    fields = (reason, *_fields(page, answer, colleagues, draft), _comment(draft, answer), files)
    return Form(title="Correct the answer", action=action, intro=_intro(page, answer), fields=fields, submit="Correct")


def _intro(page: TaskPage, answer: Answer) -> tuple[Element, ...]:
    if answer.adverse:
        return (
            Text(text="Thank you for saying so: an honest answer is worth more than a late surprise.", strong=True),
            Note(text=f"On record as “{ANSWERS[answer]}”, with three short answers. You sign:"),
            Quote(text=page.statement(answer)),
        )
    parts: list[Element] = []
    if page.missing and answer is not Answer.NOTHING_TO_REPORT:
        text = "This is still missing. Attach it first; until then it can't be sent as done."
        parts.append(Text(text=text, tone=Tone.WARNING))
        parts.append(Bullets(items=page.missing))
    if page.thin and answer is not Answer.NOTHING_TO_REPORT:
        parts.append(Text(text="What your auditor will ask", strong=True))
        parts.append(Bullets(items=page.thin))
        if page.text.tested_attributes:
            parts.append(Note(text=f"Auditors test: {'; '.join(page.text.tested_attributes)}."))
    return (*parts, Note(text="You sign this statement:"), Quote(text=page.statement(answer)))


def _fields(
    page: TaskPage, answer: Answer, colleagues: tuple[Option, ...], draft: Mapping[str, str]
) -> tuple[Field, ...]:
    if answer.adverse:
        return _shortfall_fields(draft)
    if answer is Answer.DONE_FOUND_PROBLEMS:
        return _problem_fields(page, colleagues, draft)
    if answer is Answer.NOTHING_TO_REPORT:
        return _zero_fields(page, draft)
    return ()


def _shortfall_fields(draft: Mapping[str, str]) -> tuple[Field, ...]:
    asked = (
        ("cause", "What happened?", "The plain cause, without blame."),
        (
            "look_back",
            "What did you check for the time it was not done?",
            "Did a leaver use their account?",
        ),
        ("correction", "What will be done, and by when?", ""),
    )
    return tuple(
        TextField(name=name, label=label, placeholder=example, multiline=True, value=draft.get(name, ""), longest=2000)
        for name, label, example in asked
    )


def _problem_fields(page: TaskPage, colleagues: tuple[Option, ...], draft: Mapping[str, str]) -> tuple[Field, ...]:
    in_two_weeks = (page.now + timedelta(days=14)).date().isoformat()
    return (
        TextField(
            name="problem",
            label="What did you find?",
            hint="One on each line.",
            multiline=True,
            value=draft.get("problem", ""),
        ),
        PersonField(
            name="problem_owner",
            label="Who fixes it?",
            options=colleagues,
            value=draft.get("problem_owner", page.reader.id),
        ),
        DateField(name="problem_due", label="By when?", value=draft.get("problem_due", in_two_weeks)),
    )


def _zero_fields(page: TaskPage, draft: Mapping[str, str]) -> tuple[Field, ...]:
    known = page.last_time.sources[0].partition(": ") if page.last_time and page.last_time.sources else ("", "", "")
    return (
        TextField(
            name="source",
            label="Which system did you ask?",
            value=draft.get("source", known[0]),
            placeholder="Okta",
            longest=200,
        ),
        TextField(
            name="query",
            label="Which report or query shows zero?",
            hint="An auditor runs it again.",
            value=draft.get("query", known[2]),
            longest=1000,
        ),
    )


def _comment(draft: Mapping[str, str], answer: Answer) -> Field:
    return TextField(
        name="comment",
        label="Anything to add?",
        multiline=not _asks_more(answer),
        required=False,
        value=draft.get("comment", ""),
        hint="Names, dates and numbers help more than “looks good”." if answer is Answer.DONE else "",
        longest=2000,
    )


def _asks_more(answer: Answer) -> bool:
    """Its own questions fill a phone's screen already: what there is to add gets one line."""
    return answer.adverse or answer is Answer.DONE_FOUND_PROBLEMS


def _later() -> Field:
    return ManyField(
        name=LATER, label="Not ready?", options=(Option(value="yes", label="Keep as a draft, send nothing"),)
    )
