"""The real `soc2 demo`, started in a folder of its own as it would be on a given day; and people using it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import socket

from playwright.sync_api import Locator, Page, expect

ROOT = Path(__file__).parents[2]
DAY = "2026-11-23T15:30+00:00"
"""A Monday on which people of every department have something to do."""
ON_THAT_DAY = """
import sys
from datetime import datetime
import bot.clock

class Calendar(datetime):
    @classmethod
    def now(cls, tz=None):
        return started + (datetime.now(tz) - began)

started, began = datetime.fromisoformat(sys.argv.pop(1)), datetime.now().astimezone()
bot.clock.datetime = Calendar
from bot.cli import app
app()
"""
"""Only the machine's date is another; everything else is the program as it is."""


def a_free_port() -> int:
    with socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def a_demo(folder: Path, *, day: str = DAY) -> Iterator[str]:
    """The address that it prints."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("SOC2_", "SLACK_", "TEAMS_"))}
    environment = {**clean, "PYTHONPATH": str(ROOT), "SOC2_PORT": str(a_free_port()), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-c", ON_THAT_DAY, day, "demo"]
    with subprocess.Popen(
        command, cwd=folder, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        try:
            yield _address(process)
        finally:
            process.terminate()
            process.communicate(timeout=30)


def _address(process: "subprocess.Popen[str]") -> str:
    said = ""
    for line in process.stdout or ():
        said += line
        if "Open http" in line:
            return line.partition("Open ")[2].split()[0]
    raise AssertionError(f"The demo ended: {said}")


@dataclass(kw_only=True)
class User:
    """Somebody at their direct messages."""

    page: Page
    address: str

    def becomes(self, name: str) -> "User":
        self.page.goto(f"{self.address}/web")
        self.page.locator("section:not(.start)").get_by_role("button", name=name).click()
        self.page.wait_for_url("**/web/chat")
        return self

    @property
    def messages(self) -> Locator:
        return self.page.get_by_role("article")

    @property
    def last(self) -> Locator:
        return self.messages.last

    @property
    def form(self) -> Locator:
        return self.page.locator("#form-dialog[open]")

    def about(self, *words: str) -> Locator:
        """The newest message that has them all: the same one from then on, whatever it says later."""
        found = self.messages
        for some in words:
            found = found.filter(has_text=some)
        found.last.wait_for()
        return self.page.locator(f"#{found.last.get_attribute('id')}")

    def types(self, text: str) -> Locator:
        """A message of one's own; the answer to it."""
        before = self.messages.count()
        self.page.get_by_label("Message", exact=True).fill(f"{text} ")
        self.page.get_by_role("button", name="Send", exact=True).click()
        return self.answer_after(before + 1)

    def answer_after(self, count: int) -> Locator:
        answer = self.messages.nth(count)
        answer.wait_for()
        return answer

    def opens_task(self, code: str) -> Locator:
        """The card of one of their own tasks, from the list."""
        listed = self.types("/soc2 tasks")
        before = self.messages.count()
        listed.locator(".row").filter(has_text=code).first.get_by_role("button", name="Open").click()
        return self.answer_after(before)

    def presses(self, where: Locator, button: str, *, exact: bool = True) -> None:
        where.get_by_role("button", name=button, exact=exact).first.click()

    def attaches(self, card: Locator, *, words: str = "", file: tuple[str, bytes] | None = None) -> None:
        """The first thing missing; then its source card, where the bot asks for one.

        A message may come in at any moment: only the form itself says that it was answered, by turning or closing."""
        before = self.messages.count()
        self.presses(card, "Attach evidence")
        asked = self.form.get_by_role("heading", name="Attach evidence")
        expect(asked).to_be_visible()
        if file:
            held = {"name": file[0], "mimeType": "application/octet-stream", "buffer": file[1]}
            self.form.get_by_label("Files").set_input_files(held)  # type: ignore[arg-type]
        if words:
            self.form.get_by_label("Or a link, or words").fill(words)
        self.presses(self.form, "Attach")
        expect(asked).to_have_count(0)
        if self.form.get_by_role("heading", name="Source card").count():
            self.fills_source_card()
        expect(self.form).to_have_count(0)
        self.answer_after(before)

    def fills_source_card(self) -> None:
        self.form.get_by_label("Where is it from?").fill("Intune: report “All devices”")
        self.form.get_by_label("Yes, all of").check()
        self.form.get_by_label("No, as exported").check()
        self.presses(self.form, "Save")

    def attaches_the_rest(self) -> None:
        """As the bot asks for it, message after message, until nothing is missing."""
        while "Still missing" in self.last.inner_text():
            self.attaches(self.last, words=f"Checked and filed as ticket {self.messages.count()}.")

    def waits_for(self, by: str) -> None:
        """Moves the clock; the page comes back with all that has become due."""
        today = self.page.locator("#clock .today")
        before = today.inner_text()
        self.page.locator("#clock").get_by_role("button", name=by).click()
        expect(today).not_to_have_text(before, timeout=30_000)
