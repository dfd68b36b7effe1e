"""Sets the stage for stories of the counter: claimed wishes, clerks at their desks, families with codes."""

import io
from typing import Any

from flask import Flask
from PIL import Image
from sqlalchemy import select

from portal import clock, codes
from portal.accounts.models import Person
from portal.accounts.rules import Role
from portal.accounts.session import SECOND_FACTOR, SIGNED_IN_AT
from portal.areas.models import ServiceCentre
from portal.db import session, transaction
from portal.handover.rules import Checks
from portal.handover.service import hand_over, receive_goods, record_service_done
from portal.households.models import Consent, ConsentUse
from portal.outbox.models import Message
from portal.pledges.models import Pledge, PledgeState, Promise
from portal.sealing import keyed_hash
from portal.wishes.models import Wish
from portal.wishes.rules import WishState
from portal.wishes.service import get_wish_by_id
from tests import cast
from tests.plumbing.visitor import Visitor

PLEDGER_MAIL = "lin@example.org"
PLEDGER_NAME = "林小满"
ALL_WELL = Checks(item_matches=True, is_new=True, is_safe=True)
_PLEDGE_STATES = {WishState.PLEDGED: PledgeState.PLEDGED, WishState.PROCURING: PledgeState.PROCURING}


@transaction
def claimed(
    state: WishState = WishState.PROCURING,
    *,
    locale: str = "zh",
    centre: ServiceCentre | None = None,
    **details: Any,
) -> tuple[Wish, Pledge]:
    """Return a wish that somebody has claimed, with the pledge; `details` go to cast.wish."""
    wish = cast.wish(state, at=centre, **details)
    at = clock.now()
    promise = Promise(
        public_id=codes.new_public_id(),
        contact={"name": PLEDGER_NAME, "email": PLEDGER_MAIL},
        contact_hash=keyed_hash("contact", PLEDGER_MAIL),
        channel="mail",
        locale=locale,
        created_at=at,
        confirmed_at=at,
    )
    session().add(promise)
    session().flush()
    pledge = Pledge(
        public_id=codes.new_public_id(),
        promise_id=promise.id,
        wish_id=wish.id,
        state=_PLEDGE_STATES[state],
        state_since=at,
        due_at=wish.deadline_at,
        attempt=1,
        created_at=at,
    )
    pledge.drop_off_hash = keyed_hash("drop-off", codes.drop_off_code(pledge.public_id, 1))
    session().add(pledge)
    session().flush()
    return wish, pledge


def drop_off(app: Flask, pledge: Pledge) -> str:
    """Return the code the pledger shows."""
    with app.app_context():
        return codes.drop_off_code(pledge.public_id, pledge.attempt)


def arrived(**details: Any) -> Wish:
    """Return a wish whose goods are at the centre."""
    wish, _pledge = claimed(**details)
    receive_goods(clerk_of(wish), wish.id, ALL_WELL)
    return get_wish_by_id(wish.id)


def handed_over(**details: Any) -> Wish:
    """Return a wish whose goods (or service) the family got."""
    if details.get("kind") == "service":
        wish, _pledge = claimed(**details)
        record_service_done(clerk_of(wish), wish.id)
    else:
        wish = arrived(**details)
        hand_over(clerk_of(wish), wish.id, code=codes.pick_up_code(wish.number, 1))
    return get_wish_by_id(wish.id)


def pick_up(app: Flask, wish: Wish, attempt: int = 1) -> str:
    """Return the code the family shows."""
    with app.app_context():
        return codes.pick_up_code(wish.number, attempt)


def clerk_of(wish: Wish):
    """Return a new clerk of a wish's centre as the one who acts."""
    return cast.actor(Role.CENTRE_CLERK, at=session().get_one(ServiceCentre, wish.service_centre_id))


@transaction
def agree(wish: Wish, use: ConsentUse, is_given: bool = True) -> None:
    """Write down a consent of a family."""
    session().add(
        Consent(
            household_id=wish.household_id,
            wish_id=wish.id,
            use=use,
            is_given=is_given,
            given_by="self",
            through="paper",
            at=clock.now(),
        )
    )


@transaction
def family_code(wish: Wish) -> str:
    """Give a family its code."""
    code = codes.new_family_code()
    session().get_one(Wish, wish.id).family_code_hash = keyed_hash("family-code", code)
    return code


def sign_in(visitor: Visitor, person: Person) -> Visitor:
    """Let somebody sit down signed in, the second factor given."""
    now = visitor.client.application.extensions["portal.clock"].now()
    with visitor.client.session_transaction() as kept:
        kept["_user_id"] = kept[SECOND_FACTOR] = person.get_id()
        kept[SIGNED_IN_AT] = int(now.timestamp())
    return visitor


def messages(app: Flask, channel: str | None = None) -> list[Message]:
    """Return what was written to anybody, oldest first."""
    with app.app_context():
        rows = session().scalars(select(Message).order_by(Message.id)).all()
    return [row for row in rows if channel in (None, row.channel)]


def state_of(app: Flask, wish: Wish) -> str:
    """Return where a wish stands now."""
    with app.app_context():
        return get_wish_by_id(wish.id).state


def picture(kind: str = "JPEG") -> bytes:
    """Return a small picture file."""
    out = io.BytesIO()
    Image.new("RGB", (60, 40), (200, 40, 30)).save(out, kind)
    return out.getvalue()
