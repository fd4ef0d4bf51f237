"""How values of the domain are kept in columns: whole microseconds since 1970, plain words, JSON text."""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import BigInteger, Dialect, Text
from sqlalchemy.engine import Row
from sqlalchemy.types import TypeDecorator

from tasks.ladder import Ladder, Rung
from tasks.notices import Occasion

V = TypeVar("V")

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def microseconds(moment: datetime) -> int:
    if moment.tzinfo is None:
        raise ValueError(f"A time without its zone cannot be stored: {moment.isoformat()}.")
    return (moment - EPOCH) // MICROSECOND


class Moment(TypeDecorator[datetime]):
    """An aware time, in UTC, exact to the microsecond."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else microseconds(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else EPOCH + timedelta(microseconds=value)


class Word(TypeDecorator[StrEnum]):
    """A member of an enumeration, as its value."""

    impl = Text
    cache_ok = True

    def __init__(self, words: type[StrEnum]) -> None:
        super().__init__()
        self.words = words

    def process_bind_param(self, value: StrEnum | None, dialect: Dialect) -> str | None:
        return (
            None if value is None else str.__str__(value)
        )  # `.value` goes through a descriptor, at ten times the cost

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        return None if value is None else self.words(value)


class Texts(TypeDecorator[tuple[str, ...]]):
    """A short list of texts."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Sequence[str] | None, dialect: Dialect) -> str | None:
        return None if value is None else json.dumps(list(value), ensure_ascii=False)

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[str, ...] | None:
        return None if value is None else tuple(json.loads(value))


class Rungs(TypeDecorator[Ladder]):
    """A ladder, as its rungs' days."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Ladder | None, dialect: Dialect) -> str | None:
        return None if value is None else json.dumps({rung.occasion: rung.business_days for rung in value.rungs})

    def process_result_value(self, value: str | None, dialect: Dialect) -> Ladder | None:
        return None if value is None else _ladder(value)


@lru_cache(maxsize=256)
def _ladder(text: str) -> Ladder:
    return Ladder(tuple(Rung(Occasion(name), days) for name, days in json.loads(text).items()))


def reader(build: Callable[..., V], names: Sequence[str]) -> Callable[[Row[Any]], V]:
    """Makes a value of each row whose columns stand in the order of `names`."""

    def read(row: Row[Any]) -> V:
        return build(**dict(zip(names, row, strict=True)))

    return read
