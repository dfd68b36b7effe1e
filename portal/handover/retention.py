"""Forgets what the counter kept of a family, pictures and words, once its household was forgotten."""

from sqlalchemy import Select, or_, select, update

from portal.db import session, transaction
from portal.handover.models import Acknowledgement, Delivery, Receipt
from portal.households.models import Household
from portal.photos import discard_picture
from portal.wishes.models import Wish

BATCH = 200


def forget_slips() -> int:
    """Delete slips, photos and notes of wishes whose household was forgotten; return how many wishes."""
    wishes = session().scalars(_with_leftovers()).all()
    for wish_id in wishes:
        for name in _forget_slips_of(wish_id):
            discard_picture(name)
    return len(wishes)


def _with_leftovers() -> Select[int]:
    return (
        select(Wish.id)
        .join(Household, Household.id == Wish.household_id)
        .outerjoin(Delivery, Delivery.wish_id == Wish.id)
        .outerjoin(Acknowledgement, Acknowledgement.wish_id == Wish.id)
        .outerjoin(Receipt, Receipt.wish_id == Wish.id)
        .where(
            Household.purged_at.is_not(None),
            or_(
                Delivery.slip.is_not(None),
                Delivery.note.is_not(None),
                Delivery.wished_note.is_not(None),
                Acknowledgement.slip.is_not(None),
                Acknowledgement.note.is_not(None),
                Receipt.photo.is_not(None),
            ),
        )
        .distinct()
        .order_by(Wish.id)
        .limit(BATCH)
    )


@transaction
def _forget_slips_of(wish_id: int) -> list[str]:
    """Drop notes and pictures from the rows and return the pictures to delete once that is certain."""
    photos = session().scalars(select(Receipt.photo).where(Receipt.wish_id == wish_id)).all()
    session().execute(update(Receipt).where(Receipt.wish_id == wish_id).values(photo=None))
    session().execute(update(Delivery).where(Delivery.wish_id == wish_id).values(note=None, wished_note=None))
    session().execute(update(Acknowledgement).where(Acknowledgement.wish_id == wish_id).values(note=None))
    return [name for name in photos if name] + forget_slip_pictures(wish_id)


@transaction
def forget_slip_pictures(wish_id: int) -> list[str]:
    """Drop the pictures of signed slips from their rows and return their names, to be deleted once that is certain.

    That a slip was signed stays known.
    """
    names: list[str | None] = []
    for table in (Delivery, Acknowledgement):
        names += session().scalars(select(table.slip).where(table.wish_id == wish_id))
        session().execute(update(table).where(table.wish_id == wish_id).values(slip=None))
    return [name for name in names if name]
