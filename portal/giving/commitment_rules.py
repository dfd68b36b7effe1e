"""How a gift is shared out among commitments, and what of a commitment everybody may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

STEPS = 10
"""In how many steps everybody sees a commitment being used up."""


class CommitmentState(StrEnum):
    """Where a commitment stands with the two people who decide on it."""

    REQUESTED = "requested"
    ACTIVE = "active"
    REFUSED = "refused"


class CommitmentNews(StrEnum):
    """What a company is told."""

    BEGUN = "match_begun"
    OWED = "match_owed"
    ARRIVED = "match_arrived"


@dataclass(frozen=True, slots=True)
class Share:
    """A gift's share in one commitment: as it was at first, what counts now, and how much more the commitment takes."""

    amount_minor: int
    counts_minor: int
    room_minor: int


def split_gift(minor: int, rooms: Sequence[int]) -> list[int]:
    """Return what each commitment matches of a gift, the earliest first: together never more than the gift."""
    shares = []
    for room in rooms:
        shares.append(min(minor, max(room, 0)))
        minor -= shares[-1]
    return shares


def follow_shares(kept_minor: int, shares: Sequence[Share]) -> list[int]:
    """Return what each share counts once so much of the gift is kept.

    What was taken back and comes again (a chargeback that was won) counts
    again only as far as the commitment was not used up by others meanwhile.
    """
    counts = []
    for share in shares:
        wanted = min(share.amount_minor, max(kept_minor, 0))
        counts.append(min(wanted, share.counts_minor + max(share.room_minor, 0)))
        kept_minor -= counts[-1]
    return counts


def left_in_steps(limit_minor: int, owed_minor: int) -> int:
    """Return what is left of a commitment, rounded down to a tenth of its sum; the last tenth shows as nothing.

    The exact rest would tell the amount of each gift, whose donor may keep it
    private, to whoever looks before and after it.
    """
    step = step_of(limit_minor)
    return (limit_minor - owed_minor) // step * step


def step_of(limit_minor: int) -> int:
    """Return one step of a commitment in fen."""
    return max(limit_minor // STEPS, 1)
