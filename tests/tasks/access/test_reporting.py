from dataclasses import replace

from tasks.access.model import CampaignState, ExtensionState, Verdict
from tasks.access.report import Departure, ReviewerFacts
from tests.tasks.access.campaigns import LEE, NOW, a_row, submitted
from tests.tasks.access.reports import a_report, an_export, an_extension, at, some_rows, stamped_rows


def whats(*found: Departure) -> list[tuple[str, str]]:
    return [(one.what, one.about) for one in found]


def test_reviewers_are_listed_with_their_capacity_and_counts() -> None:
    assert a_report().reviewers == (
        ReviewerFacts(name="nobody", items=1, undecided=1),
        ReviewerFacts(name="Dan", items=1, keep=1, bulk=1),
        ReviewerFacts(name="Max", capacities=("manager",), items=2, keep=1, revoke=1),
        ReviewerFacts(name="Vera", passed=1),
    )


def test_the_reviewers_items_add_up_to_the_campaigns() -> None:
    report = a_report()
    assert sum(one.items for one in report.reviewers) == report.counts.items
    assert sum(one.keep + one.revoke + one.change for one in report.reviewers) == report.counts.decided


def test_what_was_signed_off_names_who_and_when() -> None:
    report = a_report(campaign={"statement": "I looked at all of it."})
    assert (report.signed_by, report.signed_at) == ("Lee", NOW.replace(day=15))
    assert report.statement == "I looked at all of it."


def test_a_cancelled_campaign_is_not_signed() -> None:
    report = a_report(state=CampaignState.CANCELLED)
    assert (report.signed_by, report.signed_at) == ("", None)


def test_exports_that_lack_rows_are_found() -> None:
    report = a_report(exports=[an_export(in_scope=3), an_export("GitHub")])
    assert report.discrepancies == ("Okta: 2 items under review, 3 in the export.",)
    assert "The counts do not add up." in report.completeness


def test_everything_that_did_not_go_as_planned_is_listed() -> None:
    report = a_report(state=CampaignState.CLOSED_EARLY, campaign={"close_reason": "Systems retired"})
    assert whats(*report.departures) == [
        ("Closed early", "Access review Q3, due 20 Oct 2026"),
        ("Extended", "Due 20 Oct 2026 instead of 15 Oct 2026, asked for by Lee"),
        ("Export amended", "GitHub: 2 amendments since its import"),
        ("Nobody to ask", "GitHub · sam@example.com · Viewer"),
    ]
    closed, extended = report.departures[:2]
    assert (closed.reason, closed.by) == ("Systems retired", "Lee")
    assert (extended.reason, extended.by) == ("Two reviewers were ill", "Vera")


def test_an_extension_that_nobody_approved_changed_nothing() -> None:
    asked = [an_extension(state=state) for state in (ExtensionState.ASKED, ExtensionState.REFUSED)]
    assert "Extended" not in [one.what for one in a_report(extensions=asked).departures]


def test_undecided_items_are_listed_with_whose_turn_it_is() -> None:
    waiting = [a_row("1", access=at(2)), replace(submitted(a_row("2", access=at(3))), submitted_at=None)]
    found = a_report(waiting, extensions=[], exports=[an_export()]).departures
    assert [(one.what, one.by) for one in found] == [("Not decided", "Max"), ("Decided, not submitted", "Max")]


def test_a_campaign_without_departures_lists_none() -> None:
    report = a_report(some_rows()[:2], extensions=[], exports=[an_export()])
    assert report.departures == ()


def test_signs_of_deciding_without_looking_stand_with_the_reviewers_name() -> None:
    [(name, signs)] = a_report(stamped_rows()).signals
    assert name == "Max"
    assert any(sign.startswith("All 6 were kept") for sign in signs)


def test_only_what_was_submitted_says_anything_about_a_reviewer() -> None:
    assert a_report([replace(row, submitted_at=None) for row in stamped_rows()]).signals == ()


def test_lines_come_as_the_rows_do_with_what_was_passed_on() -> None:
    report = a_report()
    assert [line.decision for line in report.lines] == [Verdict.REVOKE, Verdict.KEEP, Verdict.KEEP, "not decided"]
    assert report.lines[0].passed.startswith("Vera, ")
    assert report.owner == a_report(campaign={"owner_id": LEE.id}).owner == "Lee"
