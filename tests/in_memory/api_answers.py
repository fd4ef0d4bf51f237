from dataclasses import dataclass, replace
from datetime import datetime

from tasks.api_answers import KeptAnswer, RequestKey
from tests.in_memory.state import State


@dataclass(frozen=True)
class InMemoryApiAnswers:
    state: State

    def find(self, key: RequestKey, *, since: datetime) -> KeptAnswer | None:
        kept = self.state.api_answers.get((key.token_id, key.key))
        return kept if kept and kept.at > since else None

    def claim(self, key: RequestKey, *, at: datetime, since: datetime) -> bool:
        if self.find(key, since=since):
            return False
        self.state.api_answers[key.token_id, key.key] = KeptAnswer(request=key.request, status=0, body="", at=at)
        return True

    def settle(self, key: RequestKey, *, status: int, body: str) -> None:
        kept = self.state.api_answers[key.token_id, key.key]
        self.state.api_answers[key.token_id, key.key] = replace(kept, status=status, body=body)

    def forget_before(self, moment: datetime) -> int:
        old = [key for key, kept in self.state.api_answers.items() if kept.at < moment]
        for key in old:
            del self.state.api_answers[key]
        return len(old)
