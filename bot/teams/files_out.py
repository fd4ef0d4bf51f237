"""A file of ours among a person's own: Teams asks them first, and their consent opens a place for it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from bot.json_body import Json, text_at
from bot.platform import Posted, Undeliverable
from bot.teams.activities import Consent, consent_given, conversation_of, user_of
from bot.teams.answers import Clients, here
from bot.teams.errands import Errands, Work
from bot.teams.files import UploadEnded
from handlers.views.elements import Text, View
from tasks.identifiers import EvidenceId, WorkspaceId

NOT_UPLOADED = "The file could not be put among yours. Ask for it again: press its button once more."
ENDED = (
    "Teams takes this file no more: it is among yours already, or your consent has run out. "
    "If it is not there, ask for it again: press its button once more."
)
LONGEST_PAUSE = 60.0
"""Seconds: nobody looks at a screen for it."""
REMEMBERED = 1_000
"""Consents that are not acted on twice."""


@dataclass(frozen=True, kw_only=True)
class SentFile:
    name: str
    content: bytes


ReadEvidence = Callable[[WorkspaceId, str, EvidenceId], Awaitable[SentFile | None]]
"""For the person with this id in Teams; None where they may not have it, or it is gone."""


class FilesOut:
    def __init__(self, clients: Clients, errands: Errands, read_evidence: ReadEvidence) -> None:
        self._clients = clients
        self._errands = errands
        self._read_evidence = read_evidence
        self._taken_up: dict[tuple[str, str], None] = {}
        """The cards whose file is on its way or there, oldest first."""

    async def consented(self, activity: Json, workspace: WorkspaceId) -> Json:
        """The answer waits for no upload. A consent that comes twice is acted on once, unless the first came to
        nothing."""
        consent = consent_given(activity)
        card = (conversation_of(activity), text_at(activity, "replyToId") or consent.upload_url)
        if consent.accepted and card not in self._taken_up:
            self._taken_up[card] = None
            while len(self._taken_up) > REMEMBERED:
                del self._taken_up[next(iter(self._taken_up))]
            self._errands.run(
                "uploading a file",
                partial(self._upload, consent, activity, workspace),
                longest_pause=LONGEST_PAUSE,
                given_up=lambda error: self._give_up(card, error, activity, workspace),
            )
        return {}

    async def _upload(self, consent: Consent, activity: Json, workspace: WorkspaceId) -> None:
        wanted = EvidenceId(text_at(consent.context, "evidence"))
        file = await self._read_evidence(workspace, user_of(activity.get("from")), wanted)
        if file is None:
            raise Undeliverable("not theirs, or gone")
        await self._clients(workspace).upload(consent.upload_url, file.content)
        self._next("showing a file", partial(self._show, consent, activity, workspace))
        if text_at(activity, "replyToId"):
            self._next("taking a question back", partial(self._take_back, activity, workspace))

    def _give_up(self, card: tuple[str, str], error: Exception, activity: Json, workspace: WorkspaceId) -> None:
        self._taken_up.pop(card, None)
        self._say(ENDED if isinstance(error, UploadEnded) else NOT_UPLOADED, activity, workspace)

    async def _show(self, consent: Consent, activity: Json, workspace: WorkspaceId) -> None:
        await self._clients(workspace).show_file(here(activity), consent.info)

    async def _take_back(self, activity: Json, workspace: WorkspaceId) -> None:
        asked = Posted(conversation=conversation_of(activity), message=text_at(activity, "replyToId"))
        await self._clients(workspace).take_back(asked)

    def _say(self, sentence: str, activity: Json, workspace: WorkspaceId) -> None:
        view = View(title="No file", summary=sentence, body=(Text(text=sentence),))
        self._next("telling about a file", partial(self._tell, view, activity, workspace))

    def _next(self, what: str, work: Work) -> None:
        self._errands.run(what, work, longest_pause=LONGEST_PAUSE)

    async def _tell(self, view: View, activity: Json, workspace: WorkspaceId) -> None:
        await self._clients(workspace).say(here(activity), view)
