from datetime import datetime, timedelta

import pytest

from tasks.access.comparing import Outcome
from tasks.access.model import CampaignState, Verdict
from tasks.access.report import Revocation
from tasks.access.report_tables import (
    facts,
    in_time,
    proof,
    revocations_table,
    sentences,
    signals_table,
    stamp_words,
    tables,
)
from tests.tasks.access.campaigns import NOW
from tests.tasks.access.reports import MADE_AT, a_report, a_revocation, stamped_rows

REPORT = a_report()
EVERY = (*tables(REPORT), revocations_table(REPORT), signals_table(a_report(stamped_rows())))
DUE = a_revocation().due_at


@pytest.mark.parametrize("place", range(len(EVERY)))
def test_every_row_is_as_wide_as_its_header(place: int) -> None:
    table = EVERY[place]
    assert table.rows
    assert {len(row) for row in table.rows} == {len(table.header)}


def test_a_draft_says_so_before_anything_else() -> None:
    assert stamp_words(a_report(state=CampaignState.OPEN)).startswith("Draft: not signed off yet.")
    assert dict(facts(a_report(state=CampaignState.OPEN)))["Signed off"] == "Not signed off yet"


def test_a_signed_report_names_who_signed_and_what() -> None:
    report = a_report(campaign={"statement": "All looked at."})
    assert dict(facts(report))["Signed off"] == "Lee, 2026-10-15 10:00:00 UTC"
    assert list(sentences(report)) == [report.completeness, "Signed: All looked at."]
    assert stamp_words(report) == ""


@pytest.mark.parametrize(
    ("closed_at", "now", "words"),
    [
        (DUE, MADE_AT, "yes"),
        (DUE + timedelta(seconds=1), MADE_AT, "closed late"),
        (None, DUE, "not due yet"),
        (None, DUE + timedelta(seconds=1), "overdue"),
    ],
)
def test_whether_it_was_in_time_goes_by_its_due_moment(closed_at: datetime | None, now: datetime, words: str) -> None:
    assert in_time(a_revocation(closed_at=closed_at), now) == words


def decided(verdict: Verdict, outcome: Outcome | None, *, as_decided: bool = False) -> Revocation:
    return a_revocation(verdict=verdict, outcome=outcome, as_decided=as_decided)


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (decided(Verdict.REVOKE, None), "not proven yet"),
        (decided(Verdict.REVOKE, Outcome.GONE, as_decided=True), "gone"),
        (decided(Verdict.CHANGE, Outcome.CHANGED, as_decided=True), "changed as decided"),
        (decided(Verdict.REVOKE, Outcome.CHANGED), "changed, not as decided"),
        (decided(Verdict.CHANGE, Outcome.GONE), "gone, where a change was decided"),
        (decided(Verdict.REVOKE, Outcome.STILL_THERE), "still there: reopened, with a deviation"),
    ],
)
def test_proof_is_told_in_words(one: Revocation, words: str) -> None:
    assert proof(one) == words


def test_a_revocation_that_nobody_closed_is_open() -> None:
    table = revocations_table(a_report(revocations=[a_revocation()]))
    row = dict(zip(table.header, table.rows[0], strict=True))
    assert (row["Closed at (UTC)"], row["In time"], row["Time given"]) == ("open", "overdue", "five business days")
    assert NOW < DUE < MADE_AT
