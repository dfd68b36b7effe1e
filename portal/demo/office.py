"""Office hours of the demo's staff: moves moments of the past into them and keeps their order; pure."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from portal.clock import LOCAL_ZONE, start_of_day
from portal.workdays import is_working_day

OPENS, TIDIES_UP, CLOSES = time(8, 30), time(16, 45), time(17)
LONGEST_BREAK = timedelta(days=15)
"""No holiday is longer."""


def in_office(at: datetime, now: datetime, works: Callable[[date], bool] = is_working_day) -> datetime:
    """Return the moment in office hours that stands for one of the past; of two moments the later stays the later.

    A whole day is pressed into its office hours, and days off into the last quarter of an hour before them.
    """
    day, today = at.astimezone(LOCAL_ZONE).date(), now.astimezone(LOCAL_ZONE).date()
    is_open = works(day) and (day < today or now > _at(day, OPENS))
    if is_open:
        ends = min(now, start_of_day(day + timedelta(days=1)))
        share = (at - start_of_day(day)) / (ends - start_of_day(day))
        return _at(day, OPENS) + share * (min(now, _at(day, TIDIES_UP)) - _at(day, OPENS))
    last = day - timedelta(days=1)
    while not works(last):
        last -= timedelta(days=1)
    share = (at - start_of_day(last + timedelta(days=1))) / LONGEST_BREAK
    return _at(last, TIDIES_UP) + share * (_at(last, CLOSES) - _at(last, TIDIES_UP))


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, LOCAL_ZONE)
