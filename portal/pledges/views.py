"""Pages on the way to a promise: choose, read the terms, agree."""

from dataclasses import dataclass
from typing import Any

from flask import Flask, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date, ngettext
from flask_babel import gettext as _
from flask_login import current_user
from wtforms.fields.choices import SelectChoice

from portal import clock
from portal.access import public
from portal.accounts.membership import follow_removals
from portal.accounts.queries import OrganisationOfMember, organisations_of
from portal.codes import new_public_id, private_token, read_private_token
from portal.i18n import language
from portal.limits.service import get_limits
from portal.pledges import confirming, private
from portal.pledges.blueprint import blueprint, pledging_actor
from portal.pledges.contacts import Contact
from portal.pledges.forms import FOR_MYSELF, GuestForm, PersonForm
from portal.pledges.numbers import NumbersRead, read_numbers
from portal.pledges.pledgers import NotCertified, PledgerBlocked, TooManyAtOnce, TooManyOpen
from portal.pledges.promising import PromiseMade, WishesTaken, make_promise
from portal.pledges.queries import list_promises_for, list_promises_of
from portal.pledges.renewing import renew_links
from portal.pledges.rules import Pledger
from portal.pledges.throttling import throttle_promise
from portal.publication.queries import PublicWish, list_by_numbers, similar_open_wishes
from portal.wishes.rules import latest_days
from portal.workdays import last_day

PAGES = (confirming, private)
"""Modules that add their pages to the same blueprint when they are imported."""

SIMILAR_WISHES = 3


@dataclass(frozen=True)
class Choice:
    """What somebody chose: wishes that are free, numbers that are not, and how many were left out as too many."""

    wishes: tuple[PublicWish, ...]
    gone: tuple[str, ...]
    read: NumbersRead
    left_out: int

    @property
    def numbers(self) -> tuple[str, ...]:
        """The numbers of the free wishes."""
        return tuple(wish.number for wish in self.wishes)


def install(app: Flask) -> None:
    """Add this room's pages to the application, and the promises of a person or an organisation to all templates."""
    app.register_blueprint(blueprint)
    follow_removals(app, renew_links)
    app.jinja_env.globals.update(
        own_promises=list_promises_of, promises_for=list_promises_for, private_token=private_token
    )


@blueprint.get("/new")
@public
def new() -> ResponseReturnValue:
    """Show the chosen wishes and the terms before the button."""
    form = _form()
    form.key.data = private_token("promise-form", new_public_id())
    certified = [each for each in _organisations() if each.is_certified]
    if len(certified) == 1:
        form.acting_for.data = str(certified[0].id)
    return _new_page(_choose([*request.args.getlist("wish"), request.args.get("numbers", "")]), form)


@blueprint.post("/new")
@public
def make() -> ResponseReturnValue:
    """Take the wishes for a guest, a person or an organisation; numbers still to be added are shown first."""
    more = request.form.get("numbers", "").strip()
    asked, form = [*request.form.getlist("wish"), more], _form()
    if more or "add" in request.form:
        return _new_page(_choose(asked), form)
    if not form.validate_on_submit():
        return _new_page(_choose(asked), form), 422
    wanted = _read(asked).numbers
    if not wanted:
        return _new_page(_choose(asked), form, refusal=_("请至少选一个心愿。")), 422
    pledger = _pledger(form)
    throttle_promise(pledger, len(wanted))
    public_id = read_private_token("promise-form", form.key.data or "")
    try:
        made = make_promise(pledging_actor(), pledger, wanted, take_free=form.take_free.data, public_id=public_id)
    except WishesTaken as taken:
        return _taken_page(taken), 409
    except (TooManyAtOnce, TooManyOpen, PledgerBlocked, NotCertified) as refused:
        return _new_page(_choose(asked), form, refusal=_words(refused)), 409
    return _after(made, pledger)


def _read(pieces: list[str]) -> NumbersRead:
    return read_numbers(" ".join(pieces))


def _choose(pieces: list[str]) -> Choice:
    read = _read(pieces)
    allowed = get_limits().wishes_per_promise
    numbers = read.numbers[:allowed]
    wishes = tuple(wish for wish in list_by_numbers(list(numbers)) if wish.is_open)
    free = {wish.number for wish in wishes}
    gone = tuple(number for number in numbers if number not in free)
    return Choice(wishes, gone, read, len(read.numbers) - len(numbers))


def _form() -> Any:
    if not current_user.is_authenticated:
        return GuestForm()
    form = PersonForm()
    certified = [SelectChoice(str(each.id), each.name) for each in _organisations() if each.is_certified]
    form.acting_for.choices = [SelectChoice(FOR_MYSELF, _("我自己")), *certified]
    return form


def _organisations() -> list[OrganisationOfMember]:
    return organisations_of(current_user.id) if current_user.is_authenticated else []


def _pledger(form: Any) -> Pledger:
    if not current_user.is_authenticated:
        return Pledger(form.read, form.name.data or None, language())
    acting_for = form.acting_for.data
    return Pledger(
        Contact("mail", current_user.email.lower()),
        current_user.name,
        language(),
        current_user.id,
        None if acting_for == FOR_MYSELF else int(acting_for),
    )


def _after(made: PromiseMade, pledger: Pledger) -> ResponseReturnValue:
    # Who is not signed in has shown nothing yet, even where the same form was confirmed from the mail meanwhile.
    if pledger.is_confirmed:
        token, endpoint = private_token("promise", made.public_id), "pledges.promise"
    else:
        token, endpoint = private_token("promise-waiting", made.public_id), "pledges.waiting"
    return redirect(url_for(endpoint, token=token, lost=made.lost), 303)


def _words(refused: Exception) -> str:
    if isinstance(refused, PledgerBlocked):
        return _(
            "之前有认领没有按时办好，%(day)s前（含当天）请先不要认领新的心愿。手上的认领可以照常办完；有难处请打电话告诉我们。",
            day=format_date(last_day(refused.until), "long"),
        )
    if isinstance(refused, TooManyOpen):
        return _(
            "您手上还有 %(open)s 个心愿没有办完，同时最多 %(allowed)s 个。请先办完一些，或者这次少选几个。",
            open=refused.is_open,
            allowed=refused.allowed,
        )
    if isinstance(refused, TooManyAtOnce):
        return ngettext("一次最多认领 %(num)s 个心愿。", "一次最多认领 %(num)s 个心愿。", refused.allowed)
    return _("这个单位还没有通过认证，暂时不能以它的名义认领。您可以先以个人名义认领。")


def _similar(numbers: tuple[str, ...], but: set[str]) -> list[PublicWish]:
    found: dict[str, PublicWish] = {}
    for number in numbers[:SIMILAR_WISHES]:
        for wish in similar_open_wishes(number, limit=SIMILAR_WISHES):
            if wish.number not in but:
                found.setdefault(wish.number, wish)
    return list(found.values())[: 2 * SIMILAR_WISHES]


def _new_page(choice: Choice, form: Any, *, refusal: str | None = None) -> str:
    return render_template(
        "pledges/new.html",
        choice=choice,
        form=form,
        refusal=refusal,
        limits=get_limits(),
        latest=latest_days(clock.now(), get_limits()),
        waiting_organisations=[each for each in _organisations() if not each.is_certified],
        similar=_similar(choice.gone, set(choice.numbers)),
    )


def _taken_page(taken: WishesTaken) -> str:
    return render_template(
        "pledges/taken.html",
        lost=list_by_numbers(list(taken.lost)),
        free=list_by_numbers(list(taken.free)),
        similar=_similar(taken.lost, set(taken.free)),
    )
