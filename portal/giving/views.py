"""The page where somebody gives: one page, the facts the law wants before the button, no sign-in needed."""

from typing import Any

from flask import Flask, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from wtforms.fields.choices import SelectChoice

from portal import clock
from portal.access import public
from portal.campaigns.neighbours import Giving, join_giving
from portal.campaigns.queries import CampaignForGift, find_campaign_for_gift, takes_gifts_on
from portal.codes import new_public_id, private_token, read_private_token
from portal.formats import money
from portal.giving import (
    bank_pages,
    commitment_desk,
    desk,
    desk_acts,
    donor_pages,
    door,
    finding,
    monthly_desk,
    monthly_pages,
    payout_pages,
    platform_pages,
    receipt_pages,
    transfer_pages,
)
from portal.giving.amounts import Suggestion, suggest_amounts, write_amount
from portal.giving.blueprint import blueprint
from portal.giving.checkout import donor_of, go_on
from portal.giving.commitment_queries import list_public_matches, list_running_matches
from portal.giving.forms import MONTHLY, ONCE, OTHER, GiftForm, GuestGiftForm
from portal.giving.gateways.protocol import GivesMonthly
from portal.giving.gateways.registry import install_gateways, list_gateways
from portal.giving.making import donor_hash, make_gift
from portal.giving.platform_totals import find_on_platform
from portal.giving.recent_gifts import count_gifts, list_recent_gifts
from portal.giving.sandbox.views import blueprint as sandbox_blueprint
from portal.giving.throttling import throttle_start
from portal.giving.units import units_of
from portal.limits.service import get_limits

PAGES = (
    bank_pages,
    commitment_desk,
    desk,
    desk_acts,
    donor_pages,
    door,
    finding,
    monthly_desk,
    monthly_pages,
    payout_pages,
    platform_pages,
    receipt_pages,
    transfer_pages,
)
"""Modules that add their pages to the same blueprint when they are imported."""


def install(app: Flask) -> None:
    """Add this room's pages to the application, and what everybody may see of gifts to campaigns' pages."""
    install_gateways(app)
    app.register_blueprint(blueprint)
    app.register_blueprint(sandbox_blueprint)
    # A provider holds no token of ours; it signs instead.
    app.extensions["csrf"].exempt(door.take)
    join_giving(app, Giving(list_recent_gifts, count_gifts, _address, find_on_platform, list_public_matches))


def _address(number: str) -> str:
    return url_for("giving.give", number=number)


@blueprint.get("/campaigns/<number>/give")
@public
def give(number: str) -> ResponseReturnValue:
    """Show what the money is for, what the law wants said, and the form."""
    campaign = _campaign(number)
    form = _form(campaign)
    form.key.data = private_token("gift-form", new_public_id())
    asked = request.args.get("amount", "")
    if request.args.get("rhythm") == MONTHLY and form.monthly_gateways:
        form.rhythm.data = MONTHLY
    if asked.isascii() and asked.isdigit() and len(asked) < 12:
        _choose(form, int(asked))
    return _page(campaign, form)


@blueprint.post("/campaigns/<number>/give")
@public
def make(number: str) -> ResponseReturnValue:
    """Write the gift down, and send the donor to where it is paid."""
    campaign = _campaign(number)
    form = _form(campaign)
    if not takes_gifts_on(campaign, clock.today()):
        return _page(campaign, form), 409
    if not form.validate_on_submit():
        return _page(campaign, form), 422
    donor = donor_of(form)
    throttle_start(donor_hash(donor.email))
    public_id = read_private_token("gift-form", form.key.data or "")
    made = make_gift(
        campaign.number, form.amount_minor, donor, form.words(), public_id=public_id, is_monthly=form.is_monthly
    )
    return go_on(made, form.gateway.data, is_guest=donor.person_id is None)


def _campaign(number: str) -> CampaignForGift:
    return find_campaign_for_gift(number) or abort(404)


def _form(campaign: CampaignForGift) -> Any:
    form: Any = GiftForm() if current_user.is_authenticated else GuestGiftForm()
    limits = get_limits()
    form.bounds, form.currency = (limits.gift_min_minor, limits.gift_max_minor), campaign.currency
    suggestions = _suggestions(campaign)
    form.amount.choices = [
        *(SelectChoice(str(each.amount_minor), money(each.amount_minor, campaign.currency)) for each in suggestions),
        SelectChoice(OTHER, _("其他金额")),
    ]
    gateways = list_gateways()
    form.gateway.choices = [SelectChoice(gateway.name, gateway.label) for gateway in gateways]
    form.monthly_gateways = tuple(each.name for each in gateways if isinstance(each, GivesMonthly))
    if not form.monthly_gateways:
        form.rhythm.data = ONCE
    if form.gateway.data is None and gateways:
        form.gateway.data = gateways[0].name
    return form


def _choose(form: Any, minor: int) -> None:
    if str(minor) in {choice.value for choice in form.amount.choices}:
        form.amount.data = str(minor)
    else:
        form.amount.data, form.other_amount.data = OTHER, write_amount(minor)


def _suggestions(campaign: CampaignForGift) -> list[Suggestion]:
    limits = get_limits()
    return suggest_amounts(units_of(campaign.number), limits.gift_min_minor, limits.gift_max_minor)


def _page(campaign: CampaignForGift, form: Any) -> str:
    limits = get_limits()
    return render_template(
        "giving/give.html",
        campaign=campaign,
        form=form,
        takes_gifts=takes_gifts_on(campaign, clock.today()) and bool(list_gateways()),
        gateways=list_gateways(),
        notes={str(each.amount_minor): each.achieves for each in _suggestions(campaign) if each.achieves},
        low=limits.gift_min_minor,
        high=limits.gift_max_minor,
        matches=list_running_matches(campaign.number),
    )
