import io
import zipfile

import pytest

from bot.file_types import ALLOWED, FileType, WrongType, extension_of, file_type, row_count


def a_zip(*names: str, first: bytes = b"") -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        if first:
            archive.writestr("mimetype", first)
        for name in names:
            archive.writestr(name, "x")
    return content.getvalue()


OFFICE = a_zip("[Content_Types].xml", "xl/workbook.xml")
ODS = a_zip("content.xml", first=b"application/vnd.oasis.opendocument.spreadsheet")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
GENUINE = {
    "access list.csv": b"name,role\nAnn,admin\n",
    "access.tsv": b"name\trole\n",
    "notes.txt": "Grüße\n".encode(),
    "old.txt": "Grüße\n".encode("cp1252"),
    "wide.csv": "name;role\n".encode("utf-16"),
    "app.log": b"2026-11-02 ok\n",
    "readme.md": b"# Done\n",
    "export.json": b'{"users": []}',
    "export.xml": b"<?xml version='1.0'?><users/>",
    "config.yml": b"mfa: true\n",
    "mail.eml": b"From: a@example.com\nSubject: approved\n\nyes\n",
    "report.pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj",
    "screen.PNG": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0",
    "photo.jpeg": b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01",
    "photo.heic": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
    "moving.gif": b"GIF89a\x01\0\x01\0\x80\0\0",
    "web.webp": b"RIFF\x10\0\0\0WEBPVP8 \0\0\0\0",
    "list.xlsx": OFFICE,
    "memo.docx": OFFICE,
    "board.pptx": OFFICE,
    "list.ods": ODS,
    "bundle.zip": a_zip("a.txt"),
    "approval.msg": OLE,
}


def kind(name: str, content: bytes) -> FileType:
    return file_type(io.BytesIO(content), name)


def refusal(name: str, content: bytes) -> str:
    with pytest.raises(WrongType) as refused:
        kind(name, content)
    return str(refused.value)


@pytest.mark.parametrize("name", GENUINE)
def test_what_an_auditor_can_open_is_accepted(name: str) -> None:
    found = kind(name, GENUINE[name])
    assert found.extension == extension_of(name)
    assert found.media_type == ALLOWED[found.extension]


@pytest.mark.parametrize("name", ["report.pdf", "photo.jpeg", "web.webp", "notes.txt", "bundle.zip"])
def test_a_file_without_an_extension_is_known_by_its_content(name: str) -> None:
    assert kind("from my phone", GENUINE[name]).extension == extension_of(name)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("report.pdf", GENUINE["screen.PNG"]),
        ("screen.png", GENUINE["report.pdf"]),
        ("list.xlsx", GENUINE["report.pdf"]),
        ("list.csv", OFFICE),
        ("list.xlsx", OLE),
        ("report.pdf", OFFICE),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_refused(name: str, content: bytes) -> None:
    assert f"{name} is named .{extension_of(name)} but holds something else" in refusal(name, content)


def test_text_under_a_document_s_name_is_refused() -> None:
    assert "holds plain text" in refusal("report.pdf", b"not really a report")


@pytest.mark.parametrize("name", ["report.pdf", "list.csv", "page", "list.xlsx"])
@pytest.mark.parametrize(
    "content",
    [
        b"<!DOCTYPE html><html><head><title>Sign in</title>",
        b"\n\n  <html lang=en>",
        b"\xef\xbb\xbf<!doctype HTML>",
        b"<?xml version='1.0'?>\n<!-- x --><html xmlns='http://www.w3.org/1999/xhtml'>",
    ],
)
def test_a_web_page_in_place_of_a_file_is_told_as_such(name: str, content: bytes) -> None:
    assert "most likely a sign-in page" in refusal(name, content)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("tool.exe", b"MZ\x90\0" + b"\0" * 80),
        ("report.pdf", b"MZ\x90\0" + b"\0" * 80),
        ("report", b"\x7fELF\x02\x01\x01" + b"\0" * 80),
        ("run.sh", b"#!/bin/sh\nrm -rf /\n"),
        ("notes.txt", b"#!/bin/sh\nrm -rf /\n"),
        ("run.ps1", b"Get-ADUser"),
        ("macro.xlsm", OFFICE),
        ("old.xls", OLE),
        ("picture.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("page.html", b"<!doctype html>"),
        ("random", bytes(range(256)) * 4),
    ],
)
def test_what_a_computer_would_run_or_nobody_can_open_is_refused(name: str, content: bytes) -> None:
    sentence = refusal(name, content)
    assert "Send" in sentence or "Export it again" in sentence


def test_a_name_is_never_taken_for_a_path() -> None:
    assert extension_of("../../etc/passwd") == ""
    assert extension_of("C:\\reports\\List.XLSX") == "xlsx"
    assert extension_of(".csv") == ""


def rows(name: str, content: bytes) -> int | None:
    return row_count(io.BytesIO(content), kind(name, content))


@pytest.mark.parametrize(
    ("content", "count"),
    [
        (b"name,role\nAnn,admin\nBob,user\n", 2),
        (b"name,role\nAnn,admin", 1),
        (b"name,role\n", 0),
        (b"name,role\n\n,\nAnn,admin\n\n", 1),
        (b'name,note\nAnn,"two\nlines"\n', 1),
        ("name;role\nÄnn;admin\n".encode("utf-16"), 1),
        ("name;role\nÄnn;admin\n".encode("cp1252"), 1),
        (b"\xef\xbb\xbfname\r\nAnn\r\nBob\r\n", 2),
        (b"name\n" + b"x" * 200_000, None),
    ],
)
def test_rows_of_a_csv_are_counted_without_its_header(content: bytes, count: int | None) -> None:
    assert rows("list.csv", content) == count


def test_rows_of_a_format_we_do_not_read_are_not_guessed() -> None:
    assert rows("list.xlsx", OFFICE) is None
    assert rows("notes.txt", b"a\nb\n") is None
