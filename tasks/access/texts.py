"""What the tasks of a campaign ask and have signed: its control's own words don't fit them."""

from dataclasses import replace

from tasks.access.deciding import Row
from tasks.access.model import Access, Campaign, Verdict
from tasks.controls import ControlText, EvidenceItem
from tasks.wording import day

PROOF = EvidenceItem(
    key="proof", text="What shows that it was done: a ticket, a screenshot or the list afterwards", required=True
)


REVIEWED = (
    EvidenceItem(key="lists", text="Lists of accounts", required=True, population=True, reviewed=True),
    EvidenceItem(key="decisions", text="Decision for each access", required=True, reviewed=True),
)


def sign_off_text(control: ControlText, campaign: Campaign) -> ControlText:
    """Of a campaign that no occurrence asked for."""
    return _own(
        control,
        title=f"Sign off: {campaign.name}",
        prompt="Once every reviewer has submitted, look through the counts and sign the review off.",
        statement="I have looked through this review, and its counts add up.",
        evidence=REVIEWED,
    )


def review_text(control: ControlText, campaign: Campaign) -> ControlText:
    """One reviewer's part. It is answered by submitting the decisions."""
    return _own(
        control,
        title=campaign.name,
        prompt="Decide for each access whether it is still needed. Then submit your decisions.",
        statement="I decided about each of these accesses myself, knowing the work that it is needed for.",
        evidence=(),
    )


def change_text(control: ControlText, row: Row) -> ControlText:
    """One revoke or change, for whoever owns the system."""
    item, decision = row.item, row.decision
    reason = f" Reason: {decision.reason}" if decision and decision.reason else ""
    when = f" Decided on {day(decision.decided_at.date())}." if decision else ""
    return _own(
        control,
        title=change_title(row),
        prompt=f"{change_title(row)}.{when}{reason} Make the change in {item.system}, then attach what shows it. "
        "The next list of accounts has to prove it.",
        statement=f"I confirm that this was done by {{date}}: {change_title(row)}.",
        evidence=(PROOF,),
    )


def change_title(row: Row) -> str:
    access, decision = row.item.access, row.decision
    what, whose = access.entitlement or "access", called(access)
    if decision and decision.verdict is Verdict.CHANGE:
        return f"Change {what} of {whose} in {row.item.system} to {decision.change_to}"
    return f"Revoke {what} of {whose} in {row.item.system}"


def called(access: Access) -> str:
    """Whose it is, as people know them: the name with the account, where both are told."""
    if access.name and access.name.casefold() != access.account.casefold():
        return f"{access.name} ({access.account})"
    return access.account


def _own(
    control: ControlText, *, title: str, prompt: str, statement: str, evidence: tuple[EvidenceItem, ...]
) -> ControlText:
    return replace(
        control,
        title=title,
        prompt=prompt,
        statement=statement,
        evidence=evidence,
        acceptance=False,
        access_review=None,
        population="",
        tested_attributes=(),
    )
