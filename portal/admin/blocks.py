"""Desk page: pledgers who are paused after lapses, and the early end of a pause."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import StringField

from portal.access import current_actor, staff
from portal.accounts.forms import at_most, needed, tidied
from portal.accounts.rules import Role
from portal.admin.blueprint import blueprint
from portal.pledges.blocks import BlockOver, LiftReasonMissing, lift_block, list_blocks
from portal.pledges.contacts import Contact, ContactUnclear, read_contact

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
        problem=problem,
        wrong=wrong,
    )
