"""How a task looks: an occurrence of a control, somebody's part of an access review, or the end of one."""

from handlers.campaign_page import campaign_page
from handlers.review_page import my_part
from handlers.task_page import look_at
from handlers.views.campaign_card import campaign_card
from handlers.views.elements import View
from handlers.views.review_card import review_card
from handlers.views.task_card import reminder_card, task_card
from tasks.identifiers import PersonId
from tasks.model import Task, Work
from tasks.people import Person
from tasks.ports import UnitOfWork


def view_of(uow: UnitOfWork, task: Task, reader: Person, *, opening: str = "") -> View:
    match task.work:
        case Work.ACCESS_REVIEW:
            reviewer = uow.people.get(PersonId(task.subject))
            return review_card(my_part(uow, reader, task.campaign_id, reviewer), opening=opening)
        case Work.ACCESS_SIGN_OFF:
            return campaign_card(campaign_page(uow, reader, task.campaign_id), said=opening)
        case Work.CONTROL | Work.ACCESS_CHANGE:
            return task_card(look_at(uow, task.id, reader), opening=opening)


def reminder_of(uow: UnitOfWork, task: Task, reader: Person, *, opening: str) -> View:
    if task.work in (Work.CONTROL, Work.ACCESS_CHANGE):
        return reminder_card(look_at(uow, task.id, reader), opening=opening)
    return view_of(uow, task, reader, opening=opening)
