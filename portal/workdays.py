"""Working days of mainland China; pure functions, no database and no clock."""

from datetime import UTC, date, datetime, time, timedelta

import chinese_calendar

from portal.clock import LOCAL_ZONE, local_date


def is_working_day(day: date) -> bool:
    """Tell whether offices work on a day.

    Follows the State Council's holiday notices as far as they are known; for a
    year not yet announced it falls back to Monday to Friday.
    """
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


def add_working_days(start: datetime, days: int) -> datetime:
    """Return the end (24:00 in China) of the working day that lies `days` working days after a moment."""
    day = local_date(start)
    while days > 0:
        day += timedelta(days=1)
        if is_working_day(day):
            days -= 1
    return end_of_day(day)


def add_days(start: datetime, days: int) -> datetime:
    """Return the end (24:00 in China) of the calendar day that lies `days` days after a moment."""
    return end_of_day(local_date(start) + timedelta(days=days))


def last_day(due_at: datetime) -> date:
    """Return the last calendar day in China on which something due is still in time; deadlines are midnights."""
    return local_date(due_at - timedelta(microseconds=1))


def end_of_day(day: date) -> datetime:
    """Return the moment at which a calendar day in China ends, in UTC."""
    return datetime.combine(day + timedelta(days=1), time(), LOCAL_ZONE).astimezone(UTC)
