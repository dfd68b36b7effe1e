"""The sandbox's pay page: a card of three to choose, and how it goes; exists only where the sandbox was chosen."""

from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.access import private_link
from portal.giving.gateways.protocol import GatewayRefused, PaymentStatus, ProviderMandate
from portal.giving.sandbox.provider import Checkout, SandboxProvider

CARDS = ("4242", "5555", "6222")

blueprint = Blueprint("sandbox", __name__, url_prefix="/giving/sandbox")


@blueprint.after_request
def _forbid_storing(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/pay/<ref>")
@private_link
def pay(ref: str) -> ResponseReturnValue:
    """Show the pay page, or send back whoever has paid."""
    checkout = _checkout(ref)
    if checkout.status is not PaymentStatus.OPEN:
        return _back(checkout)
    return render_template("giving/sandbox_pay.html", checkout=checkout, cards=CARDS)


@blueprint.post("/pay/<ref>")
@private_link
def choose(ref: str) -> ResponseReturnValue:
    """Let the payment go as the visitor wants it to go."""
    checkout, provider, now = _checkout(ref), _provider(), clock.now()
    card = _card()
    match request.form.get("outcome"):
        case "succeed":
            provider.pay(ref, card, now)
        case "fail":
            provider.decline(ref, card, "card_declined", now)
        case "succeed_then_fail":
            provider.pay(ref, card, now)
            provider.break_planned(ref)
        case "late":
            provider.pay_later(ref, card, now)
        case "step":
            return redirect(url_for("sandbox.step", ref=ref, card=card.removeprefix("card-")), 303)
        case _:
            return redirect(_path(checkout.leave_url), 303)
    return _back(checkout)


@blueprint.get("/pay/<ref>/step")
@private_link
def step(ref: str) -> ResponseReturnValue:
    """Show the bank's second step."""
    checkout = _checkout(ref)
    if checkout.status is not PaymentStatus.OPEN:
        return _back(checkout)
    return render_template("giving/sandbox_step.html", checkout=checkout, card=request.args.get("card", CARDS[0]))


@blueprint.post("/pay/<ref>/step")
@private_link
def pass_step(ref: str) -> ResponseReturnValue:
    """Pass the second step or fail it."""
    checkout, provider, now = _checkout(ref), _provider(), clock.now()
    if request.form.get("outcome") == "succeed":
        provider.pay(ref, _card(), now)
    else:
        provider.decline(ref, _card(), "authentication_failed", now)
    return _back(checkout)


@blueprint.get("/card/<ref>")
@private_link
def card(ref: str) -> ResponseReturnValue:
    """Show the page on which another card is chosen for the months to come."""
    return render_template("giving/sandbox_card.html", mandate=_mandate(ref), cards=CARDS)


@blueprint.post("/card/<ref>")
@private_link
def choose_card(ref: str) -> ResponseReturnValue:
    """Charge the chosen card from now on, and go back."""
    _mandate(ref)
    back = request.args.get("back", "")
    if request.form.get("outcome") == "succeed":
        _provider().new_card(ref, _card(), clock.now())
    return redirect(back if back.startswith("/monthly/") else "/", 303)


def _mandate(ref: str) -> ProviderMandate:
    try:
        return _provider().get_mandate(ref)
    except GatewayRefused:
        abort(404)


def _card() -> str:
    chosen = request.form.get("card", "")
    return f"card-{chosen if chosen in CARDS else CARDS[0]}"


def _provider() -> SandboxProvider:
    sandbox = current_app.extensions["portal.gateways"].get("sandbox")
    return sandbox.provider if sandbox is not None else abort(404)


def _checkout(ref: str) -> Checkout:
    return _provider().checkout(ref) or abort(404)


def _back(checkout: Checkout) -> ResponseReturnValue:
    return redirect(_path(checkout.return_url), 303)


def _path(address: str) -> str:
    """Return the path of an address: the sandbox lives on the site it takes payments for."""
    return urlsplit(address).path
