"""Keeps in mind whose start page was to be shown, and who was told why there is none."""

from dataclasses import dataclass, field

from handlers.views.elements import View
from tasks.identifiers import WorkspaceId


@dataclass
class SeenStartPages:
    """bot.slack.listeners.StartPages."""

    shown: list[tuple[str, str, str]] = field(default_factory=list)
    told: list[tuple[str, str]] = field(default_factory=list)

    def soon(self, workspace: WorkspaceId, platform: str, external_id: str) -> None:
        self.shown.append((workspace, platform, external_id))

    def tell(self, workspace: WorkspaceId, platform: str, external_id: str, view: View) -> None:
        self.told.append((external_id, view.summary))
