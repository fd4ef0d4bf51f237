"""Access reviews: systems, their exports, campaigns, items, and what was decided about each."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

NEVER_CHANGED = {
    "access_rows": (
        "workspace_id = NEW.workspace_id AND export_id = NEW.export_id AND seq = NEW.seq AND revision = NEW.revision"
    ),
    "access_amendments": (
        "workspace_id = NEW.workspace_id AND export_id = NEW.export_id AND seq = NEW.seq AND revision = NEW.revision"
    ),
    "access_decisions": "number = NEW.number",
    "access_proofs": "number = NEW.number",
}
"""Each with what makes a row stand there already."""
FROZEN = (
    "EXISTS (SELECT 1 FROM access_exports "
    "WHERE workspace_id = {0}.workspace_id AND id = {0}.export_id AND state = 'frozen')"
)


def upgrade() -> None:
    create_exports()
    create_campaigns()
    create_items()
    for table, standing in NEVER_CHANGED.items():
        refuse(table, "UPDATE")
        refuse(table, "INSERT", f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {standing})")  # noqa: S608 - our own words
    for table in ("access_amendments", "access_decisions", "access_proofs"):
        refuse(table, "DELETE")
    refuse("access_rows", "DELETE", f"WHEN {FROZEN.format('OLD')}")  # what a stopped import left behind may go
    refuse("access_exports", "UPDATE", "WHEN OLD.state = 'frozen'")
    refuse("access_exports", "DELETE", "WHEN OLD.state = 'frozen'")


def downgrade() -> None:
    raise NotImplementedError("A record of evidence is not taken back: restore the backup instead.")


def refuse(table: str, change: str, condition: str = "") -> None:
    """ABORT undoes the statement and leaves the transaction standing; ROLLBACK would take the whole group along."""
    op.execute(
        f"CREATE TRIGGER {table}_refuses_{change.lower()} BEFORE {change} ON {table} {condition} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    )


def create_exports() -> None:
    op.create_table(
        "access_systems",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Text(), nullable=True),
        sa.Column("first_asked", sa.Text(), nullable=False),
        sa.Column("named_id", sa.Text(), nullable=True),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name="fk_access_systems_workspace_id_workspaces"),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_access_systems"),
        sa.UniqueConstraint("workspace_id", "name_key", name="uq_access_systems_workspace_id_name_key"),
    )
    op.create_table(
        "access_descriptions",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("system_id", sa.Text(), nullable=False),
        sa.Column("entitlement", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "system_id"],
            ["access_systems.workspace_id", "access_systems.id"],
            name="fk_access_descriptions_workspace_id_system_id_access_systems",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "system_id", "entitlement", name="pk_access_descriptions"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "access_exports",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("system_id", sa.Text(), nullable=False),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("extracted_at", sa.BigInteger(), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("accesses", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("imported_by", sa.Text(), nullable=True),
        sa.Column("imported_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "system_id"],
            ["access_systems.workspace_id", "access_systems.id"],
            name="fk_access_exports_workspace_id_system_id_access_systems",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_access_exports"),
    )
    op.create_index("ix_access_exports_workspace_id_sha256", "access_exports", ["workspace_id", "sha256"], unique=False)
    op.create_index(
        "ix_access_exports_workspace_id_system_id_state_extracted_at",
        "access_exports",
        ["workspace_id", "system_id", "state", "extracted_at"],
        unique=False,
    )
    op.create_table(
        "access_rows",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("export_id", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("account_key", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("email_key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("entitlement", sa.Text(), nullable=False),
        sa.Column("entitlement_key", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("privileged", sa.Boolean(), nullable=False),
        sa.Column("last_login", sa.Date(), nullable=True),
        sa.Column("login_told", sa.Boolean(), nullable=False),
        sa.Column("created", sa.Date(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "export_id"],
            ["access_exports.workspace_id", "access_exports.id"],
            name="fk_access_rows_workspace_id_export_id_access_exports",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "export_id", "seq", "revision", name="pk_access_rows"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "access_amendments",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("export_id", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("column", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "export_id"],
            ["access_exports.workspace_id", "access_exports.id"],
            name="fk_access_amendments_workspace_id_export_id_access_exports",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "export_id", "seq", "revision", name="pk_access_amendments"),
        sqlite_with_rowid=False,
    )


def create_campaigns() -> None:
    op.create_table(
        "access_campaigns",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Text(), nullable=False),
        sa.Column("span_start", sa.Date(), nullable=False),
        sa.Column("span_end", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("control_id", sa.Text(), nullable=False),
        sa.Column("task_id", sa.Text(), nullable=True),
        sa.Column("change_days", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=True),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("closed_by", sa.Text(), nullable=True),
        sa.Column("close_reason", sa.Text(), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("checked", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "control_id"],
            ["controls.workspace_id", "controls.id"],
            name="fk_access_campaigns_workspace_id_control_id_controls",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "owner_id"],
            ["people.workspace_id", "people.id"],
            name="fk_access_campaigns_workspace_id_owner_id_people",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_access_campaigns"),
    )
    op.create_index(
        "ix_access_campaigns_workspace_id_state_due_on",
        "access_campaigns",
        ["workspace_id", "state", "due_on"],
        unique=False,
    )
    op.create_index(
        "uq_access_campaigns_task",
        "access_campaigns",
        ["workspace_id", "task_id"],
        unique=True,
        sqlite_where=sa.text("task_id IS NOT NULL AND state <> 'cancelled'"),
    )
    op.create_table(
        "access_campaign_systems",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("campaign_id", sa.Text(), nullable=False),
        sa.Column("system_id", sa.Text(), nullable=False),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("export_id", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Text(), nullable=True),
        sa.Column("first_asked", sa.Text(), nullable=False),
        sa.Column("named_id", sa.Text(), nullable=True),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "campaign_id"],
            ["access_campaigns.workspace_id", "access_campaigns.id"],
            name="fk_access_campaign_systems_workspace_id_campaign_id_access_campaigns",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "export_id"],
            ["access_exports.workspace_id", "access_exports.id"],
            name="fk_access_campaign_systems_workspace_id_export_id_access_exports",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "campaign_id", "system_id", name="pk_access_campaign_systems"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "access_extensions",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("campaign_id", sa.Text(), nullable=False),
        sa.Column("due_from", sa.Date(), nullable=False),
        sa.Column("due_to", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id", "campaign_id"],
            ["access_campaigns.workspace_id", "access_campaigns.id"],
            name="fk_access_extensions_workspace_id_campaign_id_access_campaigns",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_access_extensions"),
    )
    op.create_index(
        "ix_access_extensions_workspace_id_campaign_id_asked_at",
        "access_extensions",
        ["workspace_id", "campaign_id", "asked_at"],
        unique=False,
    )
    op.create_table(
        "access_places",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("campaign_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("system_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=True),
        sa.Column("assigned_id", sa.Text(), nullable=True),
        sa.Column("passed_by", sa.Text(), nullable=False),
        sa.Column("reviewer_id", sa.Text(), nullable=True),
        sa.Column("capacity", sa.Text(), nullable=True),
        sa.Column("on_behalf_of", sa.Text(), nullable=True),
        sa.Column("skipped", sa.Text(), nullable=False),
        sa.Column("place_key", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "campaign_id"],
            ["access_campaigns.workspace_id", "access_campaigns.id"],
            name="fk_access_places_workspace_id_campaign_id_access_campaigns",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "campaign_id", "id", name="pk_access_places"),
        sa.UniqueConstraint(
            "workspace_id", "campaign_id", "place_key", name="uq_access_places_workspace_id_campaign_id_place_key"
        ),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_access_places_workspace_id_campaign_id_reviewer_id",
        "access_places",
        ["workspace_id", "campaign_id", "reviewer_id"],
        unique=False,
    )


def create_items() -> None:
    op.create_table(
        "access_reviewed",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("system_id", sa.Text(), nullable=False),
        sa.Column("account_key", sa.Text(), nullable=False),
        sa.Column("entitlement_key", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.Column("campaign_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "system_id"],
            ["access_systems.workspace_id", "access_systems.id"],
            name="fk_access_reviewed_workspace_id_system_id_access_systems",
        ),
        sa.PrimaryKeyConstraint(
            "workspace_id", "system_id", "account_key", "entitlement_key", name="pk_access_reviewed"
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "access_decisions",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("campaign_id", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=True),
        sa.Column("on_behalf_of", sa.Text(), nullable=True),
        sa.Column("to", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.Column("change_to", sa.Text(), nullable=False),
        sa.Column("seconds_taken", sa.Float(), nullable=True),
        sa.Column("in_bulk", sa.Boolean(), nullable=False),
        sa.Column("taken_over_from", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "campaign_id"],
            ["access_campaigns.workspace_id", "access_campaigns.id"],
            name="fk_access_decisions_workspace_id_campaign_id_access_campaigns",
        ),
        sa.PrimaryKeyConstraint("number", name="pk_access_decisions"),
    )
    op.create_index(
        "ix_access_decisions_workspace_id_campaign_id_item_id",
        "access_decisions",
        ["workspace_id", "campaign_id", "item_id"],
        unique=False,
    )
    op.create_table(
        "access_items",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("campaign_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("place_id", sa.Text(), nullable=False),
        sa.Column("system_id", sa.Text(), nullable=False),
        sa.Column("export_id", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("own", sa.Boolean(), nullable=False),
        sa.Column("is_new", sa.Boolean(), nullable=False),
        sa.Column("last_verdict", sa.Text(), nullable=True),
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.Column("change_to", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("on_behalf_of", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("seconds_taken", sa.Float(), nullable=True),
        sa.Column("in_bulk", sa.Boolean(), nullable=False),
        sa.Column("taken_over_from", sa.Text(), nullable=False),
        sa.Column("submitted_at", sa.BigInteger(), nullable=True),
        sa.Column("proven", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "campaign_id"],
            ["access_campaigns.workspace_id", "access_campaigns.id"],
            name="fk_access_items_workspace_id_campaign_id_access_campaigns",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "export_id"],
            ["access_exports.workspace_id", "access_exports.id"],
            name="fk_access_items_workspace_id_export_id_access_exports",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "campaign_id", "id", name="pk_access_items"),
        sa.UniqueConstraint(
            "workspace_id",
            "campaign_id",
            "export_id",
            "seq",
            name="uq_access_items_workspace_id_campaign_id_export_id_seq",
        ),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_access_items_place",
        "access_items",
        ["workspace_id", "campaign_id", "place_id", "submitted_at", "verdict", "own"],
        unique=False,
    )
    op.create_index(
        "ix_access_items_unproven",
        "access_items",
        ["workspace_id", "system_id"],
        unique=False,
        sqlite_where=sa.text("verdict IN ('revoke', 'change') AND submitted_at IS NOT NULL AND NOT proven"),
    )
    op.create_table(
        "access_proofs",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("campaign_id", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("export_id", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("as_decided", sa.Boolean(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "campaign_id"],
            ["access_campaigns.workspace_id", "access_campaigns.id"],
            name="fk_access_proofs_workspace_id_campaign_id_access_campaigns",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "export_id"],
            ["access_exports.workspace_id", "access_exports.id"],
            name="fk_access_proofs_workspace_id_export_id_access_exports",
        ),
        sa.PrimaryKeyConstraint("number", name="pk_access_proofs"),
    )
    op.create_index(
        "ix_access_proofs_workspace_id_campaign_id_item_id",
        "access_proofs",
        ["workspace_id", "campaign_id", "item_id"],
        unique=False,
    )
