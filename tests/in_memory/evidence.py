from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tasks.errors import NO_SUCH_EVIDENCE, NotFound
from tasks.evidence import Evidence, EvidenceKind, EvidenceState, IpeCard
from tasks.identifiers import ControlId, EvidenceId, PersonId, TaskId
from tests.in_memory.state import State


@dataclass(frozen=True)
class InMemoryEvidence:
    state: State

    def add(self, evidence: Evidence) -> None:
        self.state.evidence[evidence.id] = evidence

    def get(self, evidence_id: EvidenceId) -> Evidence:
        if evidence := self.state.evidence.get(evidence_id):
            return evidence
        raise NotFound(NO_SUCH_EVIDENCE)

    def save(self, evidence: Evidence) -> None:
        self.get(evidence.id)
        self.state.evidence[evidence.id] = evidence

    def of_task(self, task_id: TaskId) -> Sequence[Evidence]:
        return [one for one in self._oldest_first() if one.task_id == task_id]

    def with_hash(self, sha256: str, *, other_than: TaskId) -> Sequence[Evidence]:
        bound = [one for one in self._oldest_first() if one.state is EvidenceState.BOUND and one.task_id != other_than]
        return [one for one in bound if sha256 and one.sha256 == sha256]

    def to_fetch(self, *, now: datetime, limit: int) -> Sequence[Evidence]:
        checking = [
            one
            for one in self.state.evidence.values()
            if one.kind is EvidenceKind.FILE and one.state is EvidenceState.CHECKING
        ]
        new = [one for one in checking if one.next_attempt_at is None]
        again = [(one.next_attempt_at, one) for one in checking if one.next_attempt_at and one.next_attempt_at <= now]
        return [*new, *(one for _, one in sorted(again, key=lambda pair: pair[0]))][:limit]

    def last_card(self, control_id: ControlId, item: str) -> IpeCard | None:
        cards = [
            one.card
            for one in self._oldest_first()
            if one.present and one.item == item and self.state.tasks[one.task_id].control_id == control_id and one.card
        ]
        return cards[-1] if cards else None

    def note_opened(self, evidence_id: EvidenceId, person_id: PersonId, at: datetime) -> None:
        self.get(evidence_id)
        self.state.opened.setdefault((evidence_id, person_id), at)

    def opened_by(self, task_id: TaskId, person_id: PersonId) -> frozenset[EvidenceId]:
        mine = (evidence_id for evidence_id, opener in self.state.opened if opener == person_id)
        return frozenset(one for one in mine if self.state.evidence[one].task_id == task_id)

    def of_message(self, platform: str, conversation: str, message: str) -> Sequence[Evidence]:
        wanted = (platform, conversation, message)
        found = [one for one in self._oldest_first() if (one.platform, one.conversation, one.message) == wanted]
        return found if message else []

    def of_reference(self, platform: str, reference: str) -> Sequence[Evidence]:
        found = [one for one in self._oldest_first() if (one.platform, one.reference) == (platform, reference)]
        return found if reference else []

    def permalinks_due(self, *, now: datetime, limit: int) -> Sequence[Evidence]:
        due = [(one.permalink_due_at, one) for one in self._oldest_first() if one.permalink_due_at]
        return [one for at, one in sorted(due, key=lambda pair: pair[0]) if at <= now][:limit]

    def _oldest_first(self) -> Sequence[Evidence]:
        return sorted(self.state.evidence.values(), key=lambda one: one.added_at)
