"""Pages on which a password is chosen: by a link sent by mail, or by whoever knows the present one."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.access import private_link, public, signed_in
from portal.accounts.blueprint import blueprint
from portal.accounts.choosing_passwords import (
    PasswordWrong,
    change_password,
    read_password_link,
    send_link_to_forgetful,
    set_password_by_link,
)
from portal.accounts.forms import ChangePasswordForm, ForgottenForm, NewPasswordForm
from portal.accounts.landing import needs_second_factor, to_second_factor
from portal.accounts.links import LinkNotValid
from portal.accounts.passwords import PasswordTooCommon, PasswordTooShort
from portal.accounts.service import get_person
from portal.accounts.session import begin_session
from portal.accounts.words import password_problem, wait_problem
from portal.throttle.service import Allowance, TooManyTries, address_range, count_try
from portal.web import error_page

LINKS_PER_MAILBOX = Allowance("password-link", 3, 3600)
LINKS_PER_ADDRESS_RANGE = Allowance("password-link-address", 30, 3600)
TRIES_OF_PRESENT = Allowance("present-password", 6, 15 * 60)


@blueprint.route("/login/forgotten", methods=["GET", "POST"])
@public
def ask_for_password() -> ResponseReturnValue:
    """Send a link to choose another password; the answer is the same for addresses nobody has."""
    form = ForgottenForm()
    if not form.validate_on_submit():
        return render_template("accounts/forgotten.html", form=form, sent_to=None), _status(form)
    count_try(LINKS_PER_ADDRESS_RANGE, address_range())
    count_try(LINKS_PER_MAILBOX, form.email.data)
    send_link_to_forgetful(form.email.data)
    return render_template("accounts/forgotten.html", form=form, sent_to=form.email.data)


@blueprint.route("/password/<token>", methods=["GET", "POST"])
@private_link
def set_password(token: str) -> ResponseReturnValue:
    """Let whoever got a link choose a password."""
    try:
        setter = read_password_link(token)
        form = NewPasswordForm()
        if form.validate_on_submit():
            set_password_by_link(token, form.password.data)
            flash(_("密码已设好，请用它登录。"), "success")
            return redirect(url_for("accounts.sign_in"))
    except LinkNotValid:
        return link_gone()
    except (PasswordTooShort, PasswordTooCommon) as error:
        form.password.errors = [password_problem(error)]
    return render_template("accounts/set_password.html", form=form, setter=setter), _status(form)


@blueprint.route("/account/password", methods=["GET", "POST"])
@signed_in
def change_own_password() -> ResponseReturnValue:
    """Let somebody who knows the present password choose another; this session goes on, all others end."""
    if needs_second_factor():
        return to_second_factor()
    form = ChangePasswordForm()
    if form.validate_on_submit() and _change(form):
        flash(_("密码已更改，别处的登录都已退出。"), "success")
        return redirect(url_for("accounts.account"))
    return render_template("accounts/change_password.html", form=form), _status(form)


def link_gone() -> tuple[str, int]:
    """Return the page for a link that is used up, too old or not genuine."""
    return error_page(
        410,
        _("这个链接不能用了"),
        _("链接可能已经用过、过期，或者没有复制完整。需要的话，请再要一个新的。"),
    )


def _change(form: ChangePasswordForm) -> bool:
    person_id = current_user.id
    try:
        count_try(TRIES_OF_PRESENT, str(person_id))
        change_password(person_id, form.present.data, form.password.data)
    except TooManyTries as error:
        form.present.errors = [wait_problem(error.retry_seconds)]
    except PasswordWrong:
        form.present.errors = [_("现在的密码不对。")]
    except (PasswordTooShort, PasswordTooCommon) as error:
        form.password.errors = [password_problem(error)]
    else:
        begin_session(get_person(person_id), with_second_factor=True)
        return True
    return False


def _status(form: Any) -> int:
    return 422 if form.errors else 200
