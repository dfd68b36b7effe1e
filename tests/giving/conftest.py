"""Stripe's twin, for tests of giving that choose it; nothing is started unless asked for."""

from collections.abc import Iterator
from typing import Any

import pytest

from portal.giving.gateways.stripe_messages import KINDS
from tests.giving.twin.account import Account
from tests.giving.twin.server import SECRET_KEY, WEBHOOK_SECRET, Twin, run_twin
from tests.plumbing.clocks import SharedClock


@pytest.fixture
def twin(clock: SharedClock) -> Iterator[Twin]:
    """Return Stripe's twin on a port of this machine, living by the portal's clock."""
    with run_twin(clock.now, KINDS) as twin:
        yield twin


@pytest.fixture
def account(twin: Twin) -> Account:
    """Return the account behind the twin, as its bank side sees it."""
    return twin.account


@pytest.fixture
def stripe_settings(twin: Twin) -> dict[str, Any]:
    """Return settings of a portal whose only way to pay is the twin."""
    return {
        "gateways": "stripe",
        "stripe_secret_key": SECRET_KEY,
        "stripe_webhook_secret": WEBHOOK_SECRET,
        "stripe_api_url": twin.url,
    }
