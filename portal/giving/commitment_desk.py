"""The desk's page of companies that match gifts: recording what one signed, and a second person's decision."""

from typing import Any, ClassVar

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import DateField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, ValidationError

from portal.access import current_actor, staff
from portal.accounts.rules import Role
from portal.campaigns.queries import list_open_campaigns
from portal.campaigns.rules import OwnWork
from portal.formats import day
from portal.gate.forms import LONGEST_EXCUSE, GatedForm, held_words
from portal.gate.rules import WordsHeld
from portal.giving.amounts import AmountUnclear, read_amount
from portal.giving.blueprint import blueprint
from portal.giving.commitment_queries import list_certified, list_commitments
from portal.giving.commitments import (
    NAME,
    CommitmentMovedOn,
    CommitmentNotFound,
    DayOutOfBounds,
    NotCertified,
    Promise,
    decide_commitment,
    request_commitment,
)
from portal.giving.desk import READERS
from portal.giving.forms import tidied
from portal.giving.labels import COMMITMENT_LABELS, COMMITMENT_TONES
from portal.giving.making import CampaignTakesNoGifts
from portal.pledges.contacts import ContactUnclear, read_contact

_REQUIRED = lazy_gettext("这一项需要填写。")
_DECIDERS = (Role.FINANCE, Role.MODERATOR, Role.ADMINISTRATOR)


class CommitmentForm(GatedForm):
    """What a company signed."""

    GUARDED: ClassVar[dict[str, str]] = {"name": NAME}

    campaign = SelectField(lazy_gettext("给哪个项目"))
    organisation = SelectField(lazy_gettext("认证过的单位"))
    name = StringField(lazy_gettext("单位名称（没有认证的，按签字的纸写）"), [Length(max=60)], [tidied])
    paper = StringField(lazy_gettext("协议编号"), [InputRequired(_REQUIRED), Length(max=60)], [tidied])
    amount = StringField(lazy_gettext("最多配多少（元）"), [InputRequired(_REQUIRED), Length(max=30)])
    until_on = DateField(lazy_gettext("到哪一天为止"), [InputRequired(_REQUIRED)])
    email = StringField(lazy_gettext("单位的邮箱"), [InputRequired(_REQUIRED), Length(max=254)])
    locale = RadioField(
        lazy_gettext("用哪种语言通知"),
        choices=[SelectChoice("zh", lazy_gettext("中文")), SelectChoice("en", lazy_gettext("英文"))],
        default="zh",
    )
    amount_minor: int

    def validate_name(self, field: StringField) -> None:
        """Ask for a name where no certified organisation is chosen."""
        if not field.data and not self.organisation.data:
            raise ValidationError(_("请选一个认证过的单位，或者写单位名称。"))

    def validate_amount(self, field: StringField) -> None:
        """Read the amount."""
        try:
            self.amount_minor = read_amount(field.data or "")
        except AmountUnclear:
            raise ValidationError(_("金额没有看懂。请填数字，最多两位小数，例如 66.6。")) from None
        if not 0 < self.amount_minor <= 10**13:
            raise ValidationError(_("金额没有看懂。请填数字，最多两位小数，例如 66.6。"))

    def validate_email(self, field: StringField) -> None:
        """Read the mail address."""
        try:
            contact = read_contact(field.data or "")
        except ContactUnclear:
            contact = None
        if contact is None or contact.channel != "mail":
            raise ValidationError(_("请填写完整的邮箱，例如 name@example.com。"))
        field.data = contact.receiver


@blueprint.get("/admin/giving/matching", endpoint="list_commitments")
@staff(*READERS, *_DECIDERS)
def show_commitments() -> str:
    """List who matches gifts, what each owes and what arrived, and what waits for a second person."""
    return _page(_form())


@blueprint.post("/admin/giving/matching", endpoint="request_commitment")
@staff(Role.FINANCE)
def take_commitment() -> ResponseReturnValue:
    """Record what a company signed."""
    form = _form()
    if form.validate_on_submit():
        try:
            request_commitment(current_actor(), _promise(form), form.excuse.data or None)
        except WordsHeld as error:
            form.form_errors.append(held_words(error))
        except DayOutOfBounds as wrong:
            form.until_on.errors = [
                _("请填%(low)s到%(high)s之间的一天。", low=day(wrong.low), high=day(wrong.high)),
            ]
        except CampaignTakesNoGifts:
            form.campaign.errors = [_("这个项目现在不收捐款，请换一个项目。")]
        except NotCertified:
            form.organisation.errors = [_("这个单位现在没有认证。")]
        else:
            flash(_("已提交。请另一位同事批准。"), "success")
            return redirect(url_for("giving.list_commitments"), 303)
    return _page(form), 422


@blueprint.post("/admin/giving/matching/<public_id>", endpoint="decide_commitment")
@staff(*_DECIDERS)
def decide_on_commitment(public_id: str) -> ResponseReturnValue:
    """Approve what another person recorded, or not."""
    is_approved = request.form.get("verdict") == "approve"
    excuse = request.form.get("excuse", "").strip()[:LONGEST_EXCUSE]
    try:
        decide_commitment(current_actor(), public_id, is_approved=is_approved, excuse=excuse or None)
        flash(_("已经同意，从现在起的捐款会配捐。") if is_approved else _("没有同意，什么也不会公开。"), "success")
    except WordsHeld as error:
        flash(held_words(error), "warning")
    except OwnWork:
        flash(_("这是您自己记的，请另一位同事来定。"), "warning")
    except (CommitmentMovedOn, CommitmentNotFound):
        flash(_("别人刚处理过。"), "info")
    return redirect(url_for("giving.list_commitments"), 303)


def _form() -> CommitmentForm:
    form = CommitmentForm()
    form.campaign.choices = [SelectChoice(each.number, each.title) for each in list_open_campaigns()]
    by_paper = SelectChoice("", _("没有认证，按签字的纸"))
    form.organisation.choices = [by_paper, *(SelectChoice(str(key), name) for key, name in list_certified())]
    return form


def _promise(form: CommitmentForm) -> Promise:
    assert form.until_on.data is not None
    return Promise(
        campaign_number=form.campaign.data,
        name=form.name.data or "",
        paper=form.paper.data or "",
        email=form.email.data or "",
        limit_minor=form.amount_minor,
        until_on=form.until_on.data,
        locale=form.locale.data,
        organisation_id=int(form.organisation.data) if form.organisation.data else None,
    )


def _page(form: Any) -> str:
    actor = current_actor()
    return render_template(
        "giving/desk/matching.html",
        form=form,
        lines=list_commitments(),
        may_write=actor.has_role(Role.FINANCE),
        may_decide=actor.has_role(*_DECIDERS),
        person_id=actor.person_id,
        labels=COMMITMENT_LABELS,
        tones=COMMITMENT_TONES,
    )
