"""Controls and every version of their text."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.engine import Row

from storage.repository import CHANGED, Repository, mine
from storage.tables import control_versions, controls
from tasks.access.model import CampaignKind
from tasks.controls import Cadence, Control, ControlText, EvidenceItem, SpanKind
from tasks.errors import NotFound, Stale
from tasks.identifiers import ControlId

UNKNOWN = "There is no such control in this workspace. Look it up in the list of controls and try again."

NAMES = ("id", "code", "area", "department", "owner_id", "starts_on", "retired", "ladder", "version")
CONTROLS = (
    select(*(controls.c[name] for name in NAMES), control_versions.c.body)
    .join(
        control_versions,
        (control_versions.c.workspace_id == controls.c.workspace_id)
        & (control_versions.c.control_id == controls.c.id)
        & (control_versions.c.version == controls.c.version),
    )
    .where(mine(controls))
)
BY_ID = CONTROLS.where(controls.c.id == bindparam("control_id"))
BY_CODE = CONTROLS.where(func.lower(controls.c.code) == bindparam("code"))
EVERY = CONTROLS.order_by(controls.c.code)
TEXT = select(control_versions.c.body).where(
    mine(control_versions),
    control_versions.c.control_id == bindparam("control_id"),
    control_versions.c.version == bindparam("version"),
)
ADD = insert(controls)
ADD_VERSION = insert(control_versions)
SAVE = update(controls).where(mine(controls), controls.c.id == bindparam("w_id"))


class SqlControls(Repository):
    def get(self, control_id: ControlId) -> Control:
        row = self._row(BY_ID, control_id=control_id)
        if row is None:
            raise NotFound(UNKNOWN)
        return _read(row)

    def by_code(self, code: str) -> Control | None:
        row = self._row(BY_CODE, code=code.lower())
        return None if row is None else _read(row)

    def every(self) -> Sequence[Control]:
        return [_read(row) for row in self._rows(EVERY)]

    def add(self, control: Control) -> None:
        self._insert(ADD, [_values(control)])
        self._add_version(control)

    def save(self, control: Control) -> None:
        kept = self.get(control.id)
        if control.version < kept.version or (control.version == kept.version and control.text != kept.text):
            raise Stale(CHANGED)
        if control.version > kept.version:
            self._add_version(control)
        self._change(SAVE, **_values(control), w_id=control.id)

    def text(self, control_id: ControlId, version: int) -> ControlText:
        row = self._row(TEXT, control_id=control_id, version=version)
        if row is None:
            raise NotFound(UNKNOWN)
        return _text(row.body)

    def _add_version(self, control: Control) -> None:
        body = json.dumps(asdict(control.text), ensure_ascii=False)
        self._insert(ADD_VERSION, [{"control_id": control.id, "version": control.version, "body": body}])


def _values(control: Control) -> dict[str, Any]:
    return {name: getattr(control, name) for name in NAMES}


def _read(row: Row[Any]) -> Control:
    *values, body = row
    return Control(**dict(zip(NAMES, values, strict=True)), text=_text(body))


@lru_cache(maxsize=1024)
def _text(body: str) -> ControlText:
    """Remembered: a version's text never changes."""
    values = json.loads(body)
    return ControlText(
        **values
        | {
            "cadence": Cadence(values["cadence"]),
            "span": SpanKind(values["span"]),
            "access_review": _kind(values.get("access_review")),
            "evidence": tuple(EvidenceItem(**item) for item in values["evidence"]),
            "tested_attributes": tuple(values["tested_attributes"]),
            "refs": _refs(values["refs"]),
        }
    )


def _kind(word: str | None) -> CampaignKind | None:
    return CampaignKind(word) if word else None


def _refs(refs: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    return {framework: tuple(ids) for framework, ids in refs.items()}
