"""One task, as one person sees it: what is asked, what is there, what to do next."""

from datetime import datetime, timedelta

from handlers.actions import action
from handlers.task_page import LastTime, TaskPage
from handlers.views.elements import (
    ActionButton,
    Bullets,
    Button,
    Buttons,
    Divider,
    Element,
    Fact,
    Facts,
    FormButton,
    Note,
    Quote,
    Style,
    Text,
    Tone,
    View,
)
from handlers.views.evidence_list import evidence_list, fill_card_button
from handlers.views.messages import open_task
from tasks import ledger
from tasks.model import Answer, Attestation, TaskState
from tasks.recurrence import span_label
from tasks.wording import ANSWERS, counted, day, due_moment, listed, moment, sentence

OTHER_ANSWERS = (Answer.DONE_FOUND_PROBLEMS, Answer.NOTHING_TO_REPORT, Answer.NOT_FULLY_DONE, Answer.NOT_DONE)


def task_card(page: TaskPage, *, opening: str = "") -> View:
    """`opening`: why the reader sees it now, as a first line. Such a card stays in the conversation for days: it names
    the due day alone, for “due in 3 days” would soon be wrong."""
    first = Text(text=opening, strong=True, tone=tone_of(page)) if opening else standing_line(page)
    body: list[Element] = [first, *_facts(page)]
    body += _open_part(page) if page.task.is_open else _answered_part(page)
    summary = f"{opening} {title_of(page)}" if opening else _summary(page)
    return View(title=title_of(page), summary=summary, body=tuple(body))


def reminder_card(page: TaskPage, *, opening: str) -> View:
    """Names only what is missing; the whole task is one press away."""
    when = due_moment(page.task.due_at, page.reader.time_zone, page.now)
    due = Text(text=f"Due {when}.", tone=tone_of(page))
    body: list[Element] = [Text(text=opening, strong=True), due]
    if page.task.waiting_until:
        body.append(Note(text=f"Waiting on {page.task.waiting_on}, until {day(page.task.waiting_until)}."))
    if page.missing:
        body += [Text(text="Still missing:"), Bullets(items=page.missing)]
    else:
        body.append(Text(text="Everything is attached. Only your answer is missing."))
    body += _statement_part(page)
    whole = ActionButton(label="Open the task", action=action("show_task", t=page.task.id))
    buttons = Buttons(buttons=(*_main_buttons(page), whole))
    return View(title=title_of(page), summary=f"{opening} {title_of(page)}", body=(*body, buttons))


def attached_card(
    page: TaskPage, title: str, text: str, *, first: tuple[Button, ...] = (), last: tuple[Button, ...] = ()
) -> View:
    """What is still missing or, when nothing is, the statement and Done. `first`: what to press before that; `last`:
    what may be pressed besides."""
    body: list[Element] = [Text(text=text, tone=Tone.GOOD)]
    buttons: list[Button] = list(first)
    if page.task.is_open and page.may_answer:
        if page.missing:
            body += [Text(text="Still missing:"), Bullets(items=page.missing)]
            buttons += [] if first else [_attach_button(page) if _lacks_items(page) else _next_source_card(page)]
        else:
            body += [Text(text="Everything is attached. Only your answer is missing."), *_statement_part(page)]
            buttons.append(_done_button(page))
    buttons += [open_task(page.task, "Open the task"), *last]
    return View(title=title, summary=text, body=(*body, Buttons(buttons=tuple(buttons))))


def title_of(page: TaskPage) -> str:
    return f"{page.task.code} · {page.task.title}"


def _summary(page: TaskPage) -> str:
    return f"{title_of(page)}: {ledger.describe(page.task, page.now, page.reader.time_zone)}."


def standing_line(page: TaskPage) -> Text:
    return Text(text=sentence(ledger.describe(page.task, page.now, page.reader.time_zone)), tone=tone_of(page))


def tone_of(page: TaskPage) -> Tone:
    task = page.task
    if task.state in (TaskState.ACCEPTED, TaskState.RECORDED):
        adverse = task.answer is not None and task.answer.adverse
        return Tone.WARNING if adverse or ledger.is_late(task) else Tone.GOOD
    if task.is_open and page.now > task.due_at:
        return Tone.BAD
    return Tone.WARNING if ledger.standing(task, page.now) is ledger.Standing.DUE_SOON else Tone.NEUTRAL


