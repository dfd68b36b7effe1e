"""Sign-in, sign-out and a person's own page; further pages live in modules named after what they do."""

from flask import Flask, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.access import public, signed_in
from portal.accounts import member_views, organisation_views, password_views, second_factor_views
from portal.accounts.blueprint import blueprint
from portal.accounts.forms import AccountForm, SignInForm
from portal.accounts.labels import STATUS_LABELS, STATUS_TONES
from portal.accounts.landing import has_second_factor, needs_second_factor, onward, to_second_factor
from portal.accounts.queries import organisations_of
from portal.accounts.recovery import count_recovery_codes
from portal.accounts.rules import Role
from portal.accounts.service import save_account
from portal.accounts.session import begin_session, end_session
from portal.accounts.signing_in import find_person_by_password
from portal.accounts.words import wait_problem
from portal.throttle.service import Allowance, TooManyTries, address_range, count_try, forget_tries

PAGES = (member_views, organisation_views, password_views, second_factor_views)

PER_ACCOUNT = Allowance("sign-in-account", 10, 15 * 60)
PER_ADDRESS_RANGE = Allowance("sign-in-address", 100, 15 * 60)


def install(app: Flask) -> None:
    """Add this room's pages to the application."""
    app.register_blueprint(blueprint)


@blueprint.route("/login", methods=["GET", "POST"])
@public
def sign_in() -> ResponseReturnValue:
    """Sign in by mail address and password; whose role needs it then gives a code."""
    form = SignInForm()
    if not form.validate_on_submit():
        return render_template("accounts/sign_in.html", form=form, problem=None)
    try:
        count_try(PER_ADDRESS_RANGE, address_range())
        count_try(PER_ACCOUNT, form.email.data)
    except TooManyTries as error:
        problem = wait_problem(error.retry_seconds)
        page = render_template("accounts/sign_in.html", form=form, problem=problem)
        return page, 429, {"Retry-After": str(error.retry_seconds)}
    person = find_person_by_password(form.email.data, form.password.data)
    if person is None:
        problem = _("邮箱或密码不对。请再试一次，或者重新设置密码。")
        return render_template("accounts/sign_in.html", form=form, problem=problem), 422
    forget_tries(PER_ACCOUNT, form.email.data)
    begin_session(person)
    return onward()


@blueprint.post("/logout")
@public
def sign_out() -> ResponseReturnValue:
    """Sign out."""
    end_session()
    flash(_("您已退出。"), "success")
    return redirect(url_for("accounts.sign_in"))


@blueprint.route("/account", methods=["GET", "POST"])
@signed_in
def account() -> ResponseReturnValue:
    """Show and change what belongs to whoever is signed in."""
    if needs_second_factor():
        return to_second_factor()
    form = AccountForm(obj=current_user)
    if form.validate_on_submit():
        save_account(current_user.id, form.name.data, form.locale.data)
        flash(_("已保存。"), "success")
        return redirect(url_for("accounts.account"))
    return render_template(
        "accounts/account.html",
        form=form,
        organisations=organisations_of(current_user.id),
        status_labels=STATUS_LABELS,
        status_tones=STATUS_TONES,
        is_staff=current_user.actor.has_role(*Role),
        has_second_factor=has_second_factor(),
        codes_left=count_recovery_codes(current_user.id),
    )
