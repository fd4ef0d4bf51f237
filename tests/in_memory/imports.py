from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from tasks.errors import NO_SUCH_IMPORT, NotFound, Stale
from tasks.identifiers import ImportId
from tasks.imports import Import, ImportKind, ImportState
from tests.in_memory.state import CHANGED, State


@dataclass(frozen=True)
class InMemoryImports:
    state: State

    def add(self, item: Import) -> None:
        self.state.imports[item.id] = item

    def get(self, import_id: ImportId) -> Import:
        if item := self.state.imports.get(import_id):
            return item
        raise NotFound(NO_SUCH_IMPORT)

    def save(self, item: Import) -> Import:
        if self.get(item.id).version != item.version:
            raise Stale(CHANGED)
        saved = replace(item, version=item.version + 1)
        self.state.imports[item.id] = saved
        return saved

    def to_fetch(self, *, now: datetime, limit: int) -> Sequence[Import]:
        fetching = [one for one in self._oldest_first() if one.state is ImportState.FETCHING]
        new = [one for one in fetching if one.next_attempt_at is None]
        again = [(one.next_attempt_at, one) for one in fetching if one.next_attempt_at and one.next_attempt_at <= now]
        return [*new, *(one for _, one in sorted(again, key=lambda pair: pair[0]))][:limit]

    def installing(self, *, limit: int) -> Sequence[Import]:
        return [one for one in self._oldest_first() if one.state is ImportState.INSTALLING][:limit]

    def waiting(self, kind: ImportKind) -> Sequence[Import]:
        read = [one for one in self._oldest_first() if one.state is ImportState.READ and one.kind is kind]
        return sorted(read, key=lambda one: one.created_at, reverse=True)

    def _oldest_first(self) -> list[Import]:
        return sorted(self.state.imports.values(), key=lambda one: (one.created_at, one.id))
