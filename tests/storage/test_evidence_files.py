import hashlib
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from obstore.store import MemoryStore

from storage.evidence_files import (
    EvidenceCorrupt,
    EvidenceFiles,
    EvidenceMissing,
    EvidenceUnavailable,
    Stored,
    TooLarge,
    UnsupportedStore,
)

DATA = b"user,last login\nalice,2025-01-03\n"
NAME = hashlib.sha256(DATA).hexdigest()


@pytest.fixture(params=["folder", "cloud"])
def files(request: pytest.FixtureRequest, tmp_path: Path) -> EvidenceFiles:
    if request.param == "cloud":
        return EvidenceFiles(MemoryStore())
    return EvidenceFiles.at(str(tmp_path / "evidence"))


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def kept_at(folder: Path) -> Path:
    return folder / "sha256" / NAME[:2] / NAME[2:4] / NAME


def broken_off(chunks: list[bytes]) -> Iterator[bytes]:
    yield from chunks
    raise ConnectionResetError("the sender went away")


def test_what_was_put_can_be_got(files: EvidenceFiles) -> None:
    files.put(NAME, DATA)
    assert files.get(NAME) == DATA


def test_a_file_on_disk_can_be_put(files: EvidenceFiles, tmp_path: Path) -> None:
    (tmp_path / "export.csv").write_bytes(DATA)
    files.put(NAME, tmp_path / "export.csv")
    assert files.get(NAME) == DATA


def test_an_empty_file_can_be_put(files: EvidenceFiles) -> None:
    files.put(hashlib.sha256(b"").hexdigest(), b"")
    assert files.get(hashlib.sha256(b"").hexdigest()) == b""


def test_putting_the_same_bytes_again_is_success(files: EvidenceFiles) -> None:
    files.put(NAME, DATA)
    files.put(NAME, DATA)
    assert files.get(NAME) == DATA


def test_bytes_that_do_not_hash_to_their_name_are_refused(files: EvidenceFiles) -> None:
    with pytest.raises(EvidenceCorrupt):
        files.put(NAME, b"something else")
    assert not files.exists(NAME)


def test_exists_tells_what_is_there(files: EvidenceFiles) -> None:
    assert not files.exists(NAME)
    files.put(NAME, DATA)
    assert files.exists(NAME)


def test_getting_what_is_not_there_says_missing(files: EvidenceFiles) -> None:
    with pytest.raises(EvidenceMissing):
        files.get(NAME)


def test_a_stream_is_kept_under_its_hash(files: EvidenceFiles) -> None:
    stored = files.put_stream(iter([DATA[:5], DATA[5:]]), limit=len(DATA))
    assert stored == Stored(sha256=NAME, size=len(DATA))
    assert files.get(NAME) == DATA


def test_a_stream_over_the_limit_is_refused(files: EvidenceFiles) -> None:
    with pytest.raises(TooLarge):
        files.put_stream([DATA], limit=len(DATA) - 1)
    assert not files.exists(NAME)


def test_a_stream_over_the_limit_is_not_read_to_its_end(files: EvidenceFiles) -> None:
    with pytest.raises(TooLarge):
        files.put_stream(broken_off([b"12345", b"67890"]), limit=9)


def test_a_stream_that_breaks_off_passes_its_own_error_on(files: EvidenceFiles) -> None:
    with pytest.raises(ConnectionResetError):
        files.put_stream(broken_off([DATA]), limit=100)
    assert not files.exists(NAME)


def test_nothing_is_left_behind_by_what_was_refused(tmp_path: Path) -> None:
    files = EvidenceFiles.at(str(tmp_path))
    with pytest.raises(TooLarge):
        files.put_stream([DATA], limit=3)
    with pytest.raises(ConnectionResetError):
        files.put_stream(broken_off([DATA]), limit=100)
    with pytest.raises(EvidenceCorrupt):
        files.put(NAME, b"something else")
    assert files_in(tmp_path) == []


def test_only_the_kept_file_is_left_by_what_was_put(tmp_path: Path) -> None:
    files = EvidenceFiles.at(str(tmp_path))
    files.put(NAME, DATA)
    files.put(NAME, DATA)
    assert files_in(tmp_path) == [kept_at(tmp_path)]


def test_changed_bytes_are_noticed_when_read(tmp_path: Path) -> None:
    files = EvidenceFiles.at(str(tmp_path))
    files.put(NAME, DATA)
    kept_at(tmp_path).write_bytes(DATA.replace(b"alice", b"mallo"))
    with pytest.raises(EvidenceCorrupt):
        files.get(NAME)


def test_a_truncated_file_is_noticed_when_put_again_and_not_written_over(tmp_path: Path) -> None:
    files = EvidenceFiles.at(str(tmp_path))
    files.put(NAME, DATA)
    kept_at(tmp_path).write_bytes(b"")
    with pytest.raises(EvidenceCorrupt):
        files.put(NAME, DATA)
    assert kept_at(tmp_path).read_bytes() == b""


