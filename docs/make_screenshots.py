"""Takes the pictures of the browser chat that the README shows, from a running `make demo`.

.venv/bin/python docs/make_screenshots.py [ADDRESS]
"""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync")
IMAGES = Path(__file__).parent / "images"


@dataclass(frozen=True, kw_only=True)
class Picture:
    name: str
    command: str
    scheme: Literal["light", "dark"] = "light"
    width: int = 1280
    height: int = 860
    phone: bool = False
    opens: bool = False
    """Whether to open the first task of the answer."""


PICTURES = (
    Picture(name="chat-light", command="/soc2 tasks", opens=True),
    Picture(name="chat-dark", command="/soc2 status", scheme="dark"),
    Picture(name="chat-phone", command="/soc2 tasks", width=390, height=844, phone=True),
)


def main(address: str) -> None:
    IMAGES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for picture in PICTURES:
            take(browser, address, picture)
        browser.close()


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
    become_somebody_with_a_task(page, address)
    before = page.get_by_role("article").count()
    page.locator("#text").fill(picture.command + " ")
    page.get_by_role("button", name="Send", exact=True).click()
    answer = page.get_by_role("article").nth(before + 1)
    answer.wait_for()
    if picture.opens:
        answer.get_by_role("button", name="Open").first.click()
        page.get_by_role("button", name="Hand over").last.wait_for()
    page.mouse.move(0, 0)
    page.wait_for_timeout(600)  # the new message glides in
    page.screenshot(path=IMAGES / f"{picture.name}.png")
    context.close()


def become_somebody_with_a_task(page: Page, address: str) -> None:
    page.goto(f"{address}/web")
    page.locator(".person:has(.badge)").first.click()
    page.wait_for_url("**/web/chat")


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/") if len(sys.argv) > 1 else "http://127.0.0.1:3000")
