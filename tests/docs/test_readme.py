"""The README and the other documents hold what they say."""

import re
from pathlib import Path

import pytest
import typer

from bot.cli import commands
from bot.demo import PEOPLE
from handlers.routes import COMMANDS
from tests.docs.pages import PAGES, README, ROOT, commands_in, quoted, table_after, words_of

A_PATH = re.compile(r"[\w.-]+/[\w./-]*")
MADE_BY_USE = (".venv/", "var/")
TOPS = [path for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith(".") and path.name != "var"]
PATHS = {str(path.relative_to(ROOT)) for top in TOPS for path in (top, *top.rglob("*"))}
every_page = pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])


def test_every_folder_and_file_of_the_tour_exists() -> None:
    tour = table_after(README, "A tour of the folders")
    assert len(tour) >= 7
    for folder, what in tour:
        top = ROOT / quoted(folder)[0]
        assert top.is_dir(), folder
        for inner in quoted(what):
            if inner.endswith("/"):
                assert (top / inner).is_dir(), f"{top.name}/{inner}"


def test_every_top_folder_of_source_is_on_the_tour() -> None:
    toured = {quoted(folder)[0].rstrip("/") for folder, _ in table_after(README, "A tour of the folders")}
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert packages - {"tests"} <= toured


@every_page
def test_every_path_that_is_named_exists(page: Path) -> None:
    if "decisions" in page.parts or page.name == "CHANGELOG.md":
        return  # they tell of their own day
    named = [path for path in quoted(words_of(page)) if A_PATH.fullmatch(path) and not path.startswith(MADE_BY_USE)]
    for path in named:
        assert any(f"/{known}".endswith(f"/{path.rstrip('/')}") for known in PATHS), path


@every_page
def test_every_link_within_the_project_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", words_of(page)):
        if "://" not in target:
            assert (page.parent / target).exists(), target


@every_page
def test_every_make_target_that_is_named_exists(page: Path) -> None:
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.M))
    for named in commands_in(page, "make"):
        assert named.split()[0] in targets, named


@every_page
def test_every_command_that_is_named_exists(page: Path) -> None:
    program = typer.main.get_command(commands)
    for named in commands_in(page, "soc2"):
        children = getattr(program, "commands", {})
        for word in named.split():
            if not children or not word.islower():
                break
            assert word in children, f"soc2 {named}"
            children = getattr(children[word], "commands", {})


@every_page
def test_every_word_to_type_in_chat_is_known(page: Path) -> None:
    for named in commands_in(page, "/soc2"):
        assert named.split()[0] in {*COMMANDS, "help"}, named


def test_everybody_the_readme_names_is_in_the_demo() -> None:
    text = words_of(README).partition("## Try it")[2].partition("\n## ")[0]
    named = re.findall(r"\*\*(\w+ [A-Z]\w+)\*\*", text)
    assert named
    assert set(named) <= {name for _, name, *_ in PEOPLE}


def test_the_buttons_the_readme_names_are_on_the_screen() -> None:
    screens = "".join(
        path.read_text()
        for folder in ("bot/web", "handlers/views")
        for path in (ROOT / folder).rglob("*.*")
        if path.suffix in (".py", ".html")
    )
    for name in ("Start here", "Attach evidence", "Done", "+1 week"):
        assert f"**{name}**" in words_of(README)
        assert name in screens


def test_every_picture_is_shown_light_enough_to_load() -> None:
    for picture in (ROOT / "docs" / "images").iterdir():
        assert 10_000 < picture.stat().st_size < 400_000, picture.name
    assert (ROOT / "docs" / "images" / "chat.png").exists()


def test_what_it_is_stands_in_three_sentences() -> None:
    first = words_of(README).split("\n\n")[1]
    assert len(re.findall(r"[.!?](?:\s|$)", first)) == 3
