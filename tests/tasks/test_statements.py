from datetime import date

import pytest

from tasks.model import Answer
from tasks.statements import statement_of
from tests.builders import a_control_text, a_task

DAY = date(2026, 11, 5)


@pytest.mark.parametrize("answer", [Answer.DONE, Answer.DONE_FOUND_PROBLEMS])
def test_done_signs_the_controls_own_words(answer: Answer) -> None:
    expected = (
        "I confirm that the access of everybody who left was removed for October 2026, checked on 5 November 2026."
    )
    assert statement_of(answer, a_control_text(), a_task(), DAY) == expected


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Answer.NOT_DONE, "was not done for October 2026"),
        (Answer.NOT_FULLY_DONE, "was not fully done for October 2026"),
        (Answer.NOTHING_TO_REPORT, "nothing to report for “Leaver access removal” in October 2026"),
    ],
)
def test_no_other_answer_signs_that_the_control_was_performed(answer: Answer, words: str) -> None:
    statement = statement_of(answer, a_control_text(), a_task(), DAY)
    assert words in statement
    assert "I confirm" not in statement
