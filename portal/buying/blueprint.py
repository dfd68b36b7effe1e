"""The one blueprint of buying, shared by its pages; what holds for all of them."""

from flask import Blueprint, Response
from flask_babel import gettext as _

from portal.buying.ordering import PurchaseMovedOn, PurchaseNotFound
from portal.buying.service import NothingToChoose
from portal.giving.making import CampaignTakesNoGifts, GiftNotFound
from portal.giving.neighbours import WishNotFree
from portal.web import error_page

blueprint = Blueprint("buying", __name__)


@blueprint.after_request
def _forbid_storing(response: Response) -> Response:
    """Keep every page of this room out of caches: each carries a form of one visitor, or is the desk's."""
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.errorhandler(WishNotFree)
def _on_not_free(error: Exception) -> tuple[str, int]:
    return error_page(
        409, _("这个心愿现在不能代买"), _("它已经有人同行，或者不再公开。您没有付任何钱，还有别的心愿在等。")
    )


@blueprint.errorhandler(CampaignTakesNoGifts)
def _on_closed(error: Exception) -> tuple[str, int]:
    return error_page(409, _("心愿基金现在不收捐款"), _("它可能还没开始、已经结束，或者暂停了。您没有付任何钱。"))


@blueprint.errorhandler(NothingToChoose)
@blueprint.errorhandler(PurchaseMovedOn)
def _on_moved_on(error: Exception) -> tuple[str, int]:
    return error_page(409, _("情况刚刚有了变化"), _("这一步现在已经不能做了。请回到原来的页面，看看现在的样子。"))


@blueprint.errorhandler(GiftNotFound)
@blueprint.errorhandler(PurchaseNotFound)
def _on_not_found(error: LookupError) -> tuple[str, int]:
    return error_page(404, _("没有找到这一页"), _("地址可能有误，或者内容已经撤下。"))
