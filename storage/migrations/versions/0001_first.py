"""The first shape: everything the main job needs, and the triggers that keep what is signed as it was signed."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

APPEND_ONLY = {
    "audit_entries": "workspace_id = NEW.workspace_id AND seq >= NEW.seq",
    "attestations": "workspace_id = NEW.workspace_id AND task_id = NEW.task_id AND version = NEW.version",
    "acceptances": "number = NEW.number",
    "control_versions": ("workspace_id = NEW.workspace_id AND control_id = NEW.control_id AND version = NEW.version"),
}
"""Each with what makes a row stand there already: INSERT OR REPLACE deletes it without any DELETE trigger."""


def upgrade() -> None:
    create_tables()
    create_what_is_under_way()
    create_ways_to_reach_people()
    create_links_between_accounts()
    create_traces_of_messages()
    create_ways_for_programs()
    for table, standing in APPEND_ONLY.items():
        refuse(table, "UPDATE")
        refuse(table, "DELETE")
        refuse(table, "INSERT", f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {standing})")  # noqa: S608 - our own words
    refuse("audit_details", "UPDATE")  # deleting one is an erasure, and allowed
    refuse(
        "audit_details",
        "INSERT",
        "WHEN EXISTS (SELECT 1 FROM audit_details WHERE workspace_id = NEW.workspace_id AND seq = NEW.seq)",
    )


def downgrade() -> None:
    raise NotImplementedError("A record of evidence is not taken back: restore the backup instead.")


def refuse(table: str, change: str, condition: str = "") -> None:
    """ABORT undoes the statement and leaves the transaction standing; ROLLBACK would take the whole group along."""
    op.execute(
        f"CREATE TRIGGER {table}_refuses_{change.lower()} BEFORE {change} ON {table} {condition} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    )


def create_tables() -> None:
    op.create_table(
        "workspaces",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("shutdown_days", sa.Text(), nullable=False),
        sa.Column("compliance_channel", sa.Text(), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=True),
        sa.Column("period_end", sa.Date(), nullable=True),
        sa.Column("ladder", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=("pk_workspaces")),
    )
    op.create_table(
        "audit_entries",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("canonical", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=("fk_audit_entries_workspace_id_workspaces")),
        sa.PrimaryKeyConstraint("workspace_id", "seq", name=("pk_audit_entries")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        ("ix_audit_entries_workspace_id_about_seq"), "audit_entries", ["workspace_id", "about", "seq"], unique=False
    )
    op.create_table(
        "chat_messages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("conversation", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("edited_at", sa.BigInteger(), nullable=True),
        sa.Column("notice_id", sa.Integer(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=("fk_chat_messages_workspace_id_workspaces")),
        sa.PrimaryKeyConstraint("id", name=("pk_chat_messages")),
        sa.UniqueConstraint("workspace_id", "notice_id", name=("uq_chat_messages_workspace_id_notice_id")),
    )
    op.create_index(
        ("ix_chat_messages_workspace_id_conversation_revision"),
        "chat_messages",
        ["workspace_id", "conversation", "revision"],
        unique=False,
    )
    op.create_table(
        "controls",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Text(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.Column("ladder", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=("fk_controls_workspace_id_workspaces")),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=("pk_controls")),
        sa.UniqueConstraint("workspace_id", "code", name=("uq_controls_workspace_id_code")),
    )
    op.create_table(
        "homes",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("checked_at", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=("fk_homes_workspace_id_workspaces")),
        sa.PrimaryKeyConstraint("workspace_id", "platform", "external_id", name=("pk_homes")),
        sqlite_with_rowid=False,
    )
    op.create_index(("ix_homes_workspace_id_opened_at"), "homes", ["workspace_id", "opened_at"], unique=False)
    op.create_table(
        "inbox",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("delivery", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=("fk_inbox_workspace_id_workspaces")),
        sa.PrimaryKeyConstraint("workspace_id", "delivery", name=("pk_inbox")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "people",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("manager_id", sa.Text(), nullable=True),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("time_zone_by_hand", sa.Boolean(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("deactivated_by", sa.Text(), nullable=False),
        sa.Column("guest", sa.Boolean(), nullable=False),
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.Column("away_from", sa.Date(), nullable=True),
        sa.Column("away_until", sa.Date(), nullable=True),
        sa.Column("delegate_id", sa.Text(), nullable=True),
        sa.Column("write_to", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=("fk_people_workspace_id_workspaces")),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=("pk_people")),
    )
    op.create_index(("ix_people_workspace_id_away_until"), "people", ["workspace_id", "away_until"], unique=False)
    op.create_index(("ix_people_workspace_id_manager_id"), "people", ["workspace_id", "manager_id"], unique=False)
    op.create_index(
        "uq_people_email", "people", ["workspace_id", "email"], unique=True, sqlite_where=sa.text("email <> ''")
    )
    op.create_table(
        "workspace_links",
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=("fk_workspace_links_workspace_id_workspaces")
        ),
        sa.PrimaryKeyConstraint("platform", "external_id", name=("pk_workspace_links")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "audit_details",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "seq"],
            ["audit_entries.workspace_id", "audit_entries.seq"],
            name=("fk_audit_details_workspace_id_seq_audit_entries"),
        ),
        sa.PrimaryKeyConstraint("workspace_id", "seq", name=("pk_audit_details")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "control_versions",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("control_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "control_id"],
            ["controls.workspace_id", "controls.id"],
            name=("fk_control_versions_workspace_id_control_id_controls"),
        ),
        sa.PrimaryKeyConstraint("workspace_id", "control_id", "version", name=("pk_control_versions")),
    )
    op.create_table(
        "identities",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id", "person_id"],
            ["people.workspace_id", "people.id"],
            name=("fk_identities_workspace_id_person_id_people"),
        ),
        sa.PrimaryKeyConstraint("workspace_id", "platform", "external_id", name=("pk_identities")),
        sqlite_with_rowid=False,
    )
    op.create_index(("ix_identities_workspace_id_person_id"), "identities", ["workspace_id", "person_id"], unique=False)
    op.create_table(
        "person_roles",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "person_id"],
            ["people.workspace_id", "people.id"],
            name=("fk_person_roles_workspace_id_person_id_people"),
        ),
        sa.PrimaryKeyConstraint("workspace_id", "role", "person_id", name=("pk_person_roles")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        ("ix_person_roles_workspace_id_person_id_role"),
        "person_roles",
        ["workspace_id", "person_id", "role"],
        unique=False,
    )
    op.create_table(
        "planned",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("occurrence", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("control_id", sa.Text(), nullable=False),
        sa.Column("control_version", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("cadence", sa.Text(), nullable=False),
        sa.Column("needs_acceptance", sa.Boolean(), nullable=False),
        sa.Column("owner_id", sa.Text(), nullable=False),
        sa.Column("span_start", sa.Date(), nullable=False),
        sa.Column("span_end", sa.Date(), nullable=False),
        sa.Column("opens_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("limit_at", sa.BigInteger(), nullable=True),
        sa.Column("missed_at", sa.BigInteger(), nullable=False),
        sa.Column("next_rung_at", sa.BigInteger(), nullable=True),
        sa.Column("prompt_at", sa.BigInteger(), nullable=False),
        sa.Column("prompt_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "control_id"],
            ["controls.workspace_id", "controls.id"],
            name=("fk_planned_workspace_id_control_id_controls"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "owner_id"],
            ["people.workspace_id", "people.id"],
            name=("fk_planned_workspace_id_owner_id_people"),
        ),
        sa.PrimaryKeyConstraint("workspace_id", "opens_at", "id", name=("pk_planned")),
        sa.UniqueConstraint(
            "workspace_id",
            "origin",
            "occurrence",
            "subject",
            name=("uq_planned_workspace_id_origin_occurrence_subject"),
        ),
        sqlite_with_rowid=False,
    )
    op.create_index(("ix_planned_workspace_id_control_id"), "planned", ["workspace_id", "control_id"], unique=False)
    op.create_table(
        "tasks",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("occurrence", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("control_id", sa.Text(), nullable=False),
        sa.Column("control_version", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("cadence", sa.Text(), nullable=False),
        sa.Column("needs_acceptance", sa.Boolean(), nullable=False),
        sa.Column("owner_id", sa.Text(), nullable=False),
        sa.Column("span_start", sa.Date(), nullable=False),
        sa.Column("span_end", sa.Date(), nullable=False),
        sa.Column("opens_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("limit_at", sa.BigInteger(), nullable=True),
        sa.Column("missed_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.Column("answered_by", sa.Text(), nullable=True),
        sa.Column("first_answered_at", sa.BigInteger(), nullable=True),
        sa.Column("settled_at", sa.BigInteger(), nullable=True),
        sa.Column("settled_by", sa.Text(), nullable=True),
        sa.Column("return_reason", sa.Text(), nullable=False),
        sa.Column("waiting_on", sa.Text(), nullable=False),
        sa.Column("waiting_until", sa.Date(), nullable=True),
        sa.Column("next_rung_at", sa.BigInteger(), nullable=True),
        sa.Column("chased_from", sa.BigInteger(), nullable=True),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "control_id"],
            ["controls.workspace_id", "controls.id"],
            name=("fk_tasks_workspace_id_control_id_controls"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "owner_id"],
            ["people.workspace_id", "people.id"],
            name=("fk_tasks_workspace_id_owner_id_people"),
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=("pk_tasks")),
        sa.UniqueConstraint(
            "workspace_id", "origin", "occurrence", "subject", name=("uq_tasks_workspace_id_origin_occurrence_subject")
        ),
    )
    op.create_index(
        "ix_tasks_answered",
        "tasks",
        ["workspace_id", "answered_by", "answered_at"],
        unique=False,
        sqlite_where=sa.text("answered_by IS NOT NULL"),
    )
    op.create_index(
        "ix_tasks_next_rung",
        "tasks",
        ["workspace_id", "next_rung_at"],
        unique=False,
        sqlite_where=sa.text("next_rung_at IS NOT NULL"),
    )
    op.create_index(
        "ix_tasks_standing",
        "tasks",
        [
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
        ],
        unique=False,
    )
    op.create_index(
        ("ix_tasks_workspace_id_owner_id_state_due_at"),
        "tasks",
        ["workspace_id", "owner_id", "state", "due_at"],
        unique=False,
    )
    op.create_index(("ix_tasks_workspace_id_state_due_at"), "tasks", ["workspace_id", "state", "due_at"], unique=False)
    op.create_table(
        "acceptances",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("task_id", sa.Text(), nullable=False),
        sa.Column("attestation_version", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("opened", sa.Text(), nullable=False),
        sa.Column("unopened", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "task_id"],
            ["tasks.workspace_id", "tasks.id"],
            name=("fk_acceptances_workspace_id_task_id_tasks"),
        ),
        sa.PrimaryKeyConstraint("number", name=("pk_acceptances")),
    )
    op.create_index(("ix_acceptances_workspace_id_task_id"), "acceptances", ["workspace_id", "task_id"], unique=False)
    op.create_table(
        "attestations",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("task_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("control_version", sa.Integer(), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("on_behalf_of", sa.Text(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("correction_reason", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "task_id"],
            ["tasks.workspace_id", "tasks.id"],
            name=("fk_attestations_workspace_id_task_id_tasks"),
        ),
        sa.PrimaryKeyConstraint("workspace_id", "task_id", "version", name=("pk_attestations")),
    )
    op.create_table(
        "contributions",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("task_id", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id", "task_id"],
            ["tasks.workspace_id", "tasks.id"],
            name=("fk_contributions_workspace_id_task_id_tasks"),
        ),
        sa.PrimaryKeyConstraint("workspace_id", "task_id", "item", "person_id", name=("pk_contributions")),
    )
    op.create_index(
        ("ix_contributions_workspace_id_person_id"), "contributions", ["workspace_id", "person_id"], unique=False
    )
    op.create_table(
        "deviations",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("task_id", sa.Text(), nullable=False),
        sa.Column("attestation_version", sa.Integer(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("look_back", sa.Text(), nullable=False),
        sa.Column("correction", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "task_id"],
            ["tasks.workspace_id", "tasks.id"],
            name=("fk_deviations_workspace_id_task_id_tasks"),
        ),
        sa.PrimaryKeyConstraint("number", name=("pk_deviations")),
        sa.UniqueConstraint("workspace_id", "id", name=("uq_deviations_workspace_id_id")),
    )
    op.create_index(("ix_deviations_workspace_id_task_id"), "deviations", ["workspace_id", "task_id"], unique=False)
    op.create_table(
        "drafts",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("task_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "task_id"],
            ["tasks.workspace_id", "tasks.id"],
            name=("fk_drafts_workspace_id_task_id_tasks"),
        ),
        sa.PrimaryKeyConstraint("workspace_id", "task_id", "person_id", name=("pk_drafts")),
    )
    op.create_table(
        "evidence",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("task_id", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("declared_type", sa.Text(), nullable=False),
        sa.Column("declared_size", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("row_count", sa.BigInteger(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.BigInteger(), nullable=True),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.Column("card", sa.Text(), nullable=True),
        sa.Column("conversation", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("said", sa.Text(), nullable=True),
        sa.Column("permalink_due_at", sa.BigInteger(), nullable=True),
        sa.Column("source_changed_at", sa.BigInteger(), nullable=True),
        sa.Column("source_deleted_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id", "task_id"],
            ["tasks.workspace_id", "tasks.id"],
            name=("fk_evidence_workspace_id_task_id_tasks"),
        ),
        sa.PrimaryKeyConstraint("number", name=("pk_evidence")),
        sa.UniqueConstraint("workspace_id", "id", name=("uq_evidence_workspace_id_id")),
    )
    op.create_index(
        "ix_evidence_sha256", "evidence", ["workspace_id", "sha256"], unique=False, sqlite_where=sa.text("sha256 <> ''")
    )
    op.create_index(
        ("ix_evidence_workspace_id_state_next_attempt_at"),
        "evidence",
        ["workspace_id", "state", "next_attempt_at"],
        unique=False,
    )
    op.create_index(("ix_evidence_workspace_id_task_id"), "evidence", ["workspace_id", "task_id"], unique=False)
    op.create_table(
        "findings",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("task_id", sa.Text(), nullable=False),
        sa.Column("attestation_version", sa.Integer(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "task_id"],
            ["tasks.workspace_id", "tasks.id"],
            name=("fk_findings_workspace_id_task_id_tasks"),
        ),
        sa.PrimaryKeyConstraint("number", name=("pk_findings")),
        sa.UniqueConstraint("workspace_id", "id", name=("uq_findings_workspace_id_id")),
    )
    op.create_index(("ix_findings_workspace_id_task_id"), "findings", ["workspace_id", "task_id"], unique=False)
    op.create_table(
        "notices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("occasion", sa.Text(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Text(), nullable=True),
        sa.Column("owed_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.BigInteger(), nullable=True),
        sa.Column("claimed_at", sa.BigInteger(), nullable=True),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("conversation", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "task_id"],
            ["tasks.workspace_id", "tasks.id"],
            name=("fk_notices_workspace_id_task_id_tasks"),
        ),
        sa.PrimaryKeyConstraint("id", name=("pk_notices")),
        sa.UniqueConstraint(
            "workspace_id",
            "about",
            "recipient",
            "occasion",
            "round",
            name=("uq_notices_workspace_id_about_recipient_occasion_round"),
        ),
    )
    op.create_index(
        "ix_notices_task",
        "notices",
        ["workspace_id", "task_id"],
        unique=False,
        sqlite_where=sa.text("task_id IS NOT NULL"),
    )
    op.create_index(
        ("ix_notices_workspace_id_state_owed_at"), "notices", ["workspace_id", "state", "owed_at"], unique=False
    )
    op.create_table(
        "evidence_openings",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("evidence_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "evidence_id"],
            ["evidence.workspace_id", "evidence.id"],
            name=("fk_evidence_openings_workspace_id_evidence_id_evidence"),
        ),
        sa.PrimaryKeyConstraint("workspace_id", "evidence_id", "person_id", name=("pk_evidence_openings")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "messages",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("conversation", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Text(), nullable=True),
        sa.Column("desired_version", sa.Integer(), nullable=False),
        sa.Column("delivered_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["notice_id"], ["notices.id"], name=("fk_messages_notice_id_notices")),
        sa.PrimaryKeyConstraint("workspace_id", "platform", "conversation", "message", name=("pk_messages")),
    )
    op.create_index(
        "ix_messages_behind",
        "messages",
        ["workspace_id", "notice_id"],
        unique=False,
        sqlite_where=sa.text("delivered_version < desired_version"),
    )
    op.create_index(("ix_messages_workspace_id_task_id"), "messages", ["workspace_id", "task_id"], unique=False)


def create_what_is_under_way() -> None:
    op.create_table(
        "sync_places",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("cursor", sa.Text(), nullable=False),
        sa.Column("retry_at", sa.BigInteger(), nullable=True),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=("fk_sync_places_workspace_id_workspaces")),
        sa.PrimaryKeyConstraint("workspace_id", "platform", "purpose", name=("pk_sync_places")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "setups",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=("fk_setups_workspace_id_workspaces")),
        sa.PrimaryKeyConstraint("workspace_id", name=("pk_setups")),
    )
    op.create_table(
        "imports",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("declared_size", sa.BigInteger(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "person_id"],
            ["people.workspace_id", "people.id"],
            name=("fk_imports_workspace_id_person_id_people"),
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=("pk_imports")),
    )
    op.create_index(
        ("ix_imports_workspace_id_state_next_attempt_at"),
        "imports",
        ["workspace_id", "state", "next_attempt_at"],
        unique=False,
    )


def create_ways_to_reach_people() -> None:
    op.create_table(
        "conversations",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("conversation", sa.Text(), nullable=False),
        sa.Column("service_url", sa.Text(), nullable=False),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("group", sa.Boolean(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=("fk_conversations_workspace_id_workspaces")),
        sa.PrimaryKeyConstraint("workspace_id", "platform", "external_id", name=("pk_conversations")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        ("ix_conversations_workspace_id_platform_conversation"),
        "conversations",
        ["workspace_id", "platform", "conversation"],
        unique=False,
    )
    op.create_table(
        "file_links",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=("fk_file_links_workspace_id_workspaces")),
        sa.PrimaryKeyConstraint("workspace_id", "platform", "reference", name=("pk_file_links")),
        sqlite_with_rowid=False,
    )


def create_links_between_accounts() -> None:
    op.create_table(
        "link_codes",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("account_platform", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("account_name", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "person_id"],
            ["people.workspace_id", "people.id"],
            name=("fk_link_codes_workspace_id_person_id_people"),
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=("pk_link_codes")),
    )
    op.create_index(("ix_link_codes_workspace_id_digest"), "link_codes", ["workspace_id", "digest"], unique=False)
    op.create_index(("ix_link_codes_workspace_id_person_id"), "link_codes", ["workspace_id", "person_id"], unique=False)
    op.create_table(
        "wrong_codes",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=("fk_wrong_codes_workspace_id_workspaces")),
        sa.PrimaryKeyConstraint("workspace_id", "platform", "external_id", name=("pk_wrong_codes")),
        sqlite_with_rowid=False,
    )


def create_ways_for_programs() -> None:
    op.create_table(
        "api_tokens",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("shown", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("rotated_at", sa.BigInteger(), nullable=True),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.Column("former_digest", sa.Text(), nullable=False),
        sa.Column("former_until", sa.BigInteger(), nullable=True),
        sa.Column("last_used_at", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "person_id"],
            ["people.workspace_id", "people.id"],
            name=("fk_api_tokens_workspace_id_person_id_people"),
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=("pk_api_tokens")),
    )
    op.create_index(("ix_api_tokens_digest"), "api_tokens", ["digest"], unique=True)
    op.create_index(("ix_api_tokens_former_digest"), "api_tokens", ["former_digest"], unique=False)
    op.create_index(
        ("uq_api_tokens_name"),
        "api_tokens",
        ["workspace_id", "name"],
        unique=True,
        sqlite_where=sa.text("revoked_at IS NULL"),
    )
    op.create_table(
        "api_answers",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("token_id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "token_id"],
            ["api_tokens.workspace_id", "api_tokens.id"],
            name=("fk_api_answers_workspace_id_token_id_api_tokens"),
        ),
        sa.PrimaryKeyConstraint("workspace_id", "token_id", "key", name=("pk_api_answers")),
        sqlite_with_rowid=False,
    )
    op.create_index(("ix_api_answers_workspace_id_at"), "api_answers", ["workspace_id", "at"], unique=False)


def create_traces_of_messages() -> None:
    op.create_table(
        "shared_messages",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("conversation", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("files", sa.Text(), nullable=False),
        sa.Column("shared_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=True),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id", "person_id"],
            ["people.workspace_id", "people.id"],
            name=("fk_shared_messages_workspace_id_person_id_people"),
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=("pk_shared_messages")),
    )
    op.create_index(
        ("ix_shared_messages_workspace_id_conversation_message"),
        "shared_messages",
        ["workspace_id", "conversation", "message"],
        unique=False,
    )
    op.create_index(
        ("ix_shared_messages_workspace_id_person_id_shared_at"),
        "shared_messages",
        ["workspace_id", "person_id", "shared_at"],
        unique=False,
    )
    op.create_index(
        ("ix_shared_messages_workspace_id_shared_at"), "shared_messages", ["workspace_id", "shared_at"], unique=False
    )
    op.create_index(
        "ix_evidence_message",
        "evidence",
        ["workspace_id", "conversation", "message"],
        unique=False,
        sqlite_where=sa.text("message <> ''"),
    )
    op.create_index(
        "ix_evidence_permalink",
        "evidence",
        ["workspace_id", "permalink_due_at"],
        unique=False,
        sqlite_where=sa.text("permalink_due_at IS NOT NULL"),
    )
    op.create_index(
        "ix_evidence_reference",
        "evidence",
        ["workspace_id", "reference"],
        unique=False,
        sqlite_where=sa.text("reference <> ''"),
    )
    op.create_index(
        "ix_evidence_card",
        "evidence",
        ["workspace_id", "item", "added_at"],
        unique=False,
        sqlite_where=sa.text("card IS NOT NULL"),
    )
