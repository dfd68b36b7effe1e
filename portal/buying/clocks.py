"""The clocks of purchases: each follows what became of its wish, its gift and its payment, and none is forgotten.

Each purchase moves in a transaction of its own and only as it still stands,
so clocks may run twice and in parallel.
"""

from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from portal import clock
from portal.accounts.queries import people_with_role
from portal.buying.labels import words_of
from portal.buying.models import Purchase
from portal.buying.rules import (
    IN_HAND,
    STAYS,
    End,
    Facts,
    PurchaseState,
    Why,
    end_of,
    escalates_to,
    is_finances_turn,
)
from portal.buying.service import choice_ends_at, enter
from portal.campaigns.models import Disbursement
from portal.campaigns.spending_models import DisbursementState
from portal.db import session, transaction
from portal.giving.letters import tell
from portal.giving.models import Gift
from portal.giving.rules import GiftState, News
from portal.i18n import in_language
from portal.limits.service import get_limits
from portal.outbox.service import enqueue
from portal.pledges.models import Pledge, PledgeState
from portal.pledges.queries import public_items
from portal.pledges.reserving import postpone, release_reserved
from portal.web import absolute_url
from portal.wishes.models import Wish
from portal.wishes.rules import WishState
from portal.workdays import add_working_days

_GONE = (GiftState.REFUNDED, GiftState.DISPUTED)


def follow_purchases() -> int:
    """End every purchase whose wish, money or payment has ended it, and tell its donor; return how many."""
    return sum(_follow(purchase_id) for purchase_id in _ending())


def escalate_purchases() -> int:
    """Tell finance, then administrators, of each wish that is paid for and not bought in time; return how many.

    The wish is not put back: its money has come. The deadline moves on.
    """
    late = select(Purchase.id).where(Purchase.state == PurchaseState.PAID, Purchase.due_at <= clock.now())
    return sum(_escalate(purchase_id) for purchase_id in list(session().scalars(late.order_by(Purchase.id))))


def facts_of(row: Any) -> Facts:
    """Return what a purchase hangs on, from a row of `with_facts`."""
    return Facts(
        pledge=PledgeState(row.pledge),
        wish=WishState(row.wish),
        is_gift=row.Purchase.gift_id is not None,
        is_gift_back=row.gift in _GONE,
        payment=DisbursementState(row.payment) if row.payment else None,
    )


def with_facts() -> Any:
    """Return the query of purchases beside what each hangs on."""
    return (
        select(
            Purchase,
            Pledge.state.label("pledge"),
            Wish.state.label("wish"),
            Gift.state.label("gift"),
            Disbursement.state.label("payment"),
        )
        .join(Pledge, Pledge.promise_id == Purchase.promise_id)
        .join(Wish, Wish.id == Purchase.wish_id)
        .outerjoin(Gift, Gift.id == Purchase.gift_id)
        .outerjoin(Disbursement, Disbursement.id == Purchase.disbursement_id)
    )


def _ending() -> list[int]:
    rows = session().execute(with_facts().where(Purchase.state.in_(STAYS)).order_by(Purchase.id))
    return [row.Purchase.id for row in rows if end_of(PurchaseState(row.Purchase.state), facts_of(row)) is not None]


@transaction
def _follow(purchase_id: int) -> bool:
    purchase, facts = _lock(purchase_id)
    end = end_of(PurchaseState(purchase.state), facts) if purchase.state in STAYS else None
    if end is None:
        return False
    if end.releases:
        release_reserved(purchase.promise_id)
    enter(purchase, end.state, why=end.why)
    if end.state is PurchaseState.SURPLUS and facts.payment is not DisbursementState.PAID:
        purchase.choice_until = choice_ends_at()
    _tell_donor(purchase, end)
    return True


def _tell_donor(purchase: Purchase, end: End) -> None:
    gift = session().get(Gift, purchase.gift_id) if purchase.gift_id else None
    news = {PurchaseState.SURPLUS: News.SURPLUS, PurchaseState.DONE: News.BOUGHT}.get(end.state)
    if gift is None or news is None:
        return
    with in_language(gift.locale):
        number = gift.wish_number or ""
        words = words_of(end.why or Why.REARRANGED) if news is News.SURPLUS else public_items([number]).get(number, "")
    tell(gift, news, key=gift.public_id, words=words)


@transaction
def _escalate(purchase_id: int) -> bool:
    purchase, facts = _lock(purchase_id)
    if purchase.state != PurchaseState.PAID or purchase.due_at is None or purchase.due_at > clock.now():
        return False
    next_at = add_working_days(clock.now(), get_limits().escalate_working_days)
    purchase.due_at = next_at
    if facts.pledge in IN_HAND:
        postpone(purchase.promise_id, next_at)
    if not is_finances_turn(facts):
        return False
    purchase.overdue_level += 1
    for person in people_with_role(escalates_to(purchase.overdue_level)):
        _tell_staff(person, purchase, next_at)
    return True


def _tell_staff(person: Any, purchase: Purchase, next_at: datetime) -> None:
    number = session().scalar(select(Wish.number).where(Wish.id == purchase.wish_id))
    with in_language(person.locale):
        enqueue(
            person.address,
            "purchase.overdue",
            subject=_("代买的心愿过了期限，请处理"),
            body="\n".join(
                [
                    _(
                        "心愿 %(number)s 的钱已经到了，东西还没有买好送到，或者还没有记账。请登录工作台处理：",
                        number=number,
                    ),
                    absolute_url("buying.desk_purchase", public_id=purchase.public_id),
                    "",
                    _("处理之前，系统会继续提醒，并逐级上报。"),
                ]
            ),
            dedupe_key=f"purchase.overdue:{person.person_id}:{purchase.public_id}:{next_at.isoformat()}",
        )


def _lock(purchase_id: int) -> tuple[Purchase, Facts]:
    """Return a purchase that no other hand moves meanwhile, and then what it hangs on."""
    purchase = session().get_one(Purchase, purchase_id, with_for_update=True, populate_existing=True)
    return purchase, facts_of(session().execute(with_facts().where(Purchase.id == purchase_id)).one())
