"""Somebody in the browser chat, on the whole app."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx

from tests.bot.web.markup import Node, button, fields_of, read

Uploads = Mapping[str, tuple[str, bytes]]


@dataclass
class Browser:
    """Without JavaScript: fills in forms and obeys redirects."""

    address: str
    page: Node = field(init=False)

    def __post_init__(self) -> None:
        headers = {"origin": self.address}
        self.client = httpx.Client(base_url=self.address, headers=headers, follow_redirects=True)
        self.get("/web")

    def get(self, path: str) -> str:
        return self._read(self.client.get(path))

    def become(self, person: str) -> None:
        form = next(one for one in self.page.all("form", action="/web/choose") if one.all("button", value=person))
        self._read(self.client.post("/web/choose", data={**fields_of(form), "person": person}))

    def says(self, text: str) -> str:
        return self._sends_message(text, {})

    def drops(self, name: str, content: bytes) -> str:
        """A file, beside the words that are written."""
        return self._sends_message("", {"f:files": (name, content)})

    def presses(self, label: str) -> str:
        """The last such button; what it opens is on the page then."""
        self.get("/web/chat")
        cards = [one for one in self.page.all("article") if any(label == b.words() for b in one.all("button"))]
        sent = {**fields_of(cards[-1].one("form")), **button(cards[-1], label)}
        return self._read(self.client.post("/web/press", data=sent))

    def submits(self, values: Mapping[str, str]) -> str:
        """The form that is open; `values` by the names of its inputs."""
        sent = {**fields_of(self.page.one("form", action="/web/submit")), **values}
        return self._read(self.client.post("/web/submit", data=sent, files={"f:none": ("", b"")}))

    def _sends_message(self, text: str, files: Uploads) -> str:
        sent = {**fields_of(self.page.one("form", id="composer")), "text": text}
        return self._read(self.client.post("/web/send", data=sent, files=dict(files) or None))

    def _read(self, answer: httpx.Response) -> str:
        assert answer.status_code == 200, answer.text
        self.page = read(answer.text)
        return self.page.words()
