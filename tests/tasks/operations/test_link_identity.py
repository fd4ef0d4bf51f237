from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tasks.errors import Invalid, NotAllowed, NotFound, Stale
from tasks.identifiers import PersonId
from tasks.link_codes import LETTERS, LIVES, MOST_WRONG, WRONG_FOR, LinkState, digest_of, letters_from, readable
from tasks.notices import Notice, Occasion
from tasks.operations.link_identity import (
    Account,
    Outcome,
    Typed,
    confirm_link,
    forget_codes,
    make_code,
    refuse_link,
    type_code,
)
from tasks.people import Role
from tasks.ports import Identity
from tests.builders import a_person
from tests.tasks.operations.company import ACME, Company, a_company

ON_TEAMS = Account(platform="teams", external_id="29:olga", name="Olga Owner")
BARE = a_person("olga-again", department="")


def linked(acme: Company, who: str, platform: str, external_id: str) -> None:
    acme.uow.people.link(Identity(platform=platform, external_id=external_id, person_id=PersonId(who)))


def on_both() -> Company:
    """Olga is known on Slack; somebody on Teams has a record that nothing else is on."""
    acme = a_company(BARE)
    linked(acme, "olga", "slack", "U-olga")
    linked(acme, BARE.id, "teams", "29:olga")
    return acme


def types(acme: Company, letters: str, account: Account = ON_TEAMS) -> Typed:
    return acme.run(type_code, account, letters)


def asked(acme: Company) -> str:
    """The code of the question that is owed."""
    (notice,) = questions(acme)
    return notice.key.about.removeprefix("link:")


def questions(acme: Company) -> list[Notice]:
    return acme.notices(Occasion.LINK_ASKED)


def holder(acme: Company) -> str:
    found = acme.uow.people.by_identity("teams", "29:olga")
    return found.id if found else ""


# the code


def test_a_code_is_eight_letters_that_nobody_mistakes() -> None:
    found = {letters_from(f"id-{number}") for number in range(300)}
    assert len(found) == 300
    assert all(len(one) == 8 and set(one) <= set(LETTERS) for one in found)
    assert not set("ILO") & set(LETTERS)
    assert readable("ABCDEFGH") == "ABCD-EFGH"


def test_the_letters_are_kept_nowhere() -> None:
    acme = a_company()
    letters = acme.by("olga", make_code)
    assert letters not in repr(acme.state)
    assert digest_of(readable(letters).lower(), ACME) == digest_of(letters, ACME)


# both sides


def test_an_unknown_account_is_linked_once_both_sides_agree() -> None:
    acme = a_company()
    letters = acme.by("olga", make_code)
    assert types(acme, readable(letters).lower()) == Typed(outcome=Outcome.ASKED, shown_on="slack")
    assert holder(acme) == ""
    assert acme.told(Occasion.LINK_ASKED) == ["olga"]
    acme.by("olga", confirm_link, asked(acme))
    assert holder(acme) == "olga"
    entry = acme.last_entry
    assert (entry.what, entry.about, entry.who, entry.after, entry.detail) == (
        "person:link",
        "person:olga",
        "olga",
        {"platform": "teams", "by": "code"},
        "29:olga",
    )


def test_a_record_that_nothing_is_on_gives_its_account_up_and_is_deactivated() -> None:
    acme = on_both()
    types(acme, acme.by("olga", make_code))
    acme.by("olga", confirm_link, asked(acme))
    assert holder(acme) == "olga"
    assert not acme.person(BARE.id).active
    assert acme.entries == ["person:unlink", "person:deactivate", "person:link"]


def test_a_record_with_another_account_stays_active() -> None:
    acme = on_both()
    linked(acme, BARE.id, "web", BARE.id)
    types(acme, acme.by("olga", make_code))
    acme.by("olga", confirm_link, asked(acme))
    assert acme.person(BARE.id).active


def test_two_records_with_a_history_are_never_made_one_and_the_admins_are_told() -> None:
    acme = a_company(replace(BARE, roles=frozenset({Role.AUDITOR})))
    linked(acme, BARE.id, "teams", "29:olga")
    letters = acme.by("olga", make_code)
    assert types(acme, letters) == Typed(outcome=Outcome.TWO_HISTORIES)
    assert (questions(acme), acme.told(Occasion.ACCOUNTS_CHANGED), holder(acme)) == ([], ["ada"], BARE.id)
    assert types(acme, letters).outcome is Outcome.WRONG


def test_a_history_that_began_before_the_confirmation_stops_it() -> None:
    acme = on_both()
    types(acme, acme.by("olga", make_code))
    acme.uow.people.save(replace(acme.person("dan"), manager_id=PersonId(BARE.id)))
    acme.refused(NotAllowed, "olga", confirm_link, asked(acme))
    assert holder(acme) == BARE.id


def test_an_account_that_is_theirs_already_spends_no_code() -> None:
    acme = a_company()
    linked(acme, "olga", "slack", "U-olga")
    letters = acme.by("olga", make_code)
    with pytest.raises(Invalid, match="yours already"):
        types(acme, letters, Account(platform="slack", external_id="U-olga"))
    assert types(acme, letters).outcome is Outcome.ASKED


