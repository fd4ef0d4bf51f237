import os

import pytest
from hypothesis import settings

# The same examples in every run: a failure belongs to the change that shows it. `make test-long` invents others.
settings.register_profile("steady", derandomize=True)
settings.load_profile("default" if os.environ.get("LONG_TESTS") else "steady")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: a third of the time is a browser's, or waiting for one."""
    return (os.cpu_count() or 1) + 1
