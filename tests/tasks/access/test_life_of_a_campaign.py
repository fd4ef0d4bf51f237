"""Whatever people do to the items of a campaign, in whatever order: each gets one decision, by whoever is eligible.

Each rule below acts as somebody might, allowed or not; a refusal is as good an outcome as any, and changes nothing.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tasks.access.deciding import (
    Acting,
    Given,
    Row,
    decide,
    keep_remaining,
    left_for_bulk,
    pass_on,
    reassign,
    submit,
    undo,
)
from tasks.access.model import AccountKind, Decision, Item, Verdict
from tasks.access.report import counts, discrepancies
from tasks.access.reviewers import given_to, place_of, recheck, reviewer_of
from tasks.access.signals import needs_own_decision
from tasks.errors import DomainError
from tasks.identifiers import PersonId
from tasks.people import Role
from tests.builders import a_person
from tests.tasks.access.campaigns import (
    AS_OF,
    DAN,
    LEE,
    MAX,
    NINA,
    NOW,
    OWEN,
    SAM,
    TODAY,
    VERA,
    a_plan,
    an_access,
    an_item,
    away,
    the_company,
)

ANN = a_person("ann", Role.COMPLIANCE_LEAD)
"""Stays, and has no access of her own: there is always somebody to ask."""
PEOPLE = (SAM, MAX, VERA, OWEN, NINA, LEE, DAN)
SUBJECTS = (SAM.id, SAM.id, MAX.id, MAX.id, OWEN.id, None)
EXPECTED = {"Okta": len(SUBJECTS)}

people = st.sampled_from([person.id for person in PEOPLE])
actors = st.sampled_from(["whose turn it is"] * 6 + [person.id for person in PEOPLE])
places = st.integers(min_value=0, max_value=len(SUBJECTS) - 1)
verdicts = st.sampled_from(list(Verdict))
reasons = st.sampled_from(["", "On call", "Same team"])
versions_behind = st.sampled_from([0, 0, 0, 0, 1])


def an_item_of(place: int, person_id: PersonId | None) -> Item:
    """Every other one is ordinary; the rest privileged, a service's, dormant."""
    kinds = (
        an_access(privileged=True),
        an_access(kind=AccountKind.SERVICE),
        an_access(last_login=None),
    )
    access = kinds[place // 2] if place % 2 else an_access()
    return an_item(f"item-{place}", access=replace(access, row=place + 2), person_id=person_id, reviewer_id=None)


class LifeOfACampaign(RuleBasedStateMachine):
    rows: dict[str, Row]

    @initialize()
    def start(self) -> None:
        self.directory = the_company(ANN)
        self.plans = {"Okta": a_plan()}
        self.now = NOW
        self.final: dict[str, Decision] = {}
        self.passed: dict[str, set[PersonId]] = {}
        self.rows = {item.id: Row(item=item) for item in map(an_item_of, range(len(SUBJECTS)), SUBJECTS)}
        self.recheck_all()

    # --- acting

    def acting(self, who: PersonId) -> Acting:
        by = self.directory.get(who)
        return Acting(by=by, at=self.now, on=TODAY, directory=self.directory, plans=self.plans)

    def row(self, place: int) -> Row:
        return self.rows[f"item-{place}"]

    def turn(self, item: Item) -> PersonId:
        found = reviewer_of(place_of(item), self.plans["Okta"], self.directory, TODAY).person_id
        return found or ANN.id

    def who(self, actor: str, place: int) -> PersonId:
        return self.turn(self.row(place).item) if actor == "whose turn it is" else PersonId(actor)

    def does(self, change: Callable[[], Iterable[Row]]) -> None:
        self.now += timedelta(seconds=20)
        try:
            changed = list(change())
        except DomainError:
            return
        for row in changed:
            before = self.rows[row.item.id]
            assert row.item.version > before.item.version
            assert before.submitted_at is None
            self.decided_by_the_eligible(row, before)
            self.rows[row.item.id] = row

    def decided_by_the_eligible(self, row: Row, before: Row) -> None:
        """Judged at the moment of deciding, by the words of the rule and not by the code that chose them."""
        decision = row.decision
        if decision is None or decision == before.decision:
            return
        by, subject = self.directory.get(decision.decided_by), self.directory.find(row.item.person_id)
        assert by.active
        assert not by.is_away(TODAY)
        assert by.id != row.item.person_id
        assert not (subject and subject.is_away(TODAY) and subject.active and subject.delegate_id == by.id)
        assert by.id not in self.passed.get(row.item.id, set())
        assert decision.on_behalf_of is None or self.directory.get(decision.on_behalf_of).is_away(TODAY)
        assert by.id == self.turn(row.item)

    # --- deciding

    @rule(actor=actors, place=places, verdict=verdicts, reason=reasons, behind=versions_behind)
    def decides(self, actor: str, place: int, verdict: Verdict, reason: str, behind: int) -> None:
        row, by = self.row(place), self.acting(self.who(actor, place))
        version = row.item.version - behind
        given = Given(verdict=verdict, change_to="Editor", reason=reason, seen_version=version, shown_at=NOW)
        self.does(lambda: [decide(row, given, by)])

    @rule(actor=actors, place=places, behind=versions_behind)
    def undoes(self, actor: str, place: int, behind: int) -> None:
        row, by = self.row(place), self.acting(self.who(actor, place))
        self.does(lambda: [undo(row, row.item.version - behind, by)])

    @rule(actor=actors, place=places, off=versions_behind, reason=reasons)
    def keeps_the_remaining(self, actor: str, place: int, off: int, reason: str) -> None:
        by, rows = self.acting(self.who(actor, place)), list(self.rows.values())
        confirmed = len(left_for_bulk(rows, by)) + off
        self.does(lambda: keep_remaining(rows, confirmed, reason, NOW, by))

    @rule(actor=actors, place=places, reason=reasons, behind=versions_behind)
    def passes_on(self, actor: str, place: int, reason: str, behind: int) -> None:
        row, by = self.row(place), self.acting(self.who(actor, place))

        def change() -> Iterable[Row]:
            moved, said = pass_on(row, reason, row.item.version - behind, by)
            self.passed.setdefault(row.item.id, set()).update(who for who in (said.by, said.on_behalf_of) if who)
            return [moved]

        self.does(change)

    @rule(by=st.sampled_from([LEE.id, ANN.id, MAX.id]), to=people, place=places)
    def is_reassigned(self, by: PersonId, to: PersonId, place: int) -> None:
        row = self.row(place)
        self.does(lambda: [reassign(row, self.directory.get(to), row.item.version, self.acting(by))])

    @rule(actor=actors, place=places, twice=st.booleans())
    def submits(self, actor: str, place: int, twice: bool) -> None:
        by = self.acting(self.who(actor, place))
        for _ in range(1 + twice):
            self.does(lambda: submit(self.rows.values(), by))

    # --- what happens to people

    @rule(who=people, delegate=people)
    def goes_away(self, who: PersonId, delegate: PersonId) -> None:
        self.directory.people[who] = away(self.directory.get(who), self.directory.get(delegate))
        self.recheck_all()

    @rule(who=people)
    def comes_back(self, who: PersonId) -> None:
        changed = replace(self.directory.get(who), delegate_id=None, away_from=None, away_until=None)
        self.directory.people[who] = changed
        self.recheck_all()

    @rule(who=people)
    def leaves(self, who: PersonId) -> None:
        self.directory.people[who] = replace(self.directory.get(who), active=False)
        self.recheck_all()

    @rule(who=people, manager=people)
    def gets_another_manager(self, who: PersonId, manager: PersonId) -> None:
        self.directory.people[who] = replace(self.directory.get(who), manager_id=manager)

    @rule(owner=people)
    def the_system_gets_another_owner(self, owner: PersonId) -> None:
        self.plans = {"Okta": a_plan(owner_id=owner)}

    @rule()
    def recheck_all(self) -> None:
        waiting = [row.item for row in self.rows.values() if row.submitted_at is None]
        for move in recheck(waiting, self.plans, self.directory, TODAY):
            row = self.rows[move.item.id]
            self.rows[move.item.id] = replace(row, item=given_to(row.item, move.to))
        again = [row.item for row in self.rows.values() if row.submitted_at is None]
        assert not list(recheck(again, self.plans, self.directory, TODAY))

    # --- what always holds

    @invariant()
    def what_is_final_never_changes(self) -> None:
        for row in self.rows.values():
            if row.submitted_at and row.decision:
                assert self.final.setdefault(row.item.id, row.decision) == row.decision
        assert all(self.rows[handle].submitted_at for handle in self.final)

    @invariant()
    def what_needs_a_look_was_not_decided_in_bulk_nor_without_a_reason(self) -> None:
        for row in self.rows.values():
            if row.decision and needs_own_decision(row.item.access, AS_OF):
                assert row.decision.reason
                assert not row.decision.in_bulk

    @invariant()
    def nobody_is_asked_about_their_own_access_or_what_they_passed_on(self) -> None:
        for row in self.rows.values():
            assert row.item.reviewer_id is None or row.item.reviewer_id != row.item.person_id
            assert row.item.reviewer_id not in row.item.passed_by

    @invariant()
    def the_counts_add_up(self) -> None:
        assert discrepancies(counts(self.rows.values()), EXPECTED) == ()

    def teardown(self) -> None:
        """Everybody does what is left: no item can be stuck, because Ann can be asked about any."""
        if not hasattr(self, "rows"):
            return
        self.recheck_all()
        for place in range(len(SUBJECTS)):
            self.decides("whose turn it is", place, Verdict.REVOKE, "At the end", 0)
        for place in range(len(SUBJECTS)):
            self.submits("whose turn it is", place, twice=True)
        self.what_is_final_never_changes()
        assert set(self.final) == set(self.rows)
        found = counts(self.rows.values())
        assert (found.undecided, found.decided) == (0, len(SUBJECTS))
        self.the_counts_add_up()


LifeOfACampaign.TestCase.settings = settings(
    max_examples=90,
    derandomize=True,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
test_life_of_a_campaign = LifeOfACampaign.TestCase
