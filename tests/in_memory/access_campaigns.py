from collections.abc import Sequence
from dataclasses import dataclass, replace

from tasks.access.model import Campaign, CampaignState, Extension
from tasks.access.ports import CampaignSystem
from tasks.errors import NO_SUCH_CAMPAIGN, Invalid, NotFound, Stale
from tests.in_memory.state import CHANGED, State


@dataclass(frozen=True)
class InMemoryCampaigns:
    state: State

    def add(self, campaign: Campaign) -> None:
        if campaign.task_id and campaign.state is not CampaignState.CANCELLED and self.of_task(campaign.task_id):
            raise Invalid("This task has an access review already.")
        self.state.campaigns[campaign.id] = campaign

    def get(self, campaign_id: str) -> Campaign:
        if campaign := self.state.campaigns.get(campaign_id):
            return campaign
        raise NotFound(NO_SUCH_CAMPAIGN)

    def save(self, campaign: Campaign) -> Campaign:
        if self.get(campaign.id).version != campaign.version:
            raise Stale(CHANGED)
        saved = replace(campaign, version=campaign.version + 1)
        self.state.campaigns[campaign.id] = saved
        return saved

    def running(self) -> Sequence[Campaign]:
        found = (one for one in self.state.campaigns.values() if not one.state.is_over)
        return sorted(found, key=lambda one: (one.due_on, one.created_at, one.id))

    def lately(self, *, limit: int) -> Sequence[Campaign]:
        over = [(one.closed_at, one.id, one) for one in self.state.campaigns.values() if one.state.is_over]
        dated = [(at, of, one) for at, of, one in over if at]
        by_id = sorted(dated, key=lambda found: found[1])
        return [one for _, _, one in sorted(by_id, key=lambda found: found[0], reverse=True)][:limit]

    def of_task(self, task_id: str) -> Campaign | None:
        standing = (one for one in self.state.campaigns.values() if one.state is not CampaignState.CANCELLED)
        return next((one for one in standing if one.task_id == task_id), None)

    def set_systems(self, campaign_id: str, systems: Sequence[CampaignSystem]) -> None:
        self.state.campaign_systems[campaign_id] = tuple(systems)

    def systems(self, campaign_id: str) -> Sequence[CampaignSystem]:
        chosen = self.state.campaign_systems.get(campaign_id, ())
        return sorted(chosen, key=lambda one: (one.system, one.system_id))

    def add_extension(self, extension: Extension) -> None:
        self.state.access_extensions[extension.id] = extension

    def save_extension(self, extension: Extension) -> None:
        if extension.id not in self.state.access_extensions:
            raise NotFound(NO_SUCH_CAMPAIGN)
        self.state.access_extensions[extension.id] = extension

    def extensions(self, campaign_id: str) -> Sequence[Extension]:
        found = (one for one in self.state.access_extensions.values() if one.campaign_id == campaign_id)
        return sorted(found, key=lambda one: (one.asked_at, one.id))
