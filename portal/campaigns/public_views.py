"""The public pages of campaigns: the list, one campaign, its pictures and vouchers, and the statements."""

import io
from collections.abc import Iterable, Sequence
from typing import Any

from flask import Response, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access import public
from portal.campaigns.blueprint import blueprint
from portal.campaigns.labels import REPORT_LABELS
from portal.campaigns.neighbours import find_giving
from portal.campaigns.page_queries import find_public_picture, read_page
from portal.campaigns.queries import PublicCampaign, find_public_campaign, list_public_campaigns
from portal.campaigns.ratios import MANAGEMENT_CEILING_PERCENT, SPEND_FLOOR_PERCENT
from portal.campaigns.spending_queries import find_public_voucher
from portal.campaigns.statements import (
    campaign_headers,
    campaign_rows,
    campaign_statement,
    foundation_headers,
    foundation_rows,
    foundation_statement,
)
from portal.codes import tidy
from portal.photos import PictureMissing, open_picture
from portal.spreadsheets.writing import CSV_TYPE, XLSX_TYPE, stream_csv, write_xlsx

GIFTS_SHOWN = 12
FORMS = ("csv", "xlsx")


@blueprint.get("/campaigns")
@public
def index() -> ResponseReturnValue:
    """Show all public campaigns: those that take gifts first (慈善法 22-24)."""
    campaigns = list_public_campaigns()
    return render_template(
        "campaigns/index.html",
        taking=[each for each in campaigns if each.takes_gifts],
        others=[each for each in campaigns if not each.takes_gifts],
    )


@blueprint.get("/campaigns/<number>")
@public
def show(number: str) -> ResponseReturnValue:
    """Show one campaign with the facts the law asks for in a fixed place (慈善法 25)."""
    campaign = campaign_at(number)
    if campaign.number != number:
        return redirect(url_for("campaigns.show", number=campaign.number), 301)
    giving = find_giving()
    return render_template(
        "campaigns/show.html",
        c=campaign,
        page=read_page(campaign.number),
        statement=campaign_statement(campaign),
        gifts=giving.list_recent(campaign.number, GIFTS_SHOWN) if giving else (),
        gift_count=giving.count(campaign.number) if giving else 0,
        on_platform=giving.find_on_platform(campaign.number) if giving else None,
        matches=giving.list_matches(campaign.number) if giving else (),
        give_url=giving.address(campaign.number) if giving and campaign.takes_gifts else None,
        report_labels=REPORT_LABELS,
    )


@blueprint.get("/campaigns/<number>/statement")
@public
def show_statement(number: str) -> ResponseReturnValue:
    """Show what came into a campaign's fund, what went out and what it holds."""
    return render_template("campaigns/statement.html", s=campaign_statement(campaign_at(number)))


@blueprint.get("/campaigns/<number>/statement.<form>")
@public
def export_statement(number: str, form: str) -> ResponseReturnValue:
    """Give a campaign's statement as a spreadsheet."""
    statement = campaign_statement(campaign_at(number))
    return _spreadsheet(
        form, f"campaign-{statement.campaign.number}", _("项目账目"), campaign_headers(), campaign_rows(statement)
    )


@blueprint.get("/campaigns/statement")
@public
def show_foundation() -> ResponseReturnValue:
    """Show all campaigns' money beside each other, and the foundation's two legal ratios (慈善法 61)."""
    return render_template(
        "campaigns/foundation.html",
        s=foundation_statement(),
        floor=SPEND_FLOOR_PERCENT,
        ceiling=MANAGEMENT_CEILING_PERCENT,
    )


@blueprint.get("/campaigns/statement.<form>")
@public
def export_foundation(form: str) -> ResponseReturnValue:
    """Give the foundation's statement as a spreadsheet."""
    rows = foundation_rows(foundation_statement())
    return _spreadsheet(form, "foundation", _("基金会账目"), foundation_headers(), rows)


@blueprint.get("/campaigns/<number>/pictures/<public_id>.jpg")
@public
def show_picture(number: str, public_id: str) -> Response:
    """Show a picture of a published update."""
    return _picture(find_public_picture(tidy(number), public_id))


@blueprint.get("/campaigns/<number>/vouchers/<public_id>.jpg")
@public
def show_voucher(number: str, public_id: str) -> Response:
    """Show the redacted voucher of a payment; the original stays sealed."""
    return _picture(find_public_voucher(tidy(number), public_id))


def campaign_at(number: str) -> PublicCampaign:
    """Return a public campaign, or answer that there is none."""
    return find_public_campaign(number) or abort(404)


def _picture(name: str | None) -> Response:
    try:
        content = open_picture(name or abort(404))
    except PictureMissing:
        abort(404)
    return Response(content, mimetype="image/jpeg", headers={"Content-Disposition": "inline"})


def _spreadsheet(form: str, name: str, title: str, headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    if form not in FORMS:
        abort(404)
    disposition = {"Content-Disposition": f'attachment; filename="{name}.{form}"'}
    if form == "csv":
        return Response(b"".join(stream_csv(headers, rows)), content_type=CSV_TYPE, headers=disposition)
    stream = io.BytesIO()
    write_xlsx(stream, title, headers, rows)
    return Response(stream.getvalue(), content_type=XLSX_TYPE, headers=disposition)
