"""The bytes of a CSV or XLSX file as rows of text. Nothing is computed, followed or run: a formula is a text.

An XLSX is a zip of XML: what it would unpack to, and how far its cells reach, is measured before it is opened. A cell
in the last row and column would else make a table of seventeen thousand million cells.
"""

import codecs
import csv
import io
import re
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from itertools import islice
from xml.parsers import expat

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from tasks.access import reading as access
from tasks.errors import DomainError
from tasks.matrix.model import Sheet

MIB = 1024**2


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Of one kind of file."""

    what: str
    """The file should hold this and nothing else."""
    bytes: int
    """As sent."""
    unpacked: int
    """Bytes, of a workbook."""
    rows: int
    above: int = 0
    """Rows that may stand over them: the header and what comes before it."""
    columns: int
    reach: int
    """Rows times columns that a sheet may reach over, empty cells among them."""

    def too_large(self, name: str) -> str:
        return f"{name} is larger than {self.bytes // MIB} MB. Send {self.what} alone."


CONTROL_LIST = Limits(
    what="the control list", bytes=5 * MIB, unpacked=60 * MIB, rows=5000, columns=200, reach=2_000_000
)
ACCESS_EXPORT = Limits(
    what="the list of accounts",
    bytes=25 * MIB,
    unpacked=240 * MIB,
    rows=access.MOST_ROWS,
    above=50,
    columns=200,
    reach=5_000_000,
)
MOST_PARTS = 2000
DELIMITERS = (",", ";", "\t", "|")
SAMPLE = 50
CHUNK = 65_536
PORTION = 1000
"""Rows that are read before they are counted."""
ZIP = b"PK\x03\x04"
OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
WEB_PAGE = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?<(?:!doctype html|html|head|body)\b", re.IGNORECASE)
CONTROL = bytes([*range(9), *range(14, 32)])
CELL = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
WORKBOOK = "xl/workbook.xml"
RELATIONS = "xl/_rels/workbook.xml.rels"
DAMAGED = (
    *(CalamineError, zipfile.BadZipFile, zlib.error, expat.ExpatError),
    *(EOFError, LookupError, NotImplementedError, OSError, ValueError),
)
"""What a broken or forged file makes its readers raise."""
ACCEPTED = "Send it as .xlsx or .csv."


class UnreadableSpreadsheet(DomainError):
    """The message is a sentence for the person who sent the file."""


def read_sheets(content: bytes, name: str, limits: Limits) -> list[Sheet]:
    """Sheets in the file's order; a CSV is one sheet. Raises UnreadableSpreadsheet."""
    if not content.strip():
        raise UnreadableSpreadsheet(f"{name} is empty. Export it again and look inside before you send it.")
    if len(content) > limits.bytes:
        raise UnreadableSpreadsheet(limits.too_large(name))
    if content.startswith(OLD_EXCEL):
        raise UnreadableSpreadsheet(f"{name} is an old or a locked Excel file. Save it as .xlsx without a password.")
    if content.startswith(ZIP):
        return _read_workbook(content, name, limits)
    return [_read_csv(_decoded(content, name), name, limits)]


# --- CSV


def _read_csv(text: str, name: str, limits: Limits) -> Sheet:
    if WEB_PAGE.match(text):
        raise UnreadableSpreadsheet(
            f"{name} holds a web page, most likely a sign-in page saved in place of the file. "
            "Open it, download the file itself and send that."
        )
    try:
        rows = _csv_rows(text, _delimiter(text), name, limits)
    except csv.Error as error:
        raise UnreadableSpreadsheet(f"{name} can't be read as a CSV file: {error}. {ACCEPTED}") from error
    return Sheet(name="", rows=rows)


def _decoded(content: bytes, name: str) -> str:
    """By its mark where it has one; else UTF-8, else what older Windows programs write."""
    marked = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "cp1252", "latin-1"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _has_control(text):
            break
        return text
    raise UnreadableSpreadsheet(f"{name} is neither a spreadsheet nor plain text. {ACCEPTED}")


def _has_control(text: str) -> bool:
    plain = text.encode()
    return len(plain.translate(None, CONTROL)) < len(plain)


def _delimiter(text: str) -> str:
    """Whichever makes most of the first rows equally wide, and wider than one cell."""
    return max(DELIMITERS, key=lambda sign: _evenness(text, sign))


def _evenness(text: str, sign: str) -> int:
    widths = []
    for row in csv.reader(io.StringIO(text[:CHUNK], newline=""), delimiter=sign):
        if any(row):
            widths.append(len(row))
        if len(widths) == SAMPLE:
            break
    return max((widths.count(width) * width for width in set(widths) if width > 1), default=0)


