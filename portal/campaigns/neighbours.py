"""What rooms built on this one hand in: giving its gifts for a campaign's page, buying what is promised to wishes.

Names, amounts and messages come as their donors chose them to be shown, and
moderated; nothing else of a donor can come through here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from flask import Flask, current_app

_PLACE = "portal.campaigns.giving"
_EARMARKS = "portal.campaigns.earmarks"


@dataclass(frozen=True, slots=True)
class RecentGift:
    """One gift as its donor chose to be shown; None is what they keep to themselves.

    One without an amount has no day either, or the day would tell the amount from the public ledger.
    """

    given_on: date | None
    name: str | None = None
    amount_minor: int | None = None
    message: str | None = None
    in_honour_of: str | None = None


@dataclass(frozen=True, slots=True)
class OnPlatform:
    """What a campaign received on the designated platform, as that says, until a day; no part of the ledger."""

    amount_minor: int
    gifts: int
    until: date


@dataclass(frozen=True, slots=True)
class PublicMatch:
    """Who matches a campaign's gifts one to one; `left_minor` in whole steps, so that no gift can be read off it."""

    name: str
    limit_minor: int
    until_on: date
    left_minor: int
    step_minor: int
    is_full: bool
    is_running: bool
    arrived_minor: int


def _find_nothing(_number: str) -> OnPlatform | None:
    return None


def _list_nothing(_number: str) -> Sequence[PublicMatch]:
    return ()


@dataclass(frozen=True, slots=True)
class Giving:
    """What giving hands in: a campaign's newest gifts, how many there are, where one gives, what came elsewhere,
    and who matches."""

    list_recent: Callable[[str, int], Sequence[RecentGift]]
    count: Callable[[str], int]
    address: Callable[[str], str]
    find_on_platform: Callable[[str], OnPlatform | None] = _find_nothing
    list_matches: Callable[[str], Sequence[PublicMatch]] = _list_nothing


def join_giving(app: Flask, giving: Giving) -> None:
    """Let giving show its gifts and its way to give on campaigns' pages."""
    app.extensions[_PLACE] = giving


def find_giving() -> Giving | None:
    """Return what giving handed in, or None where it is not part of the portal."""
    found: Giving | None = current_app.extensions.get(_PLACE)
    return found


def join_earmarks(app: Flask, earmarked: Callable[[str, str | None], int]) -> None:
    """Let buying say how much of a fund donors gave for wishes that are not bought yet, beside one wish."""
    app.extensions[_EARMARKS] = earmarked


def earmarked_minor(number: str, wish_number: str | None) -> int:
    """Return how much of a fund is promised to wishes other than this one."""
    earmarked: Callable[[str, str | None], int] | None = current_app.extensions.get(_EARMARKS)
    return earmarked(number, wish_number) if earmarked else 0
