from dataclasses import fields
from datetime import datetime

import pytest
from sqlalchemy import Table

from storage import tables
from storage.columns import microseconds
from tasks.api_tokens import ApiToken
from tasks.evidence import Evidence
from tasks.imports import Import
from tasks.model import Acceptance, Attestation, Contribution, Deviation, Finding, Task
from tests.builders import utc


@pytest.mark.parametrize(
    ("table", "value"),
    [
        (tables.tasks, Task),
        (tables.attestations, Attestation),
        (tables.findings, Finding),
        (tables.deviations, Deviation),
        (tables.acceptances, Acceptance),
        (tables.contributions, Contribution),
        (tables.evidence, Evidence),
        (tables.imports, Import),
        (tables.api_tokens, ApiToken),
    ],
)
def test_a_table_has_a_column_for_every_field(table: Table, value: type) -> None:
    columns = {column.name for column in table.c} - {"workspace_id", "number"}
    assert columns == {field.name for field in fields(value)}


@pytest.mark.parametrize("table", tables.metadata.sorted_tables, ids=lambda table: table.name)
def test_every_row_belongs_to_a_workspace(table: Table) -> None:
    assert table.name == "workspaces" or not table.c.workspace_id.nullable


@pytest.mark.parametrize("table", tables.metadata.sorted_tables, ids=lambda table: table.name)
def test_no_reference_leaves_the_workspace(table: Table) -> None:
    for reference in table.foreign_key_constraints:
        names = {column.name for column in reference.columns}
        assert "workspace_id" in names or names == {"notice_id"}


def test_a_time_without_its_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without its zone"):
        microseconds(datetime(2026, 11, 2, 9))  # noqa: DTZ001


def test_a_time_is_kept_to_the_microsecond_before_and_after_1970() -> None:
    assert microseconds(utc(1970, 1, 1).replace(microsecond=1)) == 1
    assert microseconds(utc(1969, 12, 31, 23, 59).replace(second=59, microsecond=999_999)) == -1
