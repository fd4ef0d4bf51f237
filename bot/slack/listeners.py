"""Slack's payloads in, Requests to the router, Replies out."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Protocol

from bot.slack.answers import SECONDS, Answers, Click, PersonIds, is_from_home
from bot.slack.client import SlackClient
from bot.slack.message_payloads import CHANGES, file_changed, message_changed, shortcut_used
from bot.slack.payloads import (
    ENVELOPE,
    Json,
    at,
    button_pressed,
    chosen_users,
    command_typed,
    conversation_of,
    form_submitted,
    home_opened,
    is_dead_button,
    is_stranger,
    kind_of,
    member,
    message_sent,
    team_of,
    text_at,
)
from bot.slack.verification import WorkspaceFor
from handlers.replies import Reply, Show
from handlers.requests import MessageChanged, Request, Source
from handlers.views.elements import Text, View
from tasks.identifiers import WorkspaceId
from tasks.operations.sync_people import Member

STRANGER = "I work for the people of the workspace that installed me. Please ask a colleague there."
DEAD_BUTTON = "This button no longer works. Type /soc2 tasks to see where things stand."
UNREADABLE = "Slack did not say which message that is. Copy its words or its link into the task instead."
UNKNOWN_PERSON = "I don't know this person yet. Choose somebody else, or ask your admin to update the list of people."

log = logging.getLogger(__name__)

Router = Callable[[Request], Awaitable[Reply]]
Listener = Callable[[Json, WorkspaceId], Awaitable[Json | str]]
MemberChanged = Callable[[WorkspaceId, Member], Awaitable[None]]


class StartPages(Protocol):
    """Nobody waits for either."""

    def soon(self, workspace: WorkspaceId, platform: str, external_id: str) -> None: ...
    def tell(self, workspace: WorkspaceId, platform: str, external_id: str, view: View) -> None: ...


class SlackListeners:
    """An exception out of the router is Bolt's 500, so that Slack sends the event again."""

    def __init__(
        self,
        *,
        router: Router,
        workspace_for: WorkspaceFor,
        client: SlackClient,
        people: PersonIds,
        member_changed: MemberChanged,
        token_doubted: Callable[[], None] = lambda: None,
        homes: StartPages,
        answering: float = SECONDS,
    ) -> None:
        """answering: seconds that Slack has for each answer we show there."""
        self._router = router
        self._workspace_for = workspace_for
        self._answers = Answers(client, people, answering)
        self._people = people
        self._member_changed = member_changed
        self._token_doubted = token_doubted
        self._homes = homes
        self._table: Mapping[str, Listener] = {
            "command": self._typed,
            "block_actions": self._pressed,
            "view_submission": self._submitted,
            "message_action": self._pointed_at,
            "event": self._happened,
        }

    async def answer(self, body: Json) -> Json | str:
        """What stands in the ack, as JSON or still to be made JSON; empty for a plain one."""
        listener = self._table.get(kind_of(body) or "")
        workspace = await self._workspace(body)
        return await listener(body, workspace) if listener and workspace else {}

    async def _typed(self, body: Json, workspace: WorkspaceId) -> str:
        request = command_typed(body, workspace)
        reply = await self._ask(request, body)
        return await self._answers.to_command(reply, request, text_at(body, "trigger_id"))

    async def _pressed(self, body: Json, workspace: WorkspaceId) -> Json:
        request = button_pressed(body, workspace)
        if request is not None:
            reply = await self._ask(request, body)
            click = _click(body, request.source)
            await self._answers.to_click(reply, click)
            if click.in_home:
                self._homes.soon(workspace, "slack", request.source.user)
        elif is_dead_button(body):
            source = _source(body, workspace)
            await self._answers.to_click(_words("That button is old", DEAD_BUTTON), _click(body, source))
        return {}

    async def _pointed_at(self, body: Json, workspace: WorkspaceId) -> Json:
        request = shortcut_used(body, workspace)
        if request is None:
            reply: Reply = _words("That message can't be read", UNREADABLE)
            await self._answers.to_click(reply, _click(body, _source(body, workspace)))
        else:
            await self._answers.to_click(await self._ask(request, body), _click(body, request.source))
        return {}

    async def _submitted(self, body: Json, workspace: WorkspaceId) -> Json:
        chosen = chosen_users(body)
        people = await self._people.people(workspace, list(chosen.values())) if chosen else {}
        unknown = {name: UNKNOWN_PERSON for name, user in chosen.items() if user not in people}
        if unknown:
            return {"response_action": "errors", "errors": unknown}
        request = form_submitted(body, workspace, people)
        pushed = bool(at(body, "view", "previous_view_id"))
        if request is None:
            reply: Reply = _words("That form is old", DEAD_BUTTON)
            return await self._answers.to_submission(reply, _source(body, workspace), pushed=pushed)
        answer = await self._answers.to_submission(await self._ask(request, body), request.source, pushed=pushed)
        if is_from_home(request.source):
            self._homes.soon(workspace, "slack", request.source.user)
        return answer

    async def _happened(self, body: Json, workspace: WorkspaceId) -> Json:
        match text_at(body, "event", "type"):
            case "message" if text_at(body, "event", "subtype") in CHANGES:
                await self._note(message_changed(body, workspace))
            case "message":
                await self._hear(body, workspace)
            case "file_change" | "file_deleted":
                await self._note(file_changed(body, workspace))
            case "app_home_opened":
                await self._open_home(body, workspace)
            case "user_change" | "team_join":
                changed = member(at(body, "event", "user"))
                if changed is not None:
                    await self._member_changed(workspace, changed)
            case "app_uninstalled" | "tokens_revoked" as event:
                log.warning("Slack says %s for workspace %s; asking whether the token is good", event, workspace)
                self._token_doubted()
            case _:
                pass
        return {}

    async def _hear(self, body: Json, workspace: WorkspaceId) -> None:
        request = message_sent(body, workspace)
        if request is not None:
            await self._answers.to_message(await self._ask(request, body), request)

    async def _open_home(self, body: Json, workspace: WorkspaceId) -> None:
        request = home_opened(body, workspace)
        if request is None:
            return
        reply = await self._ask(request, body)
        if isinstance(reply, Show):
            self._homes.tell(workspace, "slack", request.source.user, reply.view)
        else:
            self._homes.soon(workspace, "slack", request.source.user)

    async def _note(self, change: MessageChanged | None) -> None:
        if change is not None:
            await self._router(change)

    async def _ask(self, request: Request, body: Json) -> Reply:
        if is_stranger(body):
            return _words("Not your workspace", STRANGER)
        envelope = text_at(body, ENVELOPE)
        if envelope:
            request = replace(request, source=replace(request.source, envelope=envelope))
        return await self._router(request)

    async def _workspace(self, body: Json) -> WorkspaceId | None:
        """The guard has refused other teams already; over Socket Mode there is no guard."""
        workspace = await self._workspace_for(team_of(body))
        if workspace is None:
            log.warning("ignored a message from a Slack team that isn't connected")
        return workspace


def _words(title: str, sentence: str) -> Show:
    return Show(view=View(title=title, summary=sentence, body=(Text(text=sentence),)))


def _source(body: Json, workspace: WorkspaceId) -> Source:
    user, message = text_at(body, "user", "id"), text_at(body, "container", "message_ts")
    return Source(platform="slack", workspace=workspace, user=user, conversation=conversation_of(body), message=message)


def _click(body: Json, source: Source) -> Click:
    return Click(
        source=source,
        trigger=text_at(body, "trigger_id"),
        response_url=text_at(body, "response_url"),
        ephemeral=at(body, "container", "is_ephemeral") is True,
        in_modal=text_at(body, "view", "type") == "modal",
        in_home=text_at(body, "view", "type") == "home",
    )
