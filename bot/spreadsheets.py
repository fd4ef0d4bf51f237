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
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from xml.parsers import expat

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from tasks.errors import DomainError
from tasks.matrix.model import Sheet

LARGEST = 5 * 1024 * 1024
"""Bytes, as sent."""
LARGEST_UNPACKED = 60 * 1024 * 1024
MOST_PARTS = 2000
MOST_ROWS = 5000
MOST_COLUMNS = 200
FURTHEST_CELL = 2_000_000
"""Rows times columns that a sheet may reach over, empty cells among them."""
LONGEST_CELL = 100_000
DELIMITERS = (",", ";", "\t", "|")
SAMPLE = 50
CHUNK = 65_536
ZIP = b"PK\x03\x04"
OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
WEB_PAGE = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?<(?:!doctype html|html|head|body)\b", re.IGNORECASE)
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
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


def read_sheets(content: bytes, name: str) -> list[Sheet]:
    """Sheets in the file's order; a CSV is one sheet. Raises UnreadableSpreadsheet."""
    if not content.strip():
        raise UnreadableSpreadsheet(f"{name} is empty. Export it again and look inside before you send it.")
    if len(content) > LARGEST:
        raise UnreadableSpreadsheet(f"{name} is larger than {LARGEST // 1024**2} MB. Send the control list alone.")
    if content.startswith(OLD_EXCEL):
        raise UnreadableSpreadsheet(f"{name} is an old or a locked Excel file. Save it as .xlsx without a password.")
    return _read_workbook(content, name) if content.startswith(ZIP) else [_read_csv(content, name)]


# --- CSV


def _read_csv(content: bytes, name: str) -> Sheet:
    text = _decoded(content, name)
    if WEB_PAGE.match(text):
        raise UnreadableSpreadsheet(
            f"{name} holds a web page, most likely a sign-in page saved in place of the file. "
            "Open it, download the file itself and send that."
        )
    try:
        rows = list(_csv_rows(text, _delimiter(text), name))
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
        if CONTROL.search(text):
            break
        return text
    raise UnreadableSpreadsheet(f"{name} is neither a spreadsheet nor plain text. {ACCEPTED}")


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


def _csv_rows(text: str, delimiter: str, name: str) -> Iterator[Sequence[str]]:
    for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), start=1):
        _check_size(number, len(row), name)
        yield tuple(row)


def _check_size(rows: int, columns: int, name: str) -> None:
    if rows > MOST_ROWS:
        raise UnreadableSpreadsheet(
            f"{name} has more than {MOST_ROWS:,} rows. Send the control list alone, or split it."
        )
    if columns > MOST_COLUMNS:
        raise UnreadableSpreadsheet(
            f"{name} has {columns:,} columns in row {rows:,}; {MOST_COLUMNS} at most. Leave the others out."
        )


# --- XLSX


def _read_workbook(content: bytes, name: str) -> list[Sheet]:
    try:
        _check_parts(content, name)
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        return [_sheet(workbook, sheet, name) for sheet in workbook.sheet_names]
    except PasswordError as error:
        raise UnreadableSpreadsheet(f"{name} is locked with a password. Save it without one.") from error
    except DAMAGED as error:
        raise UnreadableSpreadsheet(f"{name} is damaged and can't be opened. Export it again.") from error


def _check_parts(content: bytes, name: str) -> None:
    """Reads every part through, as it will be read: what a part says of its own size may be a lie."""
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        found = parts.infolist()
        if WORKBOOK not in {one.filename for one in found}:
            raise UnreadableSpreadsheet(f"{name} is a zip, not an Excel file. {ACCEPTED}")
        if len(found) > MOST_PARTS or sum(one.file_size for one in found) > LARGEST_UNPACKED:
            raise UnreadableSpreadsheet(f"{name} unpacks to more than a control list needs. Send the list alone.")
        for one in found:
            _check_part(one.filename, _read_through(parts, one), name)


def _check_part(part: str, seen: "Seen", name: str) -> None:
    if seen.rows * seen.columns > FURTHEST_CELL:
        raise UnreadableSpreadsheet(
            f"{name} has cells as far as row {seen.rows:,} and column {seen.columns:,}. "
            "Delete the empty rows and columns around the list."
        )
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
        self._parser = expat.ParserCreate("utf-8", namespace_separator=" ")
        self._parser.StartElementHandler = self._element
        self._parser.StartDoctypeDeclHandler = self._doctype

    def feed(self, chunk: bytes, *, last: bool = False) -> None:
        """In UTF-16 this parser and the one that reads the cells could see two different texts."""
        if b"\x00" in chunk:
            raise ValueError("a part of a workbook is UTF-8")
        self._parser.Parse(chunk, last)

    def _element(self, name: str, attributes: dict[str, str]) -> None:
        kind = name.rpartition(" ")[2]
        if kind == "row":
            self._row_cells = 0
            said = attributes.get("r", "")
            self.rows = max(self.rows + 1, int(said) if said.isdecimal() else 0)
        elif kind == "c":
            self._row_cells += 1
            column, row = _place(attributes.get("r", ""))
            self.rows, self.columns = max(self.rows, row), max(self.columns, column, self._row_cells)
        elif kind == "Relationship":
            self.targets.append(attributes.get("Target", ""))

    def _doctype(self, *_: object) -> None:
        raise ValueError("a part of a workbook declares no document type")


def _place(reference: str) -> tuple[int, int]:
    """B7 is column 2, row 7."""
    found = CELL.fullmatch(reference)
    if not found:
        return 0, 0
    column = 0
    for letter in found[1].upper():
        column = column * 26 + ord(letter) - ord("A") + 1
    return column, int(found[2])


def _sheet(workbook: CalamineWorkbook, sheet: str, name: str) -> Sheet:
    rows = [
        tuple(_text(cell) for cell in row) for row in workbook.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    ]
    while rows and not any(rows[-1]):
        rows.pop()
    filled = max((len(row) - _empty_end(row) for row in rows), default=0)
    _check_size(len(rows), filled, name)
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
