"""Turns a checked row into what the sealed room and the wish take. Pure."""

from collections.abc import Iterator
from datetime import date

from portal.households.models import ConsentUse
from portal.households.rules import ADULT_AGE, Identity, is_under
from portal.intake.rules import WishRow
from portal.wishes.filing import WishDetails
from portal.wishes.kinds import age_band


def identity_of(wish: WishRow) -> Identity:
    """Return who a row is about."""
    return Identity(
        name=wish.name,
        id_number=wish.id_number,
        birth_date=wish.birth_on,
        gender=wish.gender,
        phone=wish.phone,
        address=wish.address,
        guardian=wish.guardian,
        guardian_phone=wish.guardian_phone,
        address_key=wish.address_key,
    )


def details_of(wish: WishRow, today: date) -> WishDetails:
    """Return what a row wishes for; the age band is that of today."""
    return WishDetails(
        kind=wish.kind,
        category=wish.category,
        item=wish.item,
        size=wish.size,
        quantity=wish.quantity,
        unit_price_minor=wish.unit_price_minor,
        reason=wish.reason,
        group=wish.group,
        age_band=age_band(wish.birth_on, today),
        reporter=wish.reporter,
        reported_on=wish.reported_on,
    )


def consents_of(wish: WishRow) -> Iterator[tuple[ConsentUse, bool]]:
    """Yield the uses a row gives an answer for; what was not asked is left out."""
    answers = {
        ConsentUse.PUBLISH: wish.consent_publish,
        ConsentUse.SHARE_WITH_DELIVERER: wish.consent_share,
        ConsentUse.PHOTO: wish.consent_photo,
    }
    for use, answer in answers.items():
        if answer is not None:
            yield use, answer


def giver_in_list(wish: WishRow, today: date) -> str:
    """Return who a list's consent comes from: the guardian it names for somebody under 18, else the person."""
    return "guardian" if wish.guardian and is_under(wish.birth_on, ADULT_AGE, today) else "self"
