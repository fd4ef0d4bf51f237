"""The tables. Every row belongs to a workspace and is found through it; columns are named like the domain's fields.

The append-only tables are guarded by triggers: they stand in the first migration.
"""

from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from storage.columns import Moment, Rungs, Texts, Word
from tasks.controls import Cadence
from tasks.evidence import EvidenceKind, EvidenceState
from tasks.imports import ImportKind, ImportState
from tasks.link_codes import LinkState
from tasks.model import Answer, Decision, TaskState
from tasks.notices import NoticeState, Occasion

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def words(name: str) -> Column[str]:
    return Column(name, Text, nullable=False)


def maybe(name: str) -> Column[str]:
    return Column(name, Text)


def number(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False)


def flag(name: str) -> Column[bool]:
    return Column(name, Boolean, nullable=False)


def moment(name: str, *, nullable: bool = False) -> Column[Any]:
    return Column(name, Moment, nullable=nullable)


def one_of(name: str, kinds: type[StrEnum], *, nullable: bool = False) -> Column[Any]:
    return Column(name, Word(kinds), nullable=nullable)


def counter() -> Column[int]:
    """Gives rows their order of arrival."""
    return Column("number", Integer, primary_key=True)


def belongs_to(table: str, *local: str, key: tuple[str, ...] = ("id",)) -> ForeignKeyConstraint:
    """A reference that cannot leave the workspace."""
    return ForeignKeyConstraint(["workspace_id", *local], [f"{table}.workspace_id", *(f"{table}.{one}" for one in key)])


def of_workspace() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["workspace_id"], ["workspaces.id"])


def key(*names: str) -> PrimaryKeyConstraint:
    return PrimaryKeyConstraint("workspace_id", *names)


workspaces = Table(
    "workspaces",
    metadata,
    Column("id", Text, primary_key=True),
    words("name"),
    words("time_zone"),
    words("country"),
    Column("shutdown_days", Texts, nullable=False),
    words("compliance_channel"),
    Column("period_start", Date),
    Column("period_end", Date),
    Column("ladder", Rungs, nullable=False),
)

workspace_links = Table(
    "workspace_links",
    metadata,
    Column("platform", Text, primary_key=True),
    Column("external_id", Text, primary_key=True),
    words("workspace_id"),
    of_workspace(),
    sqlite_with_rowid=False,
)

people = Table(
    "people",
    metadata,
    words("workspace_id"),
    words("id"),
    words("email"),
    words("name"),
    words("department"),
    maybe("manager_id"),
    words("time_zone"),
    flag("time_zone_by_hand"),
    words("country"),
    flag("active"),
    words("deactivated_by"),
    flag("guest"),
    flag("named"),
    Column("away_from", Date),
    Column("away_until", Date),
    maybe("delegate_id"),
    words("write_to"),
    number("version"),
    key("id"),
    of_workspace(),
    Index("uq_people_email", "workspace_id", "email", unique=True, sqlite_where=text("email <> ''")),
    Index(None, "workspace_id", "manager_id"),
    Index(None, "workspace_id", "away_until"),
)

person_roles = Table(
    "person_roles",
    metadata,
    words("workspace_id"),
    words("role"),
    words("person_id"),
    key("role", "person_id"),
    belongs_to("people", "person_id"),
    Index(None, "workspace_id", "person_id", "role"),
    sqlite_with_rowid=False,
)

identities = Table(
    "identities",
    metadata,
    words("workspace_id"),
    words("platform"),
    words("external_id"),
    words("person_id"),
    words("state"),
    moment("used_at", nullable=True),
    key("platform", "external_id"),
    belongs_to("people", "person_id"),
    Index(None, "workspace_id", "person_id"),
    sqlite_with_rowid=False,
)

controls = Table(
    "controls",
    metadata,
    words("workspace_id"),
    words("id"),
    words("code"),
    words("area"),
    words("department"),
    maybe("owner_id"),
    Column("starts_on", Date, nullable=False),
    flag("retired"),
    Column("ladder", Rungs),
    number("version"),
    key("id"),
    UniqueConstraint("workspace_id", "code"),
    of_workspace(),
)

control_versions = Table(
    "control_versions",
    metadata,
    words("workspace_id"),
    words("control_id"),
    number("version"),
    words("body"),
    key("control_id", "version"),
    belongs_to("controls", "control_id"),
)


def occurrence_columns() -> list[Column[Any]]:
    """What is settled about a task before it opens."""
    return [
        words("workspace_id"),
        words("id"),
        words("origin"),
        words("occurrence"),
        words("subject"),
        words("control_id"),
        number("control_version"),
        words("code"),
        words("title"),
        words("department"),
        one_of("cadence", Cadence),
        flag("needs_acceptance"),
        words("owner_id"),
        Column("span_start", Date, nullable=False),
        Column("span_end", Date, nullable=False),
        moment("opens_at"),
        moment("due_at"),
        moment("limit_at", nullable=True),
        moment("missed_at"),
    ]


