"""Files made of what stands here: how evidence refers to them before their bytes are bound."""

from enum import StrEnum
from typing import NamedTuple

PLATFORM = "records"
"""The name under which they are fetched, beside Slack, Teams and the browser."""
REPORT, EXPORT = "access-report", "access-export"


class Form(StrEnum):
    """Of a campaign's report."""

    WORKBOOK = "xlsx"
    LINES = "csv"
    PAGE = "html"


class Record(NamedTuple):
    kind: str
    id: str
    form: str = ""
    """Of a report."""

    @property
    def reference(self) -> str:
        return ":".join(filter(None, self))


def read_reference(reference: str) -> Record:
    kind, _, rest = reference.partition(":")
    of, _, form = rest.partition(":")
    return Record(kind, of, form)
