"""The page where somebody gives the money for one wish, and what giving and wishes show of it."""

from typing import Any

from flask import Flask, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from wtforms.fields.choices import SelectChoice

from portal import clock, codes
from portal.access import private_link, public
from portal.buying import desk_views
from portal.buying.blueprint import blueprint
from portal.buying.ordering import earmarked_minor
from portal.buying.queries import find_own_purchase, offer_for
from portal.buying.service import find_buyable, give_for_wish, hold, is_under_way, take_back, take_payment
from portal.buying.throttling import HOLDS_OF_A_MAIL, HOLDS_OF_A_RANGE
from portal.campaigns.models import Campaign, DisclosureReport
from portal.campaigns.neighbours import join_earmarks
from portal.campaigns.queries import CampaignForGift, find_wish_fund_for_gift
from portal.giving.blueprint import named_by
from portal.giving.checkout import donor_of, go_on
from portal.giving.forms import GuestWordsForm, WordsForm
from portal.giving.gateways.registry import list_prompt_gateways
from portal.giving.making import CampaignTakesNoGifts, donor_hash
from portal.giving.neighbours import Buying, WishNotFree, join_buying
from portal.giving.throttling import throttle_start
from portal.limits.service import get_limits
from portal.publication.freshness import count_changes_of
from portal.publication.queries import PublicWish
from portal.throttle.service import address_range, count_try

PAGES = (desk_views,)
"""Modules that add their pages to the same blueprint when they are imported."""


def install(app: Flask) -> None:
    """Add this room's pages to the application, and its decisions and words to the rooms below."""
    app.register_blueprint(blueprint)
    join_buying(app, Buying(hold, is_under_way, take_payment))
    join_earmarks(app, earmarked_minor)
    # A wish's page is kept, and tells whether the Wish Fund takes gifts.
    count_changes_of(Campaign, DisclosureReport)
    app.jinja_env.globals.update(offer_for=offer_for, own_purchase=find_own_purchase)


@blueprint.get("/wishes/<number>/give")
@public
def give(number: str) -> ResponseReturnValue:
    """Show what the money buys, what the law wants said, and the form."""
    wish, fund = _wish_and_fund(number)
    form = _form()
    form.key.data = codes.private_token("gift-form", codes.new_public_id())
    return _page(wish, fund, form)


@blueprint.post("/wishes/<number>/give")
@public
def make(number: str) -> ResponseReturnValue:
    """Write the gift down, hold the wish, and send the donor to where it is paid."""
    form = _form()
    if not form.validate_on_submit():
        wish, fund = _wish_and_fund(number)
        return _page(wish, fund, form), 422
    donor = donor_of(form)
    throttle_start(donor_hash(donor.email))
    count_try(HOLDS_OF_A_MAIL, donor_hash(donor.email))
    count_try(HOLDS_OF_A_RANGE, address_range())
    public_id = codes.read_private_token("gift-form", form.key.data or "")
    made = give_for_wish(codes.tidy(number), donor, form.words(), public_id=public_id)
    return go_on(made, form.gateway.data, is_guest=donor.person_id is None)


@blueprint.post("/gifts/<token>/take-back")
@private_link
def take_money_back(token: str) -> ResponseReturnValue:
    """Give the money back that could not buy its wish."""
    take_back(named_by("gift", token))
    flash(_("好的，钱原路退回，一般要几个工作日。谢谢您的心意。"), "success")
    return redirect(url_for("giving.gift", token=token), 303)


def _wish_and_fund(number: str) -> tuple[PublicWish, CampaignForGift]:
    """Return what is to be bought and the fund that buys it.

    Raises WishNotFree, CampaignTakesNoGifts.
    """
    wish, fund = find_buyable(codes.tidy(number)), find_wish_fund_for_gift(clock.today())
    if wish is None:
        raise WishNotFree
    if fund is None or not list_prompt_gateways():
        raise CampaignTakesNoGifts
    return wish, fund


def _form() -> Any:
    form: Any = WordsForm() if current_user.is_authenticated else GuestWordsForm()
    gateways = list_prompt_gateways()
    form.gateway.choices = [SelectChoice(gateway.name, gateway.label) for gateway in gateways]
    if form.gateway.data is None and gateways:
        form.gateway.data = gateways[0].name
    return form


def _page(wish: PublicWish, fund: CampaignForGift, form: Any) -> str:
    limits, gateways = get_limits(), list_prompt_gateways()
    return render_template("buying/give.html", w=wish, fund=fund, form=form, limits=limits, gateways=gateways)
