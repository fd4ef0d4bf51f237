from datetime import timedelta

import pytest

from tasks.api_tokens import ApiToken, Scope, secret_of
from tasks.errors import Invalid, NotAllowed
from tasks.operations.create_token import create_token
from tasks.people import Role
from tests.builders import a_person
from tests.fakes import MONDAY
from tests.tasks.operations.company import Company, a_company

TEXT = "soc2_ab3dwxyz"


def created(acme: Company, who: str = "ada", **changes: object) -> ApiToken:
    usual = {"name": "pager", "scopes": [Scope.INCIDENTS], "secret": secret_of(TEXT), "email": "olga@example.com"}
    return acme.by(who, create_token, **(usual | changes))  # type: ignore[arg-type]


def test_an_admin_makes_a_token_that_somebody_answers_for() -> None:
    acme = a_company()
    token = created(acme, life=timedelta(days=90))
    assert acme.uow.api_tokens.get(token.id) == token
    assert (token.person_id, token.created_at, token.expires_at) == ("olga", MONDAY, MONDAY + timedelta(days=90))


def test_making_one_is_on_record_and_its_text_is_not() -> None:
    acme = a_company()
    token = created(acme)
    [entry] = acme.state.entries
    assert (entry.what, entry.about, entry.who, entry.detail) == ("token:create", f"token:{token.id}", "ada", "pager")
    assert entry.after == {
        "scopes": ["incidents"],
        "person": "olga",
        "begins": "soc2_ab3d",
        "expires": None,
        "former until": None,
    }
    assert TEXT not in str(acme.state)


@pytest.mark.parametrize("who", ["olga", "lee", "zoe"])
def test_nobody_but_an_admin_makes_one(who: str) -> None:
    acme = a_company()
    with pytest.raises(NotAllowed, match="admin"):
        created(acme, who)
    assert acme.uow.api_tokens.every() == []


def test_the_command_line_makes_one_and_the_only_admin_answers_for_it() -> None:
    assert created(a_company(), "cli", email="").person_id == "ada"


def test_where_there_are_several_admins_it_must_be_said_who_answers() -> None:
    with pytest.raises(Invalid, match="--for"):
        created(a_company(a_person("dan", Role.ADMIN)), email="")


@pytest.mark.parametrize("person", [a_person("olga", active=False), a_person("olga", guest=True)])
def test_nobody_who_left_and_no_guest_answers_for_one(person: object) -> None:
    with pytest.raises(Invalid, match=r"olga@example\.com"):
        created(a_company(person))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "two\nlines"])
def test_a_name_must_be_one_that_can_be_read(name: str) -> None:
    with pytest.raises(Invalid, match="1 to 60 characters"):
        created(a_company(), name=name)


def test_two_tokens_never_have_the_same_name() -> None:
    acme = a_company()
    created(acme)
    with pytest.raises(Invalid, match="There is a token named pager"):
        created(acme, name=" pager ", secret=secret_of("soc2_other"))


def test_a_token_is_good_for_something() -> None:
    with pytest.raises(Invalid, match="access-exports, incidents"):
        created(a_company(), scopes=[])


@pytest.mark.parametrize("life", [timedelta(0), timedelta(days=-1), timedelta(days=3651)])
def test_a_life_is_at_least_a_moment_and_at_most_ten_years(life: timedelta) -> None:
    with pytest.raises(Invalid, match="1 to 3650 days"):
        created(a_company(), life=life)