def test_a_no_links_nothing_and_is_on_record() -> None:
    acme = a_company()
    letters = acme.by("olga", make_code)
    types(acme, letters)
    acme.by("olga", refuse_link, asked(acme))
    assert (holder(acme), acme.last_entry.what) == ("", "person:refuse-link")
    assert types(acme, letters).outcome is Outcome.WRONG
    acme.refused(Stale, "olga", confirm_link, asked(acme))


def test_nobody_else_answers_the_question() -> None:
    acme = a_company()
    types(acme, acme.by("olga", make_code))
    for who in ("dan", "ada", "lee"):
        acme.refused(NotFound, who, confirm_link, asked(acme))
        acme.refused(NotFound, who, refuse_link, asked(acme))
    acme.refused(NotAllowed, "cli", confirm_link, asked(acme))


# what makes a code wrong


def test_a_code_is_used_once() -> None:
    acme = a_company()
    letters = acme.by("olga", make_code)
    types(acme, letters)
    other = Account(platform="teams", external_id="29:eve")
    assert types(acme, letters, other).outcome is Outcome.WRONG
    acme.by("olga", confirm_link, asked(acme))
    assert types(acme, letters, other).outcome is Outcome.WRONG


def test_typed_twice_by_the_same_account_it_asks_once() -> None:
    acme = a_company()
    letters = acme.by("olga", make_code)
    assert types(acme, letters) == types(acme, letters)
    assert len(questions(acme)) == 1


@pytest.mark.parametrize(("late", "outcome"), [(timedelta(), Outcome.ASKED), (timedelta(seconds=1), Outcome.WRONG)])
def test_a_code_lives_fifteen_minutes(late: timedelta, outcome: Outcome) -> None:
    acme = a_company()
    letters = acme.by("olga", make_code)
    acme.clock.moment += LIVES + late
    assert types(acme, letters).outcome is outcome


def test_the_question_can_be_answered_for_fifteen_minutes() -> None:
    acme = a_company()
    letters = acme.by("olga", make_code)
    acme.clock.advance(minutes=14)
    types(acme, letters)
    acme.clock.advance(minutes=16)
    acme.refused(Stale, "olga", confirm_link, asked(acme))


def test_a_new_code_ends_the_one_before_it_typed_or_not() -> None:
    acme = a_company()
    first = acme.by("olga", make_code)
    second = acme.by("olga", make_code)
    assert types(acme, first).outcome is Outcome.WRONG
    types(acme, second)
    acme.by("olga", make_code)
    acme.refused(Stale, "olga", confirm_link, asked(acme))


def test_a_right_code_is_refused_too_after_five_wrong_ones_for_an_hour() -> None:
    acme = a_company()
    for _ in range(MOST_WRONG):
        assert types(acme, "AAAAAAAA").outcome is Outcome.WRONG
    assert types(acme, acme.by("olga", make_code)).outcome is Outcome.WRONG
    acme.clock.moment += WRONG_FOR
    letters = acme.by("olga", make_code)
    assert types(acme, "AAAAAAAA").outcome is Outcome.WRONG
    assert types(acme, letters).outcome is Outcome.ASKED


def test_wrong_codes_of_one_account_stop_no_other() -> None:
    acme = a_company()
    for _ in range(MOST_WRONG):
        types(acme, "AAAAAAAA", Account(platform="teams", external_id="29:eve"))
    assert types(acme, acme.by("olga", make_code)).outcome is Outcome.ASKED


@pytest.mark.parametrize("change", [{"active": False}, {"guest": True}])
def test_whoever_takes_no_part_neither_types_a_code_nor_is_linked_to(change: dict[str, Any]) -> None:
    acme = on_both()
    letters = acme.by("olga", make_code)
    acme.uow.people.save(replace(acme.person(BARE.id), **change))
    assert types(acme, letters).outcome is Outcome.WRONG
    acme.uow.people.save(replace(acme.person("olga"), **change))
    assert types(acme, letters, Account(platform="teams", external_id="29:new")).outcome is Outcome.WRONG


def test_another_workspace_does_not_know_the_code() -> None:
    acme, globex = a_company(), a_company()
    assert types(globex, acme.by("olga", make_code)).outcome is Outcome.WRONG


def test_codes_are_forgotten_an_hour_after_they_ended() -> None:
    acme = a_company()
    acme.by("olga", make_code)
    types(acme, "AAAAAAAA")
    acme.clock.moment += LIVES + WRONG_FOR
    assert acme.run(forget_codes) == 1
    acme.clock.advance(seconds=1)
    assert acme.run(forget_codes) == 1
    assert acme.state.link_codes == {}


def test_a_name_as_long_as_a_page_is_shortened() -> None:
    acme = a_company()
    types(acme, acme.by("olga", make_code), replace(ON_TEAMS, name="O" * 900))
    code = acme.uow.link_codes.get(asked(acme))
    assert (code.state, len(code.account_name)) == (LinkState.TYPED, 80)
