"""One request, one unit of work: find the route, know the person, run the handler, make a refusal a friendly reply."""

from collections.abc import Callable
from functools import partial

from handlers import link_accounts, note_changes, share_files, show_home
from handlers.actions import Action
from handlers.context import Context
from handlers.replies import FormErrors, Nothing, OpenForm, Reply, Show
from handlers.requests import (
    Asked,
    ButtonPressed,
    CommandTyped,
    FileShared,
    FormSubmitted,
    HomeOpened,
    MessageChanged,
    Request,
    ShortcutUsed,
    Source,
    TextSent,
)
from handlers.routes import BUTTONS, COMMANDS, FORMS, SHORTCUTS, FormRoute, usages
from handlers.show_help import show_help, show_unknown
from handlers.views import messages
from handlers.views.elements import Form
from tasks.errors import DomainError, Invalid
from tasks.people import Actor, Person
from tasks.ports import Identity, UnitOfWork, UnitsOfWork

GREETINGS = ("", "help", "hi", "hello")
Work = Callable[[Context], Reply]
TOO_OLD = "That button is too old. Type /soc2 tasks to see your tasks as they are now."


class Router:
    def __init__(self, units: UnitsOfWork) -> None:
        self.units = units

    async def __call__(self, request: Request) -> Reply:
        return await self._note(request) if isinstance(request, MessageChanged) else await self._answer(request)

    async def _note(self, request: MessageChanged) -> Reply:
        """Most messages that change are no evidence of anything: for them nothing is written at all."""
        workspace = request.source.workspace
        if await self.units.read(workspace, partial(note_changes.concerns_us, request)):
            await self.units.write(workspace, partial(note_changes.note_changes, request))
        return Nothing()

    async def _answer(self, request: Asked) -> Reply:
        writes, work = route(request)
        if work is _help and isinstance(request, CommandTyped):
            return show_help(usages())
        once = writes or _may_come_again(request)
        run = self.units.write if once else self.units.read
        try:
            door = partial(link_accounts.knock, request.source, _link_code(request))
            return await run(request.source.workspace, partial(handle, request.source, work, once, door=door))
        except DomainError as error:
            form_route = FORMS.get(request.action.name) if isinstance(request, FormSubmitted) else None
            if isinstance(request, FormSubmitted) and form_route:
                return await self._refused_form(request, form_route, error)
            return Show(view=messages.refused(_in_words(error)))

    async def _refused_form(self, request: FormSubmitted, form_route: FormRoute, error: DomainError) -> Reply:
        """Nothing was saved; what was typed is kept in the form, and as a draft where the form has one."""
        run = self.units.write if form_route.keep else self.units.read
        again = partial(_form_again, request, form_route, error)
        try:
            return await run(request.source.workspace, partial(handle, request.source, again, False))
        except DomainError:
            return Show(view=messages.refused(str(error)))


def handle(
    source: Source,
    work: Work,
    once: bool,
    uow: UnitOfWork,
    *,
    door: Callable[[UnitOfWork], Reply] = lambda _: Show(view=messages.stranger()),
) -> Reply:
    """`once`: a repeated delivery of the same request does nothing. `door`: what strangers are answered."""
    person = uow.people.by_identity(source.platform, source.user)
    if person is None or not person.active or person.guest:
        return door(uow)
    if once and not _is_new(source, uow):
        return Nothing()
    if once:
        uow.people.used(Identity(platform=source.platform, external_id=source.user, person_id=person.id), uow.now)
    return work(Context(uow=uow, person=person, actor=_actor(source, person, uow)))


def _may_come_again(request: Asked) -> bool:
    """And would then be answered a second time. A command is answered in its ack, a start page just looks the same."""
    if isinstance(request, CommandTyped | HomeOpened):
        return False
    return isinstance(request, TextSent) or bool(request.source.envelope)


def _is_new(source: Source, uow: UnitOfWork) -> bool:
    """Known by what it is and by what it came in: handed over again, either may have changed."""
    marks = [f"{source.platform}:{mark}" for mark in (source.delivery, source.envelope) if mark]
    seen = [mark for mark in marks if not uow.inbox.first_time(mark, uow.now)]
    return not seen


