"""Evidence, each file named by what is in it and never written over: in a folder, or in S3, Azure or Google storage."""

import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import mkstemp
from typing import TYPE_CHECKING, Self
from urllib.parse import unquote, urlsplit

from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import LocalStore, ObjectStore, from_url

if TYPE_CHECKING:
    from obstore import GetResult

CHUNK = 1024 * 1024
CLOUD_SCHEMES = frozenset({"s3", "az", "gs"})
INCOMING = "incoming"
SHA256 = re.compile(r"[0-9a-f]{64}")
STAGED_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")

Content = bytes | Path | Iterable[bytes]


class EvidenceError(Exception):
    """Something is wrong with the store or with what is in it."""


class EvidenceCorrupt(EvidenceError):
    """The bytes are not those the name promises."""


class EvidenceMissing(EvidenceError):
    """There is no such file."""


class EvidenceUnavailable(EvidenceError):
    """The store cannot be reached, read or written."""


class TooLarge(EvidenceError):
    """The file passed the limit; nothing of it was kept."""


class UnsupportedStore(ValueError):
    """The evidence URL names a kind of store this program does not use."""


@dataclass(frozen=True, kw_only=True)
class Stored:
    sha256: str
    size: int


@dataclass(frozen=True, kw_only=True)
class _Part:
    """A file being taken in: written, hashed and on disk, but not yet at its address."""

    path: Path
    sha256: str
    size: int


class EvidenceFiles:
    """Blocking calls: run them off the event loop."""

    def __init__(self, store: ObjectStore, *, folder: Path | None = None) -> None:
        """folder: where a LocalStore keeps its files; None for a store that is not a folder of this machine."""
        self._store = store
        self._folder = folder

    @classmethod
    def at(cls, url: str) -> Self:
        """A folder (a path or file:///…), or s3://bucket/prefix, az://… or gs://… with the usual cloud settings."""
        scheme = urlsplit(url).scheme
        if scheme in CLOUD_SCHEMES:
            with _as_unavailable():
                return cls(from_url(url))
        if scheme not in {"", "file"}:
            raise UnsupportedStore(f"The evidence URL must be a folder or begin with s3, az or gs, not {scheme}.")
        folder = Path(unquote(urlsplit(url).path) if scheme else url).absolute()
        with _as_unavailable():
            _make_folders(folder / INCOMING)
            return cls(LocalStore(folder), folder=folder)

    def put(self, sha256: str, data: bytes | Path) -> None:
        """Keep data under its hash; the same bytes may be put again. EvidenceCorrupt if they are not what it says."""
        address = _address(sha256)
        with self._taken_in(data) as part:
            if part.sha256 != sha256:
                raise EvidenceCorrupt(f"The bytes hash to {part.sha256}, not to {sha256}.")
            self._settle(part, address)

    def put_stream(self, chunks: Iterable[bytes], *, limit: int) -> Stored:
        """Keep what arrives under its hash; TooLarge, and nothing kept, as soon as it passes limit bytes."""
        with self._taken_in(chunks, limit=limit) as part:
            self._settle(part, _address(part.sha256))
            return Stored(sha256=part.sha256, size=part.size)

    def get(self, sha256: str) -> bytes:
        with _as_missing():
            data = self._store.get(_address(sha256)).bytes().to_bytes()
        if hashlib.sha256(data).hexdigest() != sha256:
            raise EvidenceCorrupt(f"The file kept as {sha256} has changed.")
        return data

    def exists(self, sha256: str) -> bool:
        return self._size(_address(sha256)) is not None

    def stage(self, staged_id: str, data: Content, *, limit: int | None = None) -> Stored:
        """Keep an upload aside under a random id until it is checked. The id must be new."""
        address = _staged(staged_id)
        with self._taken_in(data, limit=limit) as part:
            if not self._place(part, address):
                raise FileExistsError(f"An upload named {staged_id} is already there.")
            return Stored(sha256=part.sha256, size=part.size)

    def open_staged(self, staged_id: str) -> Iterator[bytes]:
        with _as_missing():
            return _streamed(self._store.get(_staged(staged_id)))

    def discard_staged(self, staged_id: str) -> None:
        with _as_unavailable(), suppress(FileNotFoundError):  # some stores say so, some do not
            self._store.delete(_staged(staged_id))

    def discard_staged_before(self, moment: datetime) -> int:
        """Remove uploads, whole or cut off by a crash, that nobody came back for; how many."""
        with _as_unavailable():
            listed = [meta for batch in self._store.list(INCOMING) for meta in batch]
            old = [meta["path"] for meta in listed if meta["last_modified"] < moment]
            for path in old:
                with suppress(FileNotFoundError):
                    self._store.delete(path)
        return len(old)

    def check_writable(self) -> None:
        """EvidenceUnavailable unless a file can be written and removed."""
        with self._taken_in(b"") as part, _as_unavailable():
            if self._folder is None:
                self._store.put(f"{INCOMING}/probe", part.path)
                self._store.delete(f"{INCOMING}/probe")

    @contextmanager
    def _taken_in(self, data: Content, *, limit: int | None = None) -> Iterator[_Part]:
        """Write data to a private temporary file (in the store's own folder, if it is one), gone afterwards."""
        with _as_unavailable():
            descriptor, name = mkstemp(prefix="part-", dir=self._folder and self._folder / INCOMING)
        path = Path(name)
        try:
            sha256, size = _written(descriptor, _chunks(data), limit)
            yield _Part(path=path, sha256=sha256, size=size)
        finally:
            path.unlink(missing_ok=True)

    def _settle(self, part: _Part, address: str) -> None:
        if not self._place(part, address) and self._size(address) != part.size:
            raise EvidenceCorrupt(f"Another file is kept as {part.sha256}.")

    def _place(self, part: _Part, address: str) -> bool:
        """Give the part its address at once and whole; False if something is there already."""
        with _as_unavailable():
            try:
                if self._folder is None:
                    self._store.put(address, part.path, mode="create")
                else:
                    self._link(self._folder, part, address)
            except AlreadyExistsError:
                return False
        return True

    def _link(self, folder: Path, part: _Part, address: str) -> None:
        _make_folders((folder / address).parent)
        self._store.rename(f"{INCOMING}/{part.path.name}", address, overwrite=False)
        _flush_folder((folder / address).parent)

    def _size(self, address: str) -> int | None:
        try:
            with _as_missing():
                return self._store.head(address)["size"]
        except EvidenceMissing:
            return None


