"""How money, days, moments, numbers and what people wrote are shown in the reader's language; template filters."""

import re
from datetime import date, datetime
from decimal import Decimal

from babel.dates import format_skeleton
from flask import Flask
from flask_babel import format_currency, format_date, format_datetime, format_decimal, get_locale
from markupsafe import Markup

from portal.clock import local_date, now
from portal.counting import Count
from portal.i18n import language
from portal.workdays import last_day

_CHINESE = re.compile(r"[\u3400-\u9fff]")


def install_formats(app: Flask) -> None:
    """Give templates the filters money, day, near_day, until, moment, number and told, and the test past."""
    app.jinja_env.filters.update(
        money=money, day=day, near_day=near_day, until=until, moment=moment, number=number, told=told
    )
    app.jinja_env.tests["past"] = is_past


def money(minor: int | None, currency: str = "CNY") -> str:
    """Write an amount given in minor units, such as fen; nothing for None."""
    return "" if minor is None else format_currency(Decimal(minor) / 100, currency)


def day(value: date | datetime | None) -> str:
    """Write the calendar day in China of a day or moment; nothing for None."""
    if value is None:
        return ""
    return format_date(local_date(value) if isinstance(value, datetime) else value, "medium")


def near_day(value: date | datetime) -> str:
    """Write a day of the next weeks with its weekday and without its year, as one says it to somebody."""
    day = local_date(value) if isinstance(value, datetime) else value
    return format_skeleton("MMMEd", day, locale=get_locale())


def until(due_at: datetime | None) -> str:
    """Write the last day that is in time for a deadline; nothing for None."""
    return "" if due_at is None else day(last_day(due_at))


def is_past(value: datetime) -> bool:
    """Tell whether a moment has passed."""
    return value <= now()


def moment(value: datetime | None) -> str:
    """Write a moment in China's time to the minute; nothing for None."""
    return "" if value is None else format_datetime(value, "short")


def number(value: int | None) -> str:
    """Write a whole number with the reader's separators, a count that goes on with a plus; nothing for None."""
    if value is None:
        return ""
    return format_decimal(value) + ("+" if isinstance(value, Count) and value.is_more else "")


def told(text: str | None, english: str | None = None) -> str:
    """Show what somebody wrote in Chinese: on an English page marked as such, behind its English where it has one."""
    if not text or language() != "en" or not _CHINESE.search(text):
        return text or ""
    if english:
        return Markup('{} <span class="item-original" lang="zh-Hans">{}</span>').format(english, text)
    return Markup('<span lang="zh-Hans">{}</span>').format(text)
