"""A reply becomes a message, a form or a page; and what the person themselves wrote is kept beside it."""

from typing import assert_never

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bot.web import pages
from bot.web.collaborators import Chat
from bot.web.conversations import BOT, ChatUnit, Revision, aside, path_of, read_revision
from bot.web.html import FormState, Kept, page, render_form, render_view
from bot.web.pages import Visit
from bot.web.refusals import Refused
from handlers.replies import FormErrors, Nothing, OpenForm, Replace, Reply, Show
from handlers.requests import SharedFile
from handlers.views.elements import Form, View
from tasks.errors import NotFound


def wants_fragment(request: Request) -> bool:
    """Our script asks for the changed parts; a browser without it for whole pages."""
    return request.headers.get("soc2-fragment") == "1"


async def answered(chat: Chat, request: Request, visit: Visit, reply: Reply, *, pressed: str) -> Response:
    """`pressed`: the message whose button or form it was; empty for none."""
    match reply:
        case Nothing():
            return await refreshed(chat, request, visit)
        case Show(view=view):
            await _tell(chat, visit, view)
            return await refreshed(chat, request, visit)
        case Replace(view=view):
            await _replace(chat, visit, view, pressed)
            return await refreshed(chat, request, visit)
        case OpenForm(form=form):
            return _form(chat, request, visit, form, FormErrors(form=form, errors={}), pressed)
        case FormErrors(form=form):
            return _form(chat, request, visit, form, reply, pressed)
        case _:
            assert_never(reply)


async def refreshed(chat: Chat, request: Request, visit: Visit) -> Response:
    if wants_fragment(request):
        return await changes(chat, visit, since=read_revision(request.headers.get("soc2-revision", "")))
    return RedirectResponse(path_of(visit.conversation), status_code=303)


async def changes(chat: Chat, visit: Visit, *, since: Revision) -> Response:
    seen = await chat.units.read(visit.workspace, lambda unit: pages.look(unit, visit, since=since))
    headers = {"Soc2-Revision": str(seen.revision)}
    if not seen.messages:
        return Response(status_code=204, headers=headers)
    return HTMLResponse(pages.changes(chat, visit, seen), headers=headers)


async def say(chat: Chat, visit: Visit, text: str, files: tuple[SharedFile, ...], *, delivery: str) -> str:
    """Keeps what the person wrote, once; the message's id, or nothing for a second delivery.

    What is written in a channel is a command: nobody else's to read.
    """
    html = page("said.html", text=text, files=[file.name for file in files])
    place = aside(visit.conversation, visit.person.id)

    def said(unit: ChatUnit) -> str:
        if not unit.inbox.first_time(f"said:{delivery}", unit.now):
            return ""
        return str(unit.chat.add(place, visit.person.id, html, unit.now))

    return await chat.units.write(visit.workspace, said)


async def _tell(chat: Chat, visit: Visit, view: View) -> None:
    html = str(render_view(view, message_id=chat.new_id()))
    place = aside(visit.conversation, visit.person.id)
    await chat.units.write(visit.workspace, lambda unit: unit.chat.add(place, BOT, html, unit.now))


async def _replace(chat: Chat, visit: Visit, view: View, pressed: str) -> None:
    """A message that others read too stays as it is for them."""
    place = aside(visit.conversation, visit.person.id)
    html = str(render_view(view, message_id=chat.new_id()))

    def edited(unit: ChatUnit) -> bool:
        if not pressed or unit.chat.get(int(pressed)).conversation != place:
            return False
        unit.chat.edit(int(pressed), html, unit.now)
        return True

    if not await chat.units.write(visit.workspace, edited):
        await _tell(chat, visit, view)


async def checked_message(chat: Chat, visit: Visit, text: str) -> str:
    """The id of a message this person can see, or nothing for nothing."""
    if not text:
        return ""
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise Refused(400, "This message is not known. Load the page again.")
    try:
        found = await chat.units.read(visit.workspace, lambda unit: unit.chat.get(int(text)))
    except NotFound as error:
        raise Refused(400, "This message is no longer there. Load the page again.") from error
    if found.conversation not in {visit.conversation, aside(visit.conversation, visit.person.id)}:
        raise Refused(400, "This message is no longer there. Load the page again.")
    return str(found.id)


def _form(chat: Chat, request: Request, visit: Visit, form: Form, told: FormErrors, pressed: str) -> Response:
    state = FormState(
        prefix=f"f{chat.new_id()}",
        errors=told.errors,
        values=told.values,
        hidden={
            "token": chat.sessions.token(visit.session),
            "nonce": chat.new_id(),
            "conversation": visit.conversation,
            "message": pressed,
        },
        kept=_kept(chat, visit, told),
        back=path_of(visit.conversation),
    )
    html = render_form(form, state)
    status = 422 if told.errors else 200
    if wants_fragment(request):
        return HTMLResponse(html, status_code=status, headers={"Soc2-Form": "1"})
    return HTMLResponse(page("form.html", title=form.title, form=html), status_code=status)


def _kept(chat: Chat, visit: Visit, told: FormErrors) -> dict[str, tuple[Kept, ...]]:
    files = {
        name: tuple(item for item in value if isinstance(item, SharedFile))
        for name, value in told.values.items()
        if not isinstance(value, str)
    }
    return {name: tuple(_kept_file(chat, visit, file) for file in group) for name, group in files.items() if group}


def _kept_file(chat: Chat, visit: Visit, file: SharedFile) -> Kept:
    held = {"r": file.reference, "f": file.name, "t": file.declared_type, "s": str(file.size or 0)}
    return Kept(token=chat.sessions.sign_file(visit.session, held), name=file.name)


def kept_files(chat: Chat, visit: Visit, tokens: list[tuple[str, str]]) -> dict[str, tuple[SharedFile, ...]]:
    found: dict[str, tuple[SharedFile, ...]] = {}
    for name, token in tokens:
        held = chat.sessions.read_file(visit.session, token)
        file = SharedFile(reference=held["r"], name=held["f"], declared_type=held["t"], size=int(held["s"]))
        found[name] = (*found.get(name, ()), file)
    return found
