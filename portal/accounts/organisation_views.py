"""Pages of organisations: register without staff, confirm the mail, look after who acts for them."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.access import private_link, public
from portal.accounts import organisations
from portal.accounts.blueprint import blueprint
from portal.accounts.forms import OrganisationForm, RegistrationForm
from portal.accounts.landing import needs_second_factor, to_second_factor
from portal.accounts.links import LinkNotValid, read_link
from portal.accounts.models import LinkPurpose
from portal.accounts.organisations import CodeTaken, OrganisationDetails
from portal.accounts.password_views import link_gone
from portal.accounts.passwords import PasswordTooCommon, PasswordTooShort
from portal.accounts.service import EmailTaken
from portal.accounts.words import password_problem
from portal.throttle.service import Allowance, address_range, count_try
from portal.web import error_page

PER_MAILBOX = Allowance("registration", 4, 24 * 3600)
PER_ADDRESS_RANGE = Allowance("registration-address", 20, 3600)


@blueprint.route("/organisations/register", methods=["GET", "POST"])
@public
def register_organisation() -> ResponseReturnValue:
    """Register an organisation: at once for whoever is signed in, else once the mail address is confirmed."""
    if current_user.is_authenticated and needs_second_factor():
        return to_second_factor()
    form: Any = OrganisationForm() if current_user.is_authenticated else RegistrationForm()
    if form.validate_on_submit():
        count_try(PER_ADDRESS_RANGE, address_range())
        answer = _register_own(form) if current_user.is_authenticated else _ask(form)
        if answer is not None:
            return answer
    return render_template("accounts/register_organisation.html", form=form), 422 if form.errors else 200


@blueprint.route("/organisations/confirm/<token>", methods=["GET", "POST"])
@private_link
def confirm_registration(token: str) -> ResponseReturnValue:
    """Put a registration before the staff, once its mail address is confirmed by pressing a button.

    Opening the address alone changes nothing, because mail programs open links on their own.
    """
    try:
        link = read_link(LinkPurpose.REGISTRATION, token)
        if request.method == "POST":
            organisations.confirm_registration(token)
            flash(_("邮箱已确认，登记已经送到工作人员那里。请登录查看进度。"), "success")
            return redirect(url_for("accounts.sign_in"))
    except (LinkNotValid, EmailTaken):
        return link_gone()
    except CodeTaken:
        return error_page(409, _("这个代码已经登记过了"), code_taken_advice())
    return render_template("accounts/confirm_registration.html", organisation=link.payload["organisation"])


def code_taken_advice() -> str:
    """Return what to do about a credit code that is registered, without saying by whom."""
    return _(
        "这个统一社会信用代码已经登记过。如果是您的单位，请让登记的同事邀请您加入；不清楚是谁登记的，请打电话问我们。"
    )


def read_details(form: OrganisationForm) -> OrganisationDetails:
    """Return what an organisation says of itself in a form that was found right."""
    return OrganisationDetails(
        name=form.organisation_name.data or "",
        uscc=form.uscc.data or "",
        kind=form.kind.data,
        contact_name=form.contact_name.data or "",
        contact_phone=form.contact_phone.data or "",
        address=form.address.data or None,
    )


def _register_own(form: OrganisationForm) -> ResponseReturnValue | None:
    try:
        organisation_id = organisations.register_organisation(current_user.id, read_details(form))
    except CodeTaken:
        form.uscc.errors = [code_taken_advice()]
        return None
    flash(_("登记已经送到工作人员那里。"), "success")
    return redirect(url_for("accounts.show_organisation", organisation_id=organisation_id))


def _ask(form: RegistrationForm) -> ResponseReturnValue | None:
    count_try(PER_MAILBOX, form.email.data)
    try:
        organisations.ask_to_register(
            read_details(form), form.name.data or "", form.email.data or "", form.password.data or ""
        )
    except CodeTaken:
        form.uscc.errors = [code_taken_advice()]
    except (PasswordTooShort, PasswordTooCommon) as error:
        form.password.errors = [password_problem(error)]
    else:
        return render_template("accounts/registration_sent.html", email=form.email.data)
    return None
