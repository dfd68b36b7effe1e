"""The donor's page of a bank transfer: where to, how much, which reference, and what comes next."""

from flask import current_app, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access import private_link
from portal.config import Settings
from portal.formats import money
from portal.giving.blueprint import blueprint, named_by
from portal.giving.own_queries import get_own_gift
from portal.giving.transferring import find_reference
from portal.qr import qr_svg


@blueprint.get("/gifts/<token>/transfer")
@private_link
def transfer(token: str) -> ResponseReturnValue:
    """Show how to transfer; once it has arrived, or is not waited for, show the gift instead."""
    public_id = named_by("gift", token)
    reference = find_reference(public_id)
    if reference is None:
        return redirect(url_for("giving.gift", token=token), 303)
    settings: Settings = current_app.config["PORTAL"]
    gift = get_own_gift(public_id)
    account = {
        _("户名"): settings.bank_account_name,
        _("开户行"): settings.bank_name,
        _("账号"): settings.bank_account,
        _("金额"): money(gift.amount_minor, gift.currency),
        _("附言"): reference,
    }
    told = "\n".join(f"{label} {value}" for label, value in account.items())
    return render_template(
        "giving/transfer.html", gift=gift, token=token, account=account, reference=reference, qr=qr_svg(told)
    )
