"""One press, one friendly message to whoever's turn it is."""

from handlers.actions import Action
from handlers.context import Context
from handlers.replies import Reply, Show
from handlers.views import messages
from tasks.identifiers import TaskId
from tasks.operations.nudge import nudge


def press_nudge(action: Action, context: Context) -> Reply:
    person = nudge(context.uow, context.actor, TaskId(action.get("t")))
    return Show(view=messages.done("Nudged", f"{person.name} gets a message from you about it."))
