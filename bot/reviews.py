"""Opens access reviews and keeps their reviewers right: who is asked is worked out aside, then written."""

from collections.abc import Iterator, Mapping
from functools import partial
from itertools import islice
from typing import TypeVar

from tasks.identifiers import WorkspaceId
from tasks.operations.open_review import PLACES_AT_ONCE, add_places, open_more, to_open, who_is_asked
from tasks.operations.recheck_reviews import find_moves, move, to_recheck
from tasks.ports import UnitsOfWork

K = TypeVar("K")
V = TypeVar("V")


async def open_reviews(units: UnitsOfWork, workspace: WorkspaceId) -> int:
    """Returns how many campaigns were opened."""
    campaigns = await units.read(workspace, to_open)
    for campaign_id in campaigns:
        found = await units.read(workspace, partial(who_is_asked, campaign_id=campaign_id))
        for portion in portions(found, PLACES_AT_ONCE):
            await units.write(workspace, partial(add_places, campaign_id=campaign_id, found=portion))
        while await units.write(workspace, partial(open_more, campaign_id=campaign_id)):
            pass
    return len(campaigns)


async def recheck_open(units: UnitsOfWork, workspace: WorkspaceId) -> int:
    """Returns how many campaigns were looked at."""
    campaigns = await units.read(workspace, to_recheck)
    for campaign_id in campaigns:
        moves = await units.read(workspace, partial(find_moves, campaign_id=campaign_id))
        await units.write(workspace, partial(move, campaign_id=campaign_id, moves=moves))
    return len(campaigns)


def portions(whole: Mapping[K, V], size: int) -> Iterator[dict[K, V]]:
    left = iter(whole.items())
    while portion := dict(islice(left, size)):
        yield portion
