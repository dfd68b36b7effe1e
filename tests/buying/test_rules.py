"""How a purchase goes on or ends, as a table of what it hangs on."""

import pytest

from portal.buying.rules import STAYS, End, Facts, PurchaseState, Why, end_of, is_finances_turn
from portal.campaigns.spending_models import DisbursementState as D
from portal.pledges.models import PledgeState as P
from portal.wishes.rules import WishState as W

S = PurchaseState


@pytest.mark.parametrize(
    ("state", "facts", "expected"),
    [
        (S.RESERVED, Facts(P.HELD, W.PLEDGED), None),
        (S.RESERVED, Facts(P.EXPIRED, W.PUBLISHED), End(S.LAPSED)),
        (S.RESERVED, Facts(P.ENDED, W.WITHDRAWN), End(S.LAPSED)),
        (S.PAID, Facts(P.PROCURING, W.PROCURING), None),
        (S.PAID, Facts(P.PROCURING, W.PROCURING, is_gift_back=True), End(S.RETURNED, releases=True)),
        (S.PAID, Facts(P.PROCURING, W.PROCURING, is_gift_back=True, payment=D.REQUESTED), None),
        (S.PAID, Facts(P.RECEIVED, W.RECEIVED, is_gift_back=True), None),
        (S.PAID, Facts(P.ENDED, W.WITHDRAWN, payment=D.APPROVED), End(S.SURPLUS, Why.WITHDRAWN)),
        (S.PAID, Facts(P.ENDED, W.SUSPENDED), End(S.SURPLUS, Why.SUSPENDED)),
        (S.PAID, Facts(P.ENDED, W.PUBLISHED), End(S.SURPLUS, Why.REARRANGED)),
        (S.PAID, Facts(P.CANCELLED, W.PUBLISHED), End(S.SURPLUS, Why.GIVEN_UP)),
        (S.PAID, Facts(P.FULFILLED, W.CLOSED), None),
        (S.PAID, Facts(P.FULFILLED, W.CLOSED, payment=D.PAID), End(S.DONE)),
        (S.PAID, Facts(P.PROCURING, W.PROCURING, is_gift=False, payment=D.REQUESTED), None),
        (
            S.PAID,
            Facts(P.PROCURING, W.PROCURING, is_gift=False, payment=D.REFUSED),
            End(S.ENDED, Why.GIVEN_UP, releases=True),
        ),
        (S.PAID, Facts(P.ENDED, W.WITHDRAWN, is_gift=False, payment=D.PAID), End(S.ENDED, Why.WITHDRAWN)),
    ],
)
def test_a_purchase_ends_as_its_wish_its_money_and_its_payment_say(state, facts, expected):
    assert end_of(state, facts) == expected


def test_whatever_happens_a_paid_purchase_ends_or_somebody_is_to_do_something():
    for pledge in set(P) - {P.HELD}:
        for payment in (None, *D):
            facts = Facts(pledge, W.PROCURING, payment=payment)
            waits_for_centre = pledge is P.RECEIVED and payment is D.PAID
            assert end_of(S.PAID, facts) or is_finances_turn(facts) or waits_for_centre, facts


def test_every_state_that_is_no_end_has_an_owner_and_a_deadline():
    assert set(STAYS) == {S.RESERVED, S.PAID}
    assert all(stay.owner and stay.deadline for stay in STAYS.values())
