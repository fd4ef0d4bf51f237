"""A browser chat over memory: units of work, uploads and a router that answers in every way there is."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import anyio
import httpx
from starlette.applications import Starlette

from bot.web.chat import routes
from bot.web.collaborators import Chat, Download, Somebody
from bot.web.conversations import BOT, direct
from bot.web.html import render_view
from handlers.replies import FormErrors, Nothing, OpenForm, Replace, Reply, Show
from handlers.requests import ButtonPressed, CommandTyped, FileShared, FormSubmitted, Request, TextSent
from handlers.views.elements import (
    View,
)
from tasks.identifiers import EvidenceId, PersonId, WorkspaceId
from tests.bot.web.markup import Node, button, fields_of, read
from tests.bot.web.memory import PEOPLE, WORKSPACE, MemoryFiles, MemoryUnit, MemoryUnits, SteppedClock
from tests.bot.web.sample_views import DONE, FORM, STATUS, TASK, told

HOST = "http://127.0.0.1:3000"
COMMANDS = (
    ("help", "What you can ask for"),
    ("tasks", "What is waiting for you"),
    ("status [team|hr|it]", "Where things stand, and whose turn it is"),
    ("assign", "Give a control another owner"),
    ("away", "Say when you are away, and who stands in"),
)


class ScriptedRouter:
    """Answers by the verb, and remembers what it was asked."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.seen: set[str] = set()

    async def __call__(self, request: Request) -> Reply:
        if request.source.delivery and request.source.delivery in self.seen:
            return Nothing()
        self.seen.add(request.source.delivery)
        self.requests.append(request)
        match request:
            case CommandTyped(text=text):
                return Show(view=STATUS if text == "status" else TASK if text == "tasks" else told(f"You typed {text}"))
            case TextSent(text=text):
                return Show(view=told(f"You wrote {text}"))
            case FileShared(files=files):
                return Show(view=told(f"Received {', '.join(file.name for file in files)}"))
            case ButtonPressed(action=pressed):
                return pressed_reply(pressed.name)
            case FormSubmitted():
                return submitted_reply(request)
            case _:
                raise AssertionError(request)  # the browser chat has none of these


def pressed_reply(name: str) -> Reply:
    if name == "open_form":
        return OpenForm(form=FORM)
    return Replace(view=DONE) if name == "answer_task" else Nothing()


def submitted_reply(request: FormSubmitted) -> Reply:
    if request.text("source") == "wrong":
        errors = {"source": "Name the system the list came from.", "": "Nothing was saved yet."}
        return FormErrors(form=FORM, errors=errors, values=request.values)
    return Replace(view=DONE)


@dataclass(kw_only=True)
class Kit:
    """A chat and everything it was given, to look into."""

    clock: SteppedClock = field(default_factory=SteppedClock)
    router: ScriptedRouter = field(default_factory=ScriptedRouter)
    files: MemoryFiles = field(default_factory=MemoryFiles)
    changes: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.unit = MemoryUnit(clock=self.clock)
        self.units = MemoryUnits(self.unit)

    def chat(self) -> Chat:
        chat = Chat(
            router=self.router,
            units=self.units,
            files=self.files,
            secret="a secret for tests only",
            clock=self.clock,
            list_people=list_people,
            commands=COMMANDS,
            free_choice=True,
            move_clock=self.clock.move,
            find_evidence=find_evidence,
        )
        return replace(chat, **self.changes)

    def app(self) -> Starlette:
        return Starlette(routes=routes(self.chat()))

    def say(self, view: View, *, conversation: str = direct(PersonId("olga"))) -> int:
        html = render_view(view, message_id=f"k{len(self.unit.chat.kept)}")
        return self.unit.chat.add(conversation, BOT, html, self.clock.now())


async def list_people() -> Sequence[Somebody]:
    return [Somebody(workspace=WORKSPACE, person=person, open_tasks=len(person.name) % 4) for person in PEOPLE]


async def find_evidence(workspace: WorkspaceId, person: PersonId, evidence: EvidenceId) -> Download | None:
    if (person, evidence) != ("olga", "evidence-1"):
        return None
    return Download(name='leavers "Ö".csv\r\nX: 1', chunks=_bytes())


async def _bytes() -> AsyncIterator[bytes]:
    yield b"name\nBen\n"


class AppTransport(httpx.BaseTransport):
    """Blocking requests to an application in this process; what it raises is raised here."""

    def __init__(self, app: Starlette) -> None:
        self._app = httpx.ASGITransport(app=app)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return anyio.run(self._answer, request)

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        answer = await self._app.handle_async_request(request)
        return httpx.Response(answer.status_code, headers=answer.headers, content=await answer.aread())


def client(app: Starlette) -> httpx.Client:
    return httpx.Client(transport=AppTransport(app), base_url=HOST, headers={"origin": HOST}, follow_redirects=True)


class Visitor:
    """A browser without JavaScript: follows links, fills in forms, obeys redirects."""

    def __init__(self, kit: Kit, *, person: str = "") -> None:
        self.kit = kit
        self.client = client(kit.app())
        self.page = self.get("/web")
        if person:
            self.choose(person)

    def get(self, path: str) -> Node:
        answer = self.client.get(path)
        assert answer.status_code == 200, answer.text
        self.page = read(answer.text)
        return self.page

    def choose(self, person: str) -> Node:
        form = next(node for node in self.page.all("form", action="/web/choose") if node.all("button", value=person))
        return self.post("/web/choose", {**fields_of(form), "person": person})

    def fields(self, form_id: str = "composer") -> dict[str, str]:
        return fields_of(self.page.one("form", id=form_id))

    def send(self, text: str, **more: str) -> Node:
        return self.post("/web/send", {**self.fields(), "text": text, **more})

    def card(self, message: int) -> dict[str, str]:
        """What the form around a message sends."""
        return fields_of(self.page.one("article", id=f"m-{message}").one("form"))

    def press(self, message: int, label: str) -> Node:
        card = self.page.one("article", id=f"m-{message}")
        return self.post("/web/press", {**self.card(message), **button(card, label)}, allowed=(200,))

    def press_anew(self, kit: Kit) -> Node:
        """Opens the form of a task that was just posted."""
        message = kit.say(TASK)
        self.get("/web/chat")
        return self.press(message, "Answer")

    def submit(self, values: dict[str, str], files: dict[str, tuple[str, bytes]] | None = None) -> Node:
        sent = {**fields_of(self.page.one("form", action="/web/submit")), **values}
        return self.post("/web/submit", sent, files=files or {"f:none": ("", b"")}, allowed=(200, 422))

    def post(
        self,
        path: str,
        sent: dict[str, str],
        *,
        files: dict[str, tuple[str, bytes]] | None = None,
        allowed: tuple[int, ...] = (200,),
    ) -> Node:
        answer = self.client.post(path, data=sent, files=files)
        assert answer.status_code in allowed, f"{answer.status_code} {answer.text}"
        self.page = read(answer.text)
        return self.page

    def words(self) -> str:
        return self.page.words()
