"""What soc2 doctor asks of Microsoft: a token for us, the keys that it signs with, and what time it is.

Blocking for whoever asks, and past what a server keeps: nothing is remembered from before.
"""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import aiohttp

from bot.platform import PlatformError
from bot.settings import Settings
from bot.teams.auth import seconds_of, token_source
from bot.teams.keys import NoKeys, fetch_keys
from bot.teams.verification import CHANNEL

PATIENCE = 8.0
"""Seconds; everything is asked at once."""


@dataclass(frozen=True, kw_only=True)
class MicrosoftSaid:
    refusal: PlatformError | None
    """Why there is no token."""
    keys: int
    """How many may sign what Teams sends us."""
    keys_problem: str
    """Why there are none; empty where some came, whatever they may sign."""
    time: datetime | None
    """None where it was not told."""


def ask_microsoft(settings: Settings, patience: float = PATIENCE) -> MicrosoftSaid:
    return asyncio.run(_ask(settings, patience))


async def _ask(settings: Settings, patience: float) -> MicrosoftSaid:
    refusal, (keys, problem), time = await asyncio.gather(
        _refusal(settings, patience), _keys(settings.teams_openid_url, patience), _time(settings, patience)
    )
    return MicrosoftSaid(refusal=refusal, keys=keys, keys_problem=problem, time=time)


async def _refusal(settings: Settings, patience: float) -> PlatformError | None:
    try:
        await token_source(settings, patience)()
    except PlatformError as error:
        return error
    return None


async def _keys(openid_url: str, patience: float) -> tuple[int, str]:
    try:
        async with asyncio.timeout(patience):
            found = await fetch_keys(openid_url)
    except NoKeys as error:
        return 0, str(error)
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        return 0, f"no answer ({type(error).__name__})"
    return sum(CHANNEL in key.endorsements for key in found.values()), ""


async def _time(settings: Settings, patience: float) -> datetime | None:
    """What lay in a cache on its way says for how long."""
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=patience), trust_env=True) as session,
            session.get(settings.teams_openid_url, allow_redirects=False) as response,
        ):
            told = parsedate_to_datetime(response.headers["Date"])
            age = timedelta(seconds=seconds_of(response.headers.get("Age", "")))
    except (aiohttp.ClientError, TimeoutError, OSError, KeyError, ValueError):
        return None
    return told.replace(tzinfo=told.tzinfo or UTC) + age
