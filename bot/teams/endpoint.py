"""What stands at /api/messages, and the tokens for what we send there: put together from the settings."""

from bot.guard import ASGIApp, Check, Guard
from bot.settings import Settings
from bot.teams.adapter import Listener, TeamsAdapter, Turns
from bot.teams.auth import CachedTokens, NoTokens, Tokens, token_source
from bot.teams.keys import Keys, PublishedKeys
from bot.teams.verification import LoopbackVerification, TeamsVerification
from tasks.ports import Clock


def teams_endpoint(
    settings: Settings, listener: Listener, *, clock: Clock, tokens: Tokens | None = None, keys: Keys | None = None
) -> ASGIApp:
    """clock: the real one, since tokens carry the time. Raises ValueError where the settings leave Teams off."""
    if not settings.teams_is_on:
        raise ValueError("Teams is off")
    adapter = TeamsAdapter(app_id=settings.teams_app_id or "", tokens=tokens or teams_tokens(settings))
    return Guard(Turns(adapter, listener), _check(settings, clock, keys))


def teams_tokens(settings: Settings) -> Tokens:
    return CachedTokens(token_source(settings)) if settings.teams_app_id else NoTokens()


def _check(settings: Settings, clock: Clock, keys: Keys | None) -> Check:
    if settings.teams_app_id is None:
        return LoopbackVerification()
    return TeamsVerification(
        app_id=settings.teams_app_id,
        tenant_id=settings.teams_tenant_id or "",
        keys=keys or PublishedKeys(settings.teams_openid_url),
        clock=clock,
        service_url=settings.teams_service_url or "",
    )
