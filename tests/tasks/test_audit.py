import hashlib
import json
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks import audit
from tasks.people import Actor
from tests.builders import utc
from tests.tasks.operations.company import OLGA

AT = utc(2026, 11, 2, 9)
ACTOR = Actor(person=OLGA, platform="slack", message="1.1", at=AT)
ENTRY = audit.entry("task:answer", "task:t1", ACTOR, before={"state": "open"}, after={"state": "recorded"}, detail="Hi")


def bytes_of(item: audit.Entry = ENTRY, sequence: int = 1, workspace: str = "acme", detail_digest: str = "dd") -> bytes:
    return audit.canonical(item, sequence=sequence, workspace=workspace, detail_digest=detail_digest)


# --- an entry


def test_an_entry_says_who_what_when_and_through_which_message() -> None:
    assert (ENTRY.who, ENTRY.what, ENTRY.about, ENTRY.at) == ("olga", "task:answer", "task:t1", AT)
    assert (ENTRY.platform, ENTRY.message) == ("slack", "1.1")


@pytest.mark.parametrize("process", ["clock", "cli"])
def test_where_nobody_acts_in_person_the_process_is_named(process: str) -> None:
    assert audit.entry("people:import", "workspace:acme", Actor(person=None, platform=process, at=AT)).who == process


# --- its canonical bytes


def test_the_canonical_form_is_json_with_sorted_keys_and_no_spaces() -> None:
    assert bytes_of() == (
        b'{"about":"task:t1","after":{"state":"recorded"},"at":"2026-11-02T09:00:00.000000+00:00",'
        b'"before":{"state":"open"},"detail":"dd","message":"1.1","platform":"slack","seq":1,'
        b'"what":"task:answer","who":"olga","workspace":"acme"}'
    )


def test_free_and_personal_text_stays_out_of_it() -> None:
    assert b"Hi" not in bytes_of()
    assert bytes_of() == bytes_of(replace(ENTRY, detail="erased"))


def test_the_order_in_which_fields_were_given_does_not_matter() -> None:
    ab: audit.Fields = {"a": 1, "b": ["x"]}
    ba: audit.Fields = {"b": ["x"], "a": 1}
    assert bytes_of(replace(ENTRY, after=ab)) == bytes_of(replace(ENTRY, after=ba))


def test_the_same_moment_in_another_zone_gives_the_same_bytes() -> None:
    there = AT.astimezone(timezone(timedelta(hours=5, minutes=30)))
    assert bytes_of(replace(ENTRY, at=there)) == bytes_of()


def test_letters_of_every_script_stay_themselves() -> None:
    assert "Zoë 張".encode() in bytes_of(replace(ENTRY, about="Zoë 張"))


@pytest.mark.parametrize(
    "changed",
    [
        bytes_of(sequence=2),
        bytes_of(workspace="globex"),
        bytes_of(detail_digest=""),
        bytes_of(replace(ENTRY, what="task:correct")),
        bytes_of(replace(ENTRY, about="task:t2")),
        bytes_of(replace(ENTRY, who="dan")),
        bytes_of(replace(ENTRY, platform="web")),
        bytes_of(replace(ENTRY, message="1.2")),
        bytes_of(replace(ENTRY, at=AT + timedelta(microseconds=1))),
        bytes_of(replace(ENTRY, before={})),
        bytes_of(replace(ENTRY, after={"state": "open"})),
    ],
)
def test_no_part_can_change_without_changing_the_bytes(changed: bytes) -> None:
    assert changed != bytes_of()


@given(st.datetimes(timezones=st.just(utc(2026, 1, 1).tzinfo)), st.text(), st.dictionaries(st.text(), st.text()))
def test_whatever_an_entry_holds_can_be_read_back(at: datetime, about: str, after: dict[str, str]) -> None:
    entry = replace(ENTRY, at=at, about=about, after=after)
    read = json.loads(bytes_of(entry))
    assert (datetime.fromisoformat(read["at"]), read["about"], read["after"]) == (at, about, after)


# --- the chain


def test_a_link_is_sha256_over_a_zero_byte_the_previous_hash_and_the_bytes() -> None:
    assert audit.link(audit.GENESIS, b"x") == hashlib.sha256(b"\x00" + bytes(32) + b"x").digest()


def test_a_link_depends_on_everything_before_it() -> None:
    first, forged = audit.link(audit.GENESIS, b"x"), audit.link(audit.GENESIS, b"y")
    assert audit.link(first, b"z") != audit.link(forged, b"z")


def test_a_details_digest_is_salted_and_empty_for_no_detail() -> None:
    assert audit.digest_of("Hi", b"salt") == hashlib.sha256(b"saltHi").hexdigest()
    assert audit.digest_of("Hi", b"salt") != audit.digest_of("Hi", b"pepper")
    assert audit.digest_of("", b"salt") == ""
