"""Draws the confirmation of a gift as a PDF: plain, with its number and check code, unlike an official receipt.

The Chinese is set in a font that every reader of PDF brings along, so no font is kept here.
"""

from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

import segno
from flask import current_app
from flask_babel import gettext as _
from reportlab.graphics.shapes import Drawing, Rect
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table

from portal import clock
from portal.config import Settings
from portal.formats import day, money
from portal.giving.own_queries import OwnGift
from portal.i18n import language

FONT = "STSong-Light"
_INK, _QUIET, _LINE = HexColor("#1d2733"), HexColor("#55606e"), HexColor("#c9d0d8")
_QR_SIDE = 34 * mm


def draw_confirmation(gift: OwnGift, check_address: str) -> bytes:
    """Return the confirmation of a gift that was paid, in the reader's language."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    settings: Settings = current_app.config["PORTAL"]
    foundation = settings.foundation_name_en if language() == "en" else settings.foundation_name
    story = [
        _line(foundation, 11, _QUIET),
        Spacer(1, 3 * mm),
        _line(_("捐赠确认函"), 22),
        Spacer(1, 8 * mm),
        _line(_("我们收到了下面这笔捐赠，谢谢。"), 12),
        Spacer(1, 4 * mm),
        _facts(gift),
        Spacer(1, 8 * mm),
        _draw_qr(check_address),
        _line(_("扫一扫，核对真假") + "  " + check_address, 10, _QUIET),
        Spacer(1, 8 * mm),
        _line(_("这是捐赠确认函，不是捐赠票据，不能用来抵税。"), 12),
        _line(_("需要公益事业捐赠统一票据，请在捐赠页面申请。"), 10, _QUIET),
        Spacer(1, 6 * mm),
        _line(_("%(day)s打印", day=day(clock.today())), 9, _QUIET),
    ]
    out = BytesIO()
    page = SimpleDocTemplate(
        out,
        pagesize=A4,
        leftMargin=25 * mm,
        rightMargin=25 * mm,
        topMargin=25 * mm,
        bottomMargin=20 * mm,
        title=_("捐赠确认函"),
        author=foundation,
        lang="en" if language() == "en" else "zh-Hans",
    )
    page.build(story)
    return out.getvalue()


def _facts(gift: OwnGift) -> Table:
    told = [
        (_("确认编号"), gift.number),
        (_("校验码"), gift.check_code),
        (_("捐给哪个项目"), gift.campaign_title),
        (_("金额"), money(gift.amount_minor, gift.currency)),
        (_("捐款到账"), day(gift.given_at)),
        (_("以谁的名义"), gift.honour),
        (_("现在"), gift.state_label),
        (_("公开账本的凭证号"), gift.reference),
    ]
    rows = [[_line(name, 10, _QUIET), _line(str(value), 12)] for name, value in told if value]
    table = Table(rows, colWidths=[45 * mm, 115 * mm], hAlign="LEFT")
    table.setStyle([("LINEBELOW", (0, 0), (-1, -1), 0.4, _LINE), ("VALIGN", (0, 0), (-1, -1), "MIDDLE")])
    return table


def _line(text: Any, size: int, colour: Any = _INK) -> Paragraph:
    style = ParagraphStyle("line", fontName=FONT, fontSize=size, leading=size * 1.5, textColor=colour, wordWrap="CJK")
    return Paragraph(escape(str(text)), style)


def _draw_qr(address: str) -> Drawing:
    modules = [list(row) for row in segno.make(address, error="m", micro=False).matrix]
    side = _QR_SIDE / len(modules)
    drawing = Drawing(_QR_SIDE, _QR_SIDE)
    for down, row in enumerate(modules):
        for across, is_dark in enumerate(row):
            if is_dark:
                top = _QR_SIDE - (down + 1) * side
                drawing.add(Rect(across * side, top, side, side, fillColor=_INK, strokeColor=None, strokeWidth=0))
    return drawing
