"""Which words, buttons and forms there are, who handles each, and whether it reads or writes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from handlers import (
    answer_task,
    assign,
    attach_evidence,
    correct_answer,
    fill_card,
    go_away,
    nudge,
    open_evidence,
    reopen_task,
    request_item,
    review_submission,
    show_status,
    show_tasks,
    wait_on,
)
from handlers.actions import Action
from handlers.context import Context
from handlers.replies import Reply
from handlers.requests import FormSubmitted
from handlers.views.elements import Form


@dataclass(frozen=True, kw_only=True)
class Command:
    usage: str
    what: str
    handle: Callable[[str, Context], Reply]
    writes: bool = False


@dataclass(frozen=True, kw_only=True)
class Button:
    handle: Callable[[Action, Context], Reply]
    writes: bool = False


@dataclass(frozen=True, kw_only=True)
class FormRoute:
    """Pressing a button of this name opens the form; sending the form submits it."""

    build: Callable[[Action, Context], Form]
    submit: Callable[[FormSubmitted, Context], Reply]
    keep: Callable[[FormSubmitted, Context], None] | None = None
    """Saves what was typed as a draft when the submission is refused."""
    again: Callable[[FormSubmitted, Context], Form] | None = None
    """Builds the form of a refused submission, where what was typed decides which fields it has."""


COMMANDS: Mapping[str, Command] = {
    "tasks": Command(usage="tasks", what="what waits for you", handle=show_tasks.show_tasks),
    "review": Command(usage="review", what="what waits for your acceptance", handle=show_tasks.show_tasks),
    "status": Command(
        usage="status [team|hr|it|CC6|hipaa|period]",
        what="where we stand, and whose turn it is",
        handle=show_status.show_status,
    ),
    "assign": Command(
        usage="assign [IAM-01 lee@example.com]",
        what="give a control to its owner",
        handle=assign.type_assign,
        writes=True,
    ),
    "away": Command(
        usage="away [off]",
        what="say when you are away and who answers meanwhile",
        handle=go_away.type_away,
        writes=True,
    ),
}
HELP = ("help", "this list")

BUTTONS: Mapping[str, Button] = {
    "show_tasks": Button(handle=show_tasks.press_tasks),
    "show_task": Button(handle=show_tasks.show_task),
    "show_status": Button(handle=show_status.press_status),
    "answer_task": Button(handle=answer_task.press_done, writes=True),
    "accept_submission": Button(handle=review_submission.press_accept, writes=True),
    "attach_shared": Button(handle=attach_evidence.press_attach_shared, writes=True),
    "remove_evidence": Button(handle=attach_evidence.press_remove, writes=True),
    "open_evidence": Button(handle=open_evidence.press_open, writes=True),
    "come_back": Button(handle=go_away.press_back, writes=True),
    "nudge": Button(handle=nudge.press_nudge, writes=True),
}

FORMS: Mapping[str, FormRoute] = {
    "answer_with": FormRoute(
        build=answer_task.build_answer, submit=answer_task.submit_answer, keep=answer_task.keep_draft
    ),
    "correct_answer": FormRoute(build=correct_answer.build_correction, submit=correct_answer.submit_correction),
    "attach_evidence": FormRoute(build=attach_evidence.build_attach, submit=attach_evidence.submit_attach),
    "sort_evidence": FormRoute(build=attach_evidence.build_sort, submit=attach_evidence.submit_sort),
    "fill_card": FormRoute(build=fill_card.build_card, submit=fill_card.submit_card, again=fill_card.build_again),
    "return_submission": FormRoute(build=review_submission.build_return, submit=review_submission.submit_return),
    "reopen_task": FormRoute(build=reopen_task.build_reopen, submit=reopen_task.submit_reopen),
    "ask_to_reopen": FormRoute(build=reopen_task.build_ask, submit=reopen_task.submit_ask),
    "reassign_task": FormRoute(build=assign.build_hand_over, submit=assign.submit_hand_over),
    "assign_control": FormRoute(build=assign.build_assign, submit=assign.submit_assign),
    "go_away": FormRoute(build=go_away.build_away, submit=go_away.submit_away),
    "request_item": FormRoute(build=request_item.build_request, submit=request_item.submit_request),
    "wait_on": FormRoute(build=wait_on.build_wait, submit=wait_on.submit_wait),
}


@cache
def usages() -> tuple[tuple[str, str], ...]:
    return (HELP, *((command.usage, command.what) for command in COMMANDS.values()))
