"""Takes the pictures that the README shows, from a fresh demo of its own.

.venv/bin/python docs/make_screenshots.py
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import socket
from tempfile import TemporaryDirectory
from typing import Literal

from playwright.sync_api import Browser, Page, expect, sync_playwright

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync")
IMAGES = Path(__file__).parent / "images"
ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, kw_only=True)
class Picture:
    name: str
    who: Literal["owner", "manager", "lead"]
    """Which of those under *Start here*."""
    command: str = ""
    opens: bool = False
    """Whether to open the first task of the answer."""
    scheme: Literal["light", "dark"] = "light"
    width: int = 1280
    height: int = 960
    phone: bool = False


PICTURES = (
    Picture(name="chat", who="owner", command="/soc2 tasks", opens=True, width=1180, height=1240),
    Picture(name="chat-dark", who="lead", command="/soc2 status", scheme="dark"),
    Picture(name="chat-phone", who="owner", width=390, height=844, phone=True),
)
STARTS = ("owner", "manager", "lead")


def main() -> None:
    IMAGES.mkdir(exist_ok=True)
    with TemporaryDirectory() as folder, a_demo(Path(folder)) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for picture in PICTURES:
            take(browser, address, picture)
        browser.close()


@contextmanager
def a_demo(folder: Path) -> Iterator[str]:
    """The address that it prints."""
    with socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = str(listener.getsockname()[1])
    command = [sys.executable, "-c", "from bot.cli import app; app()", "demo"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "SOC2_PORT": port, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        try:
            yield next(line.split()[1] for line in process.stdout or () if line.startswith("Open http"))
        finally:
            process.terminate()


def take(browser: Browser, address: str, picture: Picture) -> None:
    context = browser.new_context(
        color_scheme=picture.scheme,
        viewport={"width": picture.width, "height": picture.height},
        device_scale_factor=2 if picture.phone else 1,
        is_mobile=picture.phone,
        has_touch=picture.phone,
    )
    context.add_init_script("localStorage.setItem('soc2bot.welcome', 'closed')")
    page = context.new_page()
    become(page, address, picture.who)
    if picture.command:
        ask(page, picture)
    page.mouse.move(0, 0)
    page.wait_for_timeout(600)  # the new message glides in
    page.screenshot(path=IMAGES / f"{picture.name}.png")
    context.close()


def become(page: Page, address: str, who: str) -> None:
    page.goto(f"{address}/web")
    page.locator(".start .person").nth(STARTS.index(who)).click()
    page.wait_for_url("**/web/chat")


def ask(page: Page, picture: Picture) -> None:
    messages = page.get_by_role("article")
    before = messages.count()
    page.locator("#text").fill(f"{picture.command} ")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(messages).to_have_count(before + 2)
    if picture.opens:
        messages.last.get_by_role("button", name="Open").first.click()
        expect(messages).to_have_count(before + 3)


if __name__ == "__main__":
    main()