def _csv_rows(text: str, delimiter: str, name: str, limits: Limits) -> list[Sequence[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows: list[Sequence[str]] = []
    widths: list[int] = []
    while portion := list(islice(reader, PORTION)):
        rows += map(tuple, portion)
        widths += map(len, portion)
        _check_rows(len(rows), name, limits)
    _check_columns(widths, name, limits)
    return rows


def _check_rows(rows: int, name: str, limits: Limits) -> None:
    if rows > limits.rows + limits.above:
        raise UnreadableSpreadsheet(
            f"{name} has more than {limits.rows:,} rows. Send {limits.what} alone, or split it."
        )


def _check_columns(widths: Sequence[int], name: str, limits: Limits) -> None:
    """Of each row, from the first."""
    columns = max(widths, default=0)
    if columns > limits.columns:
        row = widths.index(columns) + 1
        raise UnreadableSpreadsheet(
            f"{name} has {columns:,} columns in row {row:,}; {limits.columns} at most. Leave the others out."
        )
    _check_reach(len(widths), columns, name, limits)


def _check_reach(rows: int, columns: int, name: str, limits: Limits) -> None:
    if rows * columns > limits.reach:
        raise UnreadableSpreadsheet(
            f"{name} has cells as far as row {rows:,} and column {columns:,}. "
            "Delete the empty rows and columns around the list, and columns that nobody needs."
        )


# --- XLSX


def _read_workbook(content: bytes, name: str, limits: Limits) -> list[Sheet]:
    try:
        _check_parts(content, name, limits)
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        return [_sheet(workbook, sheet, name, limits) for sheet in workbook.sheet_names]
    except PasswordError as error:
        raise UnreadableSpreadsheet(f"{name} is locked with a password. Save it without one.") from error
    except DAMAGED as error:
        raise UnreadableSpreadsheet(f"{name} is damaged and can't be opened. Export it again.") from error


def _check_parts(content: bytes, name: str, limits: Limits) -> None:
    """Reads every part through, as it will be read: what a part says of its own size may be a lie."""
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        found = parts.infolist()
        if WORKBOOK not in {one.filename for one in found}:
            raise UnreadableSpreadsheet(f"{name} is a zip, not an Excel file. {ACCEPTED}")
        if len(found) > MOST_PARTS or sum(one.file_size for one in found) > limits.unpacked:
            raise UnreadableSpreadsheet(
                f"{name} unpacks to more than {limits.unpacked // MIB} MB. Send {limits.what} alone."
            )
        for one in found:
            _check_part(one.filename, _read_through(parts, one), name, limits)


def _check_part(part: str, seen: "Seen", name: str, limits: Limits) -> None:
    _check_reach(seen.rows, seen.columns, name, limits)
    strange = [target for target in seen.targets if not target.lower().endswith(".xml")]
    if part.lower() == RELATIONS and strange:
        raise UnreadableSpreadsheet(f"{name} holds more than sheets, such as macros. Save it as a plain .xlsx.")


def _read_through(parts: zipfile.ZipFile, part: zipfile.ZipInfo) -> "Seen":
    seen = Seen()
    is_xml = part.filename.lower().endswith((".xml", ".rels"))
    with parts.open(part) as stream:
        while chunk := stream.read(CHUNK):
            if is_xml:
                seen.feed(chunk)
    if is_xml:
        seen.feed(b"", last=True)
    return seen


class Seen:
    """How far a part's cells go, and what it refers to, told from its XML as it streams by."""

    def __init__(self) -> None:
        self.rows = 0
        self.columns = 0
        self.targets: list[str] = []
        self._row_cells = 0
        self._sees = {"c": self._cell, "row": self._row, "Relationship": self._target}
        self._parser = expat.ParserCreate("utf-8")
        self._parser.StartElementHandler = self._element
        self._parser.StartDoctypeDeclHandler = self._doctype

    def feed(self, chunk: bytes, *, last: bool = False) -> None:
        """In UTF-16 this parser and the one that reads the cells could see two different texts."""
        if b"\x00" in chunk:
            raise ValueError("a part of a workbook is UTF-8")
        self._parser.Parse(chunk, last)

    def _element(self, name: str, attributes: dict[str, str]) -> None:
        if see := self._sees.get(name.rpartition(":")[2]):
            see(attributes)

    def _cell(self, attributes: dict[str, str]) -> None:
        self._row_cells += 1
        column, row = _place(attributes.get("r", ""))
        self.rows, self.columns = max(self.rows, row), max(self.columns, column, self._row_cells)

    def _row(self, attributes: dict[str, str]) -> None:
        self._row_cells = 0
        said = attributes.get("r", "")
        self.rows = max(self.rows + 1, int(said) if said.isdecimal() else 0)

    def _target(self, attributes: dict[str, str]) -> None:
        self.targets.append(attributes.get("Target", ""))

    def _doctype(self, *_: object) -> None:
        raise ValueError("a part of a workbook declares no document type")


def _place(reference: str) -> tuple[int, int]:
    """B7 is column 2, row 7."""
    found = CELL.fullmatch(reference)
    return (_column(found[1]), int(found[2])) if found else (0, 0)


@lru_cache(maxsize=1000)
def _column(letters: str) -> int:
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - ord("A") + 1
    return column


def _sheet(workbook: CalamineWorkbook, sheet: str, name: str, limits: Limits) -> Sheet:
    rows = [
        tuple(_text(cell) for cell in row) for row in workbook.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    ]
    while rows and not any(rows[-1]):
        rows.pop()
    _check_rows(len(rows), name, limits)
    widths = [len(row) - _empty_end(row) for row in rows]
    _check_columns(widths, name, limits)
    filled = max(widths, default=0)
    return Sheet(name=sheet, rows=[row[:filled] for row in rows])


def _empty_end(row: Sequence[str]) -> int:
    return next((count for count, cell in enumerate(reversed(row)) if cell), len(row))


def _text(cell: object) -> str:
    match cell:
        case str():
            return cell
        case bool():
            return "yes" if cell else "no"
        case float() if cell.is_integer():
            return str(int(cell))
        case datetime() if cell.time() == time():
            return cell.date().isoformat()
        case date():
            return cell.isoformat()
        case _:
            return str(cell)
