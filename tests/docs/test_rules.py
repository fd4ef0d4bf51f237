"""docs/tasks.md and docs/audit-log.md agree with the rules that the program follows."""

import hashlib
import re

from tasks.audit import GENESIS, LEAF, link
from tasks.escalation import ACCEPTANCE_LADDER, REMIND_AFTER
from tasks.ladder import DEFAULT_LADDER
from tasks.model import Answer
from tasks.notices import Occasion
from tasks.wording import ANSWERS
from tests.docs.pages import ROOT, table_after, words_of

TASKS = ROOT / "docs" / "tasks.md"
AUDIT = ROOT / "docs" / "audit-log.md"
WHO = {
    Occasion.OPENED: "the owner: prompt",
    Occasion.REMINDER_5: "the owner: reminder",
    Occasion.REMINDER_1: "the owner: reminder",
    Occasion.LAST_CALL: "the owner: last call",
    Occasion.OVERDUE: "the owner: overdue",
    Occasion.MANAGER: "the owner's manager",
    Occasion.COMPLIANCE_LEAD: "the compliance lead",
    Occasion.SPONSOR: "the executive sponsor",
}


def days_of(when: str) -> list[int]:
    """As in “5 before due, 1 before due”, “due day” and “2 after”."""
    before = [-int(number) for number in re.findall(r"(\d+) before", when)]
    return [*before, *(int(number) for number in re.findall(r"(\d+) after", when))] or [0]


def test_the_table_of_the_ladder_is_the_default_ladder() -> None:
    told = [(days, who) for when, who in table_after(TASKS, "The ladder") for days in days_of(when)]
    assert [days for days, _ in told] == [rung.business_days for rung in DEFAULT_LADDER.rungs]
    for (_, who), rung in zip(told, DEFAULT_LADDER.rungs, strict=True):
        assert who.startswith(WHO[rung.occasion])


def test_the_rest_of_the_ladder_is_told_as_it_is() -> None:
    text = words_of(TASKS)
    assert f"less than {REMIND_AFTER:.0%}".replace("%", " %") in text
    first, second, third = (rung.business_days for rung in ACCEPTANCE_LADDER.rungs)
    assert f"after {first}, {second} and {third} business days" in text


def test_the_table_of_answers_has_every_answer_and_no_other() -> None:
    told = [words for answer, _ in table_after(TASKS, "Answers") for words in answer.split(" · ")]
    assert sorted(told) == sorted(ANSWERS.values())
    assert set(ANSWERS) == set(Answer)


def test_the_chain_is_computed_as_the_document_says() -> None:
    assert "SHA-256 over the byte `0x00`, the previous hash and the entry's canonical bytes" in words_of(AUDIT)
    assert "the first follows 32 zero bytes" in words_of(AUDIT)
    assert (GENESIS, LEAF) == (b"\x00" * 32, b"\x00")
    assert link(GENESIS, b"{}") == hashlib.sha256(b"\x00" + b"\x00" * 32 + b"{}").digest()
