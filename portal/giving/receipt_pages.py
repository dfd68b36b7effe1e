"""The confirmation of a gift, to print and as a PDF; it says that it is no official receipt, and looks unlike one."""

import segno
from flask import Response, abort, render_template
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from portal import clock
from portal.access import private_link
from portal.giving.blueprint import blueprint, named_by
from portal.giving.confirmation_pdf import draw_confirmation
from portal.giving.own_queries import OwnGift, get_own_gift
from portal.web import absolute_url


@blueprint.get("/gifts/<token>/receipt")
@private_link
def confirmation(token: str) -> ResponseReturnValue:
    """Show the confirmation of a gift that was paid."""
    own = _given(token)
    address = absolute_url("giving.check")
    picture = segno.make(address, error="m", micro=False)
    qr = Markup(picture.svg_inline(border=2, omitsize=True))  # noqa: S704 (drawn here from an address of ours)
    return render_template("giving/confirmation.html", gift=own, qr=qr, check_address=address, today=clock.today())


@blueprint.get("/gifts/<token>/receipt.pdf")
@private_link
def confirmation_pdf(token: str) -> ResponseReturnValue:
    """Give the same as a PDF."""
    own = _given(token)
    content = draw_confirmation(own, absolute_url("giving.check"))
    disposition = f'attachment; filename="donation-{own.number}.pdf"'
    return Response(content, mimetype="application/pdf", headers={"Content-Disposition": disposition})


def _given(token: str) -> OwnGift:
    own = get_own_gift(named_by("gift", token))
    return own if own.is_given else abort(404)
