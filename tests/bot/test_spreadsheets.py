import io
import random
import zipfile
from collections.abc import Callable
from datetime import date, datetime

import pytest
import xlsxwriter

from bot.spreadsheets import ACCESS_EXPORT, CONTROL_LIST, Limits, UnreadableSpreadsheet, read_sheets
from tasks.access.reading import MOST_ROWS
from tasks.matrix.layouts import LAST_HEADER_ROW
from tests.matrices import SPREADSHEET, as_csv, as_xlsx

ROWS = (("ID", "Title"), ("AC-1", "Zugänge prüfen – “jetzt”"))
TEXT = "ID,Title\nAC-1,Zugänge prüfen\n"


KINDS = {"controls": CONTROL_LIST, "accounts": ACCESS_EXPORT}
"""By what their files are called here."""


def rows_of(content: bytes, limits: Limits = CONTROL_LIST) -> list[tuple[str, ...]]:
    [sheet] = read_sheets(content, "controls.csv", limits)
    return [tuple(row) for row in sheet.rows]


def why_not(content: bytes, kind: str = "controls") -> str:
    with pytest.raises(UnreadableSpreadsheet) as refusal:
        read_sheets(content, f"{kind}.xlsx", KINDS[kind])
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
    sheets = read_sheets(as_xlsx(Notes=(("Read me",),), Controls=ROWS), "controls.xlsx", CONTROL_LIST)
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


def a_zip_that_says(size: int) -> bytes:
    """Of a part of a million bytes."""
    bomb = bytearray(rezipped(lambda _, content: content, **{"xl/media/a.bin": b"0" * 1_000_000}))
    told = (1_000_000).to_bytes(4, "little")
    while (place := bomb.find(told)) >= 0:
        bomb[place : place + 4] = size.to_bytes(4, "little")
    return bytes(bomb)