planned = Table(
    "planned",
    metadata,
    *occurrence_columns(),
    moment("next_rung_at", nullable=True),
    moment("prompt_at"),
    Column("prompt_on", Date, nullable=False),
    # Clustered by opening: a chunk of due rows lies together, and is read, moved and deleted as one range.
    key("opens_at", "id"),
    UniqueConstraint("workspace_id", "origin", "occurrence", "subject"),
    belongs_to("controls", "control_id"),
    belongs_to("people", "owner_id"),
    Index(None, "workspace_id", "control_id"),
    sqlite_with_rowid=False,
)

tasks = Table(
    "tasks",
    metadata,
    *occurrence_columns(),
    one_of("state", TaskState),
    one_of("answer", Answer, nullable=True),
    moment("answered_at", nullable=True),
    maybe("answered_by"),
    moment("first_answered_at", nullable=True),
    moment("settled_at", nullable=True),
    maybe("settled_by"),
    words("return_reason"),
    words("waiting_on"),
    Column("waiting_until", Date),
    moment("next_rung_at", nullable=True),
    moment("chased_from", nullable=True),
    number("round"),
    number("version"),
    key("id"),
    UniqueConstraint("workspace_id", "origin", "occurrence", "subject"),
    belongs_to("controls", "control_id"),
    belongs_to("people", "owner_id"),
    Index(
        # Everything a status board counts by, so that it never reads the table.
        "ix_tasks_standing",
        "workspace_id",
        "state",
        "control_id",
        "department",
        "due_at",
        "answered_at",
        "limit_at",
        "answer",
        "missed_at",
        "span_end",
        "owner_id",
        "opens_at",
    ),
    Index(None, "workspace_id", "owner_id", "state", "due_at"),
    Index(None, "workspace_id", "state", "due_at"),
    Index("ix_tasks_next_rung", "workspace_id", "next_rung_at", sqlite_where=text("next_rung_at IS NOT NULL")),
    Index(
        "ix_tasks_answered", "workspace_id", "answered_by", "answered_at", sqlite_where=text("answered_by IS NOT NULL")
    ),
)

attestations = Table(
    "attestations",
    metadata,
    words("workspace_id"),
    words("task_id"),
    number("version"),
    number("control_version"),
    words("statement"),
    one_of("answer", Answer),
    words("person_id"),
    words("role"),
    maybe("on_behalf_of"),
    words("comment"),
    words("correction_reason"),
    Column("evidence", Texts, nullable=False),
    moment("at"),
    words("platform"),
    words("message"),
    key("task_id", "version"),
    belongs_to("tasks", "task_id"),
)

findings = Table(
    "findings",
    metadata,
    counter(),
    words("workspace_id"),
    words("id"),
    words("task_id"),
    number("attestation_version"),
    words("description"),
    words("owner_id"),
    Column("due_on", Date, nullable=False),
    flag("withdrawn"),
    UniqueConstraint("workspace_id", "id"),
    belongs_to("tasks", "task_id"),
    Index(None, "workspace_id", "task_id"),
)

deviations = Table(
    "deviations",
    metadata,
    counter(),
    words("workspace_id"),
    words("id"),
    words("task_id"),
    number("attestation_version"),
    one_of("answer", Answer),
    words("cause"),
    words("look_back"),
    words("correction"),
    moment("opened_at"),
    flag("withdrawn"),
    UniqueConstraint("workspace_id", "id"),
    belongs_to("tasks", "task_id"),
    Index(None, "workspace_id", "task_id"),
)

acceptances = Table(
    "acceptances",
    metadata,
    counter(),
    words("workspace_id"),
    words("task_id"),
    number("attestation_version"),
    words("person_id"),
    one_of("decision", Decision),
    words("reason"),
    Column("opened", Texts, nullable=False),
    Column("unopened", Texts, nullable=False),
    moment("at"),
    words("platform"),
    words("message"),
    belongs_to("tasks", "task_id"),
    Index(None, "workspace_id", "task_id"),
)

drafts = Table(
    "drafts",
    metadata,
    words("workspace_id"),
    words("task_id"),
    words("person_id"),
    words("body"),
    moment("saved_at"),
    key("task_id", "person_id"),
    belongs_to("tasks", "task_id"),
)

contributions = Table(
    "contributions",
    metadata,
    words("workspace_id"),
    words("task_id"),
    words("item"),
    words("person_id"),
    words("asked_by"),
    moment("asked_at"),
    words("note"),
    moment("answered_at", nullable=True),
    key("task_id", "item", "person_id"),
    belongs_to("tasks", "task_id"),
    Index(None, "workspace_id", "person_id"),
)

