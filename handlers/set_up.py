"""/soc2 setup: the steps, the preview of the next twelve months, and Start. Its forms are in setup_forms."""

from handlers.actions import Action, action
from handlers.context import Context
from handlers.replies import Replace, Reply, Show
from handlers.views.elements import FormButton, View
from handlers.views.setup_page import PreviewPage, preview_page, setup_page, started_view
from tasks.operations.set_up import missing_to_start, progress, require_may_set_up
from tasks.operations.set_up_start import finish, look_ahead, waiting_to_begin
from tasks.wording import day

IMPORT = FormButton(label="Import our matrix …", action=action("import_matrix"))


def type_setup(_: str, context: Context) -> Reply:
    return Show(view=page(context))


def press_setup(_: Action, context: Context) -> Reply:
    return Replace(view=page(context))


def page(context: Context, said: str = "") -> View:
    require_may_set_up(context.actor)
    uow = context.uow
    extra = (IMPORT,) if uow.setups.get().own_controls else ()
    return setup_page(progress(uow), waiting=waiting_to_begin(uow), said=said, extra=extra)


def press_preview(_: Action, context: Context) -> Reply:
    require_may_set_up(context.actor)
    uow = context.uow
    return Replace(
        view=preview_page(
            PreviewPage(
                preview=look_ahead(uow),
                progress=progress(uow),
                missing=missing_to_start(uow),
                waiting=waiting_to_begin(uow),
                start=action("finish_setup", v=uow.setups.get().version),
            )
        )
    )


def press_start(act: Action, context: Context) -> Reply:
    started = finish(context.uow, context.actor, act.version())
    return Replace(view=started_view(started.installed, day(started.first)))
