"""The one blueprint of giving, shared by its pages; what holds for all of them."""

from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.codes import read_private_token
from portal.giving.making import CampaignTakesNoGifts, GiftNotFound
from portal.giving.receipts import ReceiptMovedOn, ReceiptNotDue
from portal.giving.refunding import GiftNotPaid
from portal.web import error_page

blueprint = Blueprint("giving", __name__)


@blueprint.after_request
def _forbid_storing(response: Response) -> Response:
    """Keep every page of this room out of caches: even the public ones carry a form of one visitor."""
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.errorhandler(GiftNotFound)
def _on_not_found(error: LookupError) -> tuple[str, int]:
    return error_page(404, _("没有找到这笔捐赠"), _("链接可能不完整。请从邮件里重新打开，或者让我们再发一次链接。"))


@blueprint.errorhandler(CampaignTakesNoGifts)
def _on_closed(error: CampaignTakesNoGifts) -> tuple[str, int]:
    return error_page(409, _("这个项目现在不收捐款"), _("它可能还没开始、已经结束，或者暂停了。您没有付任何钱。"))


@blueprint.errorhandler(GiftNotPaid)
@blueprint.errorhandler(ReceiptNotDue)
@blueprint.errorhandler(ReceiptMovedOn)
def _on_moved_on(error: Exception) -> tuple[str, int]:
    return error_page(409, _("情况刚刚有了变化"), _("这一步现在已经不能做了。请回到捐赠页面，看看现在的样子。"))


def named_by(purpose: str, token: str) -> str:
    """Return the public id that a private address names, or answer 404."""
    public_id: Any = read_private_token(purpose, token)
    return public_id or abort(404)


def go_to(address: str) -> ResponseReturnValue:
    """Send a donor to where a gift is paid: at once on this site, by a page with a link to another one.

    Browsers follow a form's answer to addresses of this site only (form-action),
    so that a provider's page is reached by a link and a refresh.
    """
    if address.startswith("/"):
        return redirect(address, 303)
    response = Response(render_template("giving/going.html", address=address))
    response.headers["Refresh"] = f"0; url={address}"
    return response
