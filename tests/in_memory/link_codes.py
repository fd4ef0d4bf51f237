from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from tasks.errors import NO_SUCH_LINK, NotFound, Stale
from tasks.identifiers import PersonId
from tasks.link_codes import LinkCode, LinkState, WrongCodes
from tests.in_memory.state import CHANGED, State


@dataclass(frozen=True)
class InMemoryLinkCodes:
    state: State

    def add(self, code: LinkCode) -> None:
        self.state.link_codes[code.id] = code

    def get(self, code_id: str) -> LinkCode:
        if code_id not in self.state.link_codes:
            raise NotFound(NO_SUCH_LINK)
        return self.state.link_codes[code_id]

    def save(self, code: LinkCode) -> LinkCode:
        if self.get(code.id).version != code.version:
            raise Stale(CHANGED)
        saved = replace(code, version=code.version + 1)
        self.state.link_codes[code.id] = saved
        return saved

    def by_digest(self, digest: str) -> LinkCode | None:
        found = [one for one in self.state.link_codes.values() if one.digest == digest]
        return max(found, key=lambda one: one.expires_at, default=None)

    def waiting(self, person_id: PersonId) -> Sequence[LinkCode]:
        theirs = [one for one in self.state.link_codes.values() if one.person_id == person_id]
        found = [one for one in theirs if one.state is not LinkState.SETTLED]
        return sorted(found, key=lambda one: (one.expires_at, one.id))

    def wrong(self, platform: str, external_id: str) -> WrongCodes | None:
        return self.state.wrong_codes.get((platform, external_id))

    def save_wrong(self, wrong: WrongCodes) -> None:
        self.state.wrong_codes[wrong.platform, wrong.external_id] = wrong

    def forget_before(self, moment: datetime) -> int:
        codes = [one.id for one in self.state.link_codes.values() if one.expires_at < moment]
        wrong = [key for key, one in self.state.wrong_codes.items() if one.since < moment]
        for code_id in codes:
            del self.state.link_codes[code_id]
        for key in wrong:
            del self.state.wrong_codes[key]
        return len(codes) + len(wrong)
