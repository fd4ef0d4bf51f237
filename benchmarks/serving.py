"""Servers beside the program, each by uvicorn with the program's options: `python -m MODULE NAME PORT [MORE]`."""

import sys
from collections.abc import Callable, Mapping

import uvicorn
from starlette.types import ASGIApp

BACKLOG = 512
"""bot.server's, whose import would be most of what starting a small server costs."""


def serve_one_of(apps: Mapping[str, Callable[[str], ASGIApp]]) -> None:
    name, port, *rest = sys.argv[1:]
    uvicorn.run(
        apps[name]("".join(rest)),
        port=int(port),
        access_log=False,
        log_config=None,
        server_header=False,
        ws="none",
        backlog=BACKLOG,
    )
