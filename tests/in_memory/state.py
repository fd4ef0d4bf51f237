"""A workspace in memory: dicts of values, cheap to copy, so that a failed unit of work can be undone."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from tasks.access.exports import Amendment, Export, System
from tasks.access.model import Access, Campaign, Decision, Extension, Verdict
from tasks.access.ports import CampaignSystem, Happening, Proof
from tasks.access.reviewers import Place, Reviewer
from tasks.api_answers import KeptAnswer
from tasks.api_tokens import ApiToken
from tasks.audit import Entry
from tasks.controls import Control, ControlText
from tasks.conversations import Conversation, FileLink
from tasks.evidence import Evidence, SharedMessage
from tasks.homes import Home
from tasks.identifiers import ControlId, EvidenceId, ImportId, NoticeId, PersonId, TaskId
from tasks.imports import Import
from tasks.link_codes import LinkCode, WrongCodes
from tasks.model import Acceptance, Attestation, Contribution, Deviation, Draft, Finding, Task
from tasks.notices import Notice, SentMessage
from tasks.people import Person, Workspace
from tasks.ports import AccountState, Identity, PlannedTask, SyncPlace
from tasks.setup import Setup

CHANGED = "Somebody else changed this a moment ago. Open it again and repeat your change."


@dataclass(frozen=True, kw_only=True)
class KeptItem:
    """An item of an access review, without what its place and its export's row say."""

    id: str
    campaign_id: str
    place: Place
    system_id: str
    export_id: str
    seq: int
    revision: int
    own: bool
    is_new: bool
    last_verdict: Verdict | None
    decision: Decision | None = None
    submitted_at: datetime | None = None
    proven: bool = False
    version: int = 1

    @property
    def row(self) -> tuple[str, int, int]:
        return self.export_id, self.seq, self.revision


@dataclass(kw_only=True)
class State:
    workspace: Workspace
    people: dict[PersonId, Person] = field(default_factory=dict)
    identities: dict[tuple[str, str], tuple[Identity, datetime | None]] = field(default_factory=dict)
    account_states: dict[tuple[str, str], AccountState] = field(default_factory=dict)
    controls: dict[ControlId, Control] = field(default_factory=dict)
    texts: dict[tuple[ControlId, int], ControlText] = field(default_factory=dict)
    planned: dict[TaskId, PlannedTask] = field(default_factory=dict)
    tasks: dict[TaskId, Task] = field(default_factory=dict)
    attestations: dict[tuple[TaskId, int], Attestation] = field(default_factory=dict)
    findings: dict[str, Finding] = field(default_factory=dict)
    deviations: dict[str, Deviation] = field(default_factory=dict)
    acceptances: list[Acceptance] = field(default_factory=list)
    drafts: dict[tuple[TaskId, PersonId], Draft] = field(default_factory=dict)
    contributions: dict[tuple[TaskId, str, PersonId], Contribution] = field(default_factory=dict)
    evidence: dict[EvidenceId, Evidence] = field(default_factory=dict)
    shared_messages: dict[str, SharedMessage] = field(default_factory=dict)
    opened: dict[tuple[EvidenceId, PersonId], datetime] = field(default_factory=dict)
    imports: dict[ImportId, Import] = field(default_factory=dict)
    notices: dict[NoticeId, Notice] = field(default_factory=dict)
    messages: dict[tuple[str, str, str], SentMessage] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    deliveries: dict[str, datetime] = field(default_factory=dict)
    sync_places: dict[tuple[str, str], SyncPlace] = field(default_factory=dict)
    conversations: dict[tuple[str, str], Conversation] = field(default_factory=dict)
    file_links: dict[tuple[str, str], FileLink] = field(default_factory=dict)
    homes: dict[tuple[str, str], Home] = field(default_factory=dict)
    link_codes: dict[str, LinkCode] = field(default_factory=dict)
    wrong_codes: dict[tuple[str, str], WrongCodes] = field(default_factory=dict)
    api_tokens: dict[str, ApiToken] = field(default_factory=dict)
    api_answers: dict[tuple[str, str], KeptAnswer] = field(default_factory=dict)
    access_systems: dict[str, System] = field(default_factory=dict)
    access_descriptions: dict[tuple[str, str], str] = field(default_factory=dict)
    access_exports: dict[str, Export] = field(default_factory=dict)
    access_rows: dict[tuple[str, int], tuple[Access, ...]] = field(default_factory=dict)
    """Each with its revisions."""
    access_amendments: list[Amendment] = field(default_factory=list)
    campaigns: dict[str, Campaign] = field(default_factory=dict)
    campaign_systems: dict[str, tuple[CampaignSystem, ...]] = field(default_factory=dict)
    access_extensions: dict[str, Extension] = field(default_factory=dict)
    access_places: dict[tuple[str, Place], Reviewer] = field(default_factory=dict)
    access_items: dict[tuple[str, str], KeptItem] = field(default_factory=dict)
    access_reviewed: dict[tuple[str, str, str], Verdict | None] = field(default_factory=dict)
    access_story: list[tuple[str, Happening]] = field(default_factory=list)
    access_proofs: list[Proof] = field(default_factory=list)
    setups: dict[str, Setup] = field(default_factory=dict)
    """At most one, under the empty key."""

    @contextmanager
    def undone_on_failure(self) -> Iterator[None]:
        kept = {one.name: _copy(getattr(self, one.name)) for one in fields(self)}
        try:
            yield
        except BaseException:
            for name, value in kept.items():
                setattr(self, name, value)
            raise


def _copy(value: Any) -> Any:
    return value if isinstance(value, Workspace) else value.copy()
