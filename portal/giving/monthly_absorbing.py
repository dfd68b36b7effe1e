"""The one verb that takes in what a provider says of a monthly gift, however often, late or out of order it comes.

What a month brought is taken in by `absorbing` as a gift of its own; here only
the agreement itself moves, and its donor is told of each change.
"""

from datetime import datetime

from sqlalchemy import select

from portal import clock
from portal.db import session, transaction
from portal.giving.absorbing import Absorbed, Source
from portal.giving.gateways.protocol import ProviderMandate
from portal.giving.models import MonthlyGift
from portal.giving.monthly_letters import tell_change
from portal.giving.monthly_rules import Because, MonthlyNews, MonthlyState, Wish, next_monthly_state, wish_after
from portal.giving.months import agree, note_wish
from portal.sealing import keyed_hash


@transaction
def absorb_mandate(source: Source, seen: ProviderMandate, asked_at: datetime) -> Absorbed:
    """Bring a monthly gift to where its provider says it is; saying it again changes nothing.

    `asked_at` is when the provider was asked, or answered an order: an answer
    older than one that was taken in is left. Locks the monthly gift, posts
    nothing; the donor is told of each change.
    """
    monthly = session().scalar(
        select(MonthlyGift)
        .where(MonthlyGift.gateway == source.gateway, MonthlyGift.provider_ref == seen.provider_ref)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    is_ours = monthly is not None and seen.livemode == source.livemode and seen.currency == monthly.currency
    if monthly is None or not is_ours:
        return Absorbed.UNKNOWN
    if monthly.state == MonthlyState.STOPPED or asked_at < monthly.seen_at:
        return Absorbed.TAKEN
    monthly.seen_at = asked_at
    _take_amount(monthly, seen)
    _take_method(monthly, seen)
    _take_state(monthly, seen)
    return Absorbed.TAKEN


def _take_amount(monthly: MonthlyGift, seen: ProviderMandate) -> None:
    if seen.amount_minor == monthly.amount_minor:
        return
    if monthly.wanted_amount_minor == monthly.amount_minor:
        monthly.wanted_amount_minor = seen.amount_minor
    monthly.amount_minor = seen.amount_minor
    agree(monthly, seen.amount_minor)
    tell_change(monthly, MonthlyNews.CHANGED)


def _take_method(monthly: MonthlyGift, seen: ProviderMandate) -> None:
    hashed = keyed_hash("payment-method", f"{monthly.gateway}:{seen.method}") if seen.method else None
    if hashed in (None, monthly.method_hash):
        return
    is_new = monthly.method_hash is not None
    monthly.method_hash = hashed
    if is_new:
        tell_change(monthly, MonthlyNews.CARD)


def _take_state(monthly: MonthlyGift, seen: ProviderMandate) -> None:
    before = MonthlyState(monthly.state)
    after = next_monthly_state(before, seen.status)
    monthly.next_on, monthly.retry_on = seen.next_on, seen.retry_on
    if after is MonthlyState.LATE and seen.has_failed:
        # The provider tries no more and leaves it standing: it ends, as the donor was told it would.
        note_wish(monthly, Wish.STOPPED, Because.FAILED)
    if after is before:
        return
    wished = wish_after(Wish(monthly.wanted_state), before, after)
    if wished != monthly.wanted_state:
        monthly.why = Because.FAILED if seen.has_failed else Because.PROVIDER
        monthly.wanted_state, monthly.wanted_since = wished, clock.now()
    monthly.state, monthly.state_since = after, clock.now()
    if after is MonthlyState.STOPPED:
        monthly.stopped_at, monthly.next_on, monthly.retry_on = clock.now(), None, None
    news = _news_of(monthly, before, after)
    if news is not None:
        tell_change(monthly, news)


def _news_of(monthly: MonthlyGift, before: MonthlyState, after: MonthlyState) -> MonthlyNews | None:
    if monthly.why == Because.DUPLICATED:
        # The letter about the second payment has said all.
        return None
    match after:
        case MonthlyState.STOPPED:
            return MonthlyNews.STOPPED
        case MonthlyState.PAUSED:
            return MonthlyNews.HELD if monthly.why == Because.CAMPAIGN else MonthlyNews.PAUSED
        case MonthlyState.LATE:
            return MonthlyNews.FAILED
    # A month that was late and is paid is told by its own gift.
    return MonthlyNews.RESUMED if before is MonthlyState.PAUSED else None
