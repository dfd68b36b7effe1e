"""The one blueprint of campaigns' pages, public and of the desk, and what they answer when something moved on."""

from flask import Blueprint
from flask_babel import gettext as _

from portal.campaigns.rules import CampaignMovedOn
from portal.campaigns.service import CampaignNotFound
from portal.campaigns.spending import DisbursementMovedOn, DisbursementNotFound
from portal.campaigns.telling import NotWaiting
from portal.campaigns.years import YearNotFound
from portal.web import error_page

blueprint = Blueprint("campaigns", __name__)


@blueprint.errorhandler(CampaignMovedOn)
@blueprint.errorhandler(DisbursementMovedOn)
@blueprint.errorhandler(NotWaiting)
def on_moved_on(_error: Exception) -> tuple[str, int]:
    """Answer whoever came second: nothing was changed."""
    return error_page(409, _("情况刚刚有了变化"), _("您操作的同时，别人也动了同一项内容。请刷新后再看。"))


@blueprint.errorhandler(CampaignNotFound)
@blueprint.errorhandler(DisbursementNotFound)
@blueprint.errorhandler(YearNotFound)
def on_not_found(_error: Exception) -> tuple[str, int]:
    """Answer for what is not there."""
    return error_page(404, _("没有找到这一页"), _("地址可能有误，或者内容已经撤下。"))
