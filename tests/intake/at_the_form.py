"""What a helper fills in at the form for one wish, for the tests of assisted filing."""

from datetime import date
from typing import Any

from flask import Flask
from sqlalchemy import select

from portal.db import Row, session
from tests.plumbing.visitor import Page, Visitor
from tests.spreadsheets.samples import id_number

ADULT = {
    "name": "江明远",
    "id_number": id_number(date(1950, 3, 7), 1),
    "phone": "139 0000 1234",
    "address": "青石小区3号楼2单元501",
    "group": "dibao",
    "item": "双肩书包",
    "size": "蓝色",
    "quantity": "1",
    "unit_price": "168",
    "reason": "旧的坏了，一直没有换",
    "consent_publish": "yes",
    "consent_share": "no",
    "consent_photo": "no",
    "given_by": "self",
    "through": "form",
}
CHILD = ADULT | {
    "name": "江小满",
    "id_number": id_number(date(2018, 5, 5), 2),
    "guardian": "江岚",
    "guardian_phone": "13911112222",
    "given_by": "guardian",
    "through": "paper",
    "group": "child_in_difficulty",
}


def fill(visitor: Visitor, status: int = 200, button: str = "下一步，核对一遍", **changes: Any) -> Page:
    """Fill in the form for a grown-up at the first grid offered, with changes, and press a button."""
    page = visitor.page
    assert page is not None
    places = next(each for form in page.forms for each in form.fields if each.name == "place")
    first = next(option.value for option in places.options if option.value)
    return visitor.submit({"place": first} | ADULT | changes, button=button, status=status)


def hand_in(visitor: Visitor, **changes: Any) -> Page:
    """Fill in the form and hand the wish in; the page shows its slip."""
    fill(visitor, **changes)
    return visitor.submit(button="交给服务中心，出小票")


def only(app: Flask, table: type[Row]) -> Row:
    """Return the one row of a table."""
    with app.app_context():
        return session().scalars(select(table)).one()
