"""Desk pages: the counter. A code opens a wish, goods are compared and taken in or turned away, or handed over."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response

from portal.access import current_actor, staff
from portal.accounts.rules import Role
from portal.areas.queries import get_centre
from portal.audit import service as audit
from portal.clock import local_date
from portal.gate.rules import WordsHeld
from portal.gate.service import Subject
from portal.handover import service
from portal.handover.blueprint import blueprint, wish_at
from portal.handover.forms import CounterForm, HandOverForm, ReceiveForm, RefuseForm
from portal.handover.queries import (
    CounterWish,
    find_number_by_drop_off,
    find_number_by_pick_up,
    may_keep_photos,
)
from portal.handover.rules import Checks, Fault, Way, read_code
from portal.handover.throttling import check_wrong_codes, count_wrong_code
from portal.handover.waiting import every_waiting_goods, list_waiting_goods
from portal.i18n import in_language
from portal.photos import PictureRefused, keeping
from portal.spreadsheets.sending import check_ending, export_links, send_table
from portal.wishes.kinds import WishKind
from portal.wishes.rules import WishState, WrongState


@blueprint.route("/admin/counter", methods=["GET", "POST"])
@staff(Role.CENTRE_CLERK)
def counter() -> Any:
    """Take a code; one that opens nothing here gets the same answer whatever is wrong with it."""
    form = CounterForm()
    if form.validate_on_submit():
        check_wrong_codes()
        answer = _open(read_code(form.code.data))
        if answer is not None:
            return answer
        count_wrong_code()
        form.code.errors = [_("这个码打不开本中心的任何物品。请对照着再输一次，或者问问是不是别的中心的。")]
    return render_template(
        "handover/counter.html",
        form=form,
        waiting=list_waiting_goods(current_actor()),
        exports=export_links("handover.export_waiting"),
    )


@blueprint.get("/admin/counter/export.<ending>")
@staff(Role.CENTRE_CLERK)
def export_waiting(ending: str) -> Response:
    """Send what waits at the counter as a spreadsheet, to hang beside the shelf; it names no family."""
    check_ending(ending)
    audit.record(current_actor(), "list.export", "list", "counter")
    headers = [_("心愿编号"), _("物品"), _("从哪天起"), _("怎样交"), _("谁送"), _("期限"), _("已逾期")]
    rows = [
        [
            each.number,
            each.item,
            local_date(each.since),
            _("送货上门") if each.way is Way.HOME else _("等家庭来取"),
            each.deliverer,
            each.due_on,
            _("是") if each.is_overdue else _("否"),
        ]
        for each in every_waiting_goods(current_actor())
    ]
    return send_table("counter", _("等着交给家庭的物品"), headers, rows, ending)


def _open(code: str) -> Any:
    """Answer with the page of what a code opens, or None."""
    actor = current_actor()
    coming = find_number_by_drop_off(actor, code)
    if coming is not None:
        return redirect(url_for("handover.receive", number=coming), 303)
    going = find_number_by_pick_up(actor, code)
    if going is None:
        return None
    wish = wish_at(going, Role.CENTRE_CLERK)
    return _hand_over_page(wish, HandOverForm(formdata=None, code=code))


@blueprint.route("/admin/wishes/<number>/receive", methods=["GET", "POST"])
@staff(Role.CENTRE_CLERK)
def receive(number: str) -> Any:
    """Compare goods with the wish and take them in."""
    wish = wish_at(number, Role.CENTRE_CLERK)
    if wish.kind == WishKind.SERVICE:
        return redirect(url_for("handover.arrange", number=number))
    form = ReceiveForm()
    if not form.validate_on_submit():
        _require_coming(wish)
        return render_template("handover/receive.html", wish=wish, form=form)
    is_told = service.receive_goods(current_actor(), wish.id, Checks(True, True, True), value_minor=form.value_minor)
    flash(_("已经收下，认领人会收到通知。"), "success")
    if is_told:
        flash(_("已经发短信请家庭来取。"), "success")
    else:
        flash(_("这家没有登记手机号，短信发不出去。请打电话或上门告诉他们来取。"), "warning")
    return redirect(url_for("handover.counter"), 303)


@blueprint.route("/admin/wishes/<number>/refuse", methods=["GET", "POST"])
@staff(Role.CENTRE_CLERK)
def refuse(number: str) -> Any:
    """Turn goods away with a reason and, where it helps, a picture of them."""
    wish = wish_at(number, Role.CENTRE_CLERK)
    form = RefuseForm()
    if not form.validate_on_submit():
        _require_coming(wish)
        return render_template("handover/refuse.html", wish=wish, form=form)
    try:
        with keeping(form.photo.content) as photo:
            note = (form.note.data or "").strip()
            fault, excuse = Fault(form.fault.data), form.excuse.data
            service.refuse_goods(current_actor(), wish.id, fault, note=note, photo=photo, excuse=excuse)
    except PictureRefused as refusal:
        form.photo.errors = [refusal.words]
        return render_template("handover/refuse.html", wish=wish, form=form)
    except WordsHeld as error:
        form.show_held(current_actor(), error, Subject("wish", number, "refusal"))
        return render_template("handover/refuse.html", wish=wish, form=form)
    flash(_("已经记下，认领人会收到原因和新的交货码。请把东西还给送来的人。"), "success")
    return redirect(url_for("handover.counter"), 303)


@blueprint.route("/admin/wishes/<number>/hand-over", methods=["GET", "POST"])
@staff(Role.CENTRE_CLERK, Role.NEED_REPORTER)
def hand_over(number: str) -> Any:
    """Hand goods over against the family's pick-up code or its signature, at the counter or at the door."""
    wish = wish_at(number, Role.CENTRE_CLERK, Role.NEED_REPORTER)
    form = HandOverForm()
    if not form.validate_on_submit():
        return _hand_over_page(wish, form)
    return _hand_over(wish, form)


