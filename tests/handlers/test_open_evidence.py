import pytest

from handlers.actions import action
from tasks.errors import NO_SUCH_EVIDENCE
from tasks.evidence import EvidenceKind, EvidenceState
from tasks.identifiers import PersonId
from tests.handlers.conversation import TASK, Conversation, words_of

pytestmark = pytest.mark.anyio
OPEN = action("open_evidence", e="leavers")


async def test_words_and_links_are_shown_as_they_are() -> None:
    chat = Conversation()
    chat.attach(kind=EvidenceKind.TEXT, name="Looked", text="Looked at the console\nand saw nothing")
    assert "Looked at the console\nand saw nothing" in words_of(await chat.press("lee", OPEN))


async def test_who_looked_is_on_record() -> None:
    chat = Conversation()
    chat.attach()
    await chat.press("lee", OPEN)
    assert chat.uow.evidence.opened_by(TASK, PersonId("lee")) == {"leavers"}


async def test_a_file_still_being_checked_is_not_opened() -> None:
    chat = Conversation()
    chat.attach(state=EvidenceState.CHECKING, sha256="")
    assert "still being checked" in words_of(await chat.press("lee", OPEN))


@pytest.mark.parametrize("who", ["max", "zoe", "hans"])
async def test_managers_and_strangers_to_the_task_open_nothing(who: str) -> None:
    chat = Conversation()
    chat.attach()
    assert NO_SUCH_EVIDENCE in words_of(await chat.press(who, OPEN))
