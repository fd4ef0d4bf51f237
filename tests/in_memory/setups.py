from dataclasses import dataclass, replace

from tasks.errors import Stale
from tasks.setup import Setup
from tests.in_memory.state import CHANGED, State


@dataclass(frozen=True)
class InMemorySetups:
    state: State

    def get(self) -> Setup:
        return self.state.setups.get("", Setup())

    def save(self, setup: Setup) -> Setup:
        if setup.version != self.get().version:
            raise Stale(CHANGED)
        saved = replace(setup, version=setup.version + 1)
        self.state.setups[""] = saved
        return saved
