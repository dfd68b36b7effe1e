"""Pages of the second factor: put it into an authenticator, give a code at each sign-in, keep recovery codes."""

from collections.abc import Callable

import segno
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal import clock
from portal.access import signed_in
from portal.accounts.blueprint import blueprint
from portal.accounts.choosing_passwords import PasswordWrong, check_present_password
from portal.accounts.forms import CodeForm, PresentPasswordForm, RecoveryForm
from portal.accounts.landing import has_second_factor, landing_address, needs_second_factor, onward, to_second_factor
from portal.accounts.password_views import TRIES_OF_PRESENT
from portal.accounts.recovery import count_recovery_codes, give_recovery_code, issue_recovery_codes
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
            return _show_codes(landing_address())
    return render_template(
        "accounts/enrol_second_factor.html",
        form=form,
        problem=problem,
        picture=segno.make(enrolment_address(secret, current_user.email)).svg_inline(scale=5, border=2),
        typed_key=" ".join(secret[i : i + 4] for i in range(0, len(secret), 4)),
    ), status


@blueprint.route("/login/recovery", methods=["GET", "POST"])
@signed_in
def use_recovery_code() -> ResponseReturnValue:
    """Take a recovery code where the authenticator is not at hand."""
    if not needs_second_factor():
        return onward()
    form, problem, status = RecoveryForm(), None, 200
    if form.validate_on_submit():
        problem, status = _try_code(form, give_recovery_code, _("备用码不对，或者已经用过。请核对，或换下一个。"))
        if problem is None:
            flash(_("这个备用码已经用掉，请在纸上划掉它。手机找不回来的话，请管理员重置动态口令。"), "info")
            return onward()
    return render_template("accounts/use_recovery_code.html", form=form, problem=problem), status


@blueprint.route("/account/recovery-codes", methods=["GET", "POST"])
@signed_in
def renew_recovery_codes() -> ResponseReturnValue:
    """Show how many recovery codes are left, and give whoever knows the password fresh ones, once."""
    if needs_second_factor():
        return to_second_factor()
    if not has_second_factor():
        return redirect(url_for("accounts.account"))
    form = PresentPasswordForm()
    if form.validate_on_submit() and _knows_password(form):
        return _show_codes(url_for("accounts.account"))
    left = count_recovery_codes(current_user.id)
    return render_template("accounts/renew_recovery_codes.html", form=form, left=left), 422 if form.errors else 200


def _show_codes(onward_address: str) -> ResponseReturnValue:
    codes = issue_recovery_codes(current_user.id)
    return render_template(
        "accounts/recovery_codes.html", codes=codes, onward_address=onward_address, today=clock.today()
    )


def _knows_password(form: PresentPasswordForm) -> bool:
    try:
        count_try(TRIES_OF_PRESENT, str(current_user.id))
        check_present_password(current_user.id, form.present.data or "")
    except TooManyTries as error:
        form.present.errors = [wait_problem(error.retry_seconds)]
    except PasswordWrong:
        form.present.errors = [_("现在的密码不对。")]
    else:
        forget_tries(TRIES_OF_PRESENT, str(current_user.id))
        return True
    return False


def _try_code(
    form: CodeForm | RecoveryForm, verb: Callable[[int, str], None], wrong: str | None = None
) -> tuple[str | None, int]:
    """Give a code to a verb; return what is wrong with it, if anything, and the status that says so."""
    try:
        count_try(PER_PERSON, str(current_user.id))
        verb(current_user.id, form.code.data or "")
    except TooManyTries as error:
        return wait_problem(error.retry_seconds), 429
    except CodeWrong:
        return wrong or _("口令不对，或者已经用过。请等手机上换成下一个再填。"), 422
    forget_tries(PER_PERSON, str(current_user.id))
    pass_second_factor(current_user)
    return None, 200
