"""Desk pages: messages. Shows how the outbox fares; never a receiver or a text."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.access import current_actor, staff
from portal.accounts.rules import Actor, Role
from portal.admin.blueprint import blueprint
from portal.audit import service as audit
from portal.db import transaction
from portal.outbox.queries import count_by_state, list_dead_ids, list_troubled
from portal.outbox.service import retry_dead


@blueprint.get("/messages")
@staff(Role.ADMINISTRATOR)
def list_messages() -> ResponseReturnValue:
    """Show how many messages wait, went out and were given up, and what went wrong."""
    return render_template("admin/messages.html", counts=count_by_state(), lines=list_troubled())


@blueprint.post("/messages/<int:message_id>/retry")
@staff(Role.ADMINISTRATOR)
def retry_message(message_id: int) -> ResponseReturnValue:
    """Give one message a fresh start."""
    if not _retry(current_actor(), message_id):
        abort(409)
    flash(_("放回了待发，马上再试。"), "success")
    return redirect(url_for("admin.list_messages"), 303)


@blueprint.post("/messages/retry")
@staff(Role.ADMINISTRATOR)
def retry_all_messages() -> ResponseReturnValue:
    """Give all messages that were given up a fresh start."""
    count = sum(_retry(current_actor(), message_id) for message_id in list_dead_ids())
    flash(ngettext("%(num)s 条放回了待发，马上再试。", "%(num)s 条放回了待发，马上再试。", count), "success")
    return redirect(url_for("admin.list_messages"), 303)


@transaction
def _retry(actor: Actor, message_id: int) -> bool:
    actor.require({Role.ADMINISTRATOR})
    if not retry_dead(message_id):
        return False
    audit.record(actor, "retry_message", "message", message_id, before={"state": "dead"}, after={"state": "waiting"})
    return True
