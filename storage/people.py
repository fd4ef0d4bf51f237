"""People, their roles and the platform identities that speak for them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, bindparam, case, delete, func, insert, null, select, text, union_all, update
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.engine import Row
from sqlalchemy.exc import IntegrityError

from storage import tables
from storage.repository import CHANGED, Repository, mine
from storage.tables import identities, people, person_roles
from tasks.errors import Invalid, NotFound, Stale
from tasks.identifiers import PersonId, WorkspaceId
from tasks.people import Person, Role
from tasks.ports import AccountState, Identity

K = TypeVar("K")
V = TypeVar("V")

UNKNOWN = "There is no such person in this workspace. Choose somebody else and try again."

COLUMNS = tuple(column for column in people.c if column.name != "workspace_id")
NAMES: Final = tuple(column.name for column in COLUMNS)
ROLES = (
    select(func.aggregate_strings(person_roles.c.role, ","))
    .where(person_roles.c.workspace_id == people.c.workspace_id, person_roles.c.person_id == people.c.id)
    .correlate(people)
    .scalar_subquery()
)
PEOPLE = select(*COLUMNS, ROLES).where(mine(people))
ACTIVE = PEOPLE.where(people.c.active)

BY_ID = PEOPLE.where(people.c.id == bindparam("person_id"))
BY_EMAIL = PEOPLE.where(people.c.email == bindparam("email"), text("people.email <> ''"))
BY_IDENTITY = PEOPLE.where(
    people.c.id
    == select(identities.c.person_id)
    .where(
        mine(identities),
        identities.c.platform == bindparam("platform"),
        identities.c.external_id == bindparam("external_id"),
    )
    .scalar_subquery()
)
HOLDERS = (
    ACTIVE.join(
        person_roles,
        (person_roles.c.workspace_id == people.c.workspace_id) & (person_roles.c.person_id == people.c.id),
    )
    .where(person_roles.c.role == bindparam("role"))
    .order_by(people.c.name, people.c.id)
)
REPORTS = ACTIVE.where(people.c.manager_id == bindparam("manager_id")).order_by(people.c.id)
AWAY = ACTIVE.where(people.c.away_from <= bindparam("day"), people.c.away_until >= bindparam("day")).order_by(
    people.c.id
)
UNLINKED = (
    ACTIVE.where(
        people.c.id > bindparam("after"),
        people.c.email != "",
        ~select(identities.c.person_id)
        .where(
            identities.c.workspace_id == people.c.workspace_id,
            identities.c.person_id == people.c.id,
            identities.c.platform == bindparam("platform"),
        )
        .correlate(people)
        .exists(),
    )
    .order_by(people.c.id)
    .limit(bindparam("limit"))
)

ADD = insert(people)
SAVE = update(people).where(mine(people), people.c.id == bindparam("w_id"), people.c.version == bindparam("w_version"))
STAMP = select(func.count().label("held"), func.coalesce(func.sum(people.c.version), 0).label("changes")).where(
    mine(people)
)
GRANT = insert(person_roles)
UNGRANT = delete(person_roles).where(mine(person_roles), person_roles.c.person_id == bindparam("w_id"))

IDENTITIES = (
    select(identities.c.platform, identities.c.external_id, identities.c.person_id)
    .where(mine(identities), identities.c.person_id == bindparam("person_id"))
    .order_by(identities.c.used_at.desc().nulls_last(), identities.c.platform, identities.c.external_id)
)
ACCOUNT_STATES = select(
    identities.c.platform, identities.c.external_id, identities.c.person_id, identities.c.state
).where(mine(identities), identities.c.person_id == bindparam("person_id"))
NEW_LINK = upsert(identities)
LINK = NEW_LINK.on_conflict_do_update(
    index_elements=["workspace_id", "platform", "external_id"],
    set_={
        "person_id": NEW_LINK.excluded.person_id,
        "used_at": case((identities.c.person_id == NEW_LINK.excluded.person_id, identities.c.used_at), else_=null()),
    },
)
THIS_ONE = (
    mine(identities),
    identities.c.platform == bindparam("w_platform"),
    identities.c.external_id == bindparam("w_external_id"),
    identities.c.person_id == bindparam("w_person_id"),
)
USED = update(identities).where(*THIS_ONE)
NOTE_ACCOUNT = update(identities).where(*THIS_ONE)
UNLINK = delete(identities).where(*THIS_ONE)
NAMING = (
    person_roles.c.person_id,
    people.c.manager_id,
    people.c.delegate_id,
    tables.controls.c.owner_id,
    tables.tasks.c.owner_id,
    tables.tasks.c.answered_by,
    tables.attestations.c.person_id,
    tables.attestations.c.on_behalf_of,
    tables.acceptances.c.person_id,
    tables.contributions.c.person_id,
    tables.contributions.c.asked_by,
    tables.evidence.c.added_by,
    tables.findings.c.owner_id,
    tables.api_tokens.c.person_id,
)
NAMED_ANYWHERE = union_all(
    *(select(column).where(mine(column.table), column == bindparam("person_id")) for column in NAMING)
).limit(1)
EXISTS = select(people.c.id).where(mine(people), people.c.id == bindparam("person_id"))


class SqlPeople(Repository):
    """Look-ups are remembered for the length of the unit of work."""

    def __init__(self, connection: Connection, workspace_id: WorkspaceId) -> None:
        super().__init__(connection, workspace_id)
        self._found: dict[PersonId, Person | None] = {}
        self._holders: dict[Role, Sequence[Person]] = {}
        self._reports: dict[PersonId, Sequence[Person]] = {}

    def get(self, person_id: PersonId) -> Person:
        person = self.find(person_id)
        if person is None:
            raise NotFound(UNKNOWN)
        return person

    def find(self, person_id: PersonId | None) -> Person | None:
        if not person_id:
            return None
        return _once(self._found, person_id, lambda: self._person(self._row(BY_ID, person_id=person_id)))

    def lead_of(self, department: str) -> Person | None:
        leads = self.holders(Role.DEPARTMENT_LEAD)
        return next((lead for lead in leads if lead.department == department), None)

    def holders(self, role: Role) -> Sequence[Person]:
        return _once(self._holders, role, lambda: _people(self._rows(HOLDERS, role=role.value)))

    def reports_of(self, manager_id: PersonId) -> Sequence[Person]:
        return _once(self._reports, manager_id, lambda: _people(self._rows(REPORTS, manager_id=manager_id)))

    def by_email(self, email: str) -> Person | None:
        return self._person(self._row(BY_EMAIL, email=email.lower()))

    def by_identity(self, platform: str, external_id: str) -> Person | None:
        return self._person(self._row(BY_IDENTITY, platform=platform, external_id=external_id))

    def everyone(self) -> Sequence[Person]:
        return sorted(_people(self._rows(PEOPLE)), key=lambda person: (person.name.casefold(), person.id))

    def away_on(self, day: date) -> Sequence[Person]:
        return _people(self._rows(AWAY, day=day))

    def unlinked(self, platform: str, *, after: str, limit: int) -> Sequence[Person]:
        return _people(self._rows(UNLINKED, platform=platform, after=after, limit=limit))

    def add(self, person: Person) -> None:
        self._keep(person, lambda values: self._insert(ADD, [values]))
        self._grant(person)

    def save(self, person: Person) -> Person:
        saved = replace(person, version=person.version + 1)
        if not self._keep(saved, lambda values: self._change(SAVE, **_keyed(values, person))):
            raise self._refusal(person)
        self._change(UNGRANT, w_id=person.id)
        self._grant(person)
        return replace(saved, email=person.email.lower())

    def link(self, identity: Identity) -> None:
        self.get(identity.person_id)
        self._insert(LINK, [vars(identity) | {"state": AccountState.UNKNOWN.value}])

    def unlink(self, identity: Identity) -> None:
        self._change(UNLINK, **{f"w_{name}": value for name, value in vars(identity).items()})

    def has_history(self, person_id: PersonId) -> bool:
        return self._row(NAMED_ANYWHERE, person_id=person_id) is not None

    def identities(self, person_id: PersonId) -> Sequence[Identity]:
        return [
            Identity(platform=platform, external_id=external_id, person_id=person)
            for platform, external_id, person in self._rows(IDENTITIES, person_id=person_id)
        ]

    def used(self, identity: Identity, at: datetime) -> None:
        self._change(USED, used_at=at, **{f"w_{name}": value for name, value in vars(identity).items()})

    def account_states(self, person_id: PersonId) -> Mapping[Identity, AccountState]:
        return {
            Identity(platform=platform, external_id=external_id, person_id=person): AccountState(state)
            for platform, external_id, person, state in self._rows(ACCOUNT_STATES, person_id=person_id)
        }

    def note_account(self, identity: Identity, state: AccountState) -> None:
        keys = {f"w_{name}": value for name, value in vars(identity).items()}
        self._change(NOTE_ACCOUNT, state=state.value, **keys)

    def stamp(self) -> str:
        row = self._row(STAMP)
        return f"{row.held}.{row.changes}" if row else ""

    def _person(self, row: Row[Any] | None) -> Person | None:
        if row is None:
            return None
        person = _read(row)
        return self._found.setdefault(person.id, person)

    def _keep(self, person: Person, change: Callable[[dict[str, Any]], int]) -> int:
        values = {name: getattr(person, name) for name in NAMES} | {"email": person.email.lower()}
        self._forget()
        try:
            return change(values)
        except IntegrityError as error:
            if "people.email" not in str(error.orig):
                raise
            sentence = f"Somebody else here has the e-mail address {person.email}. Use another one."
            raise Invalid(sentence, fields={"email": sentence}) from error

    def _grant(self, person: Person) -> None:
        self._insert(GRANT, [{"person_id": person.id, "role": role.value} for role in sorted(person.roles)])

    def _refusal(self, person: Person) -> NotFound | Stale:
        return Stale(CHANGED) if self._row(EXISTS, person_id=person.id) else NotFound(UNKNOWN)

    def _forget(self) -> None:
        self._found.clear()
        self._holders.clear()
        self._reports.clear()


def _keyed(values: dict[str, Any], person: Person) -> dict[str, Any]:
    return values | {"w_id": person.id, "w_version": person.version}


def _people(rows: Sequence[Row[Any]]) -> Sequence[Person]:
    return [_read(row) for row in rows]


def _read(row: Row[Any]) -> Person:
    *values, roles = row
    held = frozenset(Role(role) for role in roles.split(",")) if roles else frozenset()
    return Person(**dict(zip(NAMES, values, strict=True)), roles=held)


def _once(remembered: dict[K, V], wanted: K, look_up: Callable[[], V]) -> V:
    if wanted not in remembered:
        remembered[wanted] = look_up()
    return remembered[wanted]
