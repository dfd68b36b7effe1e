"""A process killed at any named point loses nothing and doubles nothing once the clocks have gone round."""

import json
import os
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from portal.config import PREFIX, ROOT
from portal.db import forget_reads, session
from portal.giving.inbox import follow_waiting
from portal.giving.models import Refund
from portal.giving.paying import find_pay_page
from portal.giving.reconciling import reconcile_due
from portal.giving.refunding import send_refunds
from portal.giving.sandbox.sending import deliver_events
from tests.campaigns import stage as campaigns
from tests.giving import stage
from tests.giving.crashes import POINTS
from tests.plumbing.environment import put_settings
from tests.plumbing.processes import outer_environment

AFTER_PAYING = POINTS[POINTS.index("after_event") :]


@pytest.fixture
def story(app, settings, clock, monkeypatch):
    """Return a campaign and a gift for each point, every one of them left as its killed process left it."""
    with app.app_context():
        number = campaigns.opened()
        gifts = {point: stage.intend(number, 5_000, email=f"{point}@example.org") for point in POINTS}
    put_settings(settings, monkeypatch)
    ours = {name: value for name, value in os.environ.items() if name.startswith(PREFIX)}
    done = subprocess.run(
        [sys.executable, "-m", "tests.giving.crashes", *gifts.values()],
        cwd=ROOT,
        env=outer_environment() | ours | {f"{PREFIX}SETTINGS_FILE": os.devnull, "TEST_CLOCK_FILE": str(clock.path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    killed = json.loads(done.stdout.strip().splitlines()[-1])
    assert all(killed.values()), killed
    return number, gifts


def test_killed_anywhere_nothing_is_lost_or_doubled(app, clock, story):
    number, gifts = story
    with app.app_context():
        for point, public_id in gifts.items():
            if point not in AFTER_PAYING:
                # The donor presses the button again and pays.
                ref = find_pay_page(public_id, "sandbox").rsplit("/", 1)[1]
                stage.provider().pay(ref, stage.CARD, clock.now())
        sandbox = stage.provider()
    clock.advance(timedelta(minutes=6))
    deliver_events(sandbox, lambda _body, _headers: 503, clock.now())
    with app.app_context():
        for _round in range(2):
            follow_waiting()
            reconcile_due()
            send_refunds()
            clock.advance(timedelta(minutes=4, seconds=30))
            forget_reads()
        assert {stage.gift_row(public_id).state for public_id in gifts.values()} <= {"succeeded", "partly_refunded"}
        assert all(len(stage.payments_of(public_id)) == 1 for public_id in gifts.values())
        book = stage.book(number)
        assert {key: book[key] for key in ("received", "refunded", "fees")} == stage.provider().book()
        assert book["received"] == 5_000 * len(POINTS)
        asked = session().scalars(select(Refund.amount_minor).where(Refund.reason == "donor")).all()
        assert sum(asked) == book["refunded"]
        assert stage.gift_row(gifts["after_refund"]).state == "partly_refunded"


def test_every_crash_point_of_the_code_is_walked_into():
    named = set()
    for path in (Path(ROOT) / "portal").rglob("*.py"):
        named |= set(re.findall(r'crash_point\("(\w+)"\)', path.read_text()))
    assert named == set(POINTS)
