"""What is always true of commitments, of the gifts they match and of the money that arrived for them."""

from portal.invariants import Invariant

_BACK = (
    "coalesce((SELECT sum(r.amount_minor) FROM refunds r WHERE r.payment_id = p.id AND r.state = 'succeeded'), 0)"
    " + coalesce((SELECT sum(d.amount_minor) FROM disputes d WHERE d.payment_id = p.id AND d.state <> 'won'), 0)"
)

COMMITMENT_INVARIANTS = (
    Invariant(
        "no_more_is_matched_than_promised",
        "No commitment owes more than its sum.",
        "SELECT id FROM commitments WHERE owed_minor > limit_minor OR owed_minor < 0",
    ),
    Invariant(
        "what_is_owed_is_the_sum_of_its_shares",
        "Each commitment owes just what the shares of its gifts count.",
        "SELECT c.id FROM commitments c WHERE c.owed_minor <>"
        " coalesce((SELECT sum(m.counts_minor) FROM gift_matches m WHERE m.commitment_id = c.id), 0)",
    ),
    Invariant(
        "gifts_are_matched_one_to_one",
        "No gift is matched with more than what of it is still here.",
        "SELECT p.gift_id FROM payments p WHERE p.state = 'succeeded' AND"
        " (SELECT sum(m.counts_minor) FROM gift_matches m WHERE m.gift_id = p.gift_id) >"
        f" CASE WHEN p.amount_minor > {_BACK} THEN p.amount_minor - ({_BACK}) ELSE 0 END",
    ),
    Invariant(
        "only_given_gifts_are_matched",
        "Every matched gift was given, to the campaign of its commitment.",
        "SELECT m.id FROM gift_matches m JOIN gifts g ON g.id = m.gift_id JOIN commitments c ON c.id = m.commitment_id"
        " WHERE g.succeeded_at IS NULL OR g.campaign_number <> c.campaign_number OR g.currency <> c.currency"
        " OR c.state <> 'active'",
    ),
    Invariant(
        "commitments_are_approved_by_another",
        "Nobody approved a commitment they recorded.",
        "SELECT id FROM commitments WHERE state <> 'requested'"
        " AND (decided_by_id IS NULL OR decided_by_id = requested_by_id)",
    ),
    Invariant(
        "arrived_matches_are_lines_of_statements",
        "What arrived for each commitment is the sum of its lines of statements.",
        "SELECT c.id FROM commitments c WHERE c.arrived_minor <> coalesce((SELECT sum(l.amount_minor)"
        " FROM match_arrivals a JOIN bank_lines l ON l.id = a.bank_line_id AND l.amount_minor = a.amount_minor"
        " WHERE a.commitment_id = c.id), 0)",
    ),
    Invariant(
        "arrived_matches_are_booked",
        "Each campaign's fund has as matching from the bank just what arrived for its commitments.",
        "SELECT fund FROM (SELECT campaign_number AS fund, arrived_minor AS amount FROM commitments UNION ALL"
        " SELECT a.fund, p.amount_minor FROM ledger_postings p JOIN ledger_accounts a ON a.id = p.account_id"
        " JOIN ledger_entries e ON e.sequence = p.entry_sequence WHERE a.kind = 'matching' AND e.kind = 'matching'"
        " AND e.sequence IN (SELECT entry_sequence FROM match_arrivals)"
        ") AS said GROUP BY fund HAVING sum(amount) <> 0",
    ),
)
