import io
import random
import zipfile
from collections.abc import Callable
from datetime import date, datetime

import pytest
import xlsxwriter

from bot.spreadsheets import LARGEST, MOST_COLUMNS, MOST_ROWS, UnreadableSpreadsheet, read_sheets
from tests.matrices import SPREADSHEET, as_csv, as_xlsx

ROWS = (("ID", "Title"), ("AC-1", "Zugänge prüfen – “jetzt”"))
TEXT = "ID,Title\nAC-1,Zugänge prüfen\n"


def rows_of(content: bytes, name: str = "controls.csv") -> list[tuple[str, ...]]:
    [sheet] = read_sheets(content, name)
    return [tuple(row) for row in sheet.rows]


def why_not(content: bytes, name: str = "controls.xlsx") -> str:
    with pytest.raises(UnreadableSpreadsheet) as refusal:
        read_sheets(content, name)
    return str(refusal.value)


# CSV


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "latin-1"])
def test_text_is_read_in_the_encodings_that_programs_write(encoding: str) -> None:
    assert rows_of(TEXT.encode(encoding)) == [("ID", "Title"), ("AC-1", "Zugänge prüfen")]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_told_from_the_rows(delimiter: str) -> None:
    rows = [("ID", "Title, in short; and so on"), ("AC-1", "one, two; three"), ("AC-2", 'a "quoted"\nline')]
    assert rows_of(as_csv(rows, delimiter).encode()) == rows


def test_one_column_is_one_column() -> None:
    assert rows_of(b"ID\nAC-1\n") == [("ID",), ("AC-1",)]


def test_empty_rows_keep_their_place_so_that_row_numbers_are_right() -> None:
    assert rows_of(b"ID,Title\r\n\r\nAC-1,x\r\n") == [("ID", "Title"), (), ("AC-1", "x")]


# XLSX


def test_a_workbooks_sheets_come_in_their_order() -> None:
    sheets = read_sheets(as_xlsx(Notes=(("Read me",),), Controls=ROWS), "controls.xlsx")
    assert [(sheet.name, list(sheet.rows)) for sheet in sheets] == [("Notes", [("Read me",)]), ("Controls", list(ROWS))]


def test_leading_empty_rows_and_columns_keep_their_place() -> None:
    assert rows_of(as_xlsx(A=((), ("", "ID"), (), ("", "AC-1")))) == [("", ""), ("", "ID"), ("", ""), ("", "AC-1")]


def test_merged_cells_hold_their_text_once() -> None:
    def fill(sheet: xlsxwriter.worksheet.Worksheet) -> None:
        sheet.merge_range(0, 0, 0, 2, "Acme controls")
        sheet.write_row(1, 0, ["ID", "Title", "Owner"])

    assert rows_of(filled(fill)) == [("Acme controls", "", ""), ("ID", "Title", "Owner")]


def test_numbers_days_and_answers_read_as_people_write_them() -> None:
    def fill(sheet: xlsxwriter.worksheet.Worksheet, day: object) -> None:
        sheet.write_row(0, 0, [1, 1.5, 12.0, True])
        sheet.write_datetime(0, 4, datetime(2026, 11, 2), day)  # noqa: DTZ001 (Excel knows no zones)
        sheet.write_datetime(0, 5, date(2026, 11, 2), day)

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as workbook:
        fill(workbook.add_worksheet(), workbook.add_format({"num_format": "yyyy-mm-dd"}))
    assert rows_of(out.getvalue()) == [("1", "1.5", "12", "yes", "2026-11-02", "2026-11-02")]


def test_a_formula_in_text_is_text_and_a_formula_is_not_computed() -> None:
    evil = '=HYPERLINK("https://evil.example")', "@SUM(1)", "+1", "-1", "=cmd|'/C calc'!A0"
    assert rows_of(as_xlsx(A=(evil,))) == [evil]
    assert rows_of(as_csv((evil,)).encode()) == [evil]
    assert rows_of(filled(lambda sheet: sheet.write_formula(0, 0, "=1+1"))) in ([("0",)], [("",)], [])


