from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from tasks.errors import Stale
from tasks.homes import Home
from tests.in_memory.state import CHANGED, State


@dataclass(frozen=True)
class InMemoryHomes:
    state: State

    def find(self, platform: str, external_id: str) -> Home | None:
        return self.state.homes.get((platform, external_id))

    def open(self, platform: str, external_id: str, at: datetime) -> None:
        fresh = Home(platform=platform, external_id=external_id, opened_at=at, checked_at=at, version=0)
        known = self.find(platform, external_id) or fresh
        self._put(replace(known, opened_at=at, digest="", version=known.version + 1))

    def save(self, home: Home) -> Home:
        stored = self.find(home.platform, home.external_id)
        if stored is None or stored.version != home.version:
            raise Stale(CHANGED)
        return self._put(replace(home, version=home.version + 1))

    def checked(self, home: Home, *, seen: int, at: datetime) -> None:
        stored = self.find(home.platform, home.external_id)
        if stored and stored.version == home.version:
            self._put(replace(home, seen=seen, checked_at=at))

    def due(
        self, *, opened_after: datetime, position: int, changed_before: datetime, checked_before: datetime, limit: int
    ) -> Sequence[Home]:
        found = [
            home
            for home in self.state.homes.values()
            if home.opened_at > opened_after
            and (
                not home.digest
                or (home.seen < position and home.checked_at <= changed_before)
                or home.checked_at <= checked_before
            )
        ]
        return sorted(found, key=lambda home: (bool(home.digest), home.checked_at, home.external_id))[:limit]

    def forget(self, platform: str, external_id: str) -> None:
        self.state.homes.pop((platform, external_id), None)

    def _put(self, home: Home) -> Home:
        self.state.homes[home.platform, home.external_id] = home
        return home
