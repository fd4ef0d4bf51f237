"""Draws every view, form and Home in every state as Slack shows it, to be looked at.

.venv/bin/python -m docs.pictures.make [FOLDER] [--only WORDS] [--sheets | --guides]
"""

import argparse
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal, TypedDict

from playwright.sync_api import Page, sync_playwright

from bot.slack.block_kit import render_message
from bot.slack.home import render_home
from bot.slack.modals import Remembered, render_modal
from docs.pictures import story
from tests.handlers.views import examples

HERE = Path(__file__).parent
PICTURES = HERE.parents[1] / "var" / "pictures"
IMAGES = HERE.parent / "images"
SOURCES = ("package.json", "package-lock.json", "page.html", "page.jsx", "frame.css")
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync")
LOOKS = (("desktop", 640, "light"), ("phone", 375, "light"), ("desktop", 640, "dark"))
COLUMNS = {"desktop": 2, "phone": 4}
A_SHEET = 1_500
"""Pixels of height that can be read at one glance."""
GAP = 16
PHONE_SCREEN = 812
"""Points of height of a usual phone: a taller modal has to be scrolled."""


class Picture(TypedDict, total=False):
    name: str
    surface: Literal["message", "modal", "home"]
    blocks: Any
    title: str
    submit: str
    close: str


def main() -> None:
    asked = arguments()
    pictures = [one for one in (of_the_guides() if asked.guides else every_picture()) if asked.only in one["name"]]
    address = build(asked.folder / ".page")
    unknown: set[str] = set()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_page(device_scale_factor=1.5 if asked.guides else 1)
        page.goto(address)
        if asked.guides:
            draw_singly(page, pictures, IMAGES, width=640, theme="light")
            return
        for device, width, theme in LOOKS:
            folder = asked.folder / f"{device}-{theme}"
            folder.mkdir(parents=True, exist_ok=True)
            unknown |= draw_sheets(page, pictures, folder, device=device, width=width, theme=theme)
            if not asked.sheets:
                draw_singly(page, pictures, folder, width=width, theme=theme)
        tall = taller_than_a_phone(page, pictures)
        browser.close()
    say(asked.folder, pictures, unknown, tall)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Draws every view, form and Home in every state as Slack shows it.")
    parser.add_argument("folder", nargs="?", type=Path, default=PICTURES)
    parser.add_argument("--only", default="", metavar="WORDS", help="those with these words in their name")
    parser.add_argument("--sheets", action="store_true", help="only the sheets, not one file for each")
    parser.add_argument("--guides", action="store_true", help="the three that the guides show, into docs/images")
    asked = parser.parse_args()
    asked.folder = asked.folder.resolve()
    return asked


def every_picture() -> Iterator[Picture]:
    for name, view in examples.VIEWS.items():
        if name.partition(":")[0] == "home":
            yield {"name": name, "surface": "home", "blocks": render_home(view)["blocks"]}
        else:
            yield {"name": name, "surface": "message", "blocks": render_message(view).blocks}
    for name, form in examples.FORMS.items():
        yield a_modal(f"form: {name}", render_modal(form, origin=Remembered()))
    first, wrong = next(iter(examples.FORMS.items())), {"": "Somebody changed this meanwhile. Look again."}
    yield a_modal(f"form with a problem: {first[0]}", render_modal(first[1], origin=Remembered(), errors=wrong))


def of_the_guides() -> Iterator[Picture]:
    for name, view in story.pictures().items():
        if name == "home":
            yield {"name": f"slack-{name}", "surface": "home", "blocks": render_home(view)["blocks"]}
        else:
            yield {"name": f"slack-{name}", "surface": "message", "blocks": render_message(view).blocks}


def a_modal(name: str, modal: dict[str, Any]) -> Picture:
    title, submit, close = (modal[part]["text"] for part in ("title", "submit", "close"))
    return {
        "name": name,
        "surface": "modal",
        "blocks": modal["blocks"],
        "title": title,
        "submit": submit,
        "close": close,
    }


def build(folder: Path) -> str:
    """The page's address. Built outside the source tree: what npm fetches stays out of it."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = HERE / "package-lock.json"
    installed = folder / "package-lock.json"
    fresh = not (folder / "node_modules").exists() or installed.read_bytes() != lock.read_bytes()
    for name in SOURCES:
        shutil.copy(HERE / name, folder / name)
    npm = shutil.which("npm") or "npm"
    if fresh:
        subprocess.run([npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=folder, check=True)  # noqa: S603
    subprocess.run([npm, "run", "--silent", "build"], cwd=folder, check=True)  # noqa: S603
    return (folder / "page.html").as_uri()


def draw_sheets(
    page: Page, pictures: Sequence[Picture], folder: Path, *, device: str, width: int, theme: str
) -> set[str]:
    """The types that could not be drawn."""
    page.set_viewport_size({"width": COLUMNS[device] * (width + GAP) + GAP, "height": 600})
    unknown = draw(page, pictures, width=width, theme=theme)
    for number, some in enumerate(sheets(pictures, heights_of(page), COLUMNS[device]), start=1):
        draw(page, some, width=width, theme=theme, sheet=True)
        page.screenshot(path=folder / f"sheet-{number:02}.png", full_page=True)
    return unknown


def sheets(pictures: Sequence[Picture], heights: Sequence[int], columns: int) -> Iterator[list[Picture]]:
    """As many at a time, in order, as fill a sheet."""
    some: list[Picture] = []
    filled = 0
    for picture, height in zip(pictures, heights, strict=True):
        if some and filled + height > A_SHEET * columns:
            yield some
            some, filled = [], 0
        some.append(picture)
        filled += height
    yield some


def draw_singly(page: Page, pictures: Sequence[Picture], folder: Path, *, width: int, theme: str) -> None:
    page.set_viewport_size({"width": width + 2 * GAP, "height": 600})
    for picture in pictures:
        draw(page, [picture], width=width, theme=theme)
        name = re.sub(r"\W+", "-", picture["name"])
        page.locator(".frame").screenshot(path=folder / f"{name}.png", omit_background=True)


def taller_than_a_phone(page: Page, pictures: Sequence[Picture]) -> list[str]:
    modals = [picture for picture in pictures if picture["surface"] == "modal"]
    if not modals:
        return []
    draw(page, modals, width=375, theme="light")
    heights = zip(modals, heights_of(page), strict=True)
    return [f"{picture['name']}: {height}" for picture, height in heights if height > PHONE_SCREEN]


def heights_of(page: Page) -> list[int]:
    heights = page.locator(".frame").evaluate_all("frames => frames.map(frame => frame.offsetHeight)")
    return [int(height) for height in heights]


def draw(page: Page, pictures: Sequence[Picture], *, width: int, theme: str, sheet: bool = False) -> set[str]:
    shown = [{**picture, "width": width} for picture in pictures]
    unknown = page.evaluate(
        "async asked => { await document.fonts.ready; return draw(asked) }",
        {"pictures": shown, "theme": theme, "sheet": sheet},
    )
    return set(unknown)


def say(folder: Path, pictures: Sequence[Picture], unknown: set[str], tall: Sequence[str]) -> None:
    lines = [
        f"{len(pictures)} pictures in {folder}",
        f"Could not be drawn: {', '.join(sorted(unknown)) or 'nothing'}",
        "Modals taller than a phone's screen:",
        *(f"  {one}" for one in tall or ["none"]),
    ]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