def test_files_and_folders_are_for_their_owner_only(tmp_path: Path) -> None:
    root = tmp_path / "var" / "evidence"
    files = EvidenceFiles.at(str(root))
    files.put(NAME, DATA)
    files.stage("upload-1", DATA)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in files_in(root)}
    folders = {stat.S_IMODE(path.stat().st_mode) for path in [root.parent, root, *root.rglob("*")] if path.is_dir()}
    assert (modes, folders) == ({0o600}, {0o700})


def test_an_upload_waits_aside_until_it_is_opened_and_discarded(files: EvidenceFiles) -> None:
    assert files.stage("Ab_3-x", iter([DATA])) == Stored(sha256=NAME, size=len(DATA))
    assert b"".join(files.open_staged("Ab_3-x")) == DATA
    files.discard_staged("Ab_3-x")
    with pytest.raises(EvidenceMissing):
        files.open_staged("Ab_3-x")


def test_an_upload_can_be_kept_straight_from_where_it_waits(files: EvidenceFiles) -> None:
    files.stage("upload", DATA)
    files.put_stream(files.open_staged("upload"), limit=1_000)
    assert files.get(NAME) == DATA


def test_a_large_upload_is_read_in_pieces(files: EvidenceFiles) -> None:
    files.stage("large", bytes(5_000_000))
    pieces = [len(piece) for piece in files.open_staged("large")]
    assert sum(pieces) == 5_000_000


def test_an_upload_never_replaces_another(files: EvidenceFiles) -> None:
    files.stage("upload", DATA)
    with pytest.raises(FileExistsError):
        files.stage("upload", b"other")
    assert b"".join(files.open_staged("upload")) == DATA


def test_an_upload_over_the_limit_is_refused(files: EvidenceFiles) -> None:
    with pytest.raises(TooLarge):
        files.stage("upload", DATA, limit=3)
    with pytest.raises(EvidenceMissing):
        files.open_staged("upload")


def test_discarding_what_is_gone_is_no_error(files: EvidenceFiles) -> None:
    files.discard_staged("gone")


def test_forgotten_uploads_and_broken_off_ones_are_swept(tmp_path: Path) -> None:
    files = EvidenceFiles.at(str(tmp_path))
    files.put(NAME, DATA)
    files.stage("forgotten", DATA)
    (tmp_path / "incoming" / "part-x1").write_bytes(b"half")
    assert files.discard_staged_before(datetime.now(UTC) - timedelta(hours=1)) == 0
    assert files.discard_staged_before(datetime.now(UTC) + timedelta(hours=1)) == 2
    assert files_in(tmp_path) == [kept_at(tmp_path)]


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "a/b", "a.b", ".", "x" * 129, "a\n", "ä"])
def test_an_upload_id_is_never_a_path(files: EvidenceFiles, name: str) -> None:
    for use in (files.open_staged, files.discard_staged, lambda bad: files.stage(bad, DATA)):
        with pytest.raises(ValueError, match="id"):
            use(name)


@pytest.mark.parametrize("name", ["", "../x", NAME.upper(), NAME[:-1], NAME + "\n"])
def test_a_hash_is_never_a_path(files: EvidenceFiles, name: str) -> None:
    for use in (files.get, files.exists, lambda bad: files.put(bad, DATA)):
        with pytest.raises(ValueError, match="SHA-256"):
            use(name)


def test_a_file_url_with_spaces_names_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "our evidence"
    EvidenceFiles.at(folder.as_uri()).put(NAME, DATA)
    assert kept_at(folder).read_bytes() == DATA


@pytest.mark.parametrize("url", ["s3://bucket/evidence", "gs://bucket", "az://container"])
def test_cloud_addresses_are_accepted(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_NAME", "account")
    EvidenceFiles.at(url)


@pytest.mark.parametrize("url", ["http://example.com/x", "ftp://example.com", "memory:///"])
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(UnsupportedStore, match="folder"):
        EvidenceFiles.at(url)


def test_a_store_that_can_be_written_passes_the_check_and_stays_empty(tmp_path: Path) -> None:
    files = EvidenceFiles.at(str(tmp_path))
    files.check_writable()
    assert files_in(tmp_path) == []


def test_a_cloud_store_passes_the_check(files: EvidenceFiles) -> None:
    files.check_writable()


def test_a_folder_that_went_away_fails_the_check(tmp_path: Path) -> None:
    files = EvidenceFiles.at(str(tmp_path / "evidence"))
    (tmp_path / "evidence" / "incoming").rmdir()
    with pytest.raises(EvidenceUnavailable):
        files.check_writable()


def test_a_folder_inside_a_file_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(EvidenceUnavailable):
        EvidenceFiles.at(str(tmp_path / "file" / "evidence"))
