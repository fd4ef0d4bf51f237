"""Teams' activities in, Requests to the router, Replies out. What comes here is verified and well shaped."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from functools import partial
from time import perf_counter

from bot.json_body import Json, text_at
from bot.teams.activities import (
    PLATFORM,
    button_pressed,
    dropped_files,
    form_submitted,
    is_personal,
    message_changed,
    message_sent,
    pressed_on_card,
    shortcut_used,
    source_of,
    tenant_of,
)
from bot.teams.answers import Answers, Clients, spoken, told
from bot.teams.contacts import Contacts, bot_was
from bot.teams.errands import Errands
from bot.teams.files_out import FilesOut
from handlers.replies import Reply, Show
from handlers.requests import Request, TextSent
from handlers.views.elements import Text, View
from tasks.conversations import FileLink
from tasks.identifiers import WorkspaceId
from tasks.ports import UnitOfWork, UnitsOfWork

DEAD_BUTTON = "This button no longer works. Type tasks to see where things stand."
UNREADABLE = "Teams did not say which message that is. Copy its words or its link into the task instead."
HELLO = "home"
"""The page that whoever installs us is greeted with, as if they had typed it."""
CARD, FETCH, SUBMIT = "adaptiveCard/action", "task/fetch", "task/submit"
POINTED, POINTED_SUBMIT = "composeExtension/fetchTask", "composeExtension/submitAction"
CONSENT = "fileConsent/invoke"
LINKS_KEPT = timedelta(days=1)
"""They work for some minutes."""
NAMED = frozenset({CARD, FETCH, SUBMIT, POINTED, POINTED_SUBMIT, CONSENT})

log = logging.getLogger(__name__)

Router = Callable[[Request], Awaitable[Reply]]
Handler = Callable[[Json, WorkspaceId], Awaitable[Json | None]]
WorkspaceFor = Callable[[str], Awaitable[WorkspaceId | None]]
Acknowledged = Callable[[str, str, float], None]
Joined = Callable[[], Awaitable[None]]


class TeamsListeners:
    """An exception out of the router is a 500, so that Teams sends the activity again."""

    def __init__(
        self,
        *,
        router: Router,
        units: UnitsOfWork,
        workspace_for: WorkspaceFor,
        clients: Clients,
        contacts: Contacts,
        errands: Errands,
        files_out: FilesOut,
        joined_team: Joined,
        acknowledged: Acknowledged = lambda kind, outcome, seconds: None,
    ) -> None:
        """joined_team: told when a team has got the app, and with it members that we can ask for."""
        self._router = router
        self._units = units
        self._workspace_for = workspace_for
        self._clients = clients
        self._contacts = contacts
        self._errands = errands
        self._answers = Answers(clients, errands)
        self._joined_team = joined_team
        self._acknowledged = acknowledged
        self._table: Mapping[str, Handler] = {
            "message": self._hear,
            "messageUpdate": self._note_change,
            "messageDelete": self._note_change,
            "installationUpdate": self._installed,
            "conversationUpdate": self._moved,
            CARD: self._pressed,
            FETCH: self._opening,
            SUBMIT: self._submitted,
            POINTED: self._pointed_at,
            POINTED_SUBMIT: self._submitted,
            CONSENT: files_out.consented,
        }

    async def __call__(self, activity: Json) -> Json | None:
        """The body of the answer to an invoke; None for a plain one."""
        kind, outcome, began = kind_of(activity), "failed", perf_counter()
        try:
            answer = await self._answer(kind, activity)
            outcome = "ok"
        finally:
            self._acknowledged(f"teams {kind}", outcome, perf_counter() - began)
        return answer

    async def _answer(self, kind: str, activity: Json) -> Json | None:
        handler = self._table.get(kind)
        if handler is None:
            return None
        workspace = await self._workspace_for(tenant_of(activity))
        if workspace is None:
            log.warning("ignored an activity from a tenant that isn't connected")
            return None
        return await handler(activity, workspace)

    # messages

    async def _hear(self, activity: Json, workspace: WorkspaceId) -> None:
        await self._contacts.meet(activity, workspace)
        if activity.get("value"):
            await self._hear_press(activity, workspace)
            return
        request = message_sent(activity, workspace)
        links = dropped_files(activity) if is_personal(activity) else ()
        if links:
            keep = partial(_keep_links, links=[(one.file.reference, one.url) for one in links])
            await self._units.write(workspace, keep)
        self._answers.to_message(await self._router(request), activity, workspace)

    async def _hear_press(self, activity: Json, workspace: WorkspaceId) -> None:
        pressed = pressed_on_card(activity, workspace)
        reply = await self._router(pressed) if pressed else _words("That button is old", DEAD_BUTTON)
        self._answers.to_old_press(reply, activity, workspace)

    async def _note_change(self, activity: Json, workspace: WorkspaceId) -> None:
        changed = message_changed(activity, workspace)
        if changed:
            await self._router(changed)

    # buttons and dialogs

    async def _pressed(self, activity: Json, workspace: WorkspaceId) -> Json:
        await self._contacts.meet(activity, workspace)
        pressed = pressed_on_card(activity, workspace)
        if pressed is None:
            return spoken(DEAD_BUTTON)
        return self._answers.to_press(await self._router(pressed), activity, workspace)

    async def _opening(self, activity: Json, workspace: WorkspaceId) -> Json:
        await self._contacts.meet(activity, workspace)
        pressed = button_pressed(activity, workspace)
        if pressed is None:
            return told(DEAD_BUTTON)
        return self._answers.to_opening(await self._router(pressed), activity)

    async def _submitted(self, activity: Json, workspace: WorkspaceId) -> Json | None:
        submitted = form_submitted(activity, workspace)
        if submitted is None:
            return told(DEAD_BUTTON)
        return self._answers.to_submission(await self._router(submitted), activity, workspace)

    async def _pointed_at(self, activity: Json, workspace: WorkspaceId) -> Json:
        request = shortcut_used(activity, workspace)
        if request is None:
            return told(UNREADABLE)
        return self._answers.to_opening(await self._router(request), activity)

    # where we are

    async def _installed(self, activity: Json, workspace: WorkspaceId) -> None:
        if text_at(activity, "action").startswith("remove"):
            await self._contacts.part(activity, workspace)
        elif is_personal(activity):
            await self._contacts.meet(activity, workspace)
            reply = await self._router(TextSent(source=source_of(activity, workspace), text=HELLO))
            self._answers.to_message(reply, activity, workspace)
        else:
            await self._join(activity, workspace)

    async def _moved(self, activity: Json, workspace: WorkspaceId) -> None:
        if bot_was(activity, "membersRemoved") or text_at(activity, "channelData", "eventType") == "teamDeleted":
            await self._contacts.part(activity, workspace)
        elif is_personal(activity):
            await self._contacts.meet(activity, workspace)
        elif bot_was(activity, "membersAdded"):
            await self._join(activity, workspace)
        elif activity.get("membersAdded"):
            await self._contacts.welcome(activity, workspace)

    async def _join(self, activity: Json, workspace: WorkspaceId) -> None:
        await self._contacts.keep(activity, workspace)
        self._errands.run("looking who is in the team", self._joined)

    async def _joined(self) -> None:
        await self._joined_team()


def kind_of(activity: Json) -> str:
    """The activity's type; of an invoke its name, where it is one of ours."""
    if activity["type"] != "invoke":
        return str(activity["type"])
    name = text_at(activity, "name")
    return name if name in NAMED else "invoke"


def _keep_links(uow: UnitOfWork, links: list[tuple[str, str]]) -> None:
    uow.file_links.forget_before(uow.now - LINKS_KEPT)
    for reference, url in links:
        uow.file_links.save(FileLink(platform=PLATFORM, reference=reference, url=url, at=uow.now))


def _words(title: str, sentence: str) -> Show:
    return Show(view=View(title=title, summary=sentence, body=(Text(text=sentence),)))
