"""The registers of goods and hours: fed when something is handed over, undone when the family says no, never a hint."""

from datetime import date
from itertools import islice

import pytest
from sqlalchemy import select

from portal.db import session
from portal.ledger.models import Entry, GoodsLine, HoursLine
from portal.ledger.registers import (
    Cell,
    enter_goods,
    enter_hours,
    gather_cells,
    list_goods_quarters,
    list_hours_quarters,
    quarter_starts,
    undo_lines,
)


@pytest.fixture
def chosen_settings():
    """Return settings under which five wishes must share what is shown."""
    return {"smallest_cell": 5}


def goods():
    return [(row.quantity, row.value_minor) for row in session().scalars(select(GoodsLine).order_by(GoodsLine.id))]


def hours():
    return [row.minutes for row in session().scalars(select(HoursLine).order_by(HoursLine.id))]


def test_a_line_is_undone_once_by_its_opposite(app_context):
    enter_goods("ABCDEFG", "study", 3, value_minor=9_900, occasion="1")
    enter_hours("ABCDEFG", "home_service", 90, occasion="1")
    enter_goods("HJKMNPQ", "study", 1, value_minor=None, occasion="1")
    undo_lines("ABCDEFG")
    undo_lines("ABCDEFG")
    assert goods() == [(3, 9_900), (1, None), (-3, -9_900)]
    assert hours() == [90, -90]
    enter_goods("ABCDEFG", "study", 3, value_minor=9_900, occasion="2")
    undo_lines("ABCDEFG")
    assert sum(quantity for quantity, _value in goods()) == 1


def test_goods_and_hours_are_no_money(app_context):
    enter_goods("ABCDEFG", "study", 3, value_minor=9_900, occasion="1")
    enter_hours("ABCDEFG", "home_service", 90, occasion="1")
    assert session().scalar(select(Entry.sequence)) is None


@pytest.mark.parametrize(
    ("cells", "shown"),
    [
        ([], ()),
        ([Cell("study", 4, 9)], ()),
        ([Cell("study", 5, 9)], (Cell("study", 5, 9),)),
        ([Cell("study", 7, 9), Cell("books", 2, 3)], (Cell("study", 7, 9),)),
        ([Cell("study", 2, 9), Cell("books", 3, 3)], (Cell(None, 5, 12),)),
        (
            [Cell("study", 8, 9), Cell("books", 4, 3), Cell("arts", 1, 1)],
            (Cell("study", 8, 9), Cell(None, 5, 4)),
        ),
    ],
)
def test_too_few_wishes_are_put_together_or_left_out(cells, shown):
    assert gather_cells(cells, 5) == shown


def test_quarters_go_back_over_the_turn_of_a_year():
    starts = list(islice(quarter_starts(date(2026, 5, 31)), 4))
    assert starts == [date(2026, 4, 1), date(2026, 1, 1), date(2025, 10, 1), date(2025, 7, 1)]


def test_only_quarters_that_are_over_are_shown_and_they_never_change(app, clock, visitor):
    with app.app_context():
        for number in range(5):
            enter_goods(f"WISH{number:03}", "study", 2, value_minor=None, occasion="1")
            enter_hours(f"TIME{number:03}", "home_service", 45, occasion="1")
        for number in range(4):
            enter_goods(f"RARE{number:03}", "mobility", 1, value_minor=None, occasion="1")
        assert list_goods_quarters() == list_hours_quarters() == []
    assert "还没有可以公布的季度" in visitor.open("/ledger/registers")
    clock.set(clock.now().replace(year=2027, month=1, day=2))
    with app.app_context():
        [before] = list_goods_quarters()
        assert (before.year, before.number, before.cells) == (2026, 4, (Cell("study", 5, 10),))
        undo_lines("WISH000")
        assert list_goods_quarters() == [before]
        assert list_hours_quarters()[0].cells == (Cell("home_service", 5, 225),)
    page = visitor.open("/ledger/registers")
    for words in ("2026 年第 4 季度", "学习用品", "3.8"):
        assert words in page
    assert "WISH" not in page
    assert "RARE" not in page
