"""Our layer for Teams, with a listener that does nothing: what a turn costs that asks for nothing."""

from starlette.types import ASGIApp

from benchmarks.serving import serve_one_of
from benchmarks.teams_requests import APP_ID, TENANT
from bot.clock import SystemClock
from bot.json_body import Json
from bot.settings import Settings
from bot.teams.endpoint import teams_endpoint


def ours(openid_url: str) -> ASGIApp:
    async def nothing(activity: Json) -> Json | None:
        return None

    settings = {"TEAMS_APP_ID": APP_ID, "TEAMS_TENANT_ID": TENANT, "TEAMS_OPENID_URL": openid_url}
    given = Settings.model_validate({**settings, "TEAMS_APP_PASSWORD": "x"})
    return teams_endpoint(given, nothing, clock=SystemClock())


if __name__ == "__main__":
    serve_one_of({"ours": ours})
