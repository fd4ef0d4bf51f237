from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from storage.chat_messages import BOT, ChatMessages
from tasks.errors import NotFound
from tasks.identifiers import NoticeId
from tests.builders import utc
from tests.storage.migrated import GLOBEX, in_workspace, migrated

NOON = utc(2026, 11, 3, 12)


@pytest.fixture
def rooms(tmp_path: Path) -> Iterator[tuple[ChatMessages, ChatMessages]]:
    """The chats of two workspaces."""
    with migrated(tmp_path) as connection:
        yield in_workspace(connection).chat, in_workspace(connection, GLOBEX).chat


@pytest.fixture
def chat(rooms: tuple[ChatMessages, ChatMessages]) -> ChatMessages:
    return rooms[0]


def test_what_was_said_comes_back_in_order(chat: ChatMessages) -> None:
    chat.add("dm:olga", BOT, "<p>Hello</p>", NOON)
    chat.add("dm:olga", "olga", "<p>Hi</p>", NOON)
    chat.add("dm:max", BOT, "<p>Other</p>", NOON)
    assert [(said.author, said.html) for said in chat.of("dm:olga", limit=9)] == [
        (BOT, "<p>Hello</p>"),
        ("olga", "<p>Hi</p>"),
    ]


def test_a_page_holds_the_latest_and_the_next_page_what_is_older(chat: ChatMessages) -> None:
    first, second, third = (chat.add("dm:olga", BOT, f"{n}", NOON) for n in range(3))
    assert [said.id for said in chat.of("dm:olga", limit=2)] == [second, third]
    assert [said.id for said in chat.of("dm:olga", limit=2, before=second)] == [first]


def test_an_edit_changes_the_words_and_says_when(chat: ChatMessages) -> None:
    said = chat.add("dm:olga", BOT, "Open", NOON)
    chat.edit(said, "Answered", NOON + timedelta(hours=1))
    (shown,) = chat.of("dm:olga", limit=9)
    assert (shown.html, shown.at, shown.edited_at) == ("Answered", NOON, NOON + timedelta(hours=1))


def test_every_new_or_edited_message_is_a_change_of_its_conversation(chat: ChatMessages) -> None:
    assert chat.latest_change("dm:olga") == 0
    first = chat.add("dm:olga", BOT, "1", NOON)
    chat.add("dm:olga", BOT, "2", NOON)
    assert chat.latest_change("dm:olga") == 2
    chat.edit(first, "1b", NOON)
    assert chat.latest_change("dm:olga") == 3
    assert chat.get(first).revision == 3
    assert chat.latest_change("dm:max") == 0


def test_a_notice_is_said_once(chat: ChatMessages) -> None:
    first = chat.add("dm:olga", BOT, "Once", NOON, notice_id=NoticeId(7))
    assert chat.add("dm:olga", BOT, "Twice", NOON, notice_id=NoticeId(7)) == first
    found = chat.find_by_notice(NoticeId(7))
    assert found is not None
    assert found.html == "Once"
    assert chat.find_by_notice(NoticeId(8)) is None


def test_another_workspaces_chat_is_neither_seen_nor_edited(rooms: tuple[ChatMessages, ChatMessages]) -> None:
    ours, theirs = rooms
    said = ours.add("dm:olga", BOT, "Ours", NOON, notice_id=NoticeId(7))
    assert theirs.of("dm:olga", limit=9) == []
    assert theirs.find_by_notice(NoticeId(7)) is None
    assert theirs.latest_change("dm:olga") == 0
    with pytest.raises(NotFound):
        theirs.edit(said, "Theirs", NOON)
