"""What a family and a clerk for it do by the same forms: choose a way to get goods, give or withdraw a consent."""

from flask import abort, flash, request
from flask_babel import gettext as _

from portal.accounts.rules import Actor
from portal.family import service
from portal.family.forms import CollectForm
from portal.family.queries import FamilyWish, consent_of, get_collecting
from portal.handover.rules import Way
from portal.handover.service import wish_for_way
from portal.households.models import ConsentUse
from portal.households.wording import CONSENT_LABELS


def collect_form(wish: FamilyWish) -> CollectForm:
    """Return the form by which goods that wait are asked for, filled with what was asked before.

    Raises WrongState when none wait.
    """
    collecting = get_collecting(wish.wish_id)
    form = CollectForm(way=collecting.wished_way, note=collecting.wished_note)
    form.is_shared = bool(consent_of(wish, ConsentUse.SHARE_WITH_DELIVERER).is_given)
    return form


def take_way(actor: Actor, wish: FamilyWish, form: CollectForm) -> None:
    """Note the chosen way, with the consent that home delivery needs.

    Raises WrongState, NotAllowed.
    """
    if form.way.data == Way.HOME and not form.is_shared:
        service.give_consent(actor, wish.wish_id, ConsentUse.SHARE_WITH_DELIVERER)
    wish_for_way(actor, wish.wish_id, Way(form.way.data), form.note.data or None)


def take_consent(actor: Actor, wish_id: int) -> None:
    """Take the yes or no for one use that a page of consents sends.

    Raises WrongState, NotAllowed.
    """
    try:
        use = ConsentUse(request.form.get("use", ""))
    except ValueError:
        abort(400)
    if request.form.get("word") == "yes":
        service.give_consent(actor, wish_id, use)
        flash(_("已经记下：同意%(use)s。", use=CONSENT_LABELS[use]), "success")
    else:
        service.withdraw_consent(actor, wish_id, use)
        flash(_("已经记下：不同意%(use)s，马上生效。", use=CONSENT_LABELS[use]), "success")