def _hand_over(wish: CounterWish, form: HandOverForm) -> Any:
    code = read_code(form.code.data or "") or None
    if code is not None:
        check_wrong_codes()
    try:
        with keeping(form.slip.content) as slip:
            service.hand_over(current_actor(), wish.id, code=code, slip=slip, is_signed=form.is_signed.data)
    except PictureRefused as refusal:
        form.slip.errors = [refusal.words]
    except service.ConsentMissing:
        form.slip.errors = [_("这家没有同意拍照。请不要传照片，把签好的纸留在中心就行。")]
    except service.CodeWrong:
        count_wrong_code()
        form.code.errors = [_("取货码不对，请对照家庭的短信或页面再输一次。")]
    else:
        flash(_("已经交给家庭。请告诉他们：用查询码说一声收到了，心愿才好办结。"), "success")
        return _after_hand_over(wish)
    return _hand_over_page(wish, form)


def _hand_over_page(wish: CounterWish, form: HandOverForm) -> str:
    if wish.state is not WishState.RECEIVED:
        raise WrongState("nothing waits at the counter")
    return render_template("handover/hand_over.html", wish=wish, form=form, may_keep_photos=may_keep_photos(wish.id))


def _after_hand_over(wish: CounterWish) -> Response:
    is_clerk = current_actor().may({Role.CENTRE_CLERK}, wish.service_centre_id)
    return redirect(url_for("handover.counter" if is_clerk else "handover.list_deliveries"), 303)


@blueprint.get("/admin/wishes/<number>/slip")
@staff(Role.CENTRE_CLERK, Role.NEED_REPORTER)
def slip(number: str) -> str:
    """Show a slip to print and have signed, in the family's language; it names the wish and nobody."""
    with in_language("zh"):
        wish = wish_at(number, Role.CENTRE_CLERK, Role.NEED_REPORTER)
        drawn = render_template("handover/slip_sheets.html", wish=wish, centre=get_centre(wish.service_centre_id))
    # The template has escaped what it shows.
    return render_template("handover/slip.html", sheets=Markup(drawn), number=number)  # noqa: S704


def _require_coming(wish: CounterWish) -> None:
    """Refuse the page of goods that nobody is to bring, or that are here already."""
    if request.method == "GET" and wish.state not in (WishState.PLEDGED, WishState.PROCURING):
        raise WrongState("nobody is to bring this now")