def _facts(page: TaskPage) -> list[Element]:
    task, zone = page.task, page.reader.time_zone
    facts = [
        Fact(label="Covers", value=span_label(task.span_start, task.span_end)),
        Fact(label="Due", value=due_moment(task.due_at, zone, page.now)),
        Fact(label="Owner", value=page.owner),
    ]
    if page.turn:
        why = f" ({'; '.join(page.passed_over)})" if page.passed_over else ""
        facts.append(Fact(label="Now with", value=page.turn + why))
    if task.limit_at:
        facts.append(Fact(label="Promised by", value=_deadline(task.limit_at, zone)))
    if task.waiting_until:
        facts.append(Fact(label="Waiting on", value=f"{task.waiting_on}, until {day(task.waiting_until)}"))
    return [Facts(facts=tuple(facts))]


def _deadline(limit: datetime, zone: str) -> str:
    """A limit that falls on midnight is the end of the day before."""
    before = limit - timedelta(minutes=1)
    ends_a_day = moment(before, zone).endswith("23:59")
    return f"the end of {moment(before, zone).partition(' at ')[0]}" if ends_a_day else moment(limit, zone)


def _open_part(page: TaskPage) -> list[Element]:
    body: list[Element] = []
    if page.task.return_reason:
        body.append(Text(text=f"Sent back: {page.task.return_reason}", strong=True, tone=Tone.WARNING))
    body.append(Text(text=page.text.prompt))
    body += evidence_list(page)
    if page.last_time and page.may_answer:
        body += _last_time_part(page.last_time, page)
    if page.may_answer:
        return [*body, *_statement_part(page), *_answer_buttons(page)]
    body += [Note(text="The statement to be signed:"), Quote(text=page.statement(Answer.DONE))]
    return [*body, Buttons(buttons=(_assign_button(page),))] if page.may_assign else body


def _statement_part(page: TaskPage) -> list[Element]:
    kept = [Note(text="A draft of your answer is kept; Done opens it.")] if page.draft else []
    return [Note(text="By pressing Done you sign this statement:"), Quote(text=page.statement(Answer.DONE)), *kept]


def _last_time_part(last: LastTime, page: TaskPage) -> list[Element]:
    said = ANSWERS[last.attestation.answer]
    when = moment(last.attestation.at, page.reader.time_zone)
    span = span_label(last.task.span_start, last.task.span_end)
    lines = [f"{last.name} answered “{said}” for {span} on {when}."]
    lines += [f"Source then: {source}" for source in last.sources]
    if last.attestation.comment:
        lines.append(f"Note then: {last.attestation.comment}")
    return [Divider(), Text(text="Same as last time?", strong=True), Bullets(items=tuple(lines))]


def _answer_buttons(page: TaskPage) -> list[Element]:
    """What is pressed most stands first, then the other answers, then what is no answer."""
    task = page.task
    return [
        Buttons(buttons=_main_buttons(page)),
        Buttons(buttons=tuple(_answer_button(page, answer) for answer in OTHER_ANSWERS)),
        Buttons(
            buttons=(
                FormButton(label="Ask a colleague …", action=action("request_item", t=task.id)),
                FormButton(label="Waiting on …", action=action("wait_on", t=task.id, v=task.version)),
                *((_review_button(page),) if page.is_review else ()),
                *((_assign_button(page),) if page.may_assign else ()),
            )
        ),
    ]


def _main_buttons(page: TaskPage) -> tuple[Button, ...]:
    return (
        _done_button(page),
        _attach_button(page),
    )


def _done_button(page: TaskPage) -> Button:
    args: dict[str, str | int] = {"t": page.task.id, "v": page.task.version}
    if page.at_one_press:
        return ActionButton(label="Done", action=action("answer_task", **args), style=Style.PRIMARY)
    style = Style.PLAIN if page.missing else Style.PRIMARY
    return FormButton(label="Done", action=action("answer_with", **args, a=Answer.DONE), style=style)


def _attach_button(page: TaskPage) -> Button:
    """What stands out is what to press next: first the missing evidence, then Done."""
    style = Style.PRIMARY if _lacks_items(page) else Style.PLAIN
    return FormButton(label="Attach evidence", action=action("attach_evidence", t=page.task.id), style=style)


