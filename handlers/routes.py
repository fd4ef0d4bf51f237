"""Which words, buttons and forms there are, who handles each, and whether it reads or writes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from handlers import (
    add_control,
    answer_task,
    assign,
    attach_evidence,
    attach_message,
    change_person,
    choose_platform,
    correct_answer,
    decide_access,
    delegate,
    edit_control,
    end_review,
    fill_card,
    go_away,
    grant_role,
    import_access,
    import_matrix,
    link_accounts,
    manage_systems,
    move_account,
    nudge,
    open_evidence,
    reopen_task,
    request_item,
    retire_control,
    review_submission,
    set_up,
    setup_forms,
    share_files,
    show_access,
    show_controls,
    show_help,
    show_home,
    show_missing,
    show_people,
    show_review,
    show_status,
    show_tasks,
    start_review,
    wait_on,
)
from handlers.actions import Action
from handlers.context import Context
from handlers.replies import Reply
from handlers.requests import FormSubmitted, ShortcutUsed
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


def press_help(_: Action, __: Context) -> Reply:
    return show_help.show_help(usages())


COMMANDS: Mapping[str, Command] = {
    "home": Command(usage="home", what="your start page", handle=show_home.show_home),
    "tasks": Command(usage="tasks", what="what waits for you", handle=show_tasks.show_tasks),
    "status": Command(
        usage="status [team|hr|it|CC6|hipaa|period]",
        what="where we stand, and whose turn it is",
        handle=show_status.show_status,
    ),
    "review": Command(usage="review", what="what waits for your acceptance or review", handle=show_review.show_review),
    "evidence": Command(
        usage="evidence [IAM-03]", what="what is still missing, and attach it", handle=show_missing.type_evidence
    ),
    "request": Command(
        usage="request [IAM-03 ann@example.com]",
        what="ask a colleague for an item",
        handle=request_item.type_request,
        writes=True,
    ),
    "correct": Command(
        usage="correct [IAM-03]", what="put an answer of yours right", handle=correct_answer.type_correct
    ),
    "assign": Command(
        usage="assign [IAM-01 lee@example.com]",
        what="give a control to its owner",
        handle=assign.type_assign,
        writes=True,
    ),
    "delegate": Command(
        usage="delegate [ann@example.com until 2026-12-01]",
        what="who answers for you, or takes over a task",
        handle=delegate.type_delegate,
        writes=True,
    ),
    "away": Command(
        usage="away [until 2026-12-01 delegate ann@example.com | off]",
        what="say when you are away and who answers meanwhile",
        handle=go_away.type_away,
        writes=True,
    ),
    "controls": Command(
        usage="controls [IAM-01|it|CC6|new|import]",
        what="what we do repeatedly: look it up, change it, add your own",
        handle=show_controls.type_controls,
    ),
    "people": Command(
        usage="people [name|department]",
        what="who belongs where, and who answers for whom",
        handle=show_people.type_people,
    ),
    "link": Command(
        usage="link [code]",
        what="be one person on two chats: shows a code, or takes the one the other chat showed",
        handle=link_accounts.type_link,
        writes=True,
    ),
    "notify": Command(
        usage="notify [last|slack|teams|browser]",
        what="where I write to you",
        handle=choose_platform.type_notify,
        writes=True,
    ),
    "access": Command(
        usage="access [new]",
        what="access reviews: what waits for you, and lists of accounts",
        handle=show_access.type_access,
    ),
    "setup": Command(usage="setup", what="set soc2bot up, or change its settings", handle=set_up.type_setup),
}
HELP = ("help", "this list")

BUTTONS: Mapping[str, Button] = {
    "show_help": Button(handle=press_help),
    "show_tasks": Button(handle=show_tasks.press_tasks),
    "show_task": Button(handle=show_tasks.show_task),
    "show_review": Button(handle=show_review.press_review),
    "show_missing": Button(handle=show_missing.press_evidence),
    "show_requests": Button(handle=request_item.press_request),
    "show_correctable": Button(handle=correct_answer.press_correct),
    "show_delegation": Button(handle=delegate.press_delegate),
    "show_status": Button(handle=show_status.press_status),
    "answer_task": Button(handle=answer_task.press_done, writes=True),
    "accept_submission": Button(handle=review_submission.press_accept, writes=True),
    "attach_shared": Button(handle=share_files.press_attach_shared, writes=True),
    "remove_evidence": Button(handle=attach_evidence.press_remove, writes=True),
    "open_evidence": Button(handle=open_evidence.press_open, writes=True),
    "come_back": Button(handle=go_away.press_back, writes=True),
    "setup": Button(handle=set_up.press_setup),
    "preview_setup": Button(handle=set_up.press_preview),
    "finish_setup": Button(handle=set_up.press_start, writes=True),
    "show_matrix": Button(handle=import_matrix.press_matrix),
    "matrix_rows": Button(handle=import_matrix.press_rows),
    "matrix_suggestions": Button(handle=import_matrix.press_suggestions, writes=True),
    "matrix_confirm": Button(handle=import_matrix.press_confirm, writes=True),
    "matrix_cancel": Button(handle=import_matrix.press_cancel, writes=True),
    "import_shared": Button(handle=import_matrix.press_import_shared, writes=True),
    "nudge": Button(handle=nudge.press_nudge, writes=True),
    "show_controls": Button(handle=show_controls.press_controls),
    "turn_controls": Button(handle=show_controls.press_turn),
    "show_control": Button(handle=show_controls.press_control),
    "show_version": Button(handle=show_controls.press_version),
    "restore_control": Button(handle=retire_control.press_restore, writes=True),
    "show_people": Button(handle=show_people.press_people),
    "turn_people": Button(handle=show_people.press_turn),
    "show_person": Button(handle=show_people.press_person),
    "make_link_code": Button(handle=link_accounts.press_link, writes=True),
    "confirm_link": Button(handle=link_accounts.press_confirm, writes=True),
    "refuse_link": Button(handle=link_accounts.press_refuse, writes=True),
    "show_notify": Button(handle=choose_platform.press_show),
    "choose_platform": Button(handle=choose_platform.press_choose, writes=True),
    "show_access": Button(handle=show_access.press_access),
    "show_system": Button(handle=manage_systems.press_system),
    "ask_list": Button(handle=end_review.press_ask_list, writes=True),
    "show_review_setup": Button(handle=start_review.press_setup, writes=True),
    "latest_lists": Button(handle=start_review.press_latest, writes=True),
    "confirm_review": Button(handle=start_review.press_start, writes=True),
    "show_review_part": Button(handle=decide_access.press_part),
    "review_access": Button(handle=decide_access.press_review),
    "turn_access": Button(handle=decide_access.press_turn),
    "review_gaps": Button(handle=decide_access.press_gaps),
    "access_story": Button(handle=decide_access.press_story),
    "keep_access": Button(handle=decide_access.press_keep, writes=True),
    "undo_access": Button(handle=decide_access.press_undo, writes=True),
    "submit_review": Button(handle=decide_access.press_submit, writes=True),
    "show_campaign": Button(handle=end_review.press_campaign),
    "show_signals": Button(handle=end_review.press_signals),
    "open_report": Button(handle=end_review.press_report, writes=True),
    "approve_extension": Button(handle=end_review.press_approve, writes=True),
    "refuse_extension": Button(handle=end_review.press_refuse, writes=True),
    "deactivate_person": Button(handle=change_person.press_deactivate, writes=True),
    "reactivate_person": Button(handle=change_person.press_reactivate, writes=True),
}

FORMS: Mapping[str, FormRoute] = {
    "answer_with": FormRoute(
        build=answer_task.build_answer, submit=answer_task.submit_answer, keep=answer_task.keep_draft
    ),
    "correct_answer": FormRoute(build=correct_answer.build_correction, submit=correct_answer.submit_correction),
    "attach_evidence": FormRoute(build=attach_evidence.build_attach, submit=attach_evidence.submit_attach),
    "attach_message": FormRoute(build=attach_message.build_attach_message, submit=attach_message.submit_attach_message),
    "sort_evidence": FormRoute(build=attach_evidence.build_sort, submit=attach_evidence.submit_sort),
    "fill_card": FormRoute(build=fill_card.build_card, submit=fill_card.submit_card, again=fill_card.build_again),
    "return_submission": FormRoute(build=review_submission.build_return, submit=review_submission.submit_return),
    "reopen_task": FormRoute(build=reopen_task.build_reopen, submit=reopen_task.submit_reopen),
    "ask_to_reopen": FormRoute(build=reopen_task.build_ask, submit=reopen_task.submit_ask),
    "reassign_task": FormRoute(build=assign.build_hand_over, submit=assign.submit_hand_over),
    "assign_control": FormRoute(build=assign.build_assign, submit=assign.submit_assign),
    "go_away": FormRoute(build=go_away.build_away, submit=go_away.submit_away),
    "request_item": FormRoute(build=request_item.build_request, submit=request_item.submit_request),
    "choose_controls": FormRoute(build=setup_forms.build_controls, submit=setup_forms.submit_controls),
    "set_place": FormRoute(build=setup_forms.build_place, submit=setup_forms.submit_place),
    "choose_people": FormRoute(build=setup_forms.build_people, submit=setup_forms.submit_people),
    "choose_owners": FormRoute(build=setup_forms.build_owners, submit=setup_forms.submit_owners),
    "set_ladder": FormRoute(build=setup_forms.build_ladder, submit=setup_forms.submit_ladder),
    "set_channel": FormRoute(build=setup_forms.build_channel, submit=setup_forms.submit_channel),
    "set_period": FormRoute(build=setup_forms.build_period, submit=setup_forms.submit_period),
    "choose_rhythm": FormRoute(build=setup_forms.build_rhythm, submit=setup_forms.submit_rhythm),
    "import_matrix": FormRoute(build=import_matrix.build_import, submit=import_matrix.submit_import),
    "matrix_row": FormRoute(build=import_matrix.build_row, submit=import_matrix.submit_row),
    "import_access": FormRoute(build=import_access.build_import_access, submit=import_access.submit_import_access),
    "match_columns": FormRoute(build=import_access.build_columns, submit=import_access.submit_columns),
    "edit_system": FormRoute(build=manage_systems.build_edit, submit=manage_systems.submit_edit),
    "describe_entitlements": FormRoute(build=manage_systems.build_describe, submit=manage_systems.submit_describe),
    "amend_access": FormRoute(build=manage_systems.build_amend, submit=manage_systems.submit_amend),
    "start_review": FormRoute(build=start_review.build_start, submit=start_review.submit_start),
    "review_system": FormRoute(build=start_review.build_system, submit=start_review.submit_system),
    "review_systems": FormRoute(build=start_review.build_systems, submit=start_review.submit_systems),
    "decide_access": FormRoute(build=decide_access.build_decide, submit=decide_access.submit_decide),
    "pass_on_access": FormRoute(build=decide_access.build_pass_on, submit=decide_access.submit_pass_on),
    "keep_remaining": FormRoute(build=decide_access.build_keep_remaining, submit=decide_access.submit_keep_remaining),
    "reassign_access": FormRoute(build=decide_access.build_reassign, submit=decide_access.submit_reassign),
    "find_access": FormRoute(build=decide_access.build_find, submit=decide_access.submit_find),
    "sign_off_review": FormRoute(build=end_review.build_sign_off, submit=end_review.submit_sign_off),
    "extend_review": FormRoute(build=end_review.build_extend, submit=end_review.submit_extend),
    "close_review": FormRoute(build=end_review.build_close, submit=end_review.submit_close),
    "cancel_review": FormRoute(build=end_review.build_cancel, submit=end_review.submit_cancel),
    "wait_on": FormRoute(build=wait_on.build_wait, submit=wait_on.submit_wait),
    "find_controls": FormRoute(build=show_controls.build_find, submit=show_controls.submit_find),
    "add_control": FormRoute(build=show_controls.build_new, submit=add_control.submit_new),
    "edit_cadence": FormRoute(build=edit_control.build_cadence, submit=edit_control.submit_cadence),
    "edit_wording": FormRoute(build=edit_control.build_wording, submit=edit_control.submit_wording),
    "retire_control": FormRoute(build=retire_control.build_retire, submit=retire_control.submit_retire),
    "find_people": FormRoute(build=show_people.build_find, submit=show_people.submit_find),
    "change_person": FormRoute(build=change_person.build_change, submit=change_person.submit_change),
    "move_account": FormRoute(build=move_account.build_move, submit=move_account.submit_move),
    "grant_role": FormRoute(build=grant_role.build_roles, submit=grant_role.submit_roles),
}


SHORTCUTS: Mapping[str, Callable[[ShortcutUsed, Context], Reply]] = {"attach_message": attach_message.use_shortcut}
"""What stands in a message's own menu; each writes."""


@cache
def usages() -> tuple[tuple[str, str], ...]:
    return (HELP, *((command.usage, command.what) for command in COMMANDS.values()))
