"""The browser chat's routes: read what was done, hand it to the router, show the reply."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.web import answers, pages
from bot.web.assets import ASSETS, asset_url
from bot.web.collaborators import Chat
from bot.web.conversations import channel, direct, path_of, read_revision
from bot.web.forms import Sent, kept_tokens, read_form, set_aside, values_of
from bot.web.html import TEMPLATES, page
from bot.web.pages import Visit
from bot.web.refusals import NobodyChosen, Refused
from bot.web.sessions import check_host, check_origin, delivery_key
from handlers.actions import Action, decode
from handlers.requests import ButtonPressed, CommandTyped, FileShared, FormSubmitted, SharedFile, Source, TextSent
from tasks.identifiers import EvidenceId

Endpoint = Callable[[Chat, Request], Awaitable[Response]]

LONGEST_MESSAGE = 3000
STEPS = {"day": timedelta(days=1), "week": timedelta(weeks=1)}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # not no-referrer: browsers would send forms with Origin: null
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}

TEMPLATES.globals["asset"] = asset_url


def routes(chat: Chat) -> list[Route]:
    def at(path: str, endpoint: Endpoint, method: str = "GET") -> Route:
        return Route(path, _guarded(chat, endpoint), methods=[method])

    return [
        at("/web", _choose),
        at("/web/choose", _chosen, "POST"),
        at("/web/chat", _direct_messages),
        at("/web/channel/{name}", _channel),
        at("/web/messages", _changes),
        at("/web/send", _send, "POST"),
        at("/web/press", _press, "POST"),
        at("/web/submit", _submit, "POST"),
        at("/web/clock", _clock, "POST"),
        at("/web/evidence/{id}", _evidence),
        at("/web/static/{name}", _static),
    ]


def _guarded(chat: Chat, endpoint: Endpoint) -> Callable[[Request], Awaitable[Response]]:
    async def guarded(request: Request) -> Response:
        response = await _answered(chat, endpoint, request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return guarded


async def _answered(chat: Chat, endpoint: Endpoint, request: Request) -> Response:
    try:
        if not chat.free_choice:
            raise Refused(404, "The browser chat is switched off here. Write to soc2bot in Slack or Teams.")
        check_host(request, chat.public_url)
        return await endpoint(chat, request)
    except Refused as refusal:
        return _plain(request, refusal, way_back=chat.free_choice)
    except NobodyChosen:
        return RedirectResponse("/web", status_code=303)


def _plain(request: Request, refusal: Refused, *, way_back: bool) -> Response:
    if answers.wants_fragment(request):
        return PlainTextResponse(refusal.sentence, status_code=refusal.status)
    text = page("plain.html", title="That did not work", text=refusal.sentence, way_back=way_back)
    return HTMLResponse(text, status_code=refusal.status)


async def _choose(chat: Chat, request: Request) -> Response:
    session = chat.sessions.read(request) or chat.sessions.start()
    response = HTMLResponse(await pages.people_page(chat, session, await chat.list_people()))
    chat.sessions.store(response, session)
    return response


async def _chosen(chat: Chat, request: Request) -> Response:
    async with _posted(chat, request) as sent:
        key = (sent.text("workspace"), sent.text("person"))
    people = {(item.workspace, item.person.id): item for item in await chat.list_people()}
    found = next((item for ids, item in people.items() if ids == key), None)
    if found is None:
        raise Refused(400, "This person can't be chosen. Open the list again.")
    response = RedirectResponse("/web/chat", status_code=303)
    chat.sessions.store(response, chat.sessions.start_as(found.workspace, found.person.id))
    return response


async def _direct_messages(chat: Chat, request: Request) -> Response:
    return await _conversation(chat, request, "")


async def _channel(chat: Chat, request: Request) -> Response:
    return await _conversation(chat, request, channel(request.path_params["name"]))


async def _conversation(chat: Chat, request: Request, conversation: str) -> Response:
    visit = await _visit(chat, request, conversation)
    people = await chat.list_people()
    places = pages.beside(chat, visit, people)
    seen = await chat.units.read(visit.workspace, lambda unit: pages.look(unit, visit, beside=places))
    reply_to = request.query_params.get("reply", "")
    return HTMLResponse(pages.chat_page(chat, visit, seen, people, reply_to=reply_to))


async def _changes(chat: Chat, request: Request) -> Response:
    visit = await _visit(chat, request, request.query_params.get("conversation", ""))
    return await answers.changes(chat, visit, since=read_revision(request.query_params.get("since", "")))


async def _send(chat: Chat, request: Request) -> Response:
    async with _posted(chat, request) as sent:
        visit = await _visit(chat, request, sent.text("conversation"))
        text = sent.text("text").replace("\r\n", "\n").strip()
        if len(text) > LONGEST_MESSAGE:
            raise Refused(400, f"The message is too long. At most {LONGEST_MESSAGE:,} characters.")
        uploads = sent.uploads()
        if uploads and not visit.is_direct:
            raise Refused(400, "Files go into your direct messages with soc2bot, where nobody else reads them.")
        kept = await set_aside(uploads, chat.files, largest=chat.largest_file, new_id=chat.new_id)
        files = tuple(file for group in kept.values() for file in group)
        thread = await answers.checked_message(chat, visit, sent.text("thread"))
        if not text and not files:
            return await answers.refreshed(chat, request, visit)
        key = delivery_key(visit.person.id, sent.nonce(), "send")
        source = _source(visit, await answers.say(chat, visit, text, files, delivery=key), key)
        reply = await chat.router(_written(visit, source, text, files, thread))
        return await answers.answered(chat, request, visit, reply, pressed="")


def _written(
    visit: Visit, source: Source, text: str, files: tuple[SharedFile, ...], thread: str
) -> CommandTyped | TextSent | FileShared:
    if files:
        return FileShared(source=source, files=files, text=text, thread=thread)
    if text.startswith("/") or not visit.is_direct:
        words = text.removeprefix("/soc2") if text.split()[0] == "/soc2" else text.removeprefix("/")
        return CommandTyped(source=source, text=words.strip())
    return TextSent(source=source, text=text, thread=thread)


async def _press(chat: Chat, request: Request) -> Response:
    async with _posted(chat, request) as sent:
        visit = await _visit(chat, request, sent.text("conversation"))
        opens, acts = sent.text("open"), sent.text("action")
        message = await answers.checked_message(chat, visit, sent.text("message"))
        # Opening a form changes nothing, and a page gone back to must be able to open it again.
        key = "" if opens else delivery_key(visit.person.id, sent.nonce(), acts)
        source = _source(visit, message, key)
    reply = await chat.router(ButtonPressed(source=source, action=_action(opens or acts)))
    return await answers.answered(chat, request, visit, reply, pressed=message)


async def _submit(chat: Chat, request: Request) -> Response:
    async with _posted(chat, request) as sent:
        visit = await _visit(chat, request, sent.text("conversation"))
        form = _action(sent.text("form"))
        message = await answers.checked_message(chat, visit, sent.text("message"))
        source = _source(visit, message, delivery_key(visit.person.id, sent.nonce(), sent.text("form")))
        kept = answers.kept_files(chat, visit, kept_tokens(sent))
        new = await set_aside(sent.uploads(), chat.files, largest=chat.largest_file, new_id=chat.new_id)
        files = {name: (*kept.get(name, ()), *new.get(name, ())) for name in kept.keys() | new.keys()}
        values = values_of(sent, files)
    reply = await chat.router(FormSubmitted(source=source, action=form, values=values))
    return await answers.answered(chat, request, visit, reply, pressed=message)


async def _clock(chat: Chat, request: Request) -> Response:
    async with _posted(chat, request) as sent:
        visit = await _visit(chat, request, sent.text("conversation"))
        step = STEPS.get(sent.text("by"))
    if chat.move_clock is None or step is None:
        raise Refused(404, "There is no such page.")
    await chat.move_clock(step)
    return RedirectResponse(path_of(visit.conversation), status_code=303)


async def _evidence(chat: Chat, request: Request) -> Response:
    visit = await _visit(chat, request, "")
    wanted = EvidenceId(request.path_params["id"])
    found = await chat.find_evidence(visit.workspace, visit.person.id, wanted) if chat.find_evidence else None
    if found is None:
        raise Refused(404, "There is no such file, or it is not yours to see.")
    disposition = f"attachment; filename*=UTF-8''{quote(found.name, safe='')}"
    headers = {"Content-Disposition": disposition, "Content-Security-Policy": f"sandbox; {POLICY}"}
    return StreamingResponse(found.chunks, media_type="application/octet-stream", headers=headers)


async def _static(chat: Chat, request: Request) -> Response:
    asset = ASSETS.get(request.path_params["name"])
    if asset is None:
        raise Refused(404, "There is no such page.")
    lasting = request.query_params.get("v") == asset.version
    headers = {"Cache-Control": "public, max-age=31536000, immutable" if lasting else "no-cache"}
    return Response(asset.content, media_type=asset.media_type, headers=headers)


@asynccontextmanager
async def _posted(chat: Chat, request: Request) -> AsyncIterator[Sent]:
    """The body, once it is sure that our own page in this session sent it."""
    check_origin(request)
    session = chat.sessions.read(request)
    if session is None:
        raise Refused(403, "This page is out of date. Open the chat again.")
    async with read_form(request, largest_file=chat.largest_file) as sent:
        chat.sessions.check(session, sent.text("token"))
        yield sent


async def _visit(chat: Chat, request: Request, conversation: str) -> Visit:
    """`conversation` empty: the direct messages."""
    session = chat.sessions.read(request)
    if session is None or session.workspace is None or session.person is None:
        raise NobodyChosen
    person_id = session.person
    person = await chat.units.read(session.workspace, lambda unit: unit.people.find(person_id))
    if person is None or not person.active:
        raise NobodyChosen
    place = conversation or direct(person_id)
    if place != direct(person_id) and not chat.is_channel(place):
        raise Refused(404, "There is no such conversation, or it is not yours. Load the page again.")
    return Visit(session=session, workspace=session.workspace, person=person, conversation=place)


def _source(visit: Visit, message: str, delivery: str) -> Source:
    return Source(
        platform="web",
        workspace=visit.workspace,
        user=visit.person.id,
        conversation=visit.conversation,
        message=message,
        delivery=delivery,
    )


def _action(text: str) -> Action:
    found = decode(text)
    if found is None:
        raise Refused(400, "This button is not known. Load the page again.")
    return found
