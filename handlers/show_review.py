"""/soc2 review: everything that waits for the person's acceptance or review, in one list."""

from handlers.actions import Action
from handlers.context import Context
from handlers.replies import Reply, Show
from handlers.show_access import reviews_of
from handlers.show_tasks import to_accept
from handlers.task_page import name_of
from handlers.views.access_list import review_row
from handlers.views.short_lists import ToReview, review_list, to_accept_row


def show_review(_: str, context: Context) -> Reply:
    return Show(view=review_list(waiting_for(context)))


def press_review(_: Action, context: Context) -> Reply:
    return Show(view=review_list(waiting_for(context)))


def waiting_for(context: Context) -> ToReview:
    rows = [to_accept_row(task, name_of(context.uow, task.answered_by)) for task in to_accept(context)]
    return ToReview(acceptance=rows, access_reviews=[review_row(one) for one in reviews_of(context)])
