"""Desk pages: the end of the way. What a family says is not right is settled, a slip may speak, a moderator closes."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal.access import current_actor, staff
from portal.accounts.rules import Role
from portal.handover import acknowledgements
from portal.handover.blueprint import blueprint, wish_at
from portal.handover.forms import SettleForm, SlipForm
from portal.handover.history import answers_of
from portal.handover.queries import may_keep_photos, needs_new_slip
from portal.handover.rules import Answer, Settlement, Through
from portal.handover.service import ConsentMissing
from portal.photos import PictureRefused, keeping
from portal.pledges.queries import find_live_pledge
from portal.wishes.kinds import WishKind
from portal.wishes.rules import WishState, WrongState


@blueprint.route("/admin/wishes/<number>/settle", methods=["GET", "POST"])
@staff(Role.CENTRE_CLERK)
def settle(number: str) -> Any:
    """Settle what a family says is not right."""
    wish = wish_at(number, Role.CENTRE_CLERK)
    if request.method == "GET" and wish.state is not WishState.REOPENED:
        raise WrongState("nothing to settle")
    form = SettleForm()
    form.offer(_ways(wish.id, wish.kind))
    if not form.validate_on_submit():
        answers = answers_of(wish.id, with_notes=True)
        return render_template("handover/settle.html", wish=wish, form=form, answers=answers)
    note = (form.note.data or "").strip() or None
    acknowledgements.settle_reopened(current_actor(), wish.id, Settlement(form.how.data), note)
    flash(_("处理已经记下。"), "success")
    return _back(number)


def _ways(wish_id: int, kind: str) -> list[Settlement]:
    """Return what is possible: only a live pledge can bring another, and only its goods can be found."""
    if find_live_pledge(wish_id) is None:
        return [Settlement.REPUBLISH, Settlement.REFER]
    return [way for way in Settlement if way is not Settlement.FIND or kind == WishKind.GOODS]


@blueprint.route("/admin/wishes/<number>/confirm-by-slip", methods=["GET", "POST"])
@staff(Role.CENTRE_CLERK)
def confirm_by_slip(number: str) -> Any:
    """Let a signed slip speak for a family that did not answer in time."""
    wish = wish_at(number, Role.CENTRE_CLERK)
    form = SlipForm()
    if form.validate_on_submit():
        try:
            with keeping(form.slip.content) as slip:
                acknowledgements.acknowledge(current_actor(), wish.id, Answer.RECEIVED, Through.SLIP, slip=slip)
        except PictureRefused as refusal:
            form.slip.errors = [refusal.words]
        except ConsentMissing:
            form.slip.errors = [_("这家没有同意拍照，不能传签收单照片。请打电话问一问，再代记答复。")]
        except acknowledgements.SlipMissing:
            form.slip.errors = [_("交接时没有签收单。请补签一张并拍照上传，或者打电话问过家庭再代记答复。")]
        except acknowledgements.TooSoon:
            form.slip.errors = [_("还在等家庭自己答复的日子里，签收单暂时不能代替。")]
        else:
            flash(_("已经按签收单确认，等审核员办结。"), "success")
            return _back(number)
    return render_template(
        "handover/confirm_by_slip.html",
        wish=wish,
        form=form,
        needs_new_slip=needs_new_slip(wish.id),
        may_keep_photos=may_keep_photos(wish.id),
    )


@blueprint.post("/admin/wishes/<number>/close")
@staff(Role.MODERATOR)
def close(number: str) -> Response:
    """Close a wish on the family's yes."""
    wish = wish_at(number, Role.MODERATOR)
    acknowledgements.close_wish(current_actor(), wish.id)
    flash(_("心愿 %(number)s 已经办结，认领人会收到感谢。", number=number), "success")
    return _back(number)


def _back(number: str) -> Response:
    return redirect(url_for("admin.show_wish", number=number), 303)
