"""The words of a task: its control's in the version it was opened with, or its campaign's own."""

from tasks.access.texts import change_text, review_text, sign_off_text
from tasks.controls import ControlText
from tasks.model import Task, Work
from tasks.ports import UnitOfWork


def text_of(uow: UnitOfWork, task: Task) -> ControlText:
    text = uow.controls.text(task.control_id, task.control_version)
    match task.work:
        case Work.CONTROL:
            return text
        case Work.ACCESS_REVIEW:
            return review_text(text, uow.campaigns.get(task.campaign_id))
        case Work.ACCESS_SIGN_OFF:
            return sign_off_text(text, uow.campaigns.get(task.campaign_id))
        case Work.ACCESS_CHANGE:
            return change_text(text, uow.access_items.get(task.campaign_id, task.subject))
