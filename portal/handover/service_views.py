"""Desk pages: services. An appointment is made for both sides, and afterwards the clerk notes that it took place."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from portal.access import current_actor, staff
from portal.accounts.rules import Role
from portal.areas.queries import get_centre
from portal.gate.rules import WordsHeld
from portal.gate.service import Subject
from portal.handover import service
from portal.handover.blueprint import blueprint, wish_at
from portal.handover.forms import AppointmentForm, ServedForm
from portal.handover.queries import CounterWish, may_keep_photos
from portal.photos import PictureRefused, keeping
from portal.pledges.queries import find_live_pledge
from portal.wishes.kinds import WishKind
from portal.wishes.rules import WishState, WrongState


@blueprint.route("/admin/wishes/<number>/appointment", methods=["GET", "POST"])
@staff(Role.CENTRE_CLERK)
def arrange(number: str) -> Any:
    """Set when and where a service takes place."""
    wish = wish_at(number, Role.CENTRE_CLERK)
    _require_service(wish)
    centre = get_centre(wish.service_centre_id)
    form = AppointmentForm(place=centre.name)
    pledge = find_live_pledge(wish.id)
    if form.validate_on_submit():
        try:
            is_told = service.arrange_service(current_actor(), wish.id, form.at, form.place.data, form.excuse.data)
        except WordsHeld as error:
            form.show_held(current_actor(), error, Subject("wish", number, "place"))
        except service.PlaceUnfit:
            form.place.errors = [_("认领人会看到地点，请写公共地方，比如服务中心；不要写门牌和电话。")]
        except service.TimeUnfit:
            form.day.errors = [_("请选一个还没有过去、半年以内的时间。")]
        else:
            flash(_("约好了，认领人会收到通知。"), "success")
            _say_whether_told(is_told)
            return redirect(url_for("admin.show_wish", number=number), 303)
    return render_template("handover/arrange.html", wish=wish, form=form, pledge=pledge, centre=centre)


@blueprint.route("/admin/wishes/<number>/served", methods=["GET", "POST"])
@staff(Role.CENTRE_CLERK)
def served(number: str) -> Any:
    """Note that a service was done."""
    wish = wish_at(number, Role.CENTRE_CLERK)
    _require_service(wish)
    form = ServedForm()
    if form.validate_on_submit():
        try:
            with keeping(form.slip.content) as slip:
                service.record_service_done(current_actor(), wish.id, slip=slip, minutes=form.minutes)
        except PictureRefused as refusal:
            form.slip.errors = [refusal.words]
        except service.ConsentMissing:
            form.slip.errors = [_("这家没有同意拍照。请不要传照片，把签好的纸留在中心就行。")]
        else:
            flash(_("记下了。接下来请家庭说一声做好没有。"), "success")
            return redirect(url_for("admin.show_wish", number=number), 303)
    return render_template("handover/served.html", wish=wish, form=form, may_keep_photos=may_keep_photos(wish.id))


def _say_whether_told(is_told: bool) -> None:
    if is_told:
        flash(_("已经发短信告诉家庭。"), "success")
    else:
        flash(_("这家没有登记手机号，短信发不出去。请打电话或上门告诉他们。"), "warning")


def _require_service(wish: CounterWish) -> None:
    is_open = wish.state in (WishState.PLEDGED, WishState.PROCURING)
    if wish.kind != WishKind.SERVICE or (request.method == "GET" and not is_open):
        raise WrongState("no service to arrange")
