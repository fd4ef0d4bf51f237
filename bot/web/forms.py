"""What a browser sends: bodies with their limits, field values, files set aside."""

import re
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO, Protocol

from anyio import to_thread
from python_multipart.exceptions import FormParserError
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import FormParser, MultiPartException, MultiPartParser
from starlette.requests import Request

from bot.web.refusals import Refused
from handlers.requests import SharedFile, Value
from storage.evidence_files import EvidenceUnavailable

CHUNK = 256 * 1024
MOST_FILES = 10
MOST_FIELDS = 200
LONGEST_TEXT = 16_000
LONGEST_NAME = 200
NONCE = re.compile(r"[A-Za-z0-9_-]{8,64}")
FIELD = re.compile(r"([tmfk]):([A-Za-z0-9_.-]{1,80})")
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class UploadFiles(Protocol):
    """Blocking: called off the event loop."""

    def stage(self, staged_id: str, data: Iterator[bytes], *, limit: int | None = None) -> object: ...
    def open_staged(self, staged_id: str) -> Iterator[bytes]: ...


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A parsed body."""

    form: FormData

    def text(self, name: str) -> str:
        value = self.form.get(name)
        return value if isinstance(value, str) else ""

    def nonce(self) -> str:
        nonce = self.text("nonce")
        if not NONCE.fullmatch(nonce):
            raise Refused(400, "This form is not complete. Load the page again.")
        return nonce

    def uploads(self) -> list[tuple[str, UploadFile]]:
        """Field name and file. A file input left empty is sent as a nameless, empty file."""
        files = [(name, value) for name, value in self.form.multi_items() if isinstance(value, UploadFile)]
        return [(_field(name), file) for name, file in files if file.filename or file.size]


@asynccontextmanager
async def read_form(request: Request, *, largest_file: int) -> AsyncIterator[Sent]:
    form = await _parsed(request, limit=largest_file * 5 + 1024 * 1024)
    try:
        texts = [value for value in form.values() if isinstance(value, str)]
        if any(len(text) > LONGEST_TEXT for text in texts):
            raise Refused(400, f"The text is too long. At most {LONGEST_TEXT:,} characters.")
        if any("\x00" in text for text in texts):
            raise Refused(400, "The text holds characters that can't be kept.")
        yield Sent(form=form)
    finally:
        await form.close()


async def _parsed(request: Request, *, limit: int) -> FormData:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = _capped(request, limit if kind == "multipart/form-data" else 256 * 1024)
    try:
        if kind == "multipart/form-data":
            parser = MultiPartParser(request.headers, body, max_files=MOST_FILES, max_fields=MOST_FIELDS)
            return await parser.parse()
        if kind == "application/x-www-form-urlencoded":
            return await FormParser(request.headers, body, max_fields=MOST_FIELDS).parse()
    except (MultiPartException, FormParserError, ValueError, LookupError) as error:
        raise Refused(400, "The form could not be read. Load the page and try again.") from error
    raise Refused(415, "The form could not be read. Load the page and try again.")


async def _capped(request: Request, limit: int) -> AsyncGenerator[bytes, None]:
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit:
            raise Refused(413, f"That is too much at once: at most {limit // 1024 // 1024} MB, all files together.")
        yield chunk


async def set_aside(
    uploads: list[tuple[str, UploadFile]], files: UploadFiles, *, largest: int, new_id: Callable[[], str]
) -> dict[str, tuple[SharedFile, ...]]:
    """The uploads by field, each kept under a random id until it is checked."""
    for _, upload in uploads:
        if (upload.size or 0) > largest:
            raise Refused(413, f"{_name(upload)} is larger than {largest // 1024 // 1024} MB. Send a smaller file.")
    kept: dict[str, tuple[SharedFile, ...]] = {}
    for field, upload in uploads:
        kept[field] = (*kept.get(field, ()), await _set_one_aside(upload, files, staged_id=new_id()))
    return kept


async def _set_one_aside(upload: UploadFile, files: UploadFiles, *, staged_id: str) -> SharedFile:
    try:
        await to_thread.run_sync(partial(files.stage, staged_id, _chunks(upload.file), limit=None))
    except EvidenceUnavailable as error:
        raise Refused(503, "The file could not be kept just now. Try again in a minute.") from error
    declared = (upload.content_type or "")[:LONGEST_NAME]
    return SharedFile(reference=staged_id, name=_name(upload), declared_type=declared, size=upload.size)


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    while chunk := file.read(CHUNK):
        yield chunk


def _name(upload: UploadFile) -> str:
    """Data, never a path: the last part, printable, not too long."""
    last = (upload.filename or "").replace("\\", "/").rsplit("/", 1)[-1]
    return UNPRINTABLE.sub("", last).strip()[:LONGEST_NAME] or "file"


def values_of(sent: Sent, files: Mapping[str, tuple[SharedFile, ...]]) -> dict[str, Value]:
    """By field name, as the form's templates name their controls: t: text, m: any number, f: files."""
    values: dict[str, Value] = {}
    for key, item in sent.form.multi_items():
        if not isinstance(item, str) or not (found := FIELD.fullmatch(key)):
            continue
        kind, name = found.groups()
        if kind == "t":
            values[name] = item.replace("\r\n", "\n")
        elif kind == "m":
            before = values.get(name, ())
            values[name] = (*(choice for choice in before if isinstance(choice, str)), item)
    return {**values, **files}


def kept_tokens(sent: Sent) -> list[tuple[str, str]]:
    """Field name and token of each file kept from an earlier, mistaken submission."""
    found = ((FIELD.fullmatch(key), item) for key, item in sent.form.multi_items())
    return [(match[2], item) for match, item in found if match and match[1] == "k" and isinstance(item, str)]


def _field(key: str) -> str:
    found = FIELD.fullmatch(key)
    return found[2] if found else ""
