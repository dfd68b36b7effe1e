"""Reads a donor's history and what a confirmation says; hands out frozen dataclasses.

One gift in full is read by `own_queries`, what everybody sees of gifts by
`recent_gifts`.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from portal import clock
from portal.codes import gift_check_code, grouped, private_token
from portal.db import session
from portal.giving.labels import STATE_LABELS, STATE_TONES
from portal.giving.models import Gift, GiftMonth
from portal.giving.rules import GIVEN_STATES, GiftState
from portal.giving.titles import title_of


@dataclass(frozen=True, slots=True)
class GiftLine:
    """One gift in a donor's history."""

    token: str
    campaign_title: str
    amount_minor: int
    currency: str
    state_label: Any
    tone: str
    on: date
    is_monthly: bool


@dataclass(frozen=True, slots=True)
class CheckedGift:
    """What somebody who holds a confirmation may be told about it: that it is genuine, and what it says."""

    number: str
    campaign_title: str
    amount_minor: int
    currency: str
    given_on: date
    state_label: Any


def list_gifts_of_contact(contact_hash: str) -> list[GiftLine]:
    """Return the gifts made with one mail address that were paid, newest first."""
    return _lines(Gift.contact_hash == contact_hash)


def list_gifts_of(person_id: int) -> list[GiftLine]:
    """Return the gifts a signed-in person made that were paid, newest first."""
    return _lines(Gift.person_id == person_id)


def find_newest_gift(contact_hash: str) -> tuple[str, str, dict[str, Any] | None] | None:
    """Return public id, language and contact of the newest paid gift of a mail address."""
    row = (
        session()
        .execute(
            select(Gift.public_id, Gift.locale, Gift.contact)
            .where(Gift.contact_hash == contact_hash, Gift.state.in_(GIVEN_STATES))
            .order_by(Gift.id.desc())
            .limit(1)
        )
        .first()
    )
    return None if row is None else (row.public_id, row.locale, row.contact)


def check_confirmation(number: str, check_code: str) -> CheckedGift | None:
    """Return what a confirmation says, when its number and check code belong together."""
    gift = session().scalar(select(Gift).where(Gift.number == number))
    if gift is None or gift.succeeded_at is None or gift_check_code(number) != check_code:
        return None
    return CheckedGift(
        number=grouped(number),
        campaign_title=title_of(gift.campaign_number),
        amount_minor=gift.amount_minor,
        currency=gift.currency,
        given_on=clock.local_date(gift.succeeded_at),
        state_label=STATE_LABELS[GiftState(gift.state)],
    )


def _lines(condition: Any) -> list[GiftLine]:
    gifts = session().scalars(
        select(Gift).where(condition, Gift.state.in_(GIVEN_STATES)).order_by(Gift.id.desc()).limit(500)
    )
    titles: dict[str, str] = {}
    lines = []
    months = set(session().scalars(select(GiftMonth.gift_id).join(Gift, Gift.id == GiftMonth.gift_id).where(condition)))
    for gift in gifts:
        if gift.campaign_number not in titles:
            titles[gift.campaign_number] = title_of(gift.campaign_number)
        state = GiftState(gift.state)
        assert gift.succeeded_at is not None
        lines.append(
            GiftLine(
                token=private_token("gift", gift.public_id),
                campaign_title=titles[gift.campaign_number],
                amount_minor=gift.amount_minor,
                currency=gift.currency,
                state_label=STATE_LABELS[state],
                tone=STATE_TONES[state],
                on=clock.local_date(gift.succeeded_at),
                is_monthly=gift.id in months,
            )
        )
    return lines
