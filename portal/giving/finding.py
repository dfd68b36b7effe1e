"""A donor's history: by a link that is sent to the mail address, or signed in; and the check of a confirmation."""

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal import clock
from portal.access import private_link, public, signed_in
from portal.codes import CodeMistyped, private_token, read_gift_number, tidy
from portal.giving.blueprint import blueprint, named_by
from portal.giving.forms import CheckForm, MailForm
from portal.giving.labels import MONTHLY_LABELS, MONTHLY_TONES
from portal.giving.letters import send_links
from portal.giving.making import donor_hash, get_gift
from portal.giving.monthly_queries import list_monthly_of, list_monthly_of_contact
from portal.giving.queries import (
    CheckedGift,
    check_confirmation,
    find_newest_gift,
    list_gifts_of,
    list_gifts_of_contact,
)
from portal.giving.throttling import CHECKS_OF_A_RANGE, LETTERS_TO_A_CONTACT, SEARCHES_OF_A_RANGE
from portal.outbox.service import Address
from portal.throttle.service import TooManyTries, address_range, count_try
from portal.web import absolute_url


@blueprint.get("/gifts/find")
@public
def find() -> ResponseReturnValue:
    """Ask for the mail address to which the history is sent."""
    return render_template("giving/find.html", form=MailForm(), is_done=False)


@blueprint.post("/gifts/find")
@public
def send_found() -> ResponseReturnValue:
    """Send the history's link to a mail address, if it has gifts; the answer is the same either way."""
    form = MailForm()
    if not form.validate_on_submit():
        return render_template("giving/find.html", form=form, is_done=False), 422
    count_try(SEARCHES_OF_A_RANGE, address_range())
    try:
        count_try(LETTERS_TO_A_CONTACT, donor_hash(form.address))
    except TooManyTries:
        # The owner of the address has the link already; saying so here would tell a stranger.
        pass
    else:
        _send(form.address)
    return render_template("giving/find.html", form=form, is_done=True)


@blueprint.get("/gifts/history/<token>")
@private_link
def history(token: str) -> ResponseReturnValue:
    """List all gifts made with the mail address of one of them."""
    newest = get_gift(named_by("gift-history", token))
    return render_template(
        "giving/history.html",
        lines=list_gifts_of_contact(newest.contact_hash),
        monthly=list_monthly_of_contact(newest.contact_hash),
        labels=MONTHLY_LABELS,
        tones=MONTHLY_TONES,
    )


@blueprint.get("/gifts/mine")
@signed_in
def mine() -> ResponseReturnValue:
    """List the gifts of the signed-in person."""
    return render_template(
        "giving/history.html",
        lines=list_gifts_of(current_user.id),
        monthly=list_monthly_of(current_user.id),
        labels=MONTHLY_LABELS,
        tones=MONTHLY_TONES,
    )


@blueprint.get("/gifts/check")
@public
def check() -> ResponseReturnValue:
    """Ask for number and check code of a confirmation."""
    return render_template("giving/check.html", form=CheckForm(), found=None)


@blueprint.post("/gifts/check")
@public
def check_now() -> ResponseReturnValue:
    """Say whether a confirmation is genuine, and what it says."""
    form = CheckForm()
    found = _look_up(form) if form.validate_on_submit() else None
    if found is None and not form.errors:
        form.check_code.errors = [_("编号和校验码对不上。请照着确认函再输一次；还是不对，这张确认函可能不是我们开的。")]
    return render_template("giving/check.html", form=form, found=found), 200 if found else 422


def _send(email: str) -> None:
    newest = find_newest_gift(donor_hash(email))
    if newest is None:
        return
    public_id, locale, _contact = newest
    link = absolute_url("giving.history", token=private_token("gift-history", public_id))
    send_links(Address("mail", email), locale, link, key=f"{public_id}:{clock.now():%Y%m%d%H%M}")


def _look_up(form: CheckForm) -> CheckedGift | None:
    count_try(CHECKS_OF_A_RANGE, address_range())
    try:
        return check_confirmation(read_gift_number(form.number.data or ""), tidy(form.check_code.data or ""))
    except CodeMistyped:
        return None
