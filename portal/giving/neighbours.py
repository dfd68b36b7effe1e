"""What buying, built on this room, decides where a gift is for one wish; without it a gift is for its campaign.

Both are called inside the transaction that holds the gift.
"""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, current_app

from portal.giving.models import Gift
from portal.giving.rules import News

_PLACE = "portal.giving.buying"


class WishNotFree(Exception):
    """The wish a gift is for cannot be bought any more: somebody has pledged it, or it was taken down."""


@dataclass(frozen=True, slots=True)
class Buying:
    """What buying hands in: hold a wish before its gift is paid, what to do when the money came, whether it goes on."""

    hold: Callable[[Gift], None]
    is_under_way: Callable[[Gift], bool]
    take_payment: Callable[[Gift, bool], tuple[News, str]]


def join_buying(app: Flask, buying: Buying) -> None:
    """Let buying decide on gifts that are for one wish."""
    app.extensions[_PLACE] = buying


def hold_wish(gift: Gift) -> None:
    """Hold the wish a gift is for, so that nobody else takes it while the donor pays.

    Raises WishNotFree.
    """
    buying = _find_buying()
    if gift.wish_number is not None and buying is not None:
        buying.hold(gift)


def take_payment_for_wish(gift: Gift, *, is_late: bool) -> tuple[News, str]:
    """Do what follows from money for a wish, and return what the donor is told with its words; thanks for any other."""
    buying = _find_buying()
    if gift.wish_number is None or buying is None:
        return News.THANKS, ""
    return buying.take_payment(gift, is_late)


def is_wish_under_way(gift: Gift) -> bool:
    """Tell whether the wish of a gift is still being bought, or its donor may still choose."""
    buying = _find_buying()
    return gift.wish_number is not None and buying is not None and buying.is_under_way(gift)


def _find_buying() -> Buying | None:
    found: Buying | None = current_app.extensions.get(_PLACE)
    return found
