from dataclasses import dataclass

from tasks.ports import SyncPlace
from tests.in_memory.state import State


@dataclass(frozen=True)
class InMemorySyncPlaces:
    state: State

    def get(self, platform: str, purpose: str) -> SyncPlace:
        return self.state.sync_places.get((platform, purpose), SyncPlace(platform=platform, purpose=purpose))

    def save(self, place: SyncPlace) -> None:
        self.state.sync_places[place.platform, place.purpose] = place
