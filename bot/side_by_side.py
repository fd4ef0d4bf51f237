"""Work that may be done at the same time, but for what has to stay in order."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Hashable, Iterable

MOST_AT_ONCE = 8
Step = Callable[[], Awaitable[None]]


async def side_by_side(steps: Iterable[tuple[Hashable, Step]]) -> None:
    """Steps of the same key one after the other, the keys beside one another. A step must not raise."""
    lines: defaultdict[Hashable, list[Step]] = defaultdict(list)
    for key, step in steps:
        lines[key].append(step)
    at_once = asyncio.Semaphore(MOST_AT_ONCE)

    async def run(line: list[Step]) -> None:
        async with at_once:
            for step in line:
                await step()

    await asyncio.gather(*(run(line) for line in lines.values()))
