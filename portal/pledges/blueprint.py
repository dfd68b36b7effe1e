"""The one blueprint of pledges, shared by its pages; what holds for all of them."""

from typing import Any

from flask import Blueprint, Response, abort
from flask_babel import gettext as _
from flask_login import current_user

from portal.access import current_actor
from portal.accounts.rules import PLEDGER, Actor, ActorKind
from portal.codes import read_private_token
from portal.pledges.queries import PledgeNotFound, PromiseNotFound
from portal.web import error_page
from portal.wishes.rules import WrongState

blueprint = Blueprint("pledges", __name__, url_prefix="/pledges")


@blueprint.after_request
def _forbid_storing(response: Response) -> Response:
    """Keep every page of this room out of caches: even the public ones carry a form of one visitor."""
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.errorhandler(WrongState)
def _on_wrong_state(error: WrongState) -> tuple[str, int]:
    return error_page(409, _("情况刚刚有了变化"), _("这一步现在已经不能做了。请回到认领页面，看看现在的样子。"))


@blueprint.errorhandler(PledgeNotFound)
@blueprint.errorhandler(PromiseNotFound)
def _on_not_found(error: LookupError) -> tuple[str, int]:
    return error_page(404, _("没有找到这一页"), _("链接可能不完整。请从邮件或短信里重新打开，或者让我们再发一次链接。"))


def pledging_actor() -> Actor:
    """Return who acts on pledges in this request: always a pledger, even where a member of staff is signed in."""
    return Actor(ActorKind.PLEDGER, current_actor().person_id) if current_user.is_authenticated else PLEDGER


def named_by(purpose: str, token: str) -> str:
    """Return the public id that a private address names, or answer 404."""
    public_id: Any = read_private_token(purpose, token)
    return public_id or abort(404)