def _actor(source: Source, person: Person, uow: UnitOfWork) -> Actor:
    message = f"{source.conversation}/{source.message}" if source.message else source.conversation
    return Actor(person=person, platform=source.platform, message=message, at=uow.now)


def _form_again(request: FormSubmitted, form_route: FormRoute, error: DomainError, context: Context) -> Reply:
    if form_route.keep:
        form_route.keep(request, context)
    if not isinstance(error, Invalid):
        kept = " What you typed is kept as a draft." if form_route.keep else ""
        return Show(view=messages.refused(f"{error}{kept}"))
    form = form_route.again(request, context) if form_route.again else form_route.build(request.action, context)
    return FormErrors(form=form, errors=_errors_in(form, error), values=request.values)


def _in_words(error: DomainError) -> str:
    """Where there is no field to say it in."""
    return " ".join([str(error), *(error.fields.values() if isinstance(error, Invalid) else ())])


def _errors_in(form: Form, error: Invalid) -> dict[str, str]:
    """By field; what belongs to no field of this form is said of the form as a whole."""
    names = {field.name for field in form.fields}
    errors = {name: text for name, text in error.fields.items() if name in names}
    elsewhere = [text for name, text in error.fields.items() if name not in names]
    return errors if errors and not elsewhere else {"": " ".join([str(error), *elsewhere]), **errors}


def route(request: Asked) -> tuple[bool, Work]:
    """Whether it writes, and what to run."""
    if letters := _link_code(request):
        return True, partial(link_accounts.type_code_as, request.source, letters)
    match request:
        case CommandTyped():
            return _command(request.text)
        case TextSent():
            return _text(request)
        case FileShared():
            return True, partial(share_files.share_files, request)
        case ButtonPressed():
            return _button(request.action)
        case FormSubmitted():
            return _form(request)
        case HomeOpened():
            return True, partial(show_home.open_home, request)
        case ShortcutUsed():
            return _shortcut(request)


def _link_code(request: Asked) -> str:
    """Of words that are meant to link an account: all that anybody unknown may say to us."""
    if not isinstance(request, CommandTyped | TextSent):
        return ""
    word, rest = _first_word(request.text.strip().removeprefix("/soc2"))
    return link_accounts.code_in(rest) if word == link_accounts.WORD else ""


def _command(text: str) -> tuple[bool, Work]:
    word, rest = _first_word(text)
    command = COMMANDS.get(word)
    if command:
        return command.writes, partial(command.handle, rest)
    if word in GREETINGS:
        return False, _help
    return False, lambda _: show_unknown(word, ("help", *COMMANDS), usages())


def _help(_: Context) -> Reply:
    """The same for everybody in the workspace: typed as a command it is answered without looking anybody up."""
    return show_help(usages())


def _first_word(text: str) -> tuple[str, str]:
    word, *rest = text.split(maxsplit=1) or [""]
    return word.lower(), "".join(rest)


def _text(request: TextSent) -> tuple[bool, Work]:
    """A command typed without its slash; under a prompt also a link, which is evidence."""
    words = request.text.strip().removeprefix("/soc2").strip()
    writes, work = _command(words)
    word, _ = _first_word(words)
    if not request.thread or word in COMMANDS or word in GREETINGS:
        return writes, work

    def under_a_message(context: Context) -> Reply:
        task_id = context.task_of_message(request.source.conversation, request.thread)
        return share_files.send_words(words, task_id, request.source.message, context) if task_id else work(context)

    return True, under_a_message


def _button(act: Action) -> tuple[bool, Work]:
    if act.name in FORMS:
        return False, lambda context: OpenForm(form=FORMS[act.name].build(act, context))
    button = BUTTONS.get(act.name)
    if button is None:
        return False, lambda _: Show(view=messages.refused(TOO_OLD))
    return button.writes, partial(button.handle, act)


def _shortcut(request: ShortcutUsed) -> tuple[bool, Work]:
    use = SHORTCUTS.get(request.name)
    if use is None:
        return False, lambda _: Show(view=messages.refused(TOO_OLD))
    return True, partial(use, request)


def _form(request: FormSubmitted) -> tuple[bool, Work]:
    form_route = FORMS.get(request.action.name)
    if form_route is None:
        return False, lambda _: Show(view=messages.refused(TOO_OLD))
    return True, partial(form_route.submit, request)
