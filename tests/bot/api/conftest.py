from collections.abc import Iterator

import pytest

from tests.bot.a_company import START
from tests.bot.api.serving import Api, Notes, an_api


@pytest.fixture(scope="package")
def served_api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    with an_api(tmp_path_factory.mktemp("api")) as api:
        yield api


@pytest.fixture
def api(served_api: Api) -> Api:
    """The served one; a test that moves the clock or changes what happens finds it as it was."""
    usual = Notes()
    served_api.notes.before_keeping, served_api.notes.together = usual.before_keeping, usual.together
    served_api.notes.handled.clear()
    served_api.company.clock.moment = START
    return served_api
