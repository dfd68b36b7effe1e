"""Desk pages: goods that are brought home. An address is opened one by one, by whoever brings them, and logged."""

from collections.abc import Collection
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice

from portal.access import current_actor, staff
from portal.accounts.queries import names_of, names_with_role, people_with_role
from portal.accounts.rules import Actor, Role
from portal.handover import deliveries
from portal.handover.blueprint import blueprint, wish_at
from portal.handover.forms import AssignForm, NobodyHomeForm
from portal.handover.queries import CounterWish, may_share_address
from portal.handover.waiting import (
    Waiting,
    find_waiting,
    list_deliveries_of_others,
    list_home_deliveries,
    list_wished_deliveries,
)
from portal.households.service import ConsentMissing
from portal.wishes.rules import WrongState

MOST_AT_ONCE = 200


@blueprint.get("/admin/deliveries")
@staff(Role.CENTRE_CLERK, Role.NEED_REPORTER)
def list_deliveries() -> str:
    """List what this person is to bring home, and for a clerk what others of the centre bring."""
    return _list_page()


@blueprint.post("/admin/deliveries")
@staff(Role.CENTRE_CLERK)
def assign_many() -> Any:
    """Give all ticked goods to one grid worker to bring home; what cannot be is named."""
    picked, chosen = request.form.getlist("pick")[:MOST_AT_ONCE], request.form.get("deliverer", "")
    if not picked:
        return _list_page(problem=_("请先勾选要送的物品。"), chosen=chosen), 422
    if not (chosen.isascii() and chosen.isdigit() and len(chosen) < 15):
        return _list_page(problem=_("请选由谁送上门。"), picked=picked), 422
    done, left = deliveries.assign_deliveries(current_actor(), picked, int(chosen))
    if done:
        flash(ngettext("%(num)s 件安排好了。", "%(num)s 件安排好了。", len(done)), "success")
    if left:
        flash(_("这些没有安排成，请逐个打开来看：%(numbers)s", numbers=_("、").join(left)), "warning")
    return _list()


def _list_page(problem: str | None = None, picked: Collection[str] = (), chosen: str = "") -> str:
    actor = current_actor()
    is_clerk = actor.has_role(Role.CENTRE_CLERK)
    return render_template(
        "handover/deliveries.html",
        mine=list_home_deliveries(actor),
        others=list_deliveries_of_others(actor) if is_clerk else None,
        wished=list_wished_deliveries(actor) if is_clerk else None,
        deliverers=_deliverers(actor) if is_clerk else [],
        problem=problem,
        picked=picked,
        chosen=chosen,
    )


def _deliverers(actor: Actor) -> list[tuple[int, str]]:
    """Return the grid workers of a clerk's centres with their names."""
    people = names_with_role(Role.NEED_REPORTER, actor.centres_of(Role.CENTRE_CLERK))
    return sorted(people.items(), key=lambda each: each[1])


@blueprint.route("/admin/wishes/<number>/delivery", methods=["GET", "POST"])
@staff(Role.CENTRE_CLERK)
def assign(number: str) -> Any:
    """Choose who brings goods home; without the family's consent nobody does."""
    wish = wish_at(number, Role.CENTRE_CLERK)
    waiting = _waiting(wish)
    form = AssignForm(deliverer=str(waiting.deliverer_id or ""))
    form.deliverer.choices = [SelectChoice(value="", label=_("不送上门，在中心等家庭来取")), *_reporters(wish)]
    if not form.validate_on_submit():
        may_share = may_share_address(wish.id)
        return render_template("handover/assign.html", wish=wish, waiting=waiting, form=form, may_share=may_share)
    chosen = int(form.deliverer.data) if form.deliverer.data else None
    try:
        deliveries.assign_delivery(current_actor(), wish.id, chosen)
    except ConsentMissing:
        form.deliverer.errors = [_("家庭还没有同意把住址告诉送货的人，不能送上门。")]
        return render_template("handover/assign.html", wish=wish, waiting=waiting, form=form, may_share=False)
    flash(_("已经安排好。") if chosen else _("改为在中心等家庭来取。"), "success")
    return redirect(url_for("handover.list_deliveries"), 303)


def _reporters(wish: CounterWish) -> list[SelectChoice]:
    """Return who may bring goods of this centre home, as choices."""
    people = [each.person_id for each in people_with_role(Role.NEED_REPORTER, wish.service_centre_id)]
    names = names_of(set(people))
    return [SelectChoice(value=str(person_id), label=names[person_id]) for person_id in people]


@blueprint.get("/admin/deliveries/<number>")
@staff(Role.CENTRE_CLERK, Role.NEED_REPORTER)
def delivery(number: str) -> str:
    """Show one delivery to whoever brings it; the address stays closed until it is asked for."""
    return _delivery_page(wish_at(number, Role.CENTRE_CLERK, Role.NEED_REPORTER))


@blueprint.post("/admin/deliveries/<number>/address")
@staff(Role.CENTRE_CLERK, Role.NEED_REPORTER)
def open_address(number: str) -> Any:
    """Open name, telephone and address for this delivery, and log it."""
    wish = wish_at(number, Role.CENTRE_CLERK, Role.NEED_REPORTER)
    try:
        contact = deliveries.open_address(current_actor(), wish.id)
    except ConsentMissing:
        flash(_("家庭已经不同意送上门，地址不能再打开。请把东西送回中心。"), "warning")
        return redirect(url_for("handover.list_deliveries"), 303)
    return _delivery_page(wish, contact=contact)


@blueprint.post("/admin/deliveries/<number>/nobody-home")
@staff(Role.CENTRE_CLERK, Role.NEED_REPORTER)
def nobody_home(number: str) -> Any:
    """Note that nobody was at home; the goods stay with the deliverer."""
    wish = wish_at(number, Role.CENTRE_CLERK, Role.NEED_REPORTER)
    form = NobodyHomeForm()
    if not form.validate_on_submit():
        return _delivery_page(wish, form=form)
    deliveries.note_nobody_home(current_actor(), wish.id, form.note.data or _("家里没有人"))
    flash(_("记下了。东西请先保管好，约好时间再去一次。"), "success")
    return _list()


def _delivery_page(wish: CounterWish, **values: Any) -> str:
    waiting = _waiting(wish)
    deliveries.require_home_delivery(current_actor(), wish.id)
    values.setdefault("form", NobodyHomeForm(formdata=None))
    return render_template("handover/delivery.html", wish=wish, waiting=waiting, **values)


def _waiting(wish: CounterWish) -> Waiting:
    waiting = find_waiting(wish.id)
    if waiting is None:
        raise WrongState("nothing waits at the counter")
    return waiting


def _list() -> Response:
    return redirect(url_for("handover.list_deliveries"), 303)
