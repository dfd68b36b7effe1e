"""What is always true of purchases: one for a wish, a wish for each, money behind each, and none left behind."""

from portal.invariants import Invariant

INVARIANTS: tuple[Invariant, ...] = (
    Invariant(
        "wishes_are_bought_once",
        "No wish has two purchases that go on.",
        "SELECT wish_id FROM purchases WHERE state IN ('reserved', 'paid') GROUP BY wish_id HAVING count(*) > 1",
    ),
    Invariant(
        "purchases_hold_their_wish",
        "Every purchase that goes on holds its wish by a pledge of the foundation, or its end is not a day old.",
        "SELECT u.public_id FROM purchases u JOIN promises m ON m.id = u.promise_id"
        " LEFT JOIN pledges g ON g.promise_id = m.id WHERE u.state IN ('reserved', 'paid') AND (g.id IS NULL"
        " OR g.wish_id <> u.wish_id OR NOT m.is_bought"
        " OR (g.state NOT IN ('held', 'pledged', 'procuring', 'received', 'fulfilled')"
        " AND g.ended_at < CAST(:today AS date) - 1))",
        "SELECT u.public_id FROM purchases u JOIN promises m ON m.id = u.promise_id"
        " LEFT JOIN pledges g ON g.promise_id = m.id WHERE u.state IN ('reserved', 'paid') AND (g.id IS NULL"
        " OR g.wish_id <> u.wish_id OR NOT m.is_bought"
        " OR (g.state NOT IN ('held', 'pledged', 'procuring', 'received', 'fulfilled')"
        " AND g.ended_at < date(:today, '-1 day')))",
    ),
    Invariant(
        "what_the_foundation_holds_is_bought",
        "Every pledge of the foundation that goes on belongs to a purchase that goes on.",
        "SELECT g.public_id FROM pledges g JOIN promises m ON m.id = g.promise_id WHERE m.is_bought"
        " AND g.state IN ('pledged', 'procuring', 'received') AND NOT EXISTS (SELECT 1 FROM purchases u"
        " WHERE u.promise_id = m.id AND u.state = 'paid')",
    ),
    Invariant(
        "gifts_for_wishes_are_the_whole_price",
        "A gift that pays for a wish is of the purchase's amount, for that wish, in the same fund.",
        "SELECT u.public_id FROM purchases u JOIN gifts g ON g.id = u.gift_id JOIN wishes w ON w.id = u.wish_id"
        " WHERE g.amount_minor <> u.amount_minor OR g.currency <> u.currency OR g.wish_number <> w.number"
        " OR g.campaign_number <> u.campaign_number",
    ),
    Invariant(
        "purchases_are_paid_when_their_gift_is",
        "A purchase for which a gift pays waits for the money if and only if the gift has not come in.",
        "SELECT u.public_id FROM purchases u JOIN gifts g ON g.id = u.gift_id"
        " WHERE (u.state IN ('reserved', 'lapsed')) <> (g.succeeded_at IS NULL)",
    ),
    Invariant(
        "bought_wishes_have_their_payment",
        "Every wish that counts as bought has a payment of its fund that names it.",
        "SELECT u.public_id FROM purchases u JOIN wishes w ON w.id = u.wish_id WHERE u.state = 'done' AND NOT EXISTS"
        " (SELECT 1 FROM disbursements d JOIN campaigns c ON c.id = d.campaign_id WHERE d.id = u.disbursement_id"
        " AND d.state IN ('paid', 'returned') AND d.wish_number = w.number AND c.number = u.campaign_number)",
    ),
)
