"""Writes what a pledger takes along: the list to buy and deliver by, and what to write on a parcel."""

import io
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from flask import current_app
from flask_babel import gettext as _

from portal.areas.queries import CentreCard
from portal.i18n import in_language
from portal.pledges.pages import OwnPledge, OwnPromise
from portal.spreadsheets.writing import write_xlsx


def promise_sheet(promise: OwnPromise) -> bytes:
    """Return an XLSX file with one row for each wish of a promise, its code and where to bring it, by centre."""
    stream = io.BytesIO()
    write_xlsx(stream, _("认领清单"), _headers(), _rows(promise.pledges))
    return stream.getvalue()


def parcel_lines(centre: CentreCard) -> tuple[str, ...]:
    """Return what to write on a parcel to a service centre: in Chinese, for those who carry it.

    The drop-off code is not among it; it goes inside, where nobody on the way reads it.
    """
    with in_language("zh"):
        to = _("%(centre)s “益同行”收", centre=centre.name)
    return to, current_app.config["PORTAL"].district_name + centre.address, centre.phone


def _headers() -> Sequence[str]:
    return (
        _("心愿编号"),
        _("心愿内容"),
        _("尺码规格"),
        _("数量"),
        _("参考价格（元）"),
        _("进度"),
        _("最晚"),
        _("交货码"),
        _("服务中心"),
        _("地址"),
        _("开放时间"),
        _("电话"),
    )


def _rows(pledges: Sequence[OwnPledge]) -> Iterator[Sequence[Any]]:
    for pledge in sorted(pledges, key=lambda each: each.wish.centre.name_en if each.wish.centre else ""):
        wish, centre = pledge.wish, pledge.wish.centre
        place = (centre.label, centre.address, centre.hours_label, centre.phone) if centre else ("", "", "", "")
        yield (
            wish.number,
            wish.item,
            wish.size,
            wish.quantity,
            Decimal(wish.price_minor) / 100,
            str(pledge.state_label),
            pledge.due_on if pledge.is_in_hand else None,
            pledge.code,
            *place,
        )
