"""What draws Slack's pictures is pinned, and the pictures are shown."""

import json
import re

import pytest

from tests.docs.pages import PAGES, ROOT, words_of

HERE = ROOT / "docs" / "pictures"
IMAGES = ROOT / "docs" / "images"


def test_the_lock_file_pins_by_hash_and_names_no_registry() -> None:
    lock = json.loads((HERE / "package-lock.json").read_text())
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert packages
    assert all("integrity" in package and "resolved" not in package for package in packages.values())


def test_every_dependency_is_an_exact_version() -> None:
    wanted = json.loads((HERE / "package.json").read_text())["dependencies"]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values())


@pytest.mark.parametrize("name", sorted(path.name for path in IMAGES.glob("slack-*.png")))
def test_every_picture_of_slack_is_light_and_stands_in_a_guide(name: str) -> None:
    assert (IMAGES / name).stat().st_size < 200_000
    assert any(f"images/{name})" in words_of(page) for page in PAGES)
