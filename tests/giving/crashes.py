"""Lets one process after another live through a gift and be killed at a named point; run as a program by a test.

Speaks one line of JSON: for each point, whether the process was really killed there.
"""

import json
import os
import signal
import sys
from pathlib import Path

from flask import Flask

from portal import clock, create_app
from portal.accounts.rules import Actor, ActorKind, Grant, Role
from portal.config import load_settings
from portal.crashing import listen_at_crash_points
from portal.giving.paying import find_pay_page
from portal.giving.refunding import request_refund, send_refund
from portal.giving.rules import RefundReason
from portal.giving.sandbox.sending import deliver_events
from tests.giving import stage
from tests.plumbing.clocks import FileClock

POINTS = (
    "after_intent",
    "after_start",
    "before_commit_of_start",
    "after_note_of_start",
    "after_event",
    "after_fetch",
    "before_commit_of_payment",
    "after_absorb",
    "after_refund",
)
FINANCE = Actor(ActorKind.STAFF, None, frozenset({Grant(Role.FINANCE)}))


def live(app: Flask, point: str, public_id: str) -> None:
    """Pay a gift, let the message arrive, give a part back; die at the point."""

    def die(name: str) -> None:
        if name == point:
            os.kill(os.getpid(), signal.SIGKILL)

    listen_at_crash_points(die)
    with app.app_context():
        ref = find_pay_page(public_id, "sandbox").rsplit("/", 1)[1]
        stage.provider().pay(ref, f"card-{public_id}", clock.now())
        sandbox, now = stage.provider(), clock.now()
    deliver_events(sandbox, stage.door(app), now)
    with app.app_context():
        refund_id = request_refund(FINANCE, public_id, 700, RefundReason.DONOR, "x", public_id=f"R{public_id}")
        send_refund(refund_id)


def main() -> None:
    """Fork one process for each point, with the gift named on the command line, and wait for it."""
    # Nothing is connected yet, so that the children share no connection.
    app = create_app(load_settings(), clock=FileClock(Path(os.environ["TEST_CLOCK_FILE"])))
    killed = {}
    for point, public_id in zip(POINTS, sys.argv[1:], strict=True):
        child = os.fork()
        if child == 0:
            live(app, point, public_id)
            os._exit(0)
        _pid, status = os.waitpid(child, 0)
        killed[point] = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    sys.stdout.write(json.dumps(killed) + "\n")


if __name__ == "__main__":
    main()
