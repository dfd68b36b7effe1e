"""What the tests of pledges start from: published wishes, and pledges brought to a state by their verbs."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from portal.accounts.rules import PLEDGER
from portal.codes import private_token
from portal.db import session
from portal.pledges.contacts import read_contact
from portal.pledges.models import Pledge
from portal.pledges.queries import find_live_pledge
from portal.pledges.rules import Pledger
from portal.pledges.service import confirm_promise, make_promise
from portal.wishes.rules import WishState
from portal.wishes.service import get_wish
from tests import cast

MAIL = "lin@example.org"


@pytest.fixture
def publish(app: Flask) -> Callable[..., str]:
    """Return a function that publishes one more wish and returns its number."""

    def publish(item: str = "双肩书包", **chosen: Any) -> str:
        with app.app_context():
            return cast.wish(WishState.PUBLISHED, item=item, **chosen).number

    return publish


@pytest.fixture
def pledge(app: Flask, publish: Callable[..., str]) -> Callable[..., tuple[int, int]]:
    """Return a function that publishes wishes and pledges them as a guest; it returns wish and pledge of the first."""

    def pledge(*kinds: str, contact: str = MAIL, locale: str = "zh", is_confirmed: bool = True) -> tuple[int, int]:
        numbers = [publish(kind=kind) for kind in kinds or ("goods",)]
        with app.app_context():
            made = make_promise(PLEDGER, Pledger(read_contact(contact), None, locale), numbers)
            if is_confirmed:
                confirm_promise(made.public_id)
            wish = get_wish(numbers[0])
            live = find_live_pledge(wish.id)
            assert live is not None
            return wish.id, live.pledge_id

    return pledge


@pytest.fixture
def page_of(app: Flask) -> Callable[[int], str]:
    """Return a function from a pledge's key to its private address."""

    def page_of(pledge_id: int) -> str:
        with app.app_context():
            return "/pledges/" + private_token("pledge", session().get_one(Pledge, pledge_id).public_id)

    return page_of
