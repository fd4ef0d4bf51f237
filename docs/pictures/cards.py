"""Draws every view and form in every state about as Microsoft Teams shows it, to be looked at.

.venv/bin/python -m docs.pictures.cards [FOLDER] [--only WORDS]
"""

import argparse
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TypedDict

from playwright.sync_api import Page, sync_playwright

from bot.teams.adaptive_cards import render_card
from bot.teams.card_forms import render_form
from handlers.views.elements import Form
from tests.handlers.views import examples

HERE = Path(__file__).parent
SOURCE = HERE / "cards_page"
PICTURES = HERE.parents[1] / "var" / "cards"
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync")
LOOKS = (("desktop", 490, "light", False), ("phone", 320, "light", True), ("desktop", 490, "dark", True))
"""Name, width, colours, and whether every question before an action stands open."""
COLUMNS = {"desktop": 4, "phone": 6}
A_SHEET = {"desktop": 12, "phone": 18}
"""Pictures that can be judged at one glance."""
GAP = 16


class Picture(TypedDict, total=False):
    name: str
    card: Any
    dialog: str


def main() -> None:
    asked = arguments()
    pictures = [picture for picture in every_picture() if asked.only in picture["name"]]
    address = build(asked.folder / ".page")
    problems: set[str] = set()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_page()
        page.goto(address)
        for device, width, theme, opened in LOOKS:
            folder = asked.folder / f"{device}-{theme}"
            folder.mkdir(parents=True, exist_ok=True)
            page.set_viewport_size({"width": COLUMNS[device] * (width + GAP) + GAP, "height": 600})
            for number, start in enumerate(range(0, len(pictures), A_SHEET[device]), start=1):
                shown = pictures[start : start + A_SHEET[device]]
                problems |= draw(page, shown, width=width, theme=theme, opened=opened)
                page.screenshot(path=folder / f"sheet-{number:02}.png", full_page=True)
        browser.close()
    told = "\n".join(sorted(problems)) or "nothing"
    sys.stdout.write(f"{len(pictures)} pictures in {asked.folder}\nCould not be read: {told}\n")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Draws every view and form about as Microsoft Teams shows it.")
    parser.add_argument("folder", nargs="?", type=Path, default=PICTURES)
    parser.add_argument("--only", default="", metavar="WORDS", help="those with these words in their name")
    asked = parser.parse_args()
    asked.folder = asked.folder.resolve()
    return asked


def every_picture() -> Iterator[Picture]:
    for name, view in examples.VIEWS.items():
        yield {"name": name, "card": render_card(view)}
    for name, form in examples.FORMS.items():
        yield {"name": f"form: {name}", "card": render_form(form, dialog=True), "dialog": form.title}
    yield from with_problems(examples.FORMS["answer: done-found-problems"])


def with_problems(form: Form) -> Iterator[Picture]:
    wrong = {"": "Somebody changed this meanwhile. Look again.", **{each.name: "Say more." for each in form.fields[:2]}}
    yield {"name": "form with problems, in a dialog", "card": render_form(form, errors=wrong, dialog=True)}
    yield {"name": "form with problems, on a card", "card": render_form(form, errors=wrong)}


def build(folder: Path) -> str:
    """The page's address. Built outside the source tree: what npm fetches stays out of it."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = (SOURCE / "package-lock.json").read_bytes()
    installed = folder / "package-lock.json"
    fresh = not (folder / "node_modules").exists() or installed.read_bytes() != lock
    shutil.copytree(SOURCE, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("node_modules"))
    npm = shutil.which("npm") or "npm"
    if fresh:
        subprocess.run([npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=folder, check=True)  # noqa: S603
    return (folder / "page.html").as_uri()


def draw(page: Page, pictures: Sequence[Picture], *, width: int, theme: str, opened: bool) -> set[str]:
    """What the cards' reader complained of."""
    shown = [{**picture, "width": width} for picture in pictures]
    asked = {"pictures": shown, "theme": theme, "sheet": True, "opened": opened}
    return set(page.evaluate("asked => draw(asked)", asked))


if __name__ == "__main__":
    main()