evidence = Table(
    "evidence",
    metadata,
    counter(),
    words("workspace_id"),
    words("id"),
    words("task_id"),
    words("item"),
    one_of("kind", EvidenceKind),
    words("name"),
    words("text"),
    words("platform"),
    words("reference"),
    words("declared_type"),
    Column("declared_size", BigInteger),
    one_of("state", EvidenceState),
    words("problem"),
    words("sha256"),
    words("media_type"),
    Column("size", BigInteger),
    Column("row_count", BigInteger),
    number("attempts"),
    moment("next_attempt_at", nullable=True),
    words("added_by"),
    moment("added_at"),
    maybe("card"),
    words("conversation"),
    words("message"),
    maybe("said"),
    moment("permalink_due_at", nullable=True),
    moment("source_changed_at", nullable=True),
    moment("source_deleted_at", nullable=True),
    UniqueConstraint("workspace_id", "id"),
    belongs_to("tasks", "task_id"),
    Index(None, "workspace_id", "task_id"),
    Index("ix_evidence_sha256", "workspace_id", "sha256", sqlite_where=text("sha256 <> ''")),
    Index("ix_evidence_message", "workspace_id", "conversation", "message", sqlite_where=text("message <> ''")),
    Index("ix_evidence_reference", "workspace_id", "reference", sqlite_where=text("reference <> ''")),
    Index(
        "ix_evidence_permalink",
        "workspace_id",
        "permalink_due_at",
        sqlite_where=text("permalink_due_at IS NOT NULL"),
    ),
    Index(None, "workspace_id", "state", "next_attempt_at"),
    Index("ix_evidence_card", "workspace_id", "item", "added_at", sqlite_where=text("card IS NOT NULL")),
)

evidence_openings = Table(
    "evidence_openings",
    metadata,
    words("workspace_id"),
    words("evidence_id"),
    words("person_id"),
    moment("at"),
    key("evidence_id", "person_id"),
    belongs_to("evidence", "evidence_id"),
    sqlite_with_rowid=False,
)

shared_messages = Table(
    "shared_messages",
    metadata,
    words("workspace_id"),
    words("id"),
    words("person_id"),
    words("platform"),
    words("conversation"),
    words("message"),
    words("place"),
    words("author"),
    words("author_id"),
    moment("at"),
    words("text"),
    words("files"),
    moment("shared_at"),
    moment("changed_at", nullable=True),
    moment("deleted_at", nullable=True),
    key("id"),
    belongs_to("people", "person_id"),
    Index(None, "workspace_id", "shared_at"),
    Index(None, "workspace_id", "person_id", "shared_at"),
    Index(None, "workspace_id", "conversation", "message"),
)

imports = Table(
    "imports",
    metadata,
    words("workspace_id"),
    words("id"),
    one_of("kind", ImportKind),
    words("person_id"),
    words("platform"),
    words("reference"),
    words("name"),
    Column("declared_size", BigInteger),
    words("sha256"),
    one_of("state", ImportState),
    words("error"),
    words("body"),
    number("attempts"),
    moment("next_attempt_at", nullable=True),
    moment("created_at"),
    number("version"),
    key("id"),
    belongs_to("people", "person_id"),
    Index(None, "workspace_id", "state", "next_attempt_at"),
)

notices = Table(
    "notices",
    metadata,
    Column("id", Integer, primary_key=True),
    words("workspace_id"),
    words("about"),
    words("recipient"),
    one_of("occasion", Occasion),
    number("round"),
    maybe("task_id"),
    moment("owed_at"),
    one_of("state", NoticeState),
    words("detail"),
    number("attempts"),
    moment("next_attempt_at", nullable=True),
    moment("claimed_at", nullable=True),
    moment("sent_at", nullable=True),
    words("platform"),
    words("conversation"),
    words("message"),
    words("error"),
    UniqueConstraint("workspace_id", "about", "recipient", "occasion", "round"),
    belongs_to("tasks", "task_id"),
    Index(None, "workspace_id", "state", "owed_at"),
    Index("ix_notices_task", "workspace_id", "task_id", sqlite_where=text("task_id IS NOT NULL")),
)

messages = Table(
    "messages",
    metadata,
    words("workspace_id"),
    words("platform"),
    words("conversation"),
    words("message"),
    Column("notice_id", Integer, nullable=False),
    maybe("task_id"),
    number("desired_version"),
    number("delivered_version"),
    key("platform", "conversation", "message"),
    ForeignKeyConstraint(["notice_id"], ["notices.id"]),
    Index(None, "workspace_id", "task_id"),
    Index("ix_messages_behind", "workspace_id", "notice_id", sqlite_where=text("delivered_version < desired_version")),
)

