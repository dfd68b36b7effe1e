"""The confirmation of a gift as a page to print; it says that it is no official receipt, and does not look like one."""

import segno
from flask import abort, render_template
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from portal import clock
from portal.access import private_link
from portal.giving.blueprint import blueprint, named_by
from portal.giving.own_queries import get_own_gift
from portal.web import absolute_url


@blueprint.get("/gifts/<token>/receipt")
@private_link
def confirmation(token: str) -> ResponseReturnValue:
    """Show the confirmation of a gift that was paid."""
    own = get_own_gift(named_by("gift", token))
    if not own.is_given:
        abort(404)
    address = absolute_url("giving.check")
    picture = segno.make(address, error="m", micro=False)
    qr = Markup(picture.svg_inline(border=2, omitsize=True))  # noqa: S704 (drawn here from an address of ours)
    return render_template("giving/confirmation.html", gift=own, qr=qr, check_address=address, today=clock.today())
