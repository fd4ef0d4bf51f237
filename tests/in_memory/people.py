from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from tasks.errors import Invalid, NotFound, Stale
from tasks.identifiers import PersonId
from tasks.people import Person, Role
from tasks.ports import AccountState, Identity
from tests.in_memory.state import CHANGED, State

UNKNOWN = "There is no such person in this workspace. Choose somebody else and try again."


@dataclass(frozen=True)
class InMemoryPeople:
    state: State

    def get(self, person_id: PersonId) -> Person:
        if person := self.find(person_id):
            return person
        raise NotFound(UNKNOWN)

    def find(self, person_id: PersonId | None) -> Person | None:
        return self.state.people.get(person_id) if person_id else None

    def lead_of(self, department: str) -> Person | None:
        leads = self.holders(Role.DEPARTMENT_LEAD)
        return next((lead for lead in leads if lead.department == department), None)

    def holders(self, role: Role) -> Sequence[Person]:
        return sorted((person for person in self._active() if person.has(role)), key=lambda one: (one.name, one.id))

    def reports_of(self, manager_id: PersonId) -> Sequence[Person]:
        return [person for person in self._active() if person.manager_id == manager_id]

    def away_on(self, day: date) -> Sequence[Person]:
        return [person for person in self._active() if person.is_away(day)]

    def stamp(self) -> str:
        return f"{len(self.state.people)}.{sum(person.version for person in self.state.people.values())}"

    def unlinked(self, platform: str, *, after: str, limit: int) -> Sequence[Person]:
        linked = {one.person_id for one, _ in self.state.identities.values() if one.platform == platform}
        found = [one for one in self._active() if one.email and one.id not in linked and one.id > after]
        return found[:limit]

    def by_email(self, email: str) -> Person | None:
        found = (person for person in self.state.people.values() if person.email == email.lower())
        return next(found, None) if email else None

    def by_identity(self, platform: str, external_id: str) -> Person | None:
        linked = self.state.identities.get((platform, external_id))
        return self.state.people[linked[0].person_id] if linked else None

    def everyone(self) -> Sequence[Person]:
        return sorted(self.state.people.values(), key=lambda person: (person.name.casefold(), person.id))

    def add(self, person: Person) -> None:
        self._keep(person)

    def save(self, person: Person) -> Person:
        if self.get(person.id).version != person.version:
            raise Stale(CHANGED)
        return self._keep(replace(person, version=person.version + 1))

    def link(self, identity: Identity) -> None:
        self.get(identity.person_id)
        key = (identity.platform, identity.external_id)
        before, used_at = self.state.identities.get(key, (None, None))
        self.state.identities[key] = (identity, used_at if before == identity else None)

    def unlink(self, identity: Identity) -> None:
        key = (identity.platform, identity.external_id)
        if key in self.state.identities and self.state.identities[key][0] == identity:
            del self.state.identities[key]
            self.state.account_states.pop(key, None)

    def has_history(self, person_id: PersonId) -> bool:
        person, state = self.find(person_id), self.state
        naming = [
            *(who for one in state.people.values() for who in (one.manager_id, one.delegate_id)),
            *(control.owner_id for control in state.controls.values()),
            *(who for task in state.tasks.values() for who in (task.owner_id, task.answered_by)),
            *(who for one in state.attestations.values() for who in (one.person_id, one.on_behalf_of)),
            *(one.person_id for one in state.acceptances),
            *(who for one in state.contributions.values() for who in (one.person_id, one.asked_by)),
            *(one.added_by for one in state.evidence.values()),
            *(one.owner_id for one in state.findings.values()),
            *(one.person_id for one in state.api_tokens.values()),
        ]
        return bool(person and person.roles) or person_id in naming

    def identities(self, person_id: PersonId) -> Sequence[Identity]:
        linked = [one for _, one in sorted(self.state.identities.items()) if one[0].person_id == person_id]
        never = [identity for identity, used_at in linked if used_at is None]
        used = sorted(((used_at, identity) for identity, used_at in linked if used_at), key=lambda one: one[0])
        return [*(identity for _, identity in reversed(used)), *never]

    def used(self, identity: Identity, at: datetime) -> None:
        key = (identity.platform, identity.external_id)
        if key in self.state.identities and self.state.identities[key][0] == identity:
            self.state.identities[key] = (identity, at)

    def account_states(self, person_id: PersonId) -> Mapping[Identity, AccountState]:
        return {
            one: self.state.account_states.get((one.platform, one.external_id), AccountState.UNKNOWN)
            for one in self.identities(person_id)
        }

    def note_account(self, identity: Identity, state: AccountState) -> None:
        key = (identity.platform, identity.external_id)
        if key in self.state.identities and self.state.identities[key][0] == identity:
            self.state.account_states[key] = state

    def _active(self) -> Sequence[Person]:
        return [person for _, person in sorted(self.state.people.items()) if person.active]

    def _keep(self, person: Person) -> Person:
        kept = replace(person, email=person.email.lower())
        other = self.by_email(kept.email)
        if other and other.id != kept.id:
            sentence = f"Somebody else here has the e-mail address {person.email}. Use another one."
            raise Invalid(sentence, fields={"email": sentence})
        self.state.people[kept.id] = kept
        return kept
