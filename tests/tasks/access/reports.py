"""A report of a small campaign in which a bit of everything happened."""

from datetime import date, timedelta
from typing import Any

from tasks.access.comparing import Outcome
from tasks.access.deciding import Passed, Row
from tasks.access.model import Access, CampaignState, Capacity, Extension, ExtensionState, Source, Verdict
from tasks.access.report import ExportFacts, Report, Revocation
from tasks.access.reporting import report_of
from tests.builders import utc
from tests.tasks.access.campaigns import DAN, LEE, MAX, NOW, OWEN, SAM, VERA, a_campaign, a_row, an_access, submitted

NAMES = {MAX.id: "Max", DAN.id: "Dan", SAM.id: "Sam", LEE.id: "Lee", OWEN.id: "Owen", VERA.id: "Vera"}
MADE_AT = utc(2026, 10, 21, 8)


def at(number: int, **changes: object) -> Access:
    return an_access(row=number, **changes)


def an_export(system: str = "Okta", **changes: Any) -> ExportFacts:
    source = Source(
        system=system, source=f"{system}, production", query="all users", extracted_at=utc(2026, 10, 1, 8), row_count=2
    )
    facts: dict[str, Any] = {
        "source": source,
        "in_scope": 2,
        "sha256": "a1" * 32,
        "digest": "d9" * 32,
        "imported_by": "Owen",
        "imported_at": utc(2026, 10, 1, 9),
    }
    return ExportFacts(**{**facts, **changes})


def a_revocation(**changes: Any) -> Revocation:
    facts: dict[str, Any] = {
        "system": "Okta",
        "account": "sam@example.com",
        "entitlement": "Viewer",
        "verdict": Verdict.REVOKE,
        "owner": "Owen",
        "sla_days": 5,
        "due_at": NOW + timedelta(days=7),
    }
    return Revocation(**{**facts, **changes})


def some_rows() -> list[Row]:
    privileged = at(3, privileged=True, entitlement="Super admin")
    return [
        submitted(a_row("1", access=at(2)), verdict=Verdict.REVOKE),
        submitted(a_row("2", access=privileged), on_behalf_of=VERA.id),
        submitted(a_row("3", access=at(2), system="GitHub"), in_bulk=True, decided_by=DAN.id),
        a_row("4", access=at(3, name="Guest"), system="GitHub", person_id=None, reviewer_id=None, capacity=None),
    ]


def an_extension(**changes: Any) -> Extension:
    facts: dict[str, Any] = {
        "id": "e1",
        "campaign_id": "q3",
        "due_from": date(2026, 10, 15),
        "due_to": date(2026, 10, 20),
        "reason": "Two reviewers were ill",
        "asked_by": LEE.id,
        "asked_at": NOW,
        "state": ExtensionState.APPROVED,
        "decided_by": VERA.id,
        "decided_at": NOW + timedelta(hours=1),
    }
    return Extension(**{**facts, **changes})


def a_pass(handle: str = "1") -> Passed:
    return Passed(item_id=handle, by=VERA.id, on_behalf_of=None, reason="Not mine; ask Max", at=NOW)


def a_report(rows: list[Row] | None = None, **changes: Any) -> Report:
    """Signed off, unless `state` says otherwise."""
    state = changes.pop("state", CampaignState.SIGNED_OFF)
    over: dict[str, Any] = {"closed_by": LEE.id, "closed_at": NOW + timedelta(days=9)} if state.is_over else {}
    campaign = a_campaign(state=state, **over, **changes.pop("campaign", {}))
    facts: dict[str, Any] = {
        "names": NAMES,
        "exports": [an_export(), an_export("GitHub", amendments=2)],
        "passes": {"1": [a_pass()]},
        "extensions": [an_extension()],
        "revocations": [
            a_revocation(closed_at=NOW + timedelta(days=2), outcome=Outcome.GONE, as_decided=True, checked_at=MADE_AT),
            a_revocation(account="svc-backup", outcome=Outcome.STILL_THERE, checked_at=MADE_AT),
        ],
        "made_at": MADE_AT,
    }
    return report_of(campaign, some_rows() if rows is None else rows, **{**facts, **changes})


def stamped_rows(count: int = 6) -> list[Row]:
    """All kept by Max in seconds, for one reason."""
    return [
        submitted(a_row(str(n), access=at(n + 2, account=f"user{n}"), capacity=Capacity.MANAGER), seconds_taken=1.0)
        for n in range(count)
    ]
