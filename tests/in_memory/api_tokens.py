from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from tasks.api_tokens import ApiToken, FoundToken
from tasks.errors import NotFound, Stale
from tests.in_memory.state import CHANGED, State


@dataclass(frozen=True)
class InMemoryApiTokens:
    state: State

    def add(self, token: ApiToken) -> None:
        self.state.api_tokens[token.id] = token

    def get(self, token_id: str) -> ApiToken:
        if token_id not in self.state.api_tokens:
            raise NotFound("This token is not here any more.")
        return self.state.api_tokens[token_id]

    def save(self, token: ApiToken) -> ApiToken:
        if self.get(token.id).version != token.version:
            raise Stale(CHANGED)
        saved = replace(token, version=token.version + 1)
        self.state.api_tokens[token.id] = saved
        return saved

    def named(self, name: str) -> ApiToken | None:
        standing = [one for one in self.state.api_tokens.values() if one.revoked_at is None]
        return next((one for one in standing if one.name == name), None)

    def every(self) -> Sequence[ApiToken]:
        return sorted(self.state.api_tokens.values(), key=lambda one: (one.name, one.created_at, one.id))

    def used(self, token_id: str, at: datetime) -> None:
        if token_id in self.state.api_tokens:
            self.state.api_tokens[token_id] = replace(self.state.api_tokens[token_id], last_used_at=at)


def token_in(state: State, digest: str) -> FoundToken | None:
    for token in state.api_tokens.values():
        if digest in (token.digest, token.former_digest):
            active = state.people[token.person_id].active
            return FoundToken(workspace_id=state.workspace.id, token=token, person_active=active)
    return None
