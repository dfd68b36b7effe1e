"""Takes in what providers send to the bank: each payout once, matched item by item, posted or held for a person."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from portal import clock
from portal.accounts.rules import Actor, Role
from portal.audit import service as audit
from portal.db import insert_unless_there, session, transaction
from portal.giving.absorbing import Source
from portal.giving.gateways.protocol import MovementKind, PayoutItem, PaysOut, ProviderPayout
from portal.giving.gateways.registry import get_gateway
from portal.giving.payout_models import Payout, PayoutLine
from portal.giving.payout_rows import find_booked, is_any_matched
from portal.giving.posting import post_payout
from portal.giving.rules import PayoutState, WhyPayoutHeld
from portal.giving.syncing import outside_transactions, source_of

CURRENCY = "CNY"
"""The one currency of the bank account."""


class PayoutNotFound(LookupError):
    """There is no such payout."""


class PayoutPosted(Exception):
    """The payout is posted already."""


class PayoutNotOurs(Exception):
    """The payout is in another currency or mode, so it cannot be posted."""


def take_in_payouts(gateway_name: str, since: datetime) -> int:
    """Take in what a provider has paid out since a moment, look again at what is held, and return how many were posted.

    Raises GatewayUnknown, GatewayUnavailable.
    """
    gateway = get_gateway(gateway_name)
    if not isinstance(gateway, PaysOut):
        return 0
    outside_transactions()
    posted = sum(absorb_payout(source_of(gateway), seen) for seen in list(gateway.list_payouts(since)))
    return posted + sum(_look_again(source_of(gateway), payout_id) for payout_id in _list_held(gateway_name))


@transaction
def absorb_payout(source: Source, seen: ProviderPayout) -> bool:
    """Write a payout down once and post it where all of it is known; tell whether this call posted it.

    Locks the payout and posts last: debit the bank, credit the gateway's
    clearing account. Said again it changes nothing; said otherwise under the
    same name it is marked for a person.
    """
    key = insert_unless_there(
        Payout,
        gateway=source.gateway,
        provider_ref=seen.provider_ref,
        amount_minor=seen.amount_minor,
        currency=seen.currency,
        livemode=seen.livemode,
        paid_on=seen.paid_on,
        state=PayoutState.HELD,
        why=WhyPayoutHeld.UNKNOWN,
        created_at=clock.now(),
    )
    payout = _lock(source.gateway, seen.provider_ref)
    if key is None:
        if (payout.amount_minor, payout.currency, payout.livemode) != (seen.amount_minor, seen.currency, seen.livemode):
            payout.why = WhyPayoutHeld.CHANGED
        return False
    session().add_all(_line(payout, item) for item in merged(seen.items))
    session().flush()
    return _settle(source, payout)


@transaction
def accept_payout(actor: Actor, payout_id: int, note: str) -> None:
    """Post a held payout as it came to the bank, although its items do not fit, and say why.

    What does not fit stays on the gateway's clearing account, where everybody sees it.

    Raises NotAllowed, PayoutNotFound, PayoutPosted, PayoutNotOurs.
    """
    actor.require({Role.FINANCE})
    payout = session().get(Payout, payout_id, with_for_update=True)
    if payout is None:
        raise PayoutNotFound(payout_id)
    if payout.state == PayoutState.POSTED:
        raise PayoutPosted
    if payout.why in (WhyPayoutHeld.LIVEMODE, WhyPayoutHeld.CURRENCY):
        raise PayoutNotOurs
    payout.note, payout.accepted_by_id = note, actor.person_id
    audit.record(actor, "payout.accept", "payout", payout_id, before={"why": payout.why}, after={"state": "posted"})
    _post(payout, why=payout.why)


def merged(items: Iterable[PayoutItem]) -> list[PayoutItem]:
    """Return the items, those of one kind and name put together, so that one that is listed twice does not fit."""
    amounts, fees = Counter[tuple[MovementKind, str]](), Counter[tuple[MovementKind, str]]()
    for item in items:
        amounts[item.kind, item.provider_ref] += item.amount_minor
        fees[item.kind, item.provider_ref] += item.fee_minor
    return [PayoutItem(kind, ref, amount, fees[kind, ref]) for (kind, ref), amount in amounts.items()]


def _settle(source: Source, payout: Payout) -> bool:
    """Post a payout where nothing speaks against it, else say what does."""
    lines = list(session().scalars(select(PayoutLine).where(PayoutLine.payout_id == payout.id).order_by(PayoutLine.id)))
    why = _misfit(source, payout, lines)
    if why is not None:
        payout.why = why
        return False
    for line in lines:
        line.is_matched = True
    session().flush()
    _post(payout, why=None)
    return True


def _misfit(source: Source, payout: Payout, lines: list[PayoutLine]) -> WhyPayoutHeld | None:
    if payout.livemode != source.livemode:
        return WhyPayoutHeld.LIVEMODE
    if payout.currency != CURRENCY:
        return WhyPayoutHeld.CURRENCY
    if sum(line.amount_minor - line.fee_minor for line in lines) != payout.amount_minor:
        return WhyPayoutHeld.AMOUNT
    said = {(line.kind, line.provider_ref): (line.amount_minor, line.fee_minor) for line in lines}
    booked = find_booked(payout.gateway, said)
    if booked.keys() != said.keys():
        return WhyPayoutHeld.UNKNOWN
    if any(amount != said[name][0] or fee not in (None, said[name][1]) for name, (amount, fee) in booked.items()):
        return WhyPayoutHeld.ITEM
    return WhyPayoutHeld.TWICE if is_any_matched(payout.gateway, said) else None


def _post(payout: Payout, *, why: str | None) -> None:
    payout.state, payout.why, payout.posted_at = PayoutState.POSTED, why, clock.now()
    session().flush()
    post_payout(payout)


@transaction
def _look_again(source: Source, payout_id: int) -> bool:
    payout = session().get_one(Payout, payout_id, with_for_update=True, populate_existing=True)
    is_held = payout.state == PayoutState.HELD and payout.why != WhyPayoutHeld.CHANGED
    return is_held and _settle(source, payout)


def _list_held(gateway: str) -> list[int]:
    query = select(Payout.id).where(Payout.gateway == gateway, Payout.state == PayoutState.HELD)
    return list(session().scalars(query.order_by(Payout.id)))


def _lock(gateway: str, provider_ref: str) -> Payout:
    query = select(Payout).where(Payout.gateway == gateway, Payout.provider_ref == provider_ref)
    return session().scalars(query.with_for_update().execution_options(populate_existing=True)).one()


def _line(payout: Payout, item: PayoutItem) -> PayoutLine:
    return PayoutLine(
        payout_id=payout.id,
        gateway=payout.gateway,
        kind=item.kind,
        provider_ref=item.provider_ref,
        amount_minor=item.amount_minor,
        fee_minor=item.fee_minor,
        is_matched=False,
    )
