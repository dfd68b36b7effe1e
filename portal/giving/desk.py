"""The desk's pages of gifts: the table and its file, one gift, words that a moderator reads."""

import io
from collections.abc import Iterator
from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock
from portal.access import current_actor, staff
from portal.accounts.rules import Role
from portal.audit import service as audit
from portal.gate.forms import LONGEST_EXCUSE, held_words
from portal.gate.rules import WordsHeld, examine
from portal.giving.blueprint import blueprint
from portal.giving.desk_queries import list_waiting_words
from portal.giving.gateways.registry import list_gateways
from portal.giving.gift_table import (
    WANTS,
    GiftFilters,
    every_gift,
    list_campaign_choices,
    list_gifts,
    read_filters,
)
from portal.giving.labels import STATE_LABELS, STATE_TONES
from portal.giving.moderating import WORDS, decide_words
from portal.redaction.dignity import find_hints
from portal.spreadsheets.writing import CSV_TYPE, XLSX_TYPE, stream_csv, write_xlsx

READERS = (Role.FINANCE, Role.SUPERVISOR)


@blueprint.get("/admin/giving", endpoint="list_gifts")
@staff(*READERS)
def show_list() -> str:
    """List the gifts that match."""
    filters = read_filters(request.args)
    after = request.args.get("after", "")
    mark = int(after) if after.isascii() and after.isdigit() and len(after) < 18 else None
    page = list_gifts(filters, mark)
    return render_template(
        "giving/desk/list.html",
        page=page,
        filters=filters,
        choices=_choices(filters),
        next_url=_address(filters, after=page.next_mark) if page.next_mark else None,
        first_url=_address(filters) if mark else None,
        exports=[
            {"label": form.upper(), "url": _address(filters, "giving.export_gifts", form=form)}
            for form in ("csv", "xlsx")
        ],
        state_labels=STATE_LABELS,
        state_tones=STATE_TONES,
        gateway_labels=gateway_labels(),
    )


@blueprint.get("/admin/giving/export.<form>")
@staff(*READERS)
def export_gifts(form: str) -> ResponseReturnValue:
    """Hand the gifts that match out as a CSV or XLSX file without contacts; who took it out is recorded."""
    if form not in ("csv", "xlsx"):
        abort(404)
    filters = read_filters(request.args)
    audit.record(current_actor(), "gifts.export", "list", form, after={"state": filters.state})
    headers = {"Content-Disposition": f"attachment; filename=gifts-{clock.today()}.{form}"}
    if form == "csv":
        body: Any = list(stream_csv(_headers(), _lines(filters)))
        return Response(body, content_type=CSV_TYPE, headers=headers)
    stream = io.BytesIO()
    write_xlsx(stream, _("捐赠"), _headers(), _lines(filters))
    return Response(stream.getvalue(), content_type=XLSX_TYPE, headers=headers)


@blueprint.get("/admin/giving/words")
@staff(Role.MODERATOR)
def list_words() -> str:
    """Show names and messages that wait to be read."""
    return _words_page()


@blueprint.post("/admin/giving/words/<public_id>")
@staff(Role.MODERATOR)
def decide(public_id: str) -> ResponseReturnValue:
    """Show what a donor wrote, or not."""
    is_approved = request.form.get("verdict") == "approve"
    excuse = request.form.get("excuse", "").strip()[:LONGEST_EXCUSE]
    try:
        is_decided = decide_words(current_actor(), public_id, is_approved=is_approved, excuse=excuse or None)
    except WordsHeld as error:
        return _words_page({public_id: held_words(error)}), 422
    if is_decided:
        flash(_("已经公开。") if is_approved else _("没有公开。捐赠不受影响。"), "success")
    else:
        flash(_("别人刚处理过。"), "info")
    return redirect(url_for("giving.list_words"), 303)


def _words_page(problems: dict[str, str] | None = None) -> str:
    words = list_waiting_words()
    marked = {each.public_id: examine((f"gifts.{name}", getattr(each, name)) for name in WORDS) for each in words}
    hints = {
        each.public_id: [
            (text[hint.start : hint.end], hint)
            for text in (getattr(each, name) or "" for name in WORDS)
            for hint in find_hints(text)
        ]
        for each in words
    }
    return render_template("giving/desk/words.html", words=words, marked=marked, hints=hints, problems=problems or {})


def gateway_labels() -> dict[str, Any]:
    """Return what each chosen gateway is called."""
    return {gateway.name: gateway.label for gateway in list_gateways()}


def _choices(filters: GiftFilters) -> dict[str, list[dict[str, Any]]]:
    wants = {
        "refund": _("捐赠人申请退款"),
        "receipt": _("等着开票据"),
        "failed_refund": _("退款没有退成"),
    }
    assert wants.keys() == WANTS.keys()
    return {
        "state": _options(STATE_LABELS, filters.state),
        "campaign": _options(list_campaign_choices(), filters.campaign),
        "gateway": _options(gateway_labels(), filters.gateway),
        "wants": _options(wants, filters.wants),
    }


def _options(labels: Any, chosen: Any) -> list[dict[str, Any]]:
    return [
        {"value": str(value), "label": label, "selected": value == chosen, "count": None}
        for value, label in labels.items()
    ]


def _address(filters: GiftFilters, endpoint: str = "giving.list_gifts", **more: Any) -> str:
    query: dict[str, Any] = {
        "q": filters.text or None,
        "campaign": filters.campaign or None,
        "state": filters.state,
        "gateway": filters.gateway or None,
        "since": filters.since,
        "until": filters.until,
        "wants": filters.wants or None,
    }
    return url_for(endpoint, **(query | more))


def _headers() -> list[str]:
    return [
        _("确认编号"),
        _("项目编号"),
        _("项目"),
        _("金额（元）"),
        _("币种"),
        _("走到哪一步"),
        _("付款方式"),
        _("手续费（元）"),
        _("已退（元）"),
        _("记下的时间"),
        _("付款的时间"),
    ]


def _lines(filters: GiftFilters) -> Iterator[list[Any]]:
    labels = gateway_labels()
    for gift in every_gift(filters):
        yield [
            gift.number,
            gift.campaign_number,
            gift.campaign_title,
            gift.amount_minor / 100,
            gift.currency,
            str(STATE_LABELS[gift.state]),
            str(labels.get(gift.gateway or "", gift.gateway or "")),
            None if gift.fee_minor is None else gift.fee_minor / 100,
            gift.refunded_minor / 100,
            gift.created_at,
            gift.paid_at,
        ]
