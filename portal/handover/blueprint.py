"""The one blueprint of the counter's pages, and what they all answer when a wish moved on meanwhile."""

from flask import Blueprint, abort
from flask_babel import gettext as _

from portal.access import current_actor
from portal.accounts.rules import Role
from portal.handover.queries import CounterWish, get_counter_wish
from portal.web import error_page
from portal.wishes.rules import WrongState
from portal.wishes.service import WishNotFound

blueprint = Blueprint("handover", __name__)


@blueprint.errorhandler(WrongState)
def on_wrong_state(_error: WrongState) -> tuple[str, int]:
    """Answer whoever came second: nothing was changed."""
    return error_page(409, _("情况刚刚有了变化"), _("您操作的同时，别人也动了同一项内容。请刷新后再看。"))


def wish_at(number: str, *roles: Role) -> CounterWish:
    """Return a wish for somebody who has one of these roles at its service centre; nobody else gets its page."""
    try:
        wish = get_counter_wish(number)
    except WishNotFound:
        abort(404)
    current_actor().require(set(roles), wish.service_centre_id)
    return wish
