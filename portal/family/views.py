"""Pages of family: in by code, where the wish stands, and what the family may say to it. No script is needed."""

from functools import wraps
from typing import Any

from flask import Blueprint, Flask, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal.access import private_link
from portal.accounts.rules import FAMILY
from portal.codes import CodeMistyped, read_family_code
from portal.family import desk_views, entry, service
from portal.family.acts import collect_form, take_consent, take_way
from portal.family.forms import AnswerForm, CodeForm, ContactForm
from portal.family.queries import get_family_wish, get_masked_contact
from portal.handover.rules import Answer, Through
from portal.handover.service import acknowledge
from portal.households.wording import CONSENT_LABELS, CONSENT_TEXTS
from portal.qr import qr_svg
from portal.throttle.service import Allowance, address_range, check_tries, count_try
from portal.web import counter_address, error_page
from portal.wishes.rules import WrongState

blueprint = Blueprint("family", __name__)

MISSES_NEARBY = Allowance("family-code-nearby", 20, 900)
MISSES_ANYWHERE = Allowance("family-code-anywhere", 2000, 3600)
"""With 80 bits a code is not guessed; the wide allowance only stops somebody who floods the portal with tries."""


def install(app: Flask) -> None:
    """Add this room's pages to the application."""
    app.register_blueprint(blueprint)
    app.register_blueprint(desk_views.blueprint)


@blueprint.errorhandler(WrongState)
def _on_wrong_state(_error: WrongState) -> tuple[str, int]:
    return error_page(409, _("情况刚刚有了变化"), _("您操作的同时，别人也动了同一项内容。请刷新后再看。"))


def _inside(view: Any) -> Any:
    """Hand a view the wish of whoever entered; send everybody else to the door."""

    @wraps(view)
    def run() -> Any:
        wish_id = entry.find_wish()
        if wish_id is None:
            flash(_("为了您的安全，页面打开半小时后就要再输一次查询码。"), "info")
            return redirect(url_for("family.enter"))
        return view(wish_id)

    return run


@blueprint.route("/family", methods=["GET", "POST"])
@private_link
def enter() -> Any:
    """Ask for the family code; a wrong one gets the same answer whatever is wrong with it."""
    form = CodeForm()
    if not form.validate_on_submit():
        return _ask(form)
    try:
        code = read_family_code(form.code.data or "")
    except CodeMistyped:
        return _ask(form, _("这个码好像打错或漏了一个字，请对照纸条再看一遍。"))
    _check_misses()
    wish_id = service.enter(code)
    if wish_id is None:
        _count_miss()
        return _ask(CodeForm(formdata=None), _("没有心愿用这个码。请用最近一次拿到的纸条，再输一次。"))
    entry.remember(service.key_of(code), service.mark_viewed(wish_id))
    return redirect(url_for("family.show"), 303)


def _ask(form: CodeForm, fault: str | None = None) -> str:
    if fault is not None:
        form.code.errors = [fault]
    return render_template("family/enter.html", form=form)


def _check_misses() -> None:
    check_tries(MISSES_NEARBY, address_range())
    check_tries(MISSES_ANYWHERE, "all")


def _count_miss() -> None:
    count_try(MISSES_NEARBY, address_range())
    count_try(MISSES_ANYWHERE, "all")


@blueprint.get("/family/wish")
@_inside
@private_link
def show(wish_id: int) -> str:
    """Show where the wish stands, what comes next and whom to ask."""
    wish = get_family_wish(wish_id)
    qr = qr_svg(counter_address(wish.collecting.code)) if wish.collecting else None
    return render_template("family/wish.html", wish=wish, last_viewed=entry.last_viewed(), qr=qr)


@blueprint.route("/family/wish/answer", methods=["GET", "POST"])
@_inside
@private_link
def answer(wish_id: int) -> Any:
    """Take the family's word on what it got."""
    wish = get_family_wish(wish_id)
    if not wish.answers:
        raise WrongState("nothing to answer")
    form = AnswerForm()
    form.offer(wish.answers)
    if not form.validate_on_submit():
        return render_template("family/answer.html", wish=wish, form=form)
    said = Answer(form.answer.data)
    acknowledge(FAMILY, wish_id, said, Through.CODE, note=form.note.data or None)
    if said is Answer.RECEIVED:
        flash(_("记下了，谢谢您告诉我们。"), "success")
    else:
        flash(_("记下了。服务中心会查清楚，并给您答复。"), "success")
    return _back()


@blueprint.route("/family/wish/collect", methods=["GET", "POST"])
@_inside
@private_link
def collect(wish_id: int) -> Any:
    """Note how and when the family would like to get its goods; home needs its consent."""
    wish = get_family_wish(wish_id)
    form = collect_form(wish)
    if not form.validate_on_submit():
        return render_template("family/collect.html", wish=wish, form=form)
    take_way(FAMILY, wish, form)
    flash(_("记下了，服务中心会照您说的安排。"), "success")
    return _back()


@blueprint.route("/family/wish/contact", methods=["GET", "POST"])
@_inside
@private_link
def contact(wish_id: int) -> Any:
    """Take a new telephone number or address; the old ones are shown masked."""
    form = ContactForm()
    if form.validate_on_submit():
        phone, address = form.phone.data or None, form.address.data or None
        if phone or address:
            service.correct_contact(FAMILY, wish_id, phone=phone, address=address)
            flash(_("改好了。以后的短信会发到新的号码。") if phone else _("改好了。"), "success")
        return _back()
    wish = get_family_wish(wish_id)
    return render_template("family/contact.html", wish=wish, form=form, on_file=get_masked_contact(wish_id))


@blueprint.route("/family/wish/consents", methods=["GET", "POST"])
@_inside
@private_link
def consents(wish_id: int) -> Any:
    """Show what the family agreed to, and take a yes or no for one use."""
    if request.method == "GET":
        return render_template(
            "family/consents.html", wish=get_family_wish(wish_id), labels=CONSENT_LABELS, texts=CONSENT_TEXTS
        )
    take_consent(FAMILY, wish_id)
    return redirect(url_for("family.consents"), 303)


@blueprint.route("/family/wish/withdraw", methods=["GET", "POST"])
@_inside
@private_link
def withdraw(wish_id: int) -> Any:
    """Ask once more, then take the wish back."""
    if request.method == "POST":
        service.withdraw_wish(FAMILY, wish_id)
        flash(_("心愿已经撤回，网上看不到了。"), "success")
        return _back()
    wish = get_family_wish(wish_id)
    if not wish.may_withdraw:
        raise WrongState("too late to withdraw")
    return render_template("family/withdraw.html", wish=wish)


@blueprint.post("/family/leave")
@private_link
def leave() -> Response:
    """Forget the code on this device."""
    entry.leave()
    session.pop("_flashes", None)
    flash(_("已经退出，别人用这台手机或电脑看不到您的心愿。"), "success")
    return redirect(url_for("family.enter"), 303)


def _back() -> Response:
    return redirect(url_for("family.show"), 303)
