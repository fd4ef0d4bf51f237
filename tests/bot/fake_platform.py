"""A platform in memory: it keeps what is sent, and fails as it is told."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime

from bot.platform import Address, FetchRefused, OutgoingFile, Posted, RetryLater, ToPerson, Undeliverable
from handlers.views.elements import View


async def files_by_hash(sha256: str) -> bytes:
    return sha256.encode()


@dataclass
class Message:
    address: Address
    view: View
    notice_id: int
    edits: int = 0


@dataclass
class FakePlatform:
    """`failures` are raised by the next calls of that name, in order; the call's work is not done.

    `after` likewise, but only once the work is done: an answer that got lost.
    """

    name: str = "web"
    messages: list[Message] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    failures: dict[str, list[BaseException]] = field(default_factory=dict)
    after: dict[str, list[BaseException]] = field(default_factory=dict)
    on_post: Callable[[Message], None] = lambda _: None
    on_edit: Callable[[], None] = lambda: None
    sent_files: dict[str, bytes] = field(default_factory=dict)
    found_since: list[datetime] = field(default_factory=list)

    async def post(self, address: Address, view: View, *, notice_id: int) -> Posted:
        self._fail(self.failures, "post")
        message = Message(address=address, view=view, notice_id=notice_id)
        self.on_post(message)
        self.messages.append(message)
        self._fail(self.after, "post")
        return _posted(message, len(self.messages))

    async def send_file(self, address: Address, view: View, file: OutgoingFile, *, notice_id: int) -> Posted:
        self.sent_files[file.name] = await file.content()
        return await self.post(address, view, notice_id=notice_id)

    async def edit(self, posted: Posted, view: View) -> None:
        self._fail(self.failures, "edit")
        number = int(posted.message)
        if number > len(self.messages):
            raise Undeliverable("message_not_found")
        message = self.messages[number - 1]
        message.view = view
        message.edits += 1
        self.on_edit()

    async def find(self, address: Address, notice_id: int, *, since: datetime) -> Posted | None:
        self._fail(self.failures, "find")
        self.found_since.append(since)
        for number, message in enumerate(self.messages, start=1):
            if (message.address, message.notice_id) == (address, notice_id):
                return _posted(message, number)
        return None

    async def permalink(self, conversation: str, message: str) -> str:
        self._fail(self.failures, "permalink")
        return f"https://chat.example/{conversation}/{message}"

    async def fetch(self, reference: str, *, limit: int) -> AsyncIterator[bytes]:
        self._fail(self.failures, "fetch")
        content = self.files.get(reference)
        if content is None:
            raise FetchRefused("The file is gone. Send it again.")
        for start in range(0, len(content), 65_536):
            yield content[start : start + 65_536]

    def to(self, person: str) -> list[str]:
        """What the person was told, by title."""
        return [one.view.title for one in self.messages if one.address == ToPerson(external_id=person)]

    @staticmethod
    def _fail(failures: dict[str, list[BaseException]], name: str) -> None:
        if failures.get(name):
            raise failures[name].pop(0)


def _posted(message: Message, number: int) -> Posted:
    conversation = message.address.external_id if isinstance(message.address, ToPerson) else message.address.id
    return Posted(conversation=f"dm-{conversation}", message=str(number))


def no_answer() -> RetryLater:
    """The connection broke: it may have gone out."""
    return RetryLater("chat.postMessage: no answer", after=1.0, in_doubt=True)