def filled(fill: Callable[[xlsxwriter.worksheet.Worksheet], object]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as workbook:
        fill(workbook.add_worksheet())
    return out.getvalue()


# hostile


GOOD = as_xlsx(Controls=ROWS)


def rezipped(change: Callable[[str, bytes], bytes], **more: bytes) -> bytes:
    """The good workbook with its parts changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(GOOD)) as parts, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in parts.infolist():
            new.writestr(part.filename, change(part.filename, parts.read(part)))
        for name, content in more.items():
            new.writestr(name, content)
    return out.getvalue()


def with_sheet(xml: bytes) -> bytes:
    return rezipped(lambda name, content: xml if name == "xl/worksheets/sheet1.xml" else content)


def sheet_xml(data: str, before: str = "") -> bytes:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<?xml version="1.0"?>{before}<worksheet xmlns="{space}"><sheetData>{data}</sheetData></worksheet>'.encode()


def a_zip(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in parts.items():
            new.writestr(name, content)
    return out.getvalue()


def lying_zip() -> bytes:
    """Says of a part that it is small."""
    bomb = bytearray(rezipped(lambda _, content: content, **{"xl/media/a.bin": b"0" * 1_000_000}))
    size = (1_000_000).to_bytes(4, "little")
    while (place := bomb.find(size)) >= 0:
        bomb[place : place + 4] = (10).to_bytes(4, "little")
    return bytes(bomb)


HOSTILE: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "is empty"),
    "spaces": (b" \n\n\t ", "is empty"),
    "too large": (b"a" * (LARGEST + 1), "is larger than 5 MB"),
    "a zip of something else": (a_zip(**{"readme.txt": b"hello"}), "is a zip, not an Excel file"),
    "half a workbook": (GOOD[: len(GOOD) // 2], "is damaged"),
    "a zip's beginning": (b"PK\x03\x04", "is damaged"),
    "an old Excel file": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "Save it as .xlsx without a password"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(50), "neither a spreadsheet nor plain text"),
    "a program": (b"MZ\x90\x00" + bytes(50), "neither a spreadsheet nor plain text"),
    "half of UTF-16": (b"\xff\xfeI\x00D", "neither a spreadsheet nor plain text"),
    "a web page": (b"<!DOCTYPE html><html><body>Sign in</body></html>", "holds a web page"),
    "a million columns": (b"ID," + b"," * 1_000_000 + b"\n", f"{MOST_COLUMNS} at most"),
    "many columns in a workbook": (
        as_xlsx(A=(tuple("x" for _ in range(MOST_COLUMNS + 1)),)),
        f"{MOST_COLUMNS} at most",
    ),
    "too many rows": (b"ID,Title\n" * (MOST_ROWS + 1), f"more than {MOST_ROWS:,} rows"),
    "too many rows in a workbook": (as_xlsx(A=[("x",)] * (MOST_ROWS + 1)), f"more than {MOST_ROWS:,} rows"),
    "a huge cell": (b'ID,Title\nA,"' + b"a" * 200_000 + b'"\n', "can't be read as a CSV file"),
    "an open quote": (b'ID,"Title\n' + b"A,x\n" * 40_000, "can't be read as a CSV file"),
    "a cell at the end of the world": (
        with_sheet(sheet_xml('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')),
        "has cells as far as row 1,048,576 and column 16,384",
    ),
    "a row at the end of the world": (
        with_sheet(sheet_xml('<row r="1048576"><c><v>1</v></c><c><v>1</v></c></row>')),
        "has cells as far as row 1,048,576",
    ),
    "entities in a reference": (
        with_sheet(sheet_xml("<row><c r='&#88;FD1048576'><v>1</v></c></row>")),
        "column 16,384",
    ),
    "an entity that grows": (
        with_sheet(sheet_xml("<row><c><v>&a;</v></c></row>", '<!DOCTYPE x [<!ENTITY a "aaaa">]>')),
        "is damaged",
    ),
    "another encoding": (with_sheet('<?xml version="1.0" encoding="utf-16"?><a/>'.encode("utf-16")), "is damaged"),
    "a bomb": (rezipped(lambda _, content: content, **{"xl/media/a.bin": b"0" * 70_000_000}), "unpacks to more"),
    "a bomb that lies": (lying_zip(), "is damaged"),
    "a sheet under another name": (
        rezipped(
            lambda name, content: content.replace(b"worksheets/sheet1.xml", b"media/sheet1.png"),
            **{"xl/media/sheet1.png": sheet_xml('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')},
        ),
        "holds more than sheets",
    ),
    "no sheets at all": (with_sheet(b"not xml"), "is damaged"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_in_a_plain_sentence(name: str) -> None:
    content, sentence = HOSTILE[name]
    told = why_not(content)
    assert sentence in told
    assert told.startswith("controls.xlsx ")


def test_broken_workbooks_never_do_worse_than_being_refused() -> None:
    chance = random.Random(7)
    for _ in range(150):

        def scratch(_: str, content: bytes) -> bytes:
            changed = bytearray(content)
            for _scratch in range(chance.randint(0, 3)):
                place = chance.randrange(len(changed))
                changed[place : place + chance.randint(0, 9)] = bytes([chance.randrange(32, 127)])
            return bytes(changed)

        try:
            read_sheets(rezipped(scratch), "controls.xlsx")
        except UnreadableSpreadsheet:
            continue


def test_a_good_file_is_read_whole_both_ways() -> None:
    from_csv = [row for row in rows_of(as_csv(SPREADSHEET).encode()) if any(row)]
    from_excel = [row for row in rows_of(as_xlsx(A=SPREADSHEET)) if any(row)]
    assert from_csv == from_excel == [tuple(map(str, row)) for row in SPREADSHEET if row]
