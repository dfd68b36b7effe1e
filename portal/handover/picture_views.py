"""Pictures that were kept: goods turned away, signed slips. Only for the centre's staff and the pledger concerned."""

from flask import Response, abort
from sqlalchemy import select

from portal.access import current_actor, private_link, staff
from portal.accounts.rules import Role
from portal.audit import service as audit
from portal.codes import read_private_token
from portal.db import session
from portal.handover.blueprint import blueprint
from portal.handover.models import Acknowledgement, Delivery, Receipt
from portal.handover.queries import find_refusal_photo
from portal.photos import PictureMissing, open_picture
from portal.pledges.queries import find_pledge_id
from portal.wishes.models import Wish


@blueprint.get("/admin/pictures/goods/<int:receipt_id>")
@staff(Role.CENTRE_CLERK, Role.MODERATOR)
def show_goods(receipt_id: int) -> Response:
    """Show goods that were turned away."""
    receipt = session().get(Receipt, receipt_id)
    return _show(receipt.wish_id if receipt else None, receipt.photo if receipt else None)


@blueprint.get("/admin/pictures/slips/<int:delivery_id>")
@staff(Role.CENTRE_CLERK, Role.MODERATOR)
def show_slip(delivery_id: int) -> Response:
    """Show the slip that was signed at a hand-over."""
    delivery = session().get(Delivery, delivery_id)
    return _show(delivery.wish_id if delivery else None, delivery.slip if delivery else None)


@blueprint.get("/admin/pictures/answers/<int:acknowledgement_id>")
@staff(Role.CENTRE_CLERK, Role.MODERATOR)
def show_answer_slip(acknowledgement_id: int) -> Response:
    """Show the slip that spoke for a family."""
    answer = session().get(Acknowledgement, acknowledgement_id)
    return _show(answer.wish_id if answer else None, answer.slip if answer else None)


@blueprint.get("/pledges/<token>/goods.jpg")
@private_link
def show_own_goods(token: str) -> Response:
    """Show a pledger the goods that were turned away, by the pledge's private address."""
    public_id = read_private_token("pledge", token)
    pledge_id = find_pledge_id(public_id) if public_id else None
    photo = find_refusal_photo(pledge_id) if pledge_id else None
    return _picture(photo)


def _show(wish_id: int | None, name: str | None) -> Response:
    """Answer with a picture to staff of the wish's centre, and note in the trail who looked."""
    found = session().execute(select(Wish.number, Wish.service_centre_id).where(Wish.id == wish_id)).one_or_none()
    if found is None or name is None:
        abort(404)
    actor = current_actor()
    actor.require({Role.CENTRE_CLERK, Role.MODERATOR}, found.service_centre_id)
    response = _picture(name)
    audit.record(actor, "picture.open", "wish", found.number)
    return response


def _picture(name: str | None) -> Response:
    if name is None:
        abort(404)
    try:
        content = open_picture(name)
    except PictureMissing:
        abort(404)
    return Response(content, mimetype="image/jpeg", headers={"Content-Disposition": "inline"})
