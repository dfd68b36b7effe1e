"""What happened at the counter to one wish, for its page at the desk."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from portal.accounts.queries import names_of
from portal.db import session
from portal.handover.models import Acknowledgement, Delivery, Receipt
from portal.handover.rules import Answer, Fault, Proof, Through, Way


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """Goods that were taken in or turned away."""

    id: int
    at: datetime
    is_refused: bool
    fault: Fault | None
    value_minor: int | None
    has_photo: bool
    person: str | None


@dataclass(frozen=True, slots=True)
class HandedOver:
    """A hand-over that took place."""

    id: int
    at: datetime
    way: Way
    proof: Proof | None
    has_slip: bool
    person: str | None


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """The family's word, and who wrote it down."""

    id: int
    at: datetime
    answer: Answer
    through: Through
    note: str | None
    has_slip: bool
    person: str | None


def receipts_of(wish_id: int) -> tuple[ReceiptLine, ...]:
    """Return what was taken in or turned away for a wish, latest first."""
    rows = session().scalars(select(Receipt).where(Receipt.wish_id == wish_id).order_by(Receipt.id.desc())).all()
    names = names_of({row.person_id for row in rows})
    return tuple(
        ReceiptLine(
            row.id,
            row.at,
            row.outcome == "refused",
            Fault(row.reason) if row.reason else None,
            row.value_minor,
            row.photo is not None,
            names.get(row.person_id),
        )
        for row in rows
    )


def hand_overs_of(wish_id: int) -> tuple[HandedOver, ...]:
    """Return the hand-overs of a wish that took place, latest first."""
    rows = session().scalars(
        select(Delivery)
        .where(Delivery.wish_id == wish_id, Delivery.handed_over_by_id.is_not(None))
        .order_by(Delivery.id.desc())
    )
    found = [(row, row.ended_at, row.handed_over_by_id) for row in rows]
    names = names_of({person_id for _row, _at, person_id in found if person_id is not None})
    return tuple(
        HandedOver(
            row.id,
            at,
            Way(row.way),
            Proof(row.proof) if row.proof else None,
            row.slip is not None,
            names.get(person_id) if person_id else None,
        )
        for row, at, person_id in found
        if at is not None
    )


def answers_of(wish_id: int, *, with_notes: bool) -> tuple[AnswerLine, ...]:
    """Return the family's answers, latest first; its own words only for those who handle them."""
    rows = (
        session()
        .scalars(select(Acknowledgement).where(Acknowledgement.wish_id == wish_id).order_by(Acknowledgement.id.desc()))
        .all()
    )
    names = names_of({row.person_id for row in rows if row.person_id is not None})
    return tuple(
        AnswerLine(
            row.id,
            row.at,
            Answer(row.answer),
            Through(row.through),
            row.note if with_notes else None,
            row.slip is not None,
            names.get(row.person_id) if row.person_id else None,
        )
        for row in rows
    )
