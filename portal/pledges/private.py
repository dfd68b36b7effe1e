"""The pledger's own pages: one pledge, one promise, a person's list, and the way back to a lost link."""

from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from portal.access import private_link, public, signed_in
from portal.limits.service import get_limits
from portal.pledges.blueprint import blueprint, named_by, pledging_actor
from portal.pledges.finding import send_links
from portal.pledges.forms import CancelForm, ContactForm, SentForm, TimesForm
from portal.pledges.numbers import read_numbers
from portal.pledges.pages import OwnPledge, get_own_pledge, get_own_promise, list_steps
from portal.pledges.pledgers import contact_hash
from portal.pledges.queries import find_pledge_id, list_promises_of
from portal.pledges.service import begin_all, begin_procuring, cancel_pledge, extend_pledge, propose_times, say_sent
from portal.pledges.sheets import parcel_lines, promise_sheet
from portal.pledges.stages import stages_of
from portal.pledges.throttling import SEARCHES_OF_A_RANGE, throttle_letters
from portal.publication.queries import PublicWish, list_by_numbers
from portal.qr import qr_svg
from portal.spreadsheets.writing import XLSX_TYPE
from portal.throttle.service import TooManyTries, address_range, count_try
from portal.web import counter_address


@blueprint.get("/<token>")
@private_link
def show(token: str) -> ResponseReturnValue:
    """Show one pledge: what comes next, until when, where to."""
    return _page(token)


@blueprint.post("/<token>/procure")
@private_link
def procure(token: str) -> ResponseReturnValue:
    """Note that the pledger has contacted the centre and is getting the thing."""
    begin_procuring(pledging_actor(), _pledge_id(token))
    flash(_("记下了，谢谢。接下来的日期在下面。"), "success")
    return _back(token)


@blueprint.post("/<token>/extend")
@private_link
def extend(token: str) -> ResponseReturnValue:
    """Take the one extension; pressed twice, it is still one."""
    pledge = get_own_pledge(_pledge_id(token))
    if pledge.is_in_hand and pledge.is_extended:
        flash(_("这个认领已经延过一次，现在的日期在下面。"), "info")
        return _back(token)
    extend_pledge(pledging_actor(), pledge.id)
    flash(_("已经延期，新的日期在下面。"), "success")
    return _back(token)


@blueprint.post("/<token>/sent")
@private_link
def sent(token: str) -> ResponseReturnValue:
    """Note that the thing is on its way."""
    form = SentForm(prefix="sent")
    if not form.validate_on_submit():
        return _page(token, sent_form=form), 422
    say_sent(pledging_actor(), _pledge_id(token), form.parcel_number.data)
    flash(_("记下了。服务中心收到后，我们马上告诉您。"), "success")
    return _back(token)


@blueprint.post("/<token>/times")
@private_link
def times(token: str) -> ResponseReturnValue:
    """Note when the pledger could do a service."""
    form = TimesForm(prefix="times")
    if not form.validate_on_submit():
        return _page(token, times_form=form), 422
    propose_times(pledging_actor(), _pledge_id(token), form.times.data)
    flash(_("记下了。服务中心会和受助的人商量，约好后告诉您。"), "success")
    return _back(token)


@blueprint.post("/<token>/cancel")
@private_link
def cancel(token: str) -> ResponseReturnValue:
    """Give the wish back to the pool."""
    form = CancelForm(prefix="cancel")
    if not form.validate_on_submit():
        return _page(token, cancel_form=form), 422
    cancel_pledge(pledging_actor(), _pledge_id(token), (form.reason.data or "").strip() or None)
    flash(_("已经取消，心愿回到了列表里。"), "success")
    return _back(token)


@blueprint.get("/promises/<token>")
@private_link
def promise(token: str) -> ResponseReturnValue:
    """Show a promise with all of its pledges, by service centre; one wish alone has its own page."""
    own, lost = get_own_promise(named_by("promise", token)), lost_wishes()
    if len(own.pledges) == 1 and not lost:
        return redirect(url_for("pledges.show", token=own.pledges[0].token), 303)
    by_centre: dict[int, list[OwnPledge]] = {}
    for pledge in own.pledges:
        by_centre.setdefault(pledge.wish.centre.id if pledge.wish.centre else 0, []).append(pledge)
    return render_template("pledges/promise.html", promise=own, groups=list(by_centre.values()), lost=lost)


@blueprint.get("/promises/<token>/list.xlsx")
@private_link
def promise_list(token: str) -> ResponseReturnValue:
    """Hand out what was promised as a spreadsheet to buy and deliver by."""
    answer = Response(promise_sheet(get_own_promise(named_by("promise", token))), mimetype=XLSX_TYPE)
    answer.headers["Content-Disposition"] = 'attachment; filename="pledges.xlsx"'
    return answer


@blueprint.post("/promises/<token>/procure")
@private_link
def procure_all(token: str) -> ResponseReturnValue:
    """Note for all pledges of a promise that the pledger is getting the things."""
    count = begin_all(pledging_actor(), named_by("promise", token))
    if count:
        text = ngettext(
            "记下了 %(num)s 个，谢谢。接下来的日期在下面。", "记下了 %(num)s 个，谢谢。接下来的日期在下面。", count
        )
        flash(text, "success")
    return redirect(url_for("pledges.promise", token=token), 303)


@blueprint.get("/mine")
@signed_in
def mine() -> ResponseReturnValue:
    """List the promises of the signed-in person."""
    return render_template("pledges/mine.html", lines=list_promises_of(current_user.id))


@blueprint.get("/find")
@public
def find() -> ResponseReturnValue:
    """Ask for the contact to which lost links are sent."""
    return render_template("pledges/find.html", form=ContactForm(), is_done=False)


@blueprint.post("/find")
@public
def send_found() -> ResponseReturnValue:
    """Send the links of a contact, if it has any; the answer is the same either way."""
    form = ContactForm()
    if not form.validate_on_submit():
        return render_template("pledges/find.html", form=form, is_done=False), 422
    count_try(SEARCHES_OF_A_RANGE, address_range())
    try:
        throttle_letters(contact_hash(form.read.receiver))
    except TooManyTries:
        # The owner of the contact has the links already; saying so here would tell a stranger.
        pass
    else:
        send_links(form.read)
    return render_template("pledges/find.html", form=form, is_done=True)


def lost_wishes() -> tuple[PublicWish, ...]:
    """Return the wishes that the address says were gone when the rest was taken."""
    return list_by_numbers(list(read_numbers(" ".join(request.args.getlist("lost"))).numbers))


def _pledge_id(token: str) -> int:
    pledge_id = find_pledge_id(named_by("pledge", token))
    return pledge_id or abort(404)


def _back(token: str) -> ResponseReturnValue:
    return redirect(url_for("pledges.show", token=token), 303)


def _page(token: str, **forms: Any) -> str:
    pledge = get_own_pledge(_pledge_id(token))
    given = {
        "sent_form": SentForm(prefix="sent"),
        "times_form": TimesForm(prefix="times"),
        "cancel_form": CancelForm(prefix="cancel"),
    } | forms
    return render_template(
        "pledges/show.html",
        pledge=pledge,
        token=token,
        stages=stages_of(pledge),
        steps=list_steps(pledge.id),
        qr=qr_svg(counter_address(pledge.code)) if pledge.code else None,
        parcel=parcel_lines(pledge.wish.centre) if pledge.code and pledge.wish.centre else (),
        limits=get_limits(),
        **given,
    )
