"""Pages on which several people share an organisation: its standing, its members, invitations."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.access import private_link, signed_in
from portal.accounts import membership, organisations
from portal.accounts.blueprint import blueprint
from portal.accounts.forms import InvitationForm, JoinForm, OrganisationForm
from portal.accounts.labels import KIND_LABELS, STATUS_LABELS, STATUS_SENTENCES, STATUS_TONES
from portal.accounts.landing import needs_second_factor, to_second_factor
from portal.accounts.links import LinkNotValid
from portal.accounts.membership import AlreadyMember, OwnMembership
from portal.accounts.models import OrganisationStatus
from portal.accounts.organisation_views import code_taken_advice, read_details
from portal.accounts.organisations import CodeTaken, DecisionNotPossible, OrganisationNotFound
from portal.accounts.password_views import link_gone
from portal.accounts.passwords import PasswordTooCommon, PasswordTooShort
from portal.accounts.words import password_problem
from portal.throttle.service import Allowance, count_try

INVITATIONS = Allowance("invitation", 20, 24 * 3600)


@blueprint.route("/organisations/<int:organisation_id>", methods=["GET", "POST"])
@signed_in
def show_organisation(organisation_id: int) -> ResponseReturnValue:
    """Show a member where the organisation stands and who acts for it; an owner invites here."""
    if needs_second_factor():
        return to_second_factor()
    is_owner = _is_owner(organisation_id)
    form = InvitationForm()
    if is_owner and form.validate_on_submit() and _invite(organisation_id, form):
        return _back(organisation_id)
    organisation = organisations.get_organisation(organisation_id)
    status = OrganisationStatus(organisation.status)
    members = membership.list_members(organisation_id)
    return render_template(
        "accounts/organisation.html",
        organisation=organisation,
        kind_label=KIND_LABELS.get(organisation.kind, organisation.kind),
        status_label=STATUS_LABELS[status],
        status_tone=STATUS_TONES[status],
        status_sentence=STATUS_SENTENCES[status],
        may_register_again=is_owner and status is OrganisationStatus.REFUSED,
        is_owner=is_owner,
        members=members,
        member_names={member.person_id: member.name for member in members},
        invitations=membership.list_invitations(organisation_id) if is_owner else [],
        form=form,
    ), 422 if form.errors else 200


@blueprint.route("/organisations/<int:organisation_id>/details", methods=["GET", "POST"])
@signed_in
def register_again(organisation_id: int) -> ResponseReturnValue:
    """Let an owner correct a refused registration and put it before the staff again."""
    if needs_second_factor():
        return to_second_factor()
    if not _is_owner(organisation_id):
        abort(403)
    organisation = organisations.get_organisation(organisation_id)
    form = OrganisationForm(obj=organisation, organisation_name=organisation.name)
    if form.validate_on_submit() and _register_again(organisation_id, form):
        flash(_("登记已经送到工作人员那里。"), "success")
        return _back(organisation_id)
    return render_template(
        "accounts/register_again.html", form=form, organisation=organisation
    ), 422 if form.errors else 200


@blueprint.post("/organisations/<int:organisation_id>/members/<int:person_id>/remove")
@signed_in
def remove_member(organisation_id: int, person_id: int) -> ResponseReturnValue:
    """Take from a colleague the right to act for the organisation."""
    _require_owner(organisation_id)
    try:
        membership.remove_member(current_user.id, organisation_id, person_id)
        flash(_("已移出。单位正在办的认领照常进行，链接都换了新的，这位同事经手的转到您名下。"), "success")
    except OwnMembership:
        flash(_("不能移出自己。请先让另一位同事也成为负责人，再由他操作。"), "warning")
    return _back(organisation_id)


@blueprint.post("/organisations/<int:organisation_id>/members/<int:person_id>/owner")
@signed_in
def make_owner(organisation_id: int, person_id: int) -> ResponseReturnValue:
    """Let a colleague look after the organisation too."""
    _require_owner(organisation_id)
    membership.make_owner(current_user.id, organisation_id, person_id)
    flash(_("这位同事现在也是负责人。"), "success")
    return _back(organisation_id)


@blueprint.post("/organisations/<int:organisation_id>/invitations/<int:link_id>/withdraw")
@signed_in
def withdraw_invitation(organisation_id: int, link_id: int) -> ResponseReturnValue:
    """Make an invitation void."""
    _require_owner(organisation_id)
    try:
        membership.withdraw_invitation(current_user.id, organisation_id, link_id)
        flash(_("邀请已撤回。"), "success")
    except LinkNotValid:
        flash(_("这个邀请已经用过或过期了。"), "warning")
    return _back(organisation_id)


@blueprint.post("/organisations/<int:organisation_id>/rescue")
@signed_in
def set_asked_for_rescue(organisation_id: int) -> ResponseReturnValue:
    """Say whether the organisation wants to hear of wishes that waited too long."""
    _require_owner(organisation_id)
    organisations.set_asked_for_rescue(current_user.id, organisation_id, "is_asked" in request.form)
    flash(_("已保存。"), "success")
    return _back(organisation_id)


@blueprint.route("/invitations/<token>", methods=["GET", "POST"])
@private_link
def accept_invitation(token: str) -> ResponseReturnValue:
    """Let whoever was invited accept; somebody new chooses a name and a password."""
    form = JoinForm()
    try:
        invitation = membership.read_invitation(token)
        is_ready = request.method == "POST" if invitation.has_account else form.validate_on_submit()
        if is_ready:
            membership.accept_invitation(token, form.name.data or "", form.password.data or "")
            flash(
                _("您现在可以代表“%(organisation)s”了，请登录。", organisation=invitation.organisation_name), "success"
            )
            return redirect(url_for("accounts.sign_in", next=url_for("accounts.account")))
    except LinkNotValid:
        return link_gone()
    except (PasswordTooShort, PasswordTooCommon) as error:
        form.password.errors = [password_problem(error)]
    return render_template(
        "accounts/accept_invitation.html", form=form, invitation=invitation
    ), 422 if form.errors else 200


def _is_owner(organisation_id: int) -> bool:
    """Tell whether the signed-in person owns an organisation; strangers find nothing there."""
    try:
        return membership.is_owner(current_user.id, organisation_id)
    except OrganisationNotFound:
        abort(404)


def _require_owner(organisation_id: int) -> None:
    if needs_second_factor() or not _is_owner(organisation_id):
        abort(403)


def _back(organisation_id: int) -> ResponseReturnValue:
    return redirect(url_for("accounts.show_organisation", organisation_id=organisation_id))


def _invite(organisation_id: int, form: InvitationForm) -> bool:
    count_try(INVITATIONS, str(organisation_id))
    try:
        membership.invite_member(current_user.id, organisation_id, form.email.data or "")
    except AlreadyMember:
        form.email.errors = [_("这位同事已经在名单里了。")]
        return False
    flash(_("邀请已发到 %(email)s。", email=form.email.data), "success")
    return True


def _register_again(organisation_id: int, form: OrganisationForm) -> bool:
    try:
        organisations.register_again(current_user.id, organisation_id, read_details(form))
    except CodeTaken:
        form.uscc.errors = [code_taken_advice()]
        return False
    except DecisionNotPossible:
        abort(409)
    return True
