"""What happened to items, and what later exports say about the changes: appended, never changed."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import and_, bindparam, insert, select, update

from storage.access_tables import decisions, items, proofs
from storage.columns import reader
from storage.repository import Repository, mine
from tasks.access.deciding import Passed
from tasks.access.model import Decision
from tasks.access.ports import Happened, Happening, Proof

H, X, I = decisions.c, proofs.c, items.c  # noqa: E741

GIVEN: Final = ("verdict", "change_to", "seconds_taken", "in_bulk", "taken_over_from")
TOLD: Final = ("item_id", "what", "by", "on_behalf_of", "to", "reason", "at")
RECORD = insert(decisions)
STORY = (
    select(*(H[name] for name in (*TOLD, *GIVEN)))
    .where(mine(decisions), H.campaign_id == bindparam("campaign_id"), H.item_id == bindparam("item_id"))
    .order_by(H.number)
)
PASSES = (
    select(H.item_id, H.by, H.on_behalf_of, H.reason, H.at)
    .where(mine(decisions), H.campaign_id == bindparam("campaign_id"), H.what == Happened.PASSED)
    .order_by(H.number)
)

PROOF: Final = ("campaign_id", "item_id", "export_id", "outcome", "as_decided", "at")
ADD_PROOF = insert(proofs)
PROOFS = (
    select(*(X[name] for name in PROOF))
    .where(mine(proofs), X.campaign_id == bindparam("campaign_id"))
    .order_by(X.number)
)
PROVEN = (
    update(items)
    .where(mine(items), and_(I.campaign_id == bindparam("w_campaign_id"), I.id == bindparam("w_item_id")))
    .values(proven=True)
)

_proof = reader(Proof, PROOF)
_passed = reader(Passed, ("item_id", "by", "on_behalf_of", "reason", "at"))


class SqlAccessStories(Repository):
    def record(self, campaign_id: str, happenings: Sequence[Happening]) -> None:
        self._insert(RECORD, [_values(campaign_id, one) for one in happenings])

    def story(self, campaign_id: str, item_id: str) -> Sequence[Happening]:
        return [_happening(row) for row in self._rows(STORY, campaign_id=campaign_id, item_id=item_id)]

    def passes(self, campaign_id: str) -> Sequence[Passed]:
        return [_passed(row) for row in self._rows(PASSES, campaign_id=campaign_id)]

    def add_proofs(self, proofs: Sequence[Proof]) -> None:
        self._insert(ADD_PROOF, [vars(proof) for proof in proofs])
        proven = [proof for proof in proofs if proof.as_decided]
        self._change_many(PROVEN, [{"w_campaign_id": one.campaign_id, "w_item_id": one.item_id} for one in proven])

    def proofs(self, campaign_id: str) -> Sequence[Proof]:
        return [_proof(row) for row in self._rows(PROOFS, campaign_id=campaign_id)]


def _values(campaign_id: str, one: Happening) -> dict[str, Any]:
    decided = one.decision
    return {
        "campaign_id": campaign_id,
        **{name: getattr(one, name) for name in TOLD},
        "verdict": decided.verdict if decided else None,
        "change_to": decided.change_to if decided else "",
        "seconds_taken": decided.seconds_taken if decided else None,
        "in_bulk": decided.in_bulk if decided else False,
        "taken_over_from": decided.taken_over_from if decided else "",
    }


def _happening(row: Any) -> Happening:
    told = dict(zip(TOLD, row[: len(TOLD)], strict=True))
    given = dict(zip(GIVEN, row[len(TOLD) :], strict=True))
    return Happening(**told, decision=_decision(told, given) if given["verdict"] else None)


def _decision(told: dict[str, Any], given: dict[str, Any]) -> Decision:
    return Decision(
        item_id=told["item_id"],
        decided_by=told["by"],
        on_behalf_of=told["on_behalf_of"],
        decided_at=told["at"],
        reason=told["reason"],
        **given,
    )
