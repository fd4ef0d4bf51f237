"""The fingerprint of an export's rows, provable without this program.

SHA-256 over FORM, a line feed, and one line for each access, sorted by their bytes and joined with line feeds. A line
is a JSON array in ASCII without spaces: account, email, name, entitlement, description, privileged, last login, login
told, created, type, active. Days are written 2026-11-05, and null where there is none. The row's number and the order
of the rows are no part of it, so that the same accesses give the same digest whatever file they came in.
"""

import hashlib
import json
from collections.abc import Iterable
from datetime import date

from tasks.access.model import Access

FORM = "soc2bot access rows 1"
ENCODE = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode


def digest(rows: Iterable[Access]) -> str:
    lines = sorted(canonical(row) for row in rows)
    return hashlib.sha256("\n".join([FORM, *lines]).encode("ascii")).hexdigest()


def canonical(row: Access) -> str:
    return ENCODE(
        [
            *(row.account, row.email, row.name, row.entitlement, row.description, row.privileged),
            *(_day(row.last_login), row.login_told, _day(row.created), row.kind.value, row.active),
        ]
    )


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None
