"""What a file really is, told from its bytes and held against its name. Nothing is ever unpacked or run.

Allowed: documents, pictures, text and exports an auditor can open. A zip is kept as it is; legacy Office files may hold
macros and are refused, as is anything a computer would run.
"""

import codecs
import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO

import puremagic

HEAD = 8192
FOOT = 4096
SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCUMENT = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SLIDES = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
BINARY = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "heic": "image/heic",
    "xlsx": SPREADSHEET,
    "docx": DOCUMENT,
    "pptx": SLIDES,
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odt": "application/vnd.oasis.opendocument.text",
    "msg": "application/vnd.ms-outlook",
    "zip": "application/zip",
}
TEXT = {
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "txt": "text/plain",
    "log": "text/plain",
    "md": "text/markdown",
    "json": "application/json",
    "xml": "application/xml",
    "yaml": "application/yaml",
    "eml": "message/rfc822",
}
ALLOWED = BINARY | TEXT
SAME = {"jpeg": "jpg", "jpe": "jpg", "jfif": "jpg", "heif": "heic", "yml": "yaml", "markdown": "md", "text": "txt"}
CONTAINERS = {"zip": ("xlsx", "docx", "pptx", "ods", "odt", "zip"), "ole": ("msg",)}
"""By their first bytes these can't be told apart: the name decides among them."""
SIGNATURES = {b"PK\x03\x04": "zip", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "ole"}
LISTED = "PDF, a picture, Excel, Word, PowerPoint, CSV, text, JSON, an e-mail or a zip"
PDF = b"%PDF-"
HTML = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype html|html|head|body|script)\b", re.I | re.S)
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


class WrongType(Exception):
    """The message is a sentence for the person who sent the file."""


@dataclass(frozen=True, kw_only=True)
class FileType:
    extension: str
    media_type: str


def file_type(content: IO[bytes], name: str) -> FileType:
    """Raises WrongType. Reads the first and last few kilobytes only."""
    head, foot = _ends(content)
    declared = extension_of(name)
    if declared and declared not in ALLOWED:
        raise WrongType(f"{name} is of a kind that is not accepted. Send {LISTED}.")
    text = None if head.startswith(PDF) else _as_text(head)  # a PDF may begin with kilobytes of plain text
    found = _text_type(text, name, declared) if text is not None else _binary_type(head, foot, name, declared)
    return FileType(extension=found, media_type=ALLOWED[found])


def row_count(content: IO[bytes], kind: FileType) -> int | None:
    """Rows of a CSV or TSV below its header; None for what we can't count, or can't count reliably."""
    if kind.extension not in {"csv", "tsv"}:
        return None
    try:
        rows = sum(1 for row in csv.reader(_lines(content)) if any(cell.strip() for cell in row))
    except (csv.Error, UnicodeDecodeError):
        return None
    return max(rows - 1, 0)


def extension_of(name: str) -> str:
    """Of the last dot; lower case; one name per kind. A name is data: it is never opened as a path."""
    extension = PurePosixPath(name.replace("\\", "/")).suffix.lower().removeprefix(".")
    return SAME.get(extension, extension)


def _text_type(text: str, name: str, declared: str) -> str:
    if HTML.match(text):
        raise WrongType(
            f"{name} holds a web page, most likely a sign-in page saved in place of the file. "
            "Open it, download the file itself and send that; or print the page as a PDF."
        )
    if text.startswith("#!"):
        raise WrongType(f"{name} is a script. Send what it printed, as a text file.")
    if declared in BINARY:
        raise WrongType(f"{name} is named .{declared} but holds plain text. Export it again, or name it .txt.")
    return declared or "txt"


def _binary_type(head: bytes, foot: bytes, name: str, declared: str) -> str:
    found = _kinds(head, foot)
    if not found:
        raise WrongType(f"{name} is of a kind that is not accepted. Send {LISTED}.")
    if declared and declared not in found:
        what = " or ".join(f".{kind}" for kind in found[-1:])
        raise WrongType(f"{name} is named .{declared} but holds something else ({what}). Export it again.")
    return declared or found[-1]


def _kinds(head: bytes, foot: bytes) -> tuple[str, ...]:
    """The allowed kinds these bytes can be; the most general one last."""
    for signature, container in SIGNATURES.items():
        if head.startswith(signature):
            return CONTAINERS[container]
    if head.startswith((b"MZ", b"\x7fELF")):
        return ()
    try:
        matches = puremagic.magic_string(head + foot)
    except puremagic.PureError:
        return ()
    kinds = (extension_of("x" + match.extension) for match in matches if match.confidence >= 0.3)
    return tuple(dict.fromkeys(kind for kind in kinds if kind in BINARY and kind not in CONTAINERS["zip"]))


def _ends(content: IO[bytes]) -> tuple[bytes, bytes]:
    content.seek(0)
    head = content.read(HEAD)
    end = content.seek(0, 2)
    content.seek(max(HEAD, end - FOOT))
    return head, content.read(FOOT) if end > HEAD else b""


def _as_text(head: bytes) -> str | None:
    """None where the bytes are not text."""
    decoder = codecs.getincrementaldecoder(_encoding(head))()
    try:
        text = decoder.decode(head)
    except UnicodeDecodeError:
        return None
    return None if CONTROL.search(text) else text.removeprefix("\ufeff")


def _encoding(head: bytes) -> str:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return "cp1252"  # exports of older Windows programs
    return "utf-8-sig"


def _lines(content: IO[bytes]) -> Iterator[str]:
    content.seek(0)
    encoding = _encoding(content.read(HEAD))
    content.seek(0)
    return codecs.getreader(encoding)(content)
