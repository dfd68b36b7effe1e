"""Which gateways this installation has, by the names its settings choose."""

from collections.abc import Callable

from flask import Flask, current_app

from portal.config import Settings
from portal.giving.gateways.bank_transfer import make_bank_transfer
from portal.giving.gateways.protocol import Gateway
from portal.giving.gateways.sandbox import make_sandbox
from portal.giving.gateways.stripe import make_stripe

GATEWAYS: dict[str, Callable[[Settings], Gateway]] = {
    "sandbox": make_sandbox,
    "bank_transfer": make_bank_transfer,
    "stripe": make_stripe,
}
"""How each gateway that can be chosen is made; another one adds its line here and its name to the settings."""


class GatewayUnknown(LookupError):
    """No gateway of this name was chosen."""


def install_gateways(app: Flask) -> None:
    """Make the chosen gateways, in the order of the settings."""
    settings: Settings = app.config["PORTAL"]
    app.extensions["portal.gateways"] = {name: GATEWAYS[name](settings) for name in settings.chosen_gateways}


def list_gateways() -> list[Gateway]:
    """Return the chosen gateways in the order of the settings."""
    return list(_chosen().values())


def list_prompt_gateways() -> list[Gateway]:
    """Return the chosen gateways by which money comes while a donor waits."""
    return [gateway for gateway in list_gateways() if gateway.is_prompt]


def get_gateway(name: str) -> Gateway:
    """Return a chosen gateway.

    Raises GatewayUnknown.
    """
    try:
        return _chosen()[name]
    except KeyError:
        raise GatewayUnknown(name) from None


def _chosen() -> dict[str, Gateway]:
    chosen: dict[str, Gateway] = current_app.extensions["portal.gateways"]
    return chosen
