"""Desk pages: messages. Shows how the outbox fares; never a receiver or a text."""

from collections.abc import Iterable
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext

from portal.access import current_actor, staff
from portal.accounts.rules import Actor, Role
from portal.admin.blueprint import blueprint
from portal.admin.bulk import MOST_AT_ONCE
from portal.admin.message_labels import kind_label
from portal.audit import service as audit
from portal.db import transaction
from portal.outbox.queries import (
    TROUBLE,
    MessageFilters,
    count_by_state,
    iterate_messages,
    list_dead_ids,
    list_known_kinds,
    list_messages,
)
from portal.outbox.service import retry_dead
from portal.spreadsheets.sending import check_ending, export_links, send_table
from portal.web import as_key

STATES: dict[str, Any] = {
    "waiting": lazy_gettext("等着发"),
    "sent": lazy_gettext("已经发出"),
    "dead": lazy_gettext("没能发出"),
    "all": lazy_gettext("全部"),
}
"""What one may look for beside messages in trouble."""

CHANNELS: dict[str, Any] = {"mail": lazy_gettext("邮件"), "sms": lazy_gettext("短信")}


@blueprint.get("/messages", endpoint="list_messages")
@staff(Role.ADMINISTRATOR)
def show_messages() -> ResponseReturnValue:
    """Show how many messages wait, went out and were given up, and those one looks for; first what went wrong."""
    filters = _read_filters()
    page = list_messages(filters, older_than=request.args.get("older", type=as_key))
    kept = _query(filters)
    return render_template(
        "admin/messages.html",
        counts=count_by_state(),
        lines=page.lines,
        kind_label=kind_label,
        channels=CHANNELS,
        chosen=len(kept),
        state_options=_options(STATES, filters.state),
        channel_options=_options(CHANNELS, filters.channel),
        kind_options=_options({kind: kind_label(kind) for kind in list_known_kinds()}, filters.kind),
        exports=export_links("admin.export_messages", **kept),
        first_url=url_for("admin.list_messages", **kept) if request.args.get("older") else None,
        older_url=url_for("admin.list_messages", older=page.older, **kept) if page.older else None,
    )


@blueprint.get("/messages/export.<ending>")
@staff(Role.ADMINISTRATOR)
def export_messages(ending: str) -> Response:
    """Send what is looked for as a spreadsheet, without receivers and texts."""
    check_ending(ending)
    audit.record(current_actor(), "list.export", "list", "messages")
    headers = [_("写于"), _("种类"), _("渠道"), _("状态"), _("试了几次"), _("为什么")]
    rows = (
        [
            line.created_at,
            kind_label(line.kind),
            CHANNELS[line.channel],
            STATES.get(line.state, STATES["waiting"]),
            line.attempts,
            line.last_error,
        ]
        for line in iterate_messages(_read_filters())
    )
    return send_table("messages", _("消息"), headers, rows, ending)


@blueprint.post("/messages/retry")
@staff(Role.ADMINISTRATOR)
def retry_messages() -> ResponseReturnValue:
    """Give the ticked messages, or all that were given up, a fresh start."""
    if request.form.get("which") == "all":
        _retry_all(list_dead_ids())
    else:
        _retry_all(request.form.getlist("pick", type=as_key)[:MOST_AT_ONCE])
    return redirect(url_for("admin.list_messages"), 303)


def _retry_all(message_ids: Iterable[int]) -> None:
    count = sum(_retry(current_actor(), message_id) for message_id in message_ids)
    if count:
        flash(ngettext("%(num)s 条放回了待发，马上再试。", "%(num)s 条放回了待发，马上再试。", count), "success")
    else:
        flash(_("没有能再试的消息。请先勾选。"), "warning")


@transaction
def _retry(actor: Actor, message_id: int) -> bool:
    actor.require({Role.ADMINISTRATOR})
    if not retry_dead(message_id):
        return False
    audit.record(actor, "retry_message", "message", message_id, before={"state": "dead"}, after={"state": "waiting"})
    return True


def _read_filters() -> MessageFilters:
    state, channel = request.args.get("state", ""), request.args.get("channel", "")
    return MessageFilters(
        state=state if state in STATES else TROUBLE,
        channel=channel if channel in CHANNELS else "",
        kind=request.args.get("kind", "")[:60],
    )


def _query(filters: MessageFilters) -> dict[str, Any]:
    state = filters.state if filters.state != TROUBLE else ""
    kept = {"state": state, "channel": filters.channel, "kind": filters.kind}
    return {name: value for name, value in kept.items() if value}


def _options(labels: dict[str, Any], chosen: str) -> list[dict[str, Any]]:
    return [{"value": value, "label": label, "selected": value == chosen} for value, label in labels.items()]
