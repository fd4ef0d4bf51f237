"""A program hands in a list of accounts: whole, once, and by nobody else's token."""

import httpx

from tasks.api_tokens import Scope, new_text, secret_of
from tasks.operations.create_token import create_token
from tasks.people import Actor
from tasks.ports import UnitOfWork
from tests.scenarios.company import Company, email

TEXT = new_text(b"thirty-two unguessable bytes, so")
LIST = (
    "login,email,role,privileged,last login\nolga@acme,{olga},Viewer,no,2026-10-30\nroot,,Super admin,yes,2026-10-29\n"
)


def with_a_token(company: Company, scope: Scope = Scope.ACCESS_EXPORTS) -> None:
    def work(uow: UnitOfWork) -> None:
        operator = Actor(person=None, platform="cli", at=uow.now)
        create_token(uow, operator, name="exports", scopes=[scope], secret=secret_of(TEXT), email=email("lea"))

    company.write(work)


def post(company: Company, text: str, rows: int, **headers: str) -> httpx.Response:
    return httpx.post(
        f"{company.running.address}/v1/access-exports",
        params={
            "system": "Okta",
            "source": "Okta production",
            "query": "All users",
            "extracted_at": "2026-11-02T07:00:00+00:00",
            "row_count": str(rows),
            "owner": email("ada"),
        },
        content=text.encode(),
        headers={"Authorization": f"Bearer {TEXT}", "Content-Type": "text/csv", **headers},
        trust_env=False,
        timeout=30,
    )


def test_a_list_is_frozen_and_the_same_file_is_refused_the_second_time(company: Company) -> None:
    with_a_token(company)
    text = LIST.format(olga=email("olga"))
    answer = post(company, text, 2)
    assert answer.status_code == 201, answer.text
    body = answer.json()
    assert (body["system"], body["accesses"], body["privileged"]) == ("Okta", 2, 1)
    [export] = company.read(lambda uow: list(uow.access_exports.latest().values()))
    assert (export.id, export.digest) == (body["id"], body["digest"])
    again = post(company, text, 2)
    assert again.status_code == 409
    assert "imported for Okta" in again.json()["detail"]


def test_the_same_key_gets_the_same_answer(company: Company) -> None:
    with_a_token(company)
    text = LIST.format(olga=email("olga"))
    first = post(company, text, 2, **{"Idempotency-Key": "one"})
    second = post(company, text, 2, **{"Idempotency-Key": "one"})
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert second.headers["Idempotent-Replayed"] == "true"


def test_every_row_that_cant_be_read_is_named_and_nothing_stays(company: Company) -> None:
    with_a_token(company)
    answer = post(company, LIST.format(olga=email("olga")).replace("2026-10-30", "31.02.2026"), 2)
    assert answer.status_code == 422
    [row] = answer.json()["errors"]
    assert row["field"] == "row 2"
    assert company.read(lambda uow: uow.access_systems.every()) == []


def test_other_rows_than_the_source_counted_are_refused(company: Company) -> None:
    with_a_token(company)
    answer = post(company, LIST.format(olga=email("olga")), 3)
    assert answer.status_code == 422
    assert "Okta counted 3 rows, and the file holds 2." in answer.json()["detail"]


def test_a_token_for_something_else_hands_in_nothing(company: Company) -> None:
    with_a_token(company, Scope.INCIDENTS)
    assert post(company, LIST.format(olga=email("olga")), 2).status_code == 403
