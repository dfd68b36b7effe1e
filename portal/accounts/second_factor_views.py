"""Pages of the second factor: put it into an authenticator, and give a code at each sign-in."""

from collections.abc import Callable

import segno
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.access import signed_in
from portal.accounts.blueprint import blueprint
from portal.accounts.forms import CodeForm
from portal.accounts.landing import needs_second_factor, onward
from portal.accounts.second_factor import (
    AlreadyEnrolled,
    CodeWrong,
    begin_enrolment,
    confirm_enrolment,
    enrolment_address,
    give_code,
)
from portal.accounts.session import pass_second_factor
from portal.accounts.words import wait_problem
from portal.throttle.service import Allowance, TooManyTries, count_try, forget_tries

PER_PERSON = Allowance("second-factor", 6, 15 * 60)


@blueprint.route("/login/code", methods=["GET", "POST"])
@signed_in
def second_factor() -> ResponseReturnValue:
    """Ask for a code of the authenticator."""
    if not needs_second_factor():
        return onward()
    if current_user.second_factor_enrolled_at is None:
        return redirect(url_for("accounts.enrol_second_factor", next=request.args.get("next")))
    form, problem, status = CodeForm(), None, 200
    if form.validate_on_submit():
        problem, status = _try_code(form, give_code)
        if problem is None:
            return onward()
    return render_template("accounts/second_factor.html", form=form, problem=problem), status


@blueprint.route("/login/authenticator", methods=["GET", "POST"])
@signed_in
def enrol_second_factor() -> ResponseReturnValue:
    """Show the secret as a picture and as text until a code proves that it arrived."""
    if not needs_second_factor():
        return onward()
    try:
        secret = begin_enrolment(current_user.id)
    except AlreadyEnrolled:
        return redirect(url_for("accounts.second_factor", next=request.args.get("next")))
    form, problem, status = CodeForm(), None, 200
    if form.validate_on_submit():
        problem, status = _try_code(form, confirm_enrolment)
        if problem is None:
            flash(_("动态口令已绑定，以后登录时都要用它。"), "success")
            return onward()
    return render_template(
        "accounts/enrol_second_factor.html",
        form=form,
        problem=problem,
        picture=segno.make(enrolment_address(secret, current_user.email)).svg_inline(scale=5, border=2),
        typed_key=" ".join(secret[i : i + 4] for i in range(0, len(secret), 4)),
    ), status


def _try_code(form: CodeForm, verb: Callable[[int, str], None]) -> tuple[str | None, int]:
    """Give a code to a verb; return what is wrong with it, if anything, and the status that says so."""
    try:
        count_try(PER_PERSON, str(current_user.id))
        verb(current_user.id, form.code.data)
    except TooManyTries as error:
        return wait_problem(error.retry_seconds), 429
    except CodeWrong:
        return _("口令不对，或者已经用过。请等手机上换成下一个再填。"), 422
    forget_tries(PER_PERSON, str(current_user.id))
    pass_second_factor(current_user)
    return None, 200
