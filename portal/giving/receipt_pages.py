"""What is printed of a gift: its confirmation, which says that it is no official receipt, and a card to pass on."""

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


@blueprint.get("/gifts/<token>/card")
@private_link
def honour_card(token: str) -> ResponseReturnValue:
    """Show a card to print and pass on, with what a moderator read.

    It has neither amount nor day, by which the gift could be found in the
    public ledger, and no number or link of the donor's own page.
    """
    own = _given(token)
    if not own.has_card:
        abort(404)
    address = absolute_url("campaigns.show", number=own.campaign_number)
    picture = segno.make(address, error="m", micro=False)
    qr = Markup(picture.svg_inline(border=2, omitsize=True))  # noqa: S704 (drawn here from an address of ours)
    return render_template("giving/card.html", gift=own, qr=qr, campaign_address=address)


def _given(token: str) -> OwnGift:
    own = get_own_gift(named_by("gift", token))
    return own if own.is_given else abort(404)
