"""The portal as it must not be: it looks whether a wish is free and takes it afterwards, without looking again.

The first who see the wish free wait for each other, so that the fault does not depend on luck.
"""

import multiprocessing
from collections.abc import Sequence
from typing import Any

from flask import Flask

from portal.accounts.rules import Actor
from portal.pledges import promising, views
from portal.pledges.promising import PromiseMade, WishesTaken, make_promise
from portal.pledges.rules import Pledger
from portal.wishes.rules import WishState, WrongState
from portal.wishes.service import get_wish, move_wish
from tests.plumbing import live_app

LOOKERS = 3
PATIENCE_SECONDS = 20


def make_app() -> Flask:
    """Build the application; made before gunicorn forks, what the lookers wait for is one for all workers."""
    lookers, seen_free = multiprocessing.Value("i", 0), multiprocessing.Event()

    def look_and_then_take(actor: Actor, pledger: Pledger, numbers: Sequence[str], **chosen: Any) -> PromiseMade:
        if any(get_wish(number).state != WishState.PUBLISHED for number in numbers):
            raise WishesTaken(tuple(numbers), ())
        with lookers.get_lock():
            lookers.value += 1
            if lookers.value >= LOOKERS:
                seen_free.set()
        seen_free.wait(PATIENCE_SECONDS)
        return make_promise(actor, pledger, numbers, **chosen)

    for module, name, naive in (
        (views, "make_promise", look_and_then_take),
        (promising, "move_wish", _move_anyway),
    ):
        setattr(module, name, naive)
    return live_app.make_app()


def _move_anyway(*args: Any, **kwargs: Any) -> None:
    try:
        move_wish(*args, **kwargs)
    except WrongState:
        return
