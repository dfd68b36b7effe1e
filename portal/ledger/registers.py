"""The registers of goods that reached families and of hours given for them; never part of the money.

Lines are only added; one that turns out wrong is undone by its exact opposite.
They name wishes, so nothing but sums over enough of them is ever shown.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from flask import current_app
from sqlalchemy import func, select

from portal import clock
from portal.config import Settings
from portal.db import session, transaction
from portal.ledger.models import GoodsLine, HoursLine
from portal.ledger.queries import entry_reference

QUARTERS_SHOWN = 8

Register = type[GoodsLine] | type[HoursLine]
Line = TypeVar("Line", GoodsLine, HoursLine)


@dataclass(frozen=True, slots=True)
class Cell:
    """What one category of one quarter comes to; the rest of the categories together have `category` None."""

    category: str | None
    wishes: int
    amount: int


@dataclass(frozen=True, slots=True)
class Quarter:
    """One quarter that is over, with what may be shown of it: pieces of goods, or minutes of service."""

    year: int
    number: int
    cells: tuple[Cell, ...]


@transaction
def enter_goods(wish_number: str, category: str, quantity: int, *, value_minor: int | None, occasion: str) -> None:
    """Enter goods that were handed over; `occasion` tells this hand-over of the wish from others."""
    session().add(
        GoodsLine(
            reference=entry_reference("goods", f"{wish_number}:{occasion}"),
            wish_number=wish_number,
            category=category,
            quantity=quantity,
            value_minor=value_minor,
            entered_on=clock.today(),
        )
    )
    session().flush()


@transaction
def enter_hours(wish_number: str, category: str, minutes: int, *, occasion: str) -> None:
    """Enter time that was given for a wish; `occasion` tells this service from others."""
    session().add(
        HoursLine(
            reference=entry_reference("hours", f"{wish_number}:{occasion}"),
            wish_number=wish_number,
            category=category,
            minutes=minutes,
            entered_on=clock.today(),
        )
    )
    session().flush()


@transaction
def undo_lines(wish_number: str) -> None:
    """Undo what still stands of a wish, because the family says that it did not come as it should."""
    for goods in _standing(GoodsLine, wish_number):
        value_minor = None if goods.value_minor is None else -goods.value_minor
        session().add(GoodsLine(**_opposite(goods), quantity=-goods.quantity, value_minor=value_minor))
    for hours in _standing(HoursLine, wish_number):
        session().add(HoursLine(**_opposite(hours), minutes=-hours.minutes))
    session().flush()


def list_goods_quarters() -> list[Quarter]:
    """Return what may be shown of the goods, the newest quarter first."""
    return _list_quarters(GoodsLine)


def list_hours_quarters() -> list[Quarter]:
    """Return what may be shown of the hours, the newest quarter first."""
    return _list_quarters(HoursLine)


def gather_cells(cells: list[Cell], smallest: int) -> tuple[Cell, ...]:
    """Return cells that stand for enough wishes each; those that do not are put together, or left out.

    What is left out is in no sum either, so nobody can get at it by taking away.
    """
    shown = [cell for cell in cells if cell.wishes >= smallest]
    small = [cell for cell in cells if cell.wishes < smallest]
    rest = Cell(None, sum(cell.wishes for cell in small), sum(cell.amount for cell in small))
    return (*shown, rest) if rest.wishes >= smallest else tuple(shown)


def quarter_starts(today: date) -> Iterator[date]:
    """Yield the first days of the quarters from the present one back."""
    start = date(today.year, 3 * ((today.month - 1) // 3) + 1, 1)
    while True:
        yield start
        start = date(start.year - (start.month == 1), (start.month - 4) % 12 + 1, 1)


def _list_quarters(register: Register) -> list[Quarter]:
    starts = quarter_starts(clock.today())
    end, found = next(starts), []
    for _number in range(QUARTERS_SHOWN):
        start = next(starts)
        cells = gather_cells(_cells(register, start, end), _smallest())
        if cells:
            found.append(Quarter(start.year, (start.month + 2) // 3, cells))
        end = start
    return found


def _cells(register: Register, start: date, end: date) -> list[Cell]:
    """Return each category's sum over a quarter; a quarter that is over never changes again."""
    amount = GoodsLine.quantity if register is GoodsLine else HoursLine.minutes
    total = func.sum(amount)
    query = (
        select(register.category, func.count(register.wish_number.distinct()), total)
        .where(register.entered_on >= start, register.entered_on < end)
        .group_by(register.category)
        .having(total > 0)
        .order_by(total.desc(), register.category)
    )
    return [Cell(category, wishes, int(amount)) for category, wishes, amount in session().execute(query)]


def _smallest() -> int:
    settings: Settings = current_app.config["PORTAL"]
    return settings.smallest_cell


def _standing(register: type[Line], wish_number: str) -> list[Line]:
    """Return the lines of a wish that nothing has undone."""
    undone = select(register.reverses_id).where(register.reverses_id.is_not(None))
    query = select(register).where(
        register.wish_number == wish_number, register.reverses_id.is_(None), register.id.not_in(undone)
    )
    return list(session().scalars(query))


def _opposite(line: GoodsLine | HoursLine) -> dict[str, Any]:
    return {
        "reference": entry_reference("undone", line.reference),
        "wish_number": line.wish_number,
        "category": line.category,
        "entered_on": clock.today(),
        "reverses_id": line.id,
    }