def _address(sha256: str) -> str:
    if not SHA256.fullmatch(sha256):
        raise ValueError("A SHA-256 is 64 lowercase hexadecimal digits.")
    return f"sha256/{sha256[:2]}/{sha256[2:4]}/{sha256}"


def _staged(staged_id: str) -> str:
    if not STAGED_ID.fullmatch(staged_id):
        raise ValueError("An upload's id has only letters, digits, - and _.")
    return f"{INCOMING}/{staged_id}"


def _written(descriptor: int, chunks: Iterable[bytes], limit: int | None) -> tuple[str, int]:
    """Write the chunks and flush them to the disk; their hash and size. Errors of the source pass unchanged."""
    digest, size = hashlib.sha256(), 0
    with os.fdopen(descriptor, "wb", buffering=0) as file:
        for chunk in chunks:
            size += len(chunk)
            if limit is not None and size > limit:
                raise TooLarge(f"The file is larger than {limit} bytes.")
            digest.update(chunk)
            with _as_unavailable():
                _write_all(file.fileno(), chunk)
        with _as_unavailable():
            os.fsync(file.fileno())
    return digest.hexdigest(), size


def _write_all(descriptor: int, chunk: bytes) -> None:
    rest = memoryview(chunk)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _chunks(data: Content) -> Iterator[bytes]:
    if isinstance(data, bytes):
        yield data
    elif isinstance(data, Path):
        with data.open("rb") as file:
            while chunk := file.read(CHUNK):
                yield chunk
    else:
        yield from data


def _make_folders(folder: Path) -> None:
    """Make the folder and what it lies in, each for its owner only (mkdir would do so for the last one alone)."""
    missing = [folder, *folder.parents]
    for one in reversed([path for path in missing if not path.exists()]):
        one.mkdir(mode=0o700, exist_ok=True)
        _flush_folder(one.parent)


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _streamed(found: "GetResult") -> Iterator[bytes]:
    with _as_unavailable():
        yield from found.stream(min_chunk_size=CHUNK)


@contextmanager
def _as_missing() -> Iterator[None]:
    with _as_unavailable():
        try:
            yield
        except FileNotFoundError as error:
            raise EvidenceMissing("There is no such file.") from error


@contextmanager
def _as_unavailable() -> Iterator[None]:
    """The store's own errors stay in this module."""
    try:
        yield
    except AlreadyExistsError:
        raise
    except (BaseError, OSError) as error:
        raise EvidenceUnavailable(f"The evidence store does not answer: {error}") from error
