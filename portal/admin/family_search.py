"""Desk page: a clerk finds a family's wishes by an ID number or telephone, sent in a form so that no address has it."""

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import StringField

from portal.access import current_actor, staff
from portal.accounts.forms import at_most, needed
from portal.accounts.rules import Role
from portal.admin.blueprint import blueprint
from portal.intake.finding import FoundWish, NumberUnclear, find_family_wishes
from portal.pledges.queries import english_items
from portal.redaction.folding import fold
from portal.redaction.marks import MarkKind
from portal.redaction.numbers import find_numbers
from portal.throttle.service import TooManyTries
from portal.wishes.labels import STATE_LABELS, STATE_TONES

SHORTEST_ID_NUMBER = 15
_NUMBERS = frozenset({MarkKind.ID_CARD, MarkKind.PHONE, MarkKind.BANK_CARD})


class NumberForm(FlaskForm):
    """The number a family says."""

    number = StringField(
        lazy_gettext("家庭的身份证号或电话"),
        [needed(), at_most(40)],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )


@blueprint.route("/wishes/of-a-family", methods=["GET", "POST"])
@staff(Role.CENTRE_CLERK)
def find_family() -> ResponseReturnValue:
    """Ask for a number and list the wishes of whoever has it, at the clerk's own centres."""
    if not current_actor().has_role(Role.CENTRE_CLERK):
        abort(403)
    form = NumberForm()
    if not form.validate_on_submit():
        return _page(form, None), 422 if request.method == "POST" else 200
    try:
        wishes = find_family_wishes(current_actor(), form.number.data or "")
    except NumberUnclear as unclear:
        form.number.errors = [str(unclear)]
        return _page(form, None), 422
    except TooManyTries:
        form.number.errors = [_("这一小时找得太多了，请过一会儿再找。")]
        return _page(form, None), 429
    return _page(NumberForm(formdata=None), wishes), 200


def says_number(typed: str) -> bool:
    """Tell whether a search would carry somebody's ID number or telephone, mistyped ones included."""
    if sum(char.isdigit() for char in typed) >= SHORTEST_ID_NUMBER:
        return True
    return any(kind in _NUMBERS for kind, _start, _end in find_numbers(fold(typed).text))


def _page(form: NumberForm, wishes: list[FoundWish] | None) -> str:
    return render_template(
        "admin/wishes/of_a_family.html",
        form=form,
        wishes=wishes,
        english_items=english_items(wish.number for wish in wishes or ()),
        state_labels=STATE_LABELS,
        state_tones=STATE_TONES,
    )
