"""One company is founded for the whole run; every test gets a copy of its database, a Slack and a server of its own."""

from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import pytest

from tests.scenarios.company import Company, a_company, found_company
from tests.scenarios.teams_company import found_teams_company


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("founded")
    found_company(folder)
    return folder


@pytest.fixture
def home(founded: Path, tmp_path: Path) -> Path:
    """The founded company's database, for this test alone."""
    return Path(copytree(founded, tmp_path / "var"))


@pytest.fixture
def company(home: Path) -> Iterator[Company]:
    with a_company(home) as company:
        yield company


@pytest.fixture(scope="session")
def founded_on_teams(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("founded-on-teams")
    found_teams_company(folder)
    return folder


@pytest.fixture
def teams_home(founded_on_teams: Path, tmp_path: Path) -> Path:
    """As `home`, of the company on Teams."""
    return Path(copytree(founded_on_teams, tmp_path / "teams"))
