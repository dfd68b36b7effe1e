"""What a family may do where, as pure tables, and how what it types is read; no database, Flask or clock."""

import re
import unicodedata

from portal.accounts.rules import FAMILY
from portal.handover.rules import Answer
from portal.wishes.kinds import WishKind
from portal.wishes.rules import STAYS, WishAction, WishState, actions_for

ADDRESS_LENGTH = range(4, 201)
_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"0\d{9,11}")
_MARKS = re.compile(r"[\s\-—().（）]")


class PhoneUnclear(ValueError):
    """What was typed is no telephone number of mainland China."""


class AddressUnclear(ValueError):
    """What was typed is too short or too long for an address."""


def read_phone(text: str) -> str:
    """Return the telephone number somebody typed: a mobile number, or a landline with its area code.

    Raises PhoneUnclear.
    """
    number = _MARKS.sub("", unicodedata.normalize("NFKC", text)).removeprefix("+86")
    if not _MOBILE.fullmatch(number) and not _LANDLINE.fullmatch(number):
        raise PhoneUnclear
    return number


def read_address(text: str) -> str:
    """Return the address somebody typed, in one line.

    Raises AddressUnclear.
    """
    address = " ".join(unicodedata.normalize("NFKC", text).split())
    if len(address) not in ADDRESS_LENGTH or not address.isprintable():
        raise AddressUnclear
    return address


def answers_for(state: WishState) -> tuple[Answer, ...]:
    """Return what a family may say to what it got; nothing where nothing was handed over."""
    actions = actions_for(state, FAMILY, 0)
    yes = (Answer.RECEIVED,) if WishAction.CONFIRM in actions else ()
    no = (Answer.PARTLY, Answer.WRONG, Answer.NOT_RECEIVED) if WishAction.COMPLAIN in actions else ()
    return yes + no


def may_withdraw(state: WishState) -> bool:
    """Tell whether a family may still take its wish back: until the hand-over (PIPL 15)."""
    return WishAction.WITHDRAW in actions_for(state, FAMILY, 0)


def is_under_way(state: WishState) -> bool:
    """Tell whether a wish has not come to its end, so that consents and the contact still matter."""
    return state in STAYS


def way_of(kind: str, *, is_referred: bool = False) -> tuple[frozenset[WishState], ...]:
    """Return the stages a family's wish goes through, each as the states that belong to it.

    A wish that went to policy help has a way of its own: nobody pledged it and nothing came.
    """
    s = WishState
    if is_referred:
        return (
            frozenset({s.SUBMITTED}),
            frozenset({s.VERIFIED}),
            frozenset({s.REFERRED, s.REOPENED}),
            frozenset({s.CONFIRMED}),
            frozenset({s.CLOSED}),
        )
    arrival = (frozenset({s.RECEIVED}),) if kind == WishKind.GOODS else ()
    return (
        frozenset({s.SUBMITTED, s.RETURNED}),
        frozenset({s.VERIFIED, s.SUSPENDED}),
        frozenset({s.PUBLISHED}),
        frozenset({s.PLEDGED, s.PROCURING}),
        *arrival,
        frozenset({s.HANDED_OVER, s.REOPENED}),
        frozenset({s.CONFIRMED}),
        frozenset({s.CLOSED}),
    )
