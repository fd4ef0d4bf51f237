"""What somebody signs. *Done* signs the control's own words; the other answers must not sign what did not happen."""

from datetime import date

from tasks.controls import ControlText
from tasks.model import Answer, Task
from tasks.recurrence import fill_statement, span_label


def statement_of(answer: Answer, text: ControlText, task: Task, on: date) -> str:
    """`on` is the day of the answer."""
    span = span_label(task.span_start, task.span_end)
    match answer:
        case Answer.DONE | Answer.DONE_FOUND_PROBLEMS:
            return fill_statement(text.statement, task, on)
        case Answer.NOTHING_TO_REPORT:
            return (
                f"I report that there was nothing to report for “{text.title}” in {span}; the query I name shows zero."
            )
        case Answer.NOT_FULLY_DONE:
            return f"I report that “{text.title}” was not fully done for {span}."
        case Answer.NOT_DONE:
            return f"I report that “{text.title}” was not done for {span}."
