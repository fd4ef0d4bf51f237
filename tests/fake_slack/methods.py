"""The methods this fake knows, and the gate in front of them: name, token, scope."""

from collections.abc import Callable, Mapping

from tests.fake_slack import chat_methods, file_methods, people_methods, view_methods
from tests.fake_slack.records import Call, Json, Refusal
from tests.fake_slack.scopes import SCOPES
from tests.fake_slack.workspace import Workspace

METHODS: Mapping[str, Callable[[Workspace, Json], Json]] = {
    "auth.test": people_methods.auth_test,
    "chat.delete": chat_methods.delete,
    "chat.getPermalink": chat_methods.get_permalink,
    "chat.postEphemeral": chat_methods.post_ephemeral,
    "chat.postMessage": chat_methods.post_message,
    "chat.update": chat_methods.update,
    "conversations.history": people_methods.conversations_history,
    "conversations.info": people_methods.conversations_info,
    "conversations.open": people_methods.conversations_open,
    "conversations.replies": people_methods.conversations_replies,
    "files.completeUploadExternal": file_methods.complete_upload,
    "files.getUploadURLExternal": file_methods.get_upload_url,
    "files.info": file_methods.files_info,
    "team.info": people_methods.team_info,
    "users.info": people_methods.users_info,
    "users.list": people_methods.users_list,
    "users.lookupByEmail": people_methods.users_lookup_by_email,
    "views.open": view_methods.open_view,
    "views.publish": view_methods.publish_view,
    "views.push": view_methods.push_view,
    "views.update": view_methods.update_view,
}


def call_method(slack: Workspace, method: str, token: str | None, args: Json) -> Json:
    """The answer Slack would give; every refusal is noted."""
    slack.calls.append(Call(method=method, args=args, at=slack.clock()))
    try:
        if method == "apps.connections.open":
            return {"ok": True, "url": slack.sockets.ticket(token)}
        if method not in METHODS:
            raise Refusal("unknown_method", req_method=method)
        _check_token(slack, token)
        _check_scope(slack, method)
        return {"ok": True, **METHODS[method](slack, args)}
    except Refusal as refusal:
        slack.note(method, refusal)
        return refusal.as_json()


def _check_token(slack: Workspace, token: str | None) -> None:
    if not token:
        raise Refusal("not_authed")
    if token != slack.token:
        raise Refusal("invalid_auth")


def _check_scope(slack: Workspace, method: str) -> None:
    wanted = SCOPES[method]
    if wanted and not slack.bot_scopes.intersection(wanted):
        raise Refusal("missing_scope", needed=",".join(wanted), provided=",".join(sorted(slack.bot_scopes)))
