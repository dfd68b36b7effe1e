"""Desk page: pledgers who are paused after lapses, and the early end of a pause."""

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import StringField

from portal.access import current_actor, staff
from portal.accounts.forms import at_most, needed, tidied
from portal.accounts.rules import Role
from portal.admin.blueprint import blueprint
from portal.audit import service as audit
from portal.pledges.blocks import BlockOver, LiftReasonMissing, lift_block, list_blocks
from portal.pledges.contacts import Contact, ContactUnclear, read_contact
from portal.spreadsheets.sending import check_ending, export_links, send_table
from portal.workdays import last_day

REASON_CHARACTERS = 200


class ContactForm(FlaskForm):
    """The contact of somebody who asks why they cannot pledge; sent in a form, so that no address carries it."""

    contact = StringField(
        lazy_gettext("按邮箱或手机号找"),
        [needed(), at_most(80)],
        filters=[tidied],
        render_kw={"autocomplete": "off"},
    )


@blueprint.route("/blocks", methods=["GET", "POST"])
@staff(Role.MODERATOR)
def show_blocks() -> ResponseReturnValue:
    """List who is paused, or find the pause of one contact."""
    form, contact = ContactForm(), None
    if form.validate_on_submit():
        try:
            contact = read_contact(form.contact.data or "")
        except ContactUnclear:
            form.contact.errors = [_("看不出是邮箱还是手机号，请检查。")]
    return _page(form, contact), 422 if form.errors else 200


@blueprint.get("/blocks/export.<ending>")
@staff(Role.MODERATOR)
def export_blocks(ending: str) -> Response:
    """Send the pauses as a spreadsheet; contacts of guests stay masked."""
    check_ending(ending)
    audit.record(current_actor(), "list.export", "list", "pauses")
    headers = [_("认领人"), _("联系方式"), _("开始"), _("到期"), _("失约的心愿"), _("解除"), _("原因")]
    rows = (
        [
            block.organisation or block.name,
            block.contact,
            block.created_at,
            last_day(block.until),
            _("、").join(block.lapsed),
            block.lifted_at,
            block.lifted_because,
        ]
        for block in list_blocks()
    )
    return send_table("pauses", _("暂停认领的人"), headers, rows, ending)


@blueprint.post("/blocks/<int:block_id>/lift")
@staff(Role.MODERATOR)
def lift_pledger_block(block_id: int) -> ResponseReturnValue:
    """End a pause early, with a reason."""
    reason = request.form.get("reason", "")[:REASON_CHARACTERS]
    try:
        lift_block(current_actor(), block_id, reason)
    except LiftReasonMissing:
        return _page(ContactForm(formdata=None), problem=_("请写明原因。"), wrong=block_id), 422
    except BlockOver:
        flash(_("这次暂停已经结束了，不用再解除。"), "info")
    else:
        flash(_("已解除，也告诉了认领人。"), "success")
    return redirect(url_for("admin.show_blocks"), 303)


def _page(
    form: ContactForm,
    contact: Contact | None = None,
    problem: str | None = None,
    wrong: int | None = None,
) -> str:
    return render_template(
        "admin/blocks.html",
        form=form,
        blocks=list_blocks(contact),
        is_search=contact is not None,
        exports=export_links("admin.export_blocks"),
        problem=problem,
        wrong=wrong,
    )
