from collections.abc import Sequence
from dataclasses import dataclass, replace

from tasks.access.deciding import Passed
from tasks.access.ports import Happened, Happening, Proof
from tests.in_memory.state import State


@dataclass(frozen=True)
class InMemoryAccessStories:
    state: State

    def record(self, campaign_id: str, happenings: Sequence[Happening]) -> None:
        self.state.access_story.extend((campaign_id, one) for one in happenings)

    def story(self, campaign_id: str, item_id: str) -> Sequence[Happening]:
        return [one for of, one in self.state.access_story if of == campaign_id and one.item_id == item_id]

    def passes(self, campaign_id: str) -> Sequence[Passed]:
        return [
            Passed(item_id=one.item_id, by=one.by, on_behalf_of=one.on_behalf_of, reason=one.reason, at=one.at)
            for of, one in self.state.access_story
            if of == campaign_id and one.what is Happened.PASSED and one.by
        ]

    def add_proofs(self, proofs: Sequence[Proof]) -> None:
        for proof in proofs:
            self.state.access_proofs.append(proof)
            key = proof.campaign_id, proof.item_id
            if proof.as_decided and key in self.state.access_items:
                self.state.access_items[key] = replace(self.state.access_items[key], proven=True)

    def proofs(self, campaign_id: str) -> Sequence[Proof]:
        return [one for one in self.state.access_proofs if one.campaign_id == campaign_id]
