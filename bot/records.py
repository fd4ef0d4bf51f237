"""Files made of what stands here, fetched like any other: a campaign's report, and a list of accounts as it came in."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from functools import partial

from bot.access_report import csv_bytes, html_bytes, xlsx_bytes
from bot.file_types import FileType
from bot.platform import FetchRefused
from tasks.access.records import EXPORT, PLATFORM, REPORT, Form, read_reference
from tasks.access.report import Report
from tasks.errors import NotFound
from tasks.evidence import Evidence
from tasks.identifiers import WorkspaceId
from tasks.operations.gather_report import gather_report
from tasks.ports import UnitsOfWork

RENDERERS: Mapping[Form, Callable[[Report], bytes]] = {
    Form.WORKBOOK: xlsx_bytes,
    Form.LINES: csv_bytes,
    Form.PAGE: html_bytes,
}
PAGE_TYPE = FileType(extension=Form.PAGE, media_type="text/html")
"""A page of our own is taken; one that somebody sends is not."""
ReadBytes = Callable[[str], bytes]
"""By SHA-256. Blocking: run off the event loop."""


def is_own_page(evidence: Evidence) -> bool:
    return evidence.platform == PLATFORM and read_reference(evidence.reference).form == Form.PAGE


class Records:
    def __init__(self, *, workspace: WorkspaceId, units: UnitsOfWork, read_bytes: ReadBytes) -> None:
        self._workspace = workspace
        self._units = units
        self._read_bytes = read_bytes

    async def fetch(self, reference: str, *, limit: int) -> AsyncIterator[bytes]:
        """Raises FetchRefused."""
        try:
            content = await self._content(reference)
        except NotFound as error:
            raise FetchRefused(str(error)) from error
        if len(content) > limit:
            raise FetchRefused(f"The file would be larger than {limit // 1024**2} MB.")
        yield content

    async def _content(self, reference: str) -> bytes:
        record = read_reference(reference)
        if record.kind == REPORT and record.form in set(Form):
            report = await self._units.read(self._workspace, partial(gather_report, campaign_id=record.id))
            return await asyncio.to_thread(RENDERERS[Form(record.form)], report)
        if record.kind == EXPORT:
            export = await self._units.read(self._workspace, lambda uow: uow.access_exports.get(record.id))
            return await asyncio.to_thread(self._read_bytes, export.sha256)
        raise FetchRefused("There is no such file.")
