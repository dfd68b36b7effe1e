"""The clock that asks a family once whether all is well, before a signed slip may speak for it."""

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, exists, select

from portal import clock
from portal.accounts.rules import SYSTEM
from portal.areas.queries import get_centre
from portal.db import session, transaction
from portal.households.queries import find_family_address
from portal.i18n import in_language
from portal.outbox.service import enqueue
from portal.web import absolute_url
from portal.wishes.models import Wish, WishEvent
from portal.wishes.rules import WishState
from portal.wishes.service import add_event

REMIND_FAMILY = "remind_family"
FIRST_HOUR, LAST_HOUR = 8, 20
"""By day only: a telephone beside a sick bed must not ring at night."""


def remind_families() -> int:
    """Remind families at half time that have not said whether all is well, once for each hand-over; return how many."""
    at = clock.now()
    if not FIRST_HOUR <= at.astimezone(clock.LOCAL_ZONE).hour < LAST_HOUR:
        return 0
    waiting = session().execute(
        select(Wish.id, Wish.state_since, Wish.deadline_at).where(_is_unasked()).order_by(Wish.id)
    )
    due = [wish_id for wish_id, since, deadline_at in waiting if _is_half_over(since, deadline_at, at)]
    return sum(_remind(wish_id) for wish_id in due)


def _is_half_over(since: datetime, deadline_at: datetime | None, at: datetime) -> bool:
    return deadline_at is not None and since + (deadline_at - since) / 2 <= at


@transaction
def _remind(wish_id: int) -> bool:
    """Remind the family of one wish by short message, without naming the thing; False where another tick was first."""
    wish = session().scalar(select(Wish).where(Wish.id == wish_id, _is_unasked()))
    address = find_family_address(wish.household_id) if wish else None
    if wish is None or address is None:
        return False
    centre = get_centre(wish.service_centre_id)
    with in_language("zh"):
        body = _(
            "【益同行】您家的心愿已经交接，还没有收到您的确认。请用查询码打开 %(link)s 告诉我们收到没有，"
            "也可以打 %(centre)s的电话 %(phone)s。",
            link=absolute_url("family.enter"),
            centre=centre.name,
            phone=centre.phone,
        )
    # Of two ticks at once the outbox lets one through; later, when it has forgotten the message, the history knows.
    key = f"remind:{wish.number}:{wish.version}"
    is_first = enqueue(address, "family_reminder", subject="", body=body, dedupe_key=key)
    if is_first:
        add_event(wish_id, REMIND_FAMILY, wish.state, wish.state, SYSTEM)
    return is_first


def _is_unasked() -> ColumnElement[bool]:
    """Match what was handed over and neither answered for nor asked about since."""
    asked = exists().where(
        WishEvent.wish_id == Wish.id, WishEvent.action == REMIND_FAMILY, WishEvent.at > Wish.state_since
    )
    return (Wish.state == WishState.HANDED_OVER) & Wish.deadline_at.is_not(None) & ~asked
