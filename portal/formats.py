"""How money, days, moments and numbers are written in the reader's language; template filters."""

from datetime import date, datetime
from decimal import Decimal

from flask import Flask
from flask_babel import format_currency, format_date, format_datetime, format_decimal

from portal.clock import local_date


def install_formats(app: Flask) -> None:
    """Give templates the filters money, day, moment and number."""
    app.jinja_env.filters.update(money=money, day=day, moment=moment, number=number)


def money(minor: int | None, currency: str = "CNY") -> str:
    """Write an amount given in minor units, such as fen; nothing for None."""
    return "" if minor is None else format_currency(Decimal(minor) / 100, currency)


def day(value: date | datetime | None) -> str:
    """Write the calendar day in China of a day or moment; nothing for None."""
    if value is None:
        return ""
    return format_date(local_date(value) if isinstance(value, datetime) else value, "medium")


def moment(value: datetime | None) -> str:
    """Write a moment in China's time to the minute; nothing for None."""
    return "" if value is None else format_datetime(value, "short")


def number(value: int | None) -> str:
    """Write a whole number with the reader's separators; nothing for None."""
    return "" if value is None else format_decimal(value)
