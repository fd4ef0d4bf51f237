"""The page of an access review's report, as a browser shows it to whoever opens the file."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from bot.access_report import html_bytes
from tasks.access.model import CampaignState
from tests.browser.browsing import ARGUMENTS, CHROMIUM, watched_page
from tests.tasks.access.campaigns import a_row, submitted
from tests.tasks.access.reports import a_report, at

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason=f"There is no browser at {CHROMIUM}.")
EVIL = "<script>document.title='taken'</script><img src=https://evil.example/x onerror=\"document.title='taken'\">"


@pytest.fixture(scope="module")
def problems() -> list[str]:
    return []


@pytest.fixture(scope="module")
def page(problems: list[str]) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield watched_page(browser.new_context(viewport={"width": 1280, "height": 900}), problems)
        browser.close()


def opened(page: Page, folder: Path, content: bytes) -> list[str]:
    """The addresses that were asked for."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    file = folder / "report.html"
    file.write_bytes(content)
    page.goto(file.as_uri())
    return asked


def test_it_asks_nobody_for_anything_and_runs_nothing(page: Page, problems: list[str], tmp_path: Path) -> None:
    row = submitted(a_row("1", access=at(2, account=EVIL, entitlement=EVIL), system=EVIL), reason=EVIL)
    asked = opened(page, tmp_path, html_bytes(a_report([row], campaign={"name": EVIL})))
    assert [url.rpartition("/")[2] for url in asked] == ["report.html"]
    assert page.title() == EVIL
    assert page.get_by_text(EVIL).count() > 3
    assert problems == []


@pytest.mark.parametrize("width", [390, 1280])
def test_no_part_of_it_is_wider_than_the_window(page: Page, tmp_path: Path, width: int) -> None:
    opened(page, tmp_path, html_bytes(a_report(state=CampaignState.OPEN)))
    page.set_viewport_size({"width": width, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_on_paper_every_column_has_its_place_and_a_draft_its_mark(page: Page, tmp_path: Path) -> None:
    opened(page, tmp_path, html_bytes(a_report(state=CampaignState.OPEN)))
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 1032, "height": 700})  # A4 on its side, less its margins
    assert page.locator(".mark").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 1032
    page.emulate_media(media="screen")
    assert not page.locator(".mark").is_visible()
