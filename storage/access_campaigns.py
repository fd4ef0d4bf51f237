"""Campaigns, the systems each reviews, and the extensions asked for."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import bindparam, delete, insert, or_, select, update

from storage.access_tables import campaign_systems, campaigns, extensions
from storage.columns import reader
from storage.repository import CHANGED, Repository, mine
from tasks.access.model import Campaign, CampaignState, Extension
from tasks.access.ports import CampaignSystem
from tasks.errors import NO_SUCH_CAMPAIGN, NotFound, Stale

C, S, X = campaigns.c, campaign_systems.c, extensions.c

CAMPAIGN: Final = tuple(column.name for column in C if column.name != "workspace_id")
CAMPAIGNS = select(*(C[name] for name in CAMPAIGN)).where(mine(campaigns))
BY_ID = CAMPAIGNS.where(C.id == bindparam("campaign_id"))
OVER = or_(*(C.state == state for state in CampaignState if state.is_over))
RUNNING = CAMPAIGNS.where(~OVER).order_by(C.due_on, C.created_at, C.id)
LATELY = CAMPAIGNS.where(OVER).order_by(C.closed_at.desc(), C.id).limit(bindparam("limit"))
OF_TASK = CAMPAIGNS.where(C.task_id == bindparam("task_id"), C.state != CampaignState.CANCELLED)
ADD = insert(campaigns)
SAVE = update(campaigns).where(mine(campaigns), C.id == bindparam("w_id"), C.version == bindparam("w_version"))

SYSTEM: Final = tuple(column.name for column in S if column.name != "workspace_id")
SYSTEMS = (
    select(*(S[name] for name in SYSTEM))
    .where(mine(campaign_systems), S.campaign_id == bindparam("campaign_id"))
    .order_by(S.system, S.system_id)
)
CLEAR_SYSTEMS = delete(campaign_systems).where(mine(campaign_systems), S.campaign_id == bindparam("w_campaign_id"))
ADD_SYSTEMS = insert(campaign_systems)

EXTENSION: Final = tuple(column.name for column in X if column.name != "workspace_id")
EXTENSIONS = (
    select(*(X[name] for name in EXTENSION))
    .where(mine(extensions), X.campaign_id == bindparam("campaign_id"))
    .order_by(X.asked_at, X.id)
)
ADD_EXTENSION = insert(extensions)
SAVE_EXTENSION = update(extensions).where(mine(extensions), X.id == bindparam("w_id"))

_campaign = reader(Campaign, CAMPAIGN)
_system = reader(CampaignSystem, SYSTEM)
_extension = reader(Extension, EXTENSION)


class SqlCampaigns(Repository):
    def add(self, campaign: Campaign) -> None:
        self._insert(ADD, [vars(campaign)])

    def get(self, campaign_id: str) -> Campaign:
        row = self._row(BY_ID, campaign_id=campaign_id)
        if row is None:
            raise NotFound(NO_SUCH_CAMPAIGN)
        return _campaign(row)

    def save(self, campaign: Campaign) -> Campaign:
        values: dict[str, Any] = {**vars(campaign), "version": campaign.version + 1}
        if not self._change(SAVE, **values, w_id=campaign.id, w_version=campaign.version):
            self.get(campaign.id)
            raise Stale(CHANGED)
        return self.get(campaign.id)

    def running(self) -> Sequence[Campaign]:
        return [_campaign(row) for row in self._rows(RUNNING)]

    def lately(self, *, limit: int) -> Sequence[Campaign]:
        return [_campaign(row) for row in self._rows(LATELY, limit=limit)]

    def of_task(self, task_id: str) -> Campaign | None:
        row = self._row(OF_TASK, task_id=task_id)
        return None if row is None else _campaign(row)

    def set_systems(self, campaign_id: str, systems: Sequence[CampaignSystem]) -> None:
        self._change(CLEAR_SYSTEMS, w_campaign_id=campaign_id)
        self._insert(ADD_SYSTEMS, [vars(one) for one in systems])

    def systems(self, campaign_id: str) -> Sequence[CampaignSystem]:
        return [_system(row) for row in self._rows(SYSTEMS, campaign_id=campaign_id)]

    def add_extension(self, extension: Extension) -> None:
        self._insert(ADD_EXTENSION, [vars(extension)])

    def save_extension(self, extension: Extension) -> None:
        if not self._change(SAVE_EXTENSION, **vars(extension), w_id=extension.id):
            raise NotFound(NO_SUCH_CAMPAIGN)

    def extensions(self, campaign_id: str) -> Sequence[Extension]:
        return [_extension(row) for row in self._rows(EXTENSIONS, campaign_id=campaign_id)]
