from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from tasks.access.exports import Amendment, Export, ExportState, Listed, System
from tasks.access.model import Access
from tasks.errors import NO_SUCH_EXPORT, NO_SUCH_SYSTEM, Invalid, NotFound, Stale
from tests.in_memory.state import CHANGED, State


@dataclass(frozen=True)
class InMemoryAccessSystems:
    state: State

    def get(self, system_id: str) -> System:
        if system := self.state.access_systems.get(system_id):
            return system
        raise NotFound(NO_SUCH_SYSTEM)

    def by_name(self, name: str) -> System | None:
        return next((one for one in self.every() if _key(one.name) == _key(name)), None)

    def every(self) -> Sequence[System]:
        return sorted(self.state.access_systems.values(), key=lambda one: _key(one.name))

    def add(self, system: System) -> None:
        self._require_free(system)
        self.state.access_systems[system.id] = system

    def save(self, system: System) -> System:
        if self.get(system.id).version != system.version:
            raise Stale(CHANGED)
        self._require_free(system)
        saved = replace(system, version=system.version + 1)
        self.state.access_systems[system.id] = saved
        return saved

    def describe(self, system_id: str, descriptions: Mapping[str, str]) -> None:
        for entitlement, text in descriptions.items():
            if text.strip():
                self.state.access_descriptions[system_id, entitlement] = text.strip()
            else:
                self.state.access_descriptions.pop((system_id, entitlement), None)

    def descriptions(self, system_id: str) -> Mapping[str, str]:
        told = sorted(self.state.access_descriptions.items())
        return {entitlement: text for (of, entitlement), text in told if of == system_id}

    def _require_free(self, system: System) -> None:
        taken = self.by_name(system.name)
        if taken and taken.id != system.id:
            raise Invalid(f"There is a system called {system.name} already.")


@dataclass(frozen=True)
class InMemoryAccessExports:
    state: State

    def add(self, export: Export) -> None:
        self.state.access_exports[export.id] = export

    def add_rows(self, export_id: str, first_seq: int, rows: Sequence[Access]) -> None:
        kept = self.state.access_exports.get(export_id)
        if kept is None or kept.state is not ExportState.STAGING:
            raise Stale(CHANGED)
        for seq, access in enumerate(rows, first_seq):
            self.state.access_rows[export_id, seq] = (access,)

    def freeze(self, export: Export) -> None:
        kept = self.state.access_exports.get(export.id)
        held = sum(export_id == export.id for export_id, _ in self.state.access_rows)
        if kept is None or kept.state is not ExportState.STAGING or held != export.accesses:
            raise Stale(CHANGED)
        frozen = replace(kept, digest=export.digest, accesses=export.accesses, state=ExportState.FROZEN)
        self.state.access_exports[export.id] = frozen

    def forget_staged(self, system_id: str, sha256: str) -> int:
        staged = {
            one.id
            for one in self.state.access_exports.values()
            if (one.system_id, one.sha256) == (system_id, sha256) and one.state is ExportState.STAGING
        }
        gone = [key for key in self.state.access_rows if key[0] in staged]
        for key in gone:
            del self.state.access_rows[key]
        for export_id in staged:
            del self.state.access_exports[export_id]
        return len(gone)

    def get(self, export_id: str) -> Export:
        found = next((one for one in self._frozen() if one.id == export_id), None)
        if found is None:
            raise NotFound(NO_SUCH_EXPORT)
        return found

    def with_file(self, system_id: str, sha256: str) -> Export | None:
        return next((one for one in self._frozen() if (one.system_id, one.sha256) == (system_id, sha256)), None)

    def of_system(self, system_id: str) -> Sequence[Export]:
        theirs = sorted((one for one in self._frozen() if one.system_id == system_id), key=lambda one: one.id)
        return sorted(theirs, key=lambda one: (one.source.extracted_at, one.imported_at), reverse=True)

    def latest(self) -> Mapping[str, Export]:
        return {system_id: self.of_system(system_id)[0] for system_id in {one.system_id for one in self._frozen()}}

    def rows(self, export_id: str, *, after: int = 0, limit: int) -> Sequence[Listed]:
        return [one for one in listed(self.state, export_id) if one.seq > after][:limit]

    def find(self, export_id: str, account: str, entitlement: str) -> Sequence[Listed]:
        key = account.casefold(), entitlement.casefold()
        return [one for one in listed(self.state, export_id) if one.access.key == key]

    def of_accounts(self, export_id: str, accounts: Collection[str]) -> Sequence[Access]:
        wanted = {account.casefold() for account in accounts}
        return [one.access for one in listed(self.state, export_id) if one.access.account.casefold() in wanted]

    def amend(self, amendment: Amendment, amended: Access) -> None:
        row = amendment.export_id, amendment.seq
        revisions = self.state.access_rows.get(row, ())
        if not revisions or len(revisions) != amendment.revision:
            raise Stale(CHANGED)
        self.state.access_amendments.append(amendment)
        self.state.access_rows[row] = (*revisions, amended)

    def amendments(self, export_id: str) -> Sequence[Amendment]:
        found = (one for one in self.state.access_amendments if one.export_id == export_id)
        return sorted(found, key=lambda one: (one.at, one.seq, one.revision))

    def _frozen(self) -> list[Export]:
        return [one for one in self.state.access_exports.values() if one.state is ExportState.FROZEN]


def listed(state: State, export_id: str) -> list[Listed]:
    """By seq, each as last amended."""
    found = [(seq, kept) for (of, seq), kept in state.access_rows.items() if of == export_id]
    rows = [Listed(seq=seq, revision=len(kept) - 1, access=kept[-1]) for seq, kept in found]
    return sorted(rows, key=lambda one: one.seq)


def _key(name: str) -> str:
    return " ".join(name.split()).casefold()
