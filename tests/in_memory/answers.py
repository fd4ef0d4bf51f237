from collections.abc import Sequence
from dataclasses import dataclass, replace

from tasks.identifiers import PersonId, TaskId
from tasks.model import Acceptance, Attestation, Contribution, Deviation, Draft, Finding
from tests.in_memory.state import State


@dataclass(frozen=True)
class InMemoryAnswers:
    state: State

    def attest(self, attestation: Attestation) -> None:
        key = (attestation.task_id, attestation.version)
        if key in self.state.attestations:
            raise ValueError("attestations is append-only")
        self.state.attestations[key] = attestation

    def attestations(self, task_id: TaskId) -> Sequence[Attestation]:
        return [one for (task, _), one in sorted(self.state.attestations.items()) if task == task_id]

    def add_finding(self, finding: Finding) -> None:
        self.state.findings[finding.id] = finding

    def findings(self, task_id: TaskId) -> Sequence[Finding]:
        return [one for one in self.state.findings.values() if one.task_id == task_id]

    def add_deviation(self, deviation: Deviation) -> None:
        self.state.deviations[deviation.id] = deviation

    def deviations(self, task_id: TaskId) -> Sequence[Deviation]:
        return [one for one in self.state.deviations.values() if one.task_id == task_id]

    def withdraw(self, task_id: TaskId) -> None:
        for finding in self.findings(task_id):
            self.state.findings[finding.id] = replace(finding, withdrawn=True)
        for deviation in self.deviations(task_id):
            self.state.deviations[deviation.id] = replace(deviation, withdrawn=True)

    def decide(self, acceptance: Acceptance) -> None:
        self.state.acceptances.append(acceptance)

    def acceptances(self, task_id: TaskId) -> Sequence[Acceptance]:
        return [one for one in self.state.acceptances if one.task_id == task_id]

    def draft(self, task_id: TaskId, person_id: PersonId) -> Draft | None:
        return self.state.drafts.get((task_id, person_id))

    def save_draft(self, draft: Draft) -> None:
        self.state.drafts[draft.task_id, draft.person_id] = replace(draft, values=dict(draft.values))

    def discard_drafts(self, task_id: TaskId) -> None:
        self.state.drafts = {key: draft for key, draft in self.state.drafts.items() if key[0] != task_id}

    def add_contribution(self, contribution: Contribution) -> None:
        key = (contribution.task_id, contribution.item, contribution.person_id)
        self.state.contributions[key] = contribution

    def contributions(self, task_id: TaskId) -> Sequence[Contribution]:
        return self._oldest_asked([one for one in self.state.contributions.values() if one.task_id == task_id])

    def contributions_of(self, person_id: PersonId) -> Sequence[Contribution]:
        asked = [one for one in self.state.contributions.values() if one.person_id == person_id]
        return self._oldest_asked([one for one in asked if one.answered_at is None])

    def _oldest_asked(self, found: Sequence[Contribution]) -> Sequence[Contribution]:
        return sorted(found, key=lambda one: (one.asked_at, one.item, one.person_id, one.task_id))