def _lacks_items(page: TaskPage) -> bool:
    return any(asked.item.required and not asked.there for asked in page.items)


def _next_source_card(page: TaskPage) -> Button:
    """Everything is attached, so that what is missing can only be a list's source."""
    lists = (one for asked in page.items if asked.item.population for one in asked.evidence)
    bare = next((one for one in lists if one.present and one.card is None), None)
    return fill_card_button(bare.id, style=Style.PRIMARY) if bare else _attach_button(page)


def _answer_button(page: TaskPage, answer: Answer) -> Button:
    act = action("answer_with", t=page.task.id, v=page.task.version, a=answer)
    return FormButton(label=f"{ANSWERS[answer]} …", action=act)


def _review_button(page: TaskPage) -> Button:
    return ActionButton(label="Access review", action=action("show_review_setup", t=page.task.id))


def _assign_button(page: TaskPage) -> Button:
    return FormButton(label="Hand over …", action=action("reassign_task", t=page.task.id, v=page.task.version))


def _answered_part(page: TaskPage) -> list[Element]:
    body: list[Element] = [_answer_line(page)]
    if page.attestation:
        body += [
            Note(text="The statement signed:"),
            Quote(text=page.attestation.statement),
            *_words_given(page.attestation),
        ]
    body += _what_it_opened(page)
    body += evidence_list(page)
    if page.checking:
        body.append(Note(text=f"Checking {counted(page.checking, 'file')}; nothing is left to do for you."))
    body += _acceptance_lines(page)
    buttons = _answered_buttons(page)
    return [*body, Buttons(buttons=buttons)] if buttons else body


def _answer_line(page: TaskPage) -> Text:
    task = page.task
    said = ANSWERS[task.answer] if task.answer else "—"
    when = moment(task.answered_at, page.reader.time_zone) if task.answered_at else ""
    who = "You" if task.answered_by == page.reader.id else page.answered_by or "soc2bot"
    return Text(text=f"{who} answered “{said}” on {when}.", strong=True)


def _words_given(attestation: Attestation) -> list[Element]:
    lines = []
    if attestation.correction_reason:
        lines.append(f"Corrected (version {attestation.version}): {attestation.correction_reason}")
    if attestation.comment:
        lines.append(f"Note: {attestation.comment}")
    if attestation.representation_only:
        lines.append("Representation only: no evidence is attached to this answer.")
    return [Bullets(items=tuple(lines))] if lines else []


def _what_it_opened(page: TaskPage) -> list[Element]:
    lines = [f"Problem found: {one.description} (due {day(one.due_on)})" for one in page.findings]
    for one in page.deviations:
        lines += [
            f"What happened: {one.cause}",
            f"Looked back: {one.look_back}",
            f"What is done about it: {one.correction}",
        ]
    return [Bullets(items=tuple(lines))] if lines else []


def _acceptance_lines(page: TaskPage) -> list[Element]:
    if page.task.state is TaskState.SUBMITTED:
        if not page.acceptors:
            return [Note(text="Nobody independent can accept this yet. Ask an admin to name another compliance lead.")]
        return [Note(text=f"Waiting for acceptance by {listed(page.acceptors[:2], last='or')}.")]
    if page.task.state is TaskState.ACCEPTED and page.task.settled_at:
        return [Note(text=f"Accepted by {page.settled_by} on {moment(page.task.settled_at, page.reader.time_zone)}.")]
    return []


def _answered_buttons(page: TaskPage) -> tuple[Button, ...]:
    task = page.task
    args: dict[str, str | int] = {"t": task.id, "v": task.version}
    buttons: list[Button] = []
    if page.may_accept:
        buttons.append(ActionButton(label="Accept", action=action("accept_submission", **args), style=Style.PRIMARY))
        buttons.append(FormButton(label="Return …", action=action("return_submission", **args)))
    if page.may_answer and task.state is not TaskState.ACCEPTED:
        buttons.append(FormButton(label="Correct …", action=action("correct_answer", **args)))
    if page.may_reopen:
        buttons.append(FormButton(label="Reopen …", action=action("reopen_task", **args)))
    elif page.may_answer and task.state is not TaskState.SUBMITTED:
        buttons.append(FormButton(label="Ask to reopen …", action=action("ask_to_reopen", t=task.id)))
    return tuple(buttons)
