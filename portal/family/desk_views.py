"""Desk pages by which a clerk acts for a family that asked for it; every act is recorded with who did it."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal.access import current_actor, staff
from portal.accounts.rules import Role
from portal.family import service
from portal.family.acts import collect_form, take_consent, take_way
from portal.family.forms import AnswerForm
from portal.family.queries import FamilyWish, get_family_wish
from portal.handover.rules import Answer, Through
from portal.handover.service import acknowledge
from portal.households.wording import CONSENT_LABELS, CONSENT_TEXTS
from portal.web import error_page
from portal.wishes.rules import WrongState
from portal.wishes.service import WishNotFound, get_wish

blueprint = Blueprint("family_desk", __name__, url_prefix="/admin/wishes/<number>/family")


@blueprint.errorhandler(WrongState)
def _on_wrong_state(_error: WrongState) -> tuple[str, int]:
    return error_page(409, _("情况刚刚有了变化"), _("您操作的同时，别人也动了同一项内容。请刷新后再看。"))


@blueprint.route("/answer", methods=["GET", "POST"])
@staff(Role.CENTRE_CLERK)
def answer(number: str) -> Any:
    """Write down what a family said about what it got."""
    wish = _wish_of_centre(number)
    if not wish.answers:
        raise WrongState("nothing to answer")
    form = AnswerForm()
    form.offer(wish.answers)
    if form.validate_on_submit():
        acknowledge(current_actor(), wish.wish_id, Answer(form.answer.data), Through.CLERK, note=form.note.data or None)
        flash(_("已经记下家庭的答复。"), "success")
        return _back(number)
    return render_template("family/desk_answer.html", wish=wish, form=form)


@blueprint.route("/collect", methods=["GET", "POST"])
@staff(Role.CENTRE_CLERK)
def collect(number: str) -> Any:
    """Write down how a family would like to get its goods."""
    wish = _wish_of_centre(number)
    form = collect_form(wish)
    if not form.validate_on_submit():
        return render_template("family/desk_collect.html", wish=wish, form=form)
    take_way(current_actor(), wish, form)
    flash(_("已经记下。"), "success")
    return _back(number)


@blueprint.route("/consents", methods=["GET", "POST"])
@staff(Role.CENTRE_CLERK)
def consents(number: str) -> Any:
    """Record that a family gave or withdrew a consent."""
    wish = _wish_of_centre(number)
    if request.method == "GET":
        return render_template("family/desk_consents.html", wish=wish, labels=CONSENT_LABELS, texts=CONSENT_TEXTS)
    take_consent(current_actor(), wish.wish_id)
    return redirect(url_for("family_desk.consents", number=number), 303)


@blueprint.route("/withdraw", methods=["GET", "POST"])
@staff(Role.CENTRE_CLERK)
def withdraw(number: str) -> Any:
    """Ask once more, then take a wish back for its family."""
    wish = _wish_of_centre(number)
    if request.method == "POST":
        service.withdraw_wish(current_actor(), wish.wish_id, (request.form.get("note") or "").strip()[:500] or None)
        flash(_("心愿已经替家庭撤回。"), "success")
        return _back(number)
    if not wish.may_withdraw:
        raise WrongState("too late to withdraw")
    return render_template("family/desk_withdraw.html", wish=wish)


def _wish_of_centre(number: str) -> FamilyWish:
    try:
        wish = get_wish(number)
    except WishNotFound:
        abort(404)
    current_actor().require({Role.CENTRE_CLERK}, wish.service_centre_id)
    return get_family_wish(wish.id)


def _back(number: str) -> Response:
    return redirect(url_for("admin.show_wish", number=number), 303)
