from dataclasses import replace

import pytest

from tasks.access.deciding import Row
from tasks.access.model import CampaignState, Verdict
from tasks.access.report import completeness, counts, discrepancies
from tests.tasks.access.campaigns import a_campaign, a_row, submitted
from tests.tasks.access.reports import a_report, at


def rows() -> list[Row]:
    return [
        submitted(a_row("1", access=at(2)), verdict=Verdict.REVOKE),
        submitted(a_row("2", access=at(3)), in_bulk=True),
        submitted(a_row("3", access=at(2), system="GitHub"), taken_over_from="x"),
        replace(submitted(a_row("4", access=at(3), system="GitHub")), submitted_at=None),
    ]


# --- counts


def test_counts_are_by_verdict_and_by_how_it_was_decided() -> None:
    found = counts(rows())
    assert (found.items, found.keep, found.revoke, found.change, found.undecided) == (4, 2, 1, 0, 1)
    assert (found.single, found.bulk, found.taken_over) == (2, 1, 1)
    assert found.per_system == (("GitHub", 2), ("Okta", 2))


def test_counts_that_add_up_have_no_discrepancies() -> None:
    assert discrepancies(counts(rows()), {"Okta": 2, "GitHub": 2}) == ()


def test_a_row_that_is_missing_is_told_with_its_system() -> None:
    found = discrepancies(counts(rows()), {"Okta": 3, "GitHub": 2, "AWS": 1})
    assert found == ("AWS: 0 items under review, 1 in the export.", "Okta: 2 items under review, 3 in the export.")


def test_a_row_that_stands_in_for_another_one_is_found() -> None:
    twice = [*rows()[:3], rows()[2]]
    assert discrepancies(counts(twice), {"Okta": 2, "GitHub": 2}) == ("1 access is here more than once.",)


def test_two_roles_from_one_row_of_an_export_are_two_accesses() -> None:
    found = counts([a_row("1", access=at(2, entitlement="Viewer")), a_row("2", access=at(2, entitlement="Editor"))])
    assert (found.twice, discrepancies(found, {"Okta": 2})) == (0, ())


def test_figures_that_contradict_one_another_are_found() -> None:
    wrong = replace(counts(rows()), keep=3)
    assert discrepancies(wrong, {"Okta": 2, "GitHub": 2}) == (
        "4 decided and 1 undecided are not 4 items.",
        "2 single and 1 in bulk are not 4 decisions.",
    )


# --- the statement


def test_a_complete_review_says_so_in_plain_words() -> None:
    found = completeness(a_campaign(), counts(rows()[:3]), {"Okta": 2, "GitHub": 1})
    assert found == (
        "Access review Q3 covers 3 items of 2 systems, 1 Jul 2026 to 30 Sep 2026. "
        "3 were decided (2 keep, 1 revoke, 0 change), 2 one by one and 1 in bulk. Every item is decided. "
        "Each access in scope of each system's export is here once, and the counts add up."
    )


def test_an_incomplete_review_says_what_is_missing() -> None:
    found = completeness(a_campaign(), counts(rows()), {"Okta": 3, "GitHub": 2})
    assert "Not complete: 1 item is not decided." in found
    assert "The counts do not add up. Okta: 2 items under review, 3 in the export." in found


# --- the whole report


@pytest.mark.parametrize(
    ("state", "stamp"),
    [
        (CampaignState.OPEN, "Draft"),
        (CampaignState.SIGNED_OFF, ""),
        (CampaignState.CLOSED_EARLY, "Closed early"),
        (CampaignState.CANCELLED, "Cancelled"),
    ],
)
def test_a_report_is_stamped_unless_the_campaign_was_signed_off(state: CampaignState, stamp: str) -> None:
    assert a_report(state=state).stamp == stamp
