"""A campaign's report as files: a workbook, and one page that needs nothing but itself.

The workbook holds texts and numbers alone: no formula, no link. The same report gives the same bytes.
"""

import io
import re
from collections.abc import Iterator, Sequence
from datetime import UTC
from itertools import groupby
from operator import attrgetter
from pathlib import Path

import xlsxwriter
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from tasks.access.report import Report
from tasks.access.report_lines import HEADER, Line, csv_of, safe_cell
from tasks.access.report_tables import (
    Cell,
    Table,
    facts,
    revocations_table,
    sentences,
    signals_table,
    stamp_words,
    tables,
)
from tasks.wording import shortened

TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
MOST_LINES = 1_000_000
"""On one sheet; Excel has a few more rows."""
LONGEST_CELL = 16_000
"""Excel takes 32,767 UTF-16 units."""
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""XML has no way to say them."""
NARROW, WIDE = 16, 40
WIDE_COLUMNS = {"Account", "Entitlement", "Reason", "Query or report", "About", "Signal", "Passed on before"}
SECONDS = HEADER.index("Seconds taken")


def csv_bytes(report: Report) -> bytes:
    """Its lines alone, marked as UTF-8: Excel would else take it for something older."""
    return csv_of(report.lines).encode("utf-8-sig", "replace")


# --- one page


def html_bytes(report: Report) -> bytes:
    page = TEMPLATES.get_template("access_report.html").render(
        report=report,
        stamp=stamp_words(report),
        facts=facts(report),
        sentences=list(sentences(report)),
        tables=[*tables(report), revocations_table(report), signals_table(report)],
        systems=list(_by_system(report.lines)),
    )
    return page.encode("utf-8", "replace")


def _by_system(lines: Sequence[Line]) -> Iterator[tuple[str, list[Line]]]:
    system = attrgetter("system")
    for name, found in groupby(sorted(lines, key=system), key=system):
        yield name, list(found)


# --- a workbook


def xlsx_bytes(report: Report, *, most_lines: int = MOST_LINES) -> bytes:
    out = io.BytesIO()
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
    }
    with xlsxwriter.Workbook(out, options) as workbook:
        made_at = report.made_at.astimezone(UTC).replace(tzinfo=None)
        workbook.set_properties({"title": "Access review", "created": made_at})
        book = Book(workbook, stamp_words(report))
        book.summary(report)
        for number, first in enumerate(range(0, max(len(report.lines), 1), most_lines), start=1):
            part = report.lines[first : first + most_lines]
            book.table("Decisions" if number == 1 else f"Decisions {number}", HEADER, _with_numbers(part))
        for name, table in (("Revocations and proof", revocations_table(report)), ("Signals", signals_table(report))):
            book.table(name, table.header, table.rows or [(table.empty,)])
    return out.getvalue()


def _with_numbers(lines: Sequence[Line]) -> Iterator[Sequence[Cell]]:
    for line in lines:
        seconds = line[SECONDS]
        yield (*line[:SECONDS], int(seconds) if seconds else "", *line[SECONDS + 1 :])


class Book:
    """Sheets that are written from their first row to their last, as constant memory wants it."""

    def __init__(self, workbook: xlsxwriter.Workbook, stamp: str) -> None:
        self._workbook = workbook
        self._stamp = stamp
        self._bold = workbook.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        self._plain = workbook.add_format({"text_wrap": True, "valign": "top"})
        self._loud = workbook.add_format({"bold": True, "font_size": 14})

    def summary(self, report: Report) -> None:
        sheet = self._sheet("Summary")
        sheet.set_column(0, 0, WIDE)
        sheet.set_column(1, 10, NARROW * 1.5)
        row = 0
        for words in filter(None, (self._stamp, report.name)):
            self._cells(sheet, row, (words,), self._loud)
            row += 1
        for pair in (*facts(report), *(("Statement", words) for words in sentences(report))):
            self._cells(sheet, row, pair[:1], self._bold)
            self._cells(sheet, row, pair[1:], None, first=1)
            row += 1
        for table in tables(report):
            row = self._part(sheet, row + 1, table)

    def _part(self, sheet: xlsxwriter.worksheet.Worksheet, row: int, table: Table) -> int:
        """Returns the row after it."""
        self._cells(sheet, row, (table.title,), self._loud)
        rows = table.rows or ((table.empty,),)
        self._cells(sheet, row + 1, table.header, self._bold)
        for number, cells in enumerate(rows, start=row + 2):
            self._cells(sheet, number, cells, self._plain)
        return row + 2 + len(rows)

    def table(
        self, name: str, header: Sequence[str], rows: Iterator[Sequence[Cell]] | Sequence[Sequence[Cell]]
    ) -> None:
        sheet = self._sheet(name)
        sheet.freeze_panes(1, 0)
        sheet.repeat_rows(0)
        for column, title in enumerate(header):
            sheet.set_column(column, column, WIDE if title in WIDE_COLUMNS else NARROW)
        self._cells(sheet, 0, header, self._bold)
        for number, cells in enumerate(rows, start=1):
            self._cells(sheet, number, cells, self._plain)

    def _sheet(self, name: str) -> xlsxwriter.worksheet.Worksheet:
        sheet = self._workbook.add_worksheet(name)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_header(f"&L&A&C&B{self._stamp}&R&P / &N")
        return sheet

    def _cells(
        self,
        sheet: xlsxwriter.worksheet.Worksheet,
        row: int,
        cells: Sequence[Cell],
        look: xlsxwriter.format.Format | None,
        *,
        first: int = 0,
    ) -> None:
        for column, cell in enumerate(cells, start=first):
            if isinstance(cell, int):
                sheet.write_number(row, column, cell, look)
            elif cell:
                sheet.write_string(row, column, cell_text(cell), look)


def cell_text(text: str) -> str:
    """xlsxwriter takes what is between <r> and </r> for XML of its own and writes it unescaped."""
    writable = UNWRITABLE.sub("�", safe_cell(text).replace("\r\n", "\n").replace("\r", "\n"))
    fitting = shortened(writable, LONGEST_CELL)
    return f"'{fitting}" if fitting.startswith("<r>") else fitting
