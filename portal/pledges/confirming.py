"""Pages between a guest's promise and its confirmation: a mail or code on its way, the button, the way back."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access import private_link
from portal.codes import private_token
from portal.pledges.blueprint import blueprint, named_by, pledging_actor
from portal.pledges.forms import CodeForm
from portal.pledges.pages import OwnPromise, get_own_promise
from portal.pledges.private import lost_wishes
from portal.pledges.promising import CodeAnswer, HoldExpired, ask_again, cancel_hold, confirm_by_code, confirm_promise
from portal.pledges.throttling import CODES_OF_A_RANGE, throttle_letters
from portal.throttle.service import address_range, count_try


@blueprint.get("/waiting/<token>")
@private_link
def waiting(token: str) -> ResponseReturnValue:
    """Say that a mail or a code is on its way; the code is typed here."""
    return _waiting_page(token, get_own_promise(named_by("promise-waiting", token)), CodeForm())


@blueprint.post("/waiting/<token>/code")
@private_link
def enter_code(token: str) -> ResponseReturnValue:
    """Confirm by the code of a short message."""
    public_id, form = named_by("promise-waiting", token), CodeForm()
    if not form.validate_on_submit():
        return _waiting_page(token, get_own_promise(public_id), form, 422)
    count_try(CODES_OF_A_RANGE, address_range())
    answer = confirm_by_code(public_id, form.code.data)
    if answer is CodeAnswer.CONFIRMED:
        return redirect(url_for("pledges.promise", token=private_token("promise", public_id)), 303)
    if answer is not CodeAnswer.EXPIRED:
        used_up = answer is CodeAnswer.USED_UP
        form.code.errors = [
            _("试的次数用完了，这个确认码已经作废。可以先把心愿放回去，再认领一次。")
            if used_up
            else _("确认码不对，请再看一下短信。")
        ]
    return _waiting_page(token, get_own_promise(public_id), form, 422)


@blueprint.post("/waiting/<token>/again")
@private_link
def send_again(token: str) -> ResponseReturnValue:
    """Send the link or a new code once more."""
    promise = get_own_promise(named_by("promise-waiting", token))
    throttle_letters(promise.contact_hash)
    try:
        ask_again(promise.public_id)
    except HoldExpired:
        return _waiting_page(token, promise, CodeForm())
    flash(_("又发了一次，请稍等一两分钟再看。"), "success")
    return redirect(url_for("pledges.waiting", token=token), 303)


@blueprint.post("/waiting/<token>/cancel")
@private_link
def release_hold(token: str) -> ResponseReturnValue:
    """Give held wishes back, so that a slip in the contact can be mended at once."""
    numbers = cancel_hold(pledging_actor(), named_by("promise-waiting", token))
    flash(_("心愿已经放回去了。需要的话，改好联系方式可以重新认领。"), "info")
    return redirect(url_for("pledges.new", wish=numbers), 303)


@blueprint.get("/confirm/<token>")
@private_link
def confirm(token: str) -> ResponseReturnValue:
    """Ask for the button press that confirms; opening alone confirms nothing, as mail scanners open links too."""
    promise = get_own_promise(named_by("promise-confirm", token))
    if promise.is_confirmed:
        return redirect(url_for("pledges.promise", token=promise.token), 303)
    if not promise.is_held:
        return _gone_page(promise), 410
    return render_template("pledges/confirm.html", promise=promise, token=token)


@blueprint.post("/confirm/<token>")
@private_link
def confirm_now(token: str) -> ResponseReturnValue:
    """Confirm a promise by the link of a mail."""
    public_id = named_by("promise-confirm", token)
    try:
        confirm_promise(public_id)
    except HoldExpired:
        return _gone_page(get_own_promise(public_id)), 410
    return redirect(url_for("pledges.promise", token=private_token("promise", public_id)), 303)


def _waiting_page(token: str, promise: OwnPromise, form: CodeForm, status: int = 200) -> tuple[str, int]:
    if not promise.is_confirmed and not promise.is_held:
        return _gone_page(promise), 410
    page = render_template("pledges/waiting.html", promise=promise, token=token, form=form, lost=lost_wishes())
    return page, status


def _gone_page(promise: OwnPromise) -> str:
    return render_template("pledges/gone.html", promise=promise)
