"""The demo's staff act in office hours, in the order of their stories."""

from datetime import timedelta
from itertools import pairwise

import pytest

from portal.clock import LOCAL_ZONE
from portal.demo.office import CLOSES, OPENS, in_office
from portal.workdays import is_working_day
from tests.plumbing.clocks import MONDAY_MORNING


@pytest.mark.parametrize("hours", range(-9, 160, 13))
def test_every_moment_of_the_past_falls_into_office_hours_and_keeps_its_place(hours):
    now = MONDAY_MORNING + timedelta(hours=hours)
    moments = [now - timedelta(hours=5 * step + 1) for step in range(600)][::-1]
    moved = [in_office(at, now) for at in moments]
    assert all(earlier < later for earlier, later in pairwise(moved))
    assert moved[-1] <= now
    for at in moved:
        local = at.astimezone(LOCAL_ZONE)
        assert OPENS <= local.time() <= CLOSES, local
        assert is_working_day(local.date()), local
