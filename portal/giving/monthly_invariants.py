"""What is always true of monthly gifts and their months."""

from portal.invariants import Invariant

_PAID = "p.state IN ('succeeded', 'duplicated')"
_MONTHS = (
    "FROM monthly_gifts m JOIN gift_months n ON n.monthly_gift_id = m.id JOIN gifts g ON g.id = n.gift_id"
    " JOIN payments p ON p.gift_id = g.id"
)

MONTHLY_INVARIANTS = (
    Invariant(
        "begun_months_have_a_gift",
        "Every monthly gift that has begun brought a gift; of two that were begun by mistake one did.",
        "SELECT m.id FROM monthly_gifts m WHERE m.started_at IS NOT NULL AND m.why <> 'duplicated' AND NOT EXISTS"
        " (SELECT 1 FROM gift_months n JOIN gifts g ON g.id = n.gift_id"
        " WHERE n.monthly_gift_id = m.id AND g.succeeded_at IS NOT NULL)",
    ),
    Invariant(
        "months_are_of_their_donor",
        "Every month has the donor and currency of its monthly gift.",
        "SELECT n.id FROM gift_months n JOIN gifts g ON g.id = n.gift_id"
        " JOIN monthly_gifts m ON m.id = n.monthly_gift_id"
        " WHERE g.contact_hash <> m.contact_hash OR g.currency <> m.currency",
    ),
    Invariant(
        "months_are_of_an_agreed_amount",
        "Every month that was paid has an amount its donor agreed to.",
        f"SELECT n.id {_MONTHS} WHERE {_PAID} AND NOT EXISTS (SELECT 1 FROM monthly_amounts a"
        " WHERE a.monthly_gift_id = m.id AND a.amount_minor = p.amount_minor)",
    ),
    Invariant(
        "no_month_is_given_twice",
        "No monthly gift has two gifts for one month.",
        "SELECT min(id) FROM gift_months GROUP BY monthly_gift_id, month_on HAVING count(*) > 1",
    ),
    Invariant(
        "what_came_after_a_stop_goes_back",
        "Money that a provider took after its donor wished an end has its refund, or went back to the bank.",
        f"SELECT n.id {_MONTHS} WHERE {_PAID} AND m.wanted_state = 'stopped' AND p.paid_at > m.wanted_since"
        " AND NOT EXISTS (SELECT 1 FROM refunds r WHERE r.payment_id = p.id)"
        " AND NOT EXISTS (SELECT 1 FROM disputes d WHERE d.payment_id = p.id)",
    ),
    Invariant(
        "months_are_of_one_gateway",
        "Every later month was paid where the monthly gift is charged.",
        f"SELECT n.id {_MONTHS} WHERE {_PAID} AND p.state = 'succeeded' AND p.gateway <> m.gateway",
    ),
)