HOSTILE: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "is empty"),
    "spaces": (b" \n\n\t ", "is empty"),
    "a zip of something else": (a_zip(**{"readme.txt": b"hello"}), "is a zip, not an Excel file"),
    "half a workbook": (GOOD[: len(GOOD) // 2], "is damaged"),
    "a zip's beginning": (b"PK\x03\x04", "is damaged"),
    "an old Excel file": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "Save it as .xlsx without a password"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(50), "neither a spreadsheet nor plain text"),
    "a program": (b"MZ\x90\x00" + bytes(50), "neither a spreadsheet nor plain text"),
    "half of UTF-16": (b"\xff\xfeI\x00D", "neither a spreadsheet nor plain text"),
    "a web page": (b"<!DOCTYPE html><html><body>Sign in</body></html>", "holds a web page"),
    "a million columns": (b"ID," + b"," * 1_000_000 + b"\n", "200 at most"),
    "a huge cell": (b'ID,Title\nA,"' + b"a" * 200_000 + b'"\n', "can't be read as a CSV file"),
    "an open quote": (b'ID,"Title\n' + b"A,x\n" * 40_000, "can't be read as a CSV file"),
    "a cell at the end of the world": (
        with_sheet(sheet_xml('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')),
        "has cells as far as row 1,048,576 and column 16,384",
    ),
    "a row at the end of the world": (
        with_sheet(sheet_xml('<row r="1048576"><c/><c/><c/><c/><c><v>1</v></c></row>')),
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
    "a bomb that lies": (a_zip_that_says(10), "is damaged"),
    "a sheet under another name": (
        rezipped(
            lambda name, content: content.replace(b"worksheets/sheet1.xml", b"media/sheet1.png"),
            **{"xl/media/sheet1.png": sheet_xml('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')},
        ),
        "holds more than sheets",
    ),
    "no sheets at all": (with_sheet(b"not xml"), "is damaged"),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_in_a_plain_sentence(name: str, kind: str) -> None:
    content, sentence = HOSTILE[name]
    told = why_not(content, kind)
    assert sentence in told
    assert told.startswith(f"{kind}.xlsx ")


# how much


def largest_within(limits: Limits) -> int:
    """Rows, with the header and what stands above it."""
    return limits.rows + limits.above


def test_each_kind_of_file_has_limits_of_its_own() -> None:
    assert (CONTROL_LIST.bytes, CONTROL_LIST.rows, CONTROL_LIST.above) == (5 * 1024**2, 5000, 0)
    assert (ACCESS_EXPORT.bytes, ACCESS_EXPORT.rows) == (25 * 1024**2, MOST_ROWS)


def test_an_export_may_have_all_its_rows_under_a_header_wherever_that_is_looked_for() -> None:
    assert ACCESS_EXPORT.above >= LAST_HEADER_ROW


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_that_is_too_large_is_refused_in_words_of_its_own_kind(kind: str) -> None:
    limits = KINDS[kind]
    told = why_not(b"a" * (limits.bytes + 1), kind)
    assert told == f"{kind}.xlsx is larger than {limits.bytes // 1024**2} MB. Send {limits.what} alone."


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_as_large_as_may_be_is_read(kind: str) -> None:
    limits = KINDS[kind]
    row = b"a" * 1999 + b"\n"
    content = (row * (limits.bytes // 1000))[: limits.bytes]
    assert len(rows_of(content, limits)) == limits.bytes // len(row) + 1


@pytest.mark.parametrize("kind", KINDS)
def test_as_many_rows_as_may_be_are_read_and_one_more_is_refused(kind: str) -> None:
    limits = KINDS[kind]
    content = b"ID,Title\n" * largest_within(limits)
    assert len(rows_of(content, limits)) == largest_within(limits)
    told = why_not(content + b"ID,Title\n", kind)
    assert told == f"{kind}.xlsx has more than {limits.rows:,} rows. Send {limits.what} alone, or split it."


@pytest.mark.parametrize("kind", KINDS)
def test_of_a_workbook_no_more_rows_are_read_either(kind: str) -> None:
    limits = KINDS[kind]
    content = as_xlsx(A=[("x",)] * (largest_within(limits) + 1))
    assert f"more than {limits.rows:,} rows" in why_not(content, kind)


@pytest.mark.parametrize("kind", KINDS)
def test_more_columns_than_may_be_are_refused_with_their_row(kind: str) -> None:
    limits = KINDS[kind]
    wide = ["x"] * (limits.columns + 1)
    sentence = f"has {len(wide)} columns in row 2; {limits.columns} at most"
    assert sentence in why_not(as_csv([["x"], wide]).encode(), kind)
    assert sentence in why_not(as_xlsx(A=[["x"], wide]), kind)


@pytest.mark.parametrize("kind", KINDS)
def test_cells_that_reach_too_far_are_refused(kind: str) -> None:
    limits = KINDS[kind]
    rows = limits.reach // 100 + 1
    content = with_sheet(sheet_xml(f'<row r="{rows}"><c r="CV{rows}"><v>1</v></c></row>'))
    assert f"has cells as far as row {rows:,} and column 100. Delete" in why_not(content, kind)


def test_a_text_of_separators_alone_is_no_way_around_that() -> None:
    rows = ACCESS_EXPORT.reach // 200 + 1
    assert f"as far as row {rows:,} and column 200" in why_not((b"," * 199 + b"\n") * rows, "accounts")


@pytest.mark.parametrize("kind", KINDS)
def test_a_workbook_that_says_it_unpacks_to_too_much_is_not_unpacked(kind: str) -> None:
    limits = KINDS[kind]
    told = why_not(a_zip_that_says(limits.unpacked), kind)
    assert told == f"{kind}.xlsx unpacks to more than {limits.unpacked // 1024**2} MB. Send {limits.what} alone."


# broken and good


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
            read_sheets(rezipped(scratch), "controls.xlsx", CONTROL_LIST)
        except UnreadableSpreadsheet:
            continue


def test_a_good_file_is_read_whole_both_ways() -> None:
    from_csv = [row for row in rows_of(as_csv(SPREADSHEET).encode()) if any(row)]
    from_excel = [row for row in rows_of(as_xlsx(A=SPREADSHEET)) if any(row)]
    assert from_csv == from_excel == [tuple(map(str, row)) for row in SPREADSHEET if row]
