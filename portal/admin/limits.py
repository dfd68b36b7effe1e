"""Desk pages: the limits and deadlines an administrator may set."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.access import current_actor, staff
from portal.accounts.rules import Role
from portal.admin.blueprint import blueprint
from portal.limits.rules import TOPIC_LABELS, LimitOutOfBounds, Limits, Topic, check_limit
from portal.limits.service import get_limits, set_limit
from portal.spreadsheets.tidying import tidy

FEN_IN_YUAN = 100


@dataclass(slots=True)
class LimitRow:
    """One limit as the page shows it; amounts of money in yuan. `typed` is what stands in the field."""

    name: str
    topic: Topic
    label: Any
    unit: Any
    low: str
    high: str
    default: str
    typed: str
    error: str = ""


@blueprint.route("/limits", methods=["GET", "POST"])
@staff(Role.ADMINISTRATOR)
def list_limits() -> ResponseReturnValue:
    """Show all limits and take what an administrator changed: everything that is wrong is said, then nothing is set."""
    if request.method == "GET":
        return _page(_rows({}), wrong=0)
    rows = _rows(request.form)
    wanted = {row.name: value for row in rows if (value := _read(row)) is not None}
    wrong = sum(bool(row.error) for row in rows)
    if wrong:
        return _page(rows, wrong), 422
    _tell(_set_changed(wanted))
    return redirect(url_for("admin.list_limits"))


def _page(rows: list[LimitRow], wrong: int) -> str:
    topics = [(topic, label, [row for row in rows if row.topic is topic]) for topic, label in TOPIC_LABELS.items()]
    return render_template("admin/limits.html", topics=topics, wrong=wrong)


def _rows(typed: Mapping[str, str]) -> list[LimitRow]:
    now = get_limits()
    return [
        _row(item.name, item.metadata, item.default, typed.get(item.name), getattr(now, item.name))
        for item in fields(Limits)
    ]


def _row(name: str, about: Mapping[str, Any], default: Any, typed: str | None, value: int) -> LimitRow:
    return LimitRow(
        name=name,
        topic=about["topic"],
        label=about["label"],
        unit=_("元") if _is_money(name) else about["unit"],
        low=_shown(name, about["low"]),
        high=_shown(name, about["high"]),
        default=_shown(name, default),
        typed=_shown(name, value) if typed is None else typed,
    )


def _is_money(name: str) -> bool:
    return name.endswith("_minor")


def _shown(name: str, value: int) -> str:
    """Return a limit's value as it is typed: fen as yuan, with fen only where there are some."""
    if not _is_money(name):
        return str(value)
    yuan = Decimal(value) / FEN_IN_YUAN
    return str(yuan.quantize(Decimal(1)) if yuan == yuan.to_integral_value() else yuan.quantize(Decimal("0.01")))


def _read(row: LimitRow) -> int | None:
    """Return the value somebody typed, or None with the reason beside it."""
    try:
        number = Decimal(tidy(row.typed)) * (FEN_IN_YUAN if _is_money(row.name) else 1)
        if number != number.to_integral_value():
            raise InvalidOperation
        return check_limit(row.name, int(number))
    except (InvalidOperation, ValueError, OverflowError) as error:
        if isinstance(error, LimitOutOfBounds):
            row.error = _("要在 %(low)s 到 %(high)s 之间。", low=row.low, high=row.high)
        else:
            row.error = _("请填一个数字。")
        return None


def _set_changed(wanted: Mapping[str, int]) -> int:
    now = get_limits()
    changed = {name: value for name, value in wanted.items() if getattr(now, name) != value}
    for name, value in changed.items():
        set_limit(current_actor(), name, value)
    return len(changed)


def _tell(count: int) -> None:
    if count:
        flash(ngettext("已改 %(num)s 项，从现在起生效。", "已改 %(num)s 项，从现在起生效。", count), "success")
    else:
        flash(_("没有改动。"), "info")