inbox = Table(
    "inbox",
    metadata,
    words("workspace_id"),
    words("delivery"),
    moment("at"),
    key("delivery"),
    of_workspace(),
    sqlite_with_rowid=False,
)

sync_places = Table(
    "sync_places",
    metadata,
    words("workspace_id"),
    words("platform"),
    words("purpose"),
    words("cursor"),
    moment("retry_at", nullable=True),
    moment("finished_at", nullable=True),
    key("platform", "purpose"),
    of_workspace(),
    sqlite_with_rowid=False,
)

setups = Table(
    "setups",
    metadata,
    words("workspace_id"),
    words("body"),
    moment("finished_at", nullable=True),
    number("version"),
    key(),
    of_workspace(),
)

chat_messages = Table(
    "chat_messages",
    metadata,
    Column("id", Integer, primary_key=True),
    words("workspace_id"),
    words("conversation"),
    words("author"),
    words("html"),
    moment("at"),
    moment("edited_at", nullable=True),
    Column("notice_id", Integer),
    number("revision"),
    UniqueConstraint("workspace_id", "notice_id"),
    of_workspace(),
    Index(None, "workspace_id", "conversation", "revision"),
)

link_codes = Table(
    "link_codes",
    metadata,
    words("workspace_id"),
    words("id"),
    words("person_id"),
    words("digest"),
    words("platform"),
    one_of("state", LinkState),
    moment("expires_at"),
    words("account_platform"),
    words("account_id"),
    words("account_name"),
    number("version"),
    key("id"),
    belongs_to("people", "person_id"),
    Index(None, "workspace_id", "digest"),
    Index(None, "workspace_id", "person_id"),
)

wrong_codes = Table(
    "wrong_codes",
    metadata,
    words("workspace_id"),
    words("platform"),
    words("external_id"),
    number("count"),
    moment("since"),
    key("platform", "external_id"),
    of_workspace(),
    sqlite_with_rowid=False,
)

api_tokens = Table(
    "api_tokens",
    metadata,
    words("workspace_id"),
    words("id"),
    words("name"),
    Column("scopes", Texts, nullable=False),
    words("digest"),
    words("shown"),
    words("person_id"),
    moment("created_at"),
    moment("rotated_at", nullable=True),
    moment("expires_at", nullable=True),
    moment("revoked_at", nullable=True),
    words("former_digest"),
    moment("former_until", nullable=True),
    moment("last_used_at", nullable=True),
    number("version"),
    key("id"),
    belongs_to("people", "person_id"),
    Index(None, "digest", unique=True),
    Index(None, "former_digest"),
    Index("uq_api_tokens_name", "workspace_id", "name", unique=True, sqlite_where=text("revoked_at IS NULL")),
)

api_answers = Table(
    "api_answers",
    metadata,
    words("workspace_id"),
    words("token_id"),
    words("key"),
    words("request"),
    number("status"),
    words("body"),
    moment("at"),
    key("token_id", "key"),
    belongs_to("api_tokens", "token_id"),
    Index(None, "workspace_id", "at"),
    sqlite_with_rowid=False,
)

homes = Table(
    "homes",
    metadata,
    words("workspace_id"),
    words("platform"),
    words("external_id"),
    moment("opened_at"),
    words("hash"),
    words("digest"),
    number("seen"),
    moment("checked_at"),
    number("version"),
    key("platform", "external_id"),
    of_workspace(),
    Index(None, "workspace_id", "opened_at"),
    sqlite_with_rowid=False,
)

conversations = Table(
    "conversations",
    metadata,
    words("workspace_id"),
    words("platform"),
    words("external_id"),
    words("conversation"),
    words("service_url"),
    words("tenant"),
    flag("group"),
    moment("seen_at"),
    key("platform", "external_id"),
    of_workspace(),
    Index(None, "workspace_id", "platform", "conversation"),
    sqlite_with_rowid=False,
)

file_links = Table(
    "file_links",
    metadata,
    words("workspace_id"),
    words("platform"),
    words("reference"),
    words("url"),
    moment("at"),
    key("platform", "reference"),
    of_workspace(),
    sqlite_with_rowid=False,
)

audit_entries = Table(
    "audit_entries",
    metadata,
    words("workspace_id"),
    number("seq"),
    words("about"),
    Column("canonical", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    key("seq"),
    of_workspace(),
    Index(None, "workspace_id", "about", "seq"),
    sqlite_with_rowid=False,
)

audit_details = Table(
    "audit_details",
    metadata,
    words("workspace_id"),
    number("seq"),
    Column("salt", LargeBinary, nullable=False),
    words("body"),
    key("seq"),
    belongs_to("audit_entries", "seq", key=("seq",)),
    sqlite_with_rowid=False,
)
