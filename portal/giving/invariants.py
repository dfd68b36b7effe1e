"""What is always true of gifts, payments, refunds, chargebacks and payouts, and of what the book says of them."""

from collections.abc import Iterator

from sqlalchemy import and_, func, or_, select

from portal.campaigns.models import Campaign
from portal.db import session
from portal.giving.commitment_invariants import COMMITMENT_INVARIANTS
from portal.giving.matching import match
from portal.giving.monthly_invariants import MONTHLY_INVARIANTS
from portal.giving.tracing import list_lots, list_outflows
from portal.invariants import Invariant, Proof
from portal.ledger.models import FundHolding, LedgerAccount, Posting
from portal.ledger.rules import Part

_PAID = "('succeeded', 'duplicated')"
_TABLES = (
    "gifts",
    "payments",
    "refunds",
    "disputes",
    "payouts",
    "payout_lines",
    "bank_lines",
    "monthly_gifts",
    "commitments",
)
_NEVER_CHANGED = ("monthly_amounts", "gift_months", "match_arrivals")
_GUARDS = (
    *(f"{table}_{guard}" for table in _TABLES for guard in ("frozen", "one_way", "stay")),
    *(f"gift_matches_{guard}" for guard in ("frozen", "stay")),
    *(f"{table}_{guard}" for table in _NEVER_CHANGED for guard in ("frozen", "stay")),
)
_WANTED = ", ".join(f"('{name}')" for name in _GUARDS)

_REFUNDED = (
    "coalesce((SELECT sum(r.amount_minor) FROM refunds r JOIN payments q ON q.id = r.payment_id"
    " WHERE q.gift_id = g.id AND q.state = 'succeeded' AND r.state = 'succeeded'), 0)"
)
_DISPUTED = (
    "EXISTS (SELECT 1 FROM disputes d JOIN payments q ON q.id = d.payment_id"
    " WHERE q.gift_id = g.id AND q.state = 'succeeded' AND d.state <> 'won')"
)


def _booked_as(kind: str, rows: str) -> str:
    """Return SQL that names each gateway whose rows and whose clearing account do not say the same of a kind of entry.

    `rows` yields gateway and what its clearing account should show of it; a
    reversal counts with the kind of what it undoes.
    """
    return (
        "SELECT gateway FROM (SELECT gateway, sum(amount) AS amount FROM ("
        f"{rows} UNION ALL"
        " SELECT substr(a.code, 10), -p.amount_minor FROM ledger_postings p"
        " JOIN ledger_accounts a ON a.id = p.account_id JOIN ledger_entries e ON e.sequence = p.entry_sequence"
        " LEFT JOIN ledger_entries o ON o.sequence = e.reverses"
        f" WHERE a.kind = 'clearing' AND coalesce(o.kind, e.kind) = '{kind}'"
        ") AS said GROUP BY gateway) AS sums WHERE amount <> 0"
    )


_ROWS = (
    Invariant(
        "payments_are_of_their_gifts_amount",
        "Every payment has the amount and currency of its gift.",
        "SELECT p.id FROM payments p JOIN gifts g ON g.id = p.gift_id"
        " WHERE p.amount_minor <> g.amount_minor OR p.currency <> g.currency",
    ),
    Invariant(
        "gifts_are_paid_once",
        "No gift has two payments that pay it.",
        "SELECT gift_id FROM payments WHERE state = 'succeeded' GROUP BY gift_id HAVING count(*) > 1",
    ),
    Invariant(
        "given_gifts_have_their_payment",
        "A gift counts as given if and only if a payment pays it.",
        "SELECT g.id FROM gifts g WHERE (g.succeeded_at IS NOT NULL) <>"
        " EXISTS (SELECT 1 FROM payments p WHERE p.gift_id = g.id AND p.state = 'succeeded')",
    ),
    Invariant(
        "gifts_stand_where_their_money_is",
        "The state of every given gift follows from its refunds and chargebacks.",
        "SELECT g.id FROM gifts g WHERE g.succeeded_at IS NOT NULL AND g.state <> CASE"
        f" WHEN {_DISPUTED} THEN 'disputed' WHEN {_REFUNDED} >= g.amount_minor THEN 'refunded'"
        f" WHEN {_REFUNDED} > 0 THEN 'partly_refunded' ELSE 'succeeded' END",
    ),
    Invariant(
        "no_more_goes_back_than_came",
        "Refunds and lost chargebacks of a payment are no more than the payment.",
        "SELECT p.id FROM payments p WHERE p.amount_minor <"
        " coalesce((SELECT sum(amount_minor) FROM refunds WHERE payment_id = p.id AND state <> 'failed'), 0)",
    ),
    Invariant(
        "only_what_was_paid_goes_back",
        "Every refund that went out and every chargeback is of a payment that came in.",
        "SELECT p.id FROM payments p WHERE p.state NOT IN ('succeeded', 'duplicated') AND (EXISTS"
        " (SELECT 1 FROM refunds r WHERE r.payment_id = p.id AND r.state = 'succeeded')"
        " OR EXISTS (SELECT 1 FROM disputes d WHERE d.payment_id = p.id))",
    ),
    Invariant(
        "second_payments_go_back",
        "Money that came a second time has its refund.",
        "SELECT p.id FROM payments p WHERE p.state = 'duplicated' AND NOT EXISTS"
        " (SELECT 1 FROM refunds r WHERE r.payment_id = p.id)"
        " AND NOT EXISTS (SELECT 1 FROM disputes d WHERE d.payment_id = p.id)",
    ),
    Invariant(
        "words_are_read_before_they_are_shown",
        "Nothing a donor wrote is shown before a moderator read it.",
        "SELECT id FROM gifts WHERE (words_state = 'approved' AND words_decided_by_id IS NULL)"
        " OR (words_state = 'none' AND (shown_name IS NOT NULL OR message IS NOT NULL OR honour IS NOT NULL))",
    ),
    Invariant(
        "hidden_names_are_not_kept_to_be_shown",
        "A name to show is kept only where the donor chose to show it.",
        "SELECT id FROM gifts WHERE name_visibility = 'hidden' AND shown_name IS NOT NULL",
    ),
    Invariant(
        "receipts_are_for_given_gifts",
        "Every official receipt is for a given gift and for no more than its amount.",
        "SELECT r.id FROM receipts r JOIN gifts g ON g.id = r.gift_id"
        " WHERE g.succeeded_at IS NULL OR r.amount_minor > g.amount_minor",
    ),
)

_BOOK = (
    Invariant(
        "payments_are_booked",
        "What came in through each gateway is what the book says came in through it.",
        _booked_as("gift", f"SELECT gateway, amount_minor AS amount FROM payments WHERE state IN {_PAID}"),
    ),
    Invariant(
        "fees_are_booked",
        "What each gateway kept as fees is what the book says it kept.",
        _booked_as("fee", f"SELECT gateway, -coalesce(fee_minor, 0) AS amount FROM payments WHERE state IN {_PAID}"),
    ),
    Invariant(
        "refunds_are_booked",
        "What went back through each gateway is what the book says went back.",
        _booked_as(
            "refund",
            "SELECT p.gateway AS gateway, -r.amount_minor AS amount FROM refunds r"
            " JOIN payments p ON p.id = r.payment_id WHERE r.state = 'succeeded'",
        ),
    ),
    Invariant(
        "chargebacks_are_booked",
        "What banks took back through each gateway is what the book says they took.",
        _booked_as(
            "chargeback",
            "SELECT p.gateway AS gateway, CASE WHEN d.state = 'won' THEN 0 ELSE -d.amount_minor - d.fee_minor END"
            " - coalesce(d.closing_fee_minor, 0) AS amount FROM disputes d JOIN payments p ON p.id = d.payment_id",
        ),
    ),
    Invariant(
        "payouts_are_booked",
        "What each gateway sent to the bank is what the book says it sent.",
        _booked_as("payout", "SELECT gateway, -amount_minor AS amount FROM payouts WHERE state = 'posted'"),
    ),
    Invariant(
        "gifts_are_booked_to_their_campaign",
        "Each campaign's fund received through gateways what its gifts brought.",
        "SELECT fund FROM (SELECT g.campaign_number AS fund, p.amount_minor AS amount FROM payments p"
        f" JOIN gifts g ON g.id = p.gift_id WHERE p.state IN {_PAID} UNION ALL"
        " SELECT a.fund, p.amount_minor FROM ledger_postings p JOIN ledger_accounts a ON a.id = p.account_id"
        " JOIN ledger_entries e ON e.sequence = p.entry_sequence WHERE a.kind = 'received' AND e.kind = 'gift'"
        " AND EXISTS (SELECT 1 FROM ledger_postings q JOIN ledger_accounts b ON b.id = q.account_id"
        " WHERE q.entry_sequence = p.entry_sequence AND b.kind = 'clearing')"
        ") AS said GROUP BY fund HAVING sum(amount) <> 0",
    ),
    Invariant(
        "guards_of_giving_are_on_duty",
        "The triggers that freeze amounts and keep states from going backwards are in the database.",
        f"SELECT name FROM (VALUES {_WANTED}) AS wanted(name) WHERE NOT EXISTS"
        " (SELECT 1 FROM pg_trigger t WHERE t.tgname = wanted.name AND t.tgenabled IN ('O', 'A'))",
        f"WITH wanted(name) AS (VALUES {_WANTED}) SELECT name FROM wanted WHERE NOT EXISTS"
        " (SELECT 1 FROM sqlite_master m WHERE m.type = 'trigger' AND m.name = wanted.name)",
    ),
)

_PAYOUTS = (
    Invariant(
        "payouts_are_the_sum_of_their_items",
        "Every posted payout is the sum of its items, or a person said why it is right.",
        "SELECT o.id FROM payouts o WHERE o.state = 'posted' AND o.note IS NULL AND o.amount_minor <>"
        " coalesce((SELECT sum(amount_minor - fee_minor) FROM payout_lines WHERE payout_id = o.id), 0)",
    ),
    Invariant(
        "posted_payouts_are_matched",
        "Every item of a posted payout is matched, or a person said why the payout is right; of a held one, none is.",
        "SELECT l.id FROM payout_lines l JOIN payouts o ON o.id = l.payout_id"
        " WHERE (o.state = 'posted' AND o.note IS NULL AND NOT l.is_matched) OR (o.state = 'held' AND l.is_matched)",
    ),
    Invariant(
        "nothing_is_paid_out_twice",
        "No payment, refund or chargeback is matched in two payouts.",
        "SELECT min(id) FROM payout_lines WHERE is_matched GROUP BY gateway, kind, provider_ref HAVING count(*) > 1",
    ),
    Invariant(
        "paid_out_payments_came_in",
        "Every matched payment of a payout came in with just this amount and fee.",
        "SELECT l.id FROM payout_lines l WHERE l.is_matched AND l.kind = 'payment' AND NOT EXISTS"
        " (SELECT 1 FROM payments p WHERE p.gateway = l.gateway AND p.provider_ref = l.provider_ref"
        f" AND p.state IN {_PAID} AND p.amount_minor = l.amount_minor AND coalesce(p.fee_minor, 0) = l.fee_minor)",
    ),
)

_STATEMENTS = (
    Invariant(
        "matched_lines_are_of_their_amount",
        "Every matched line of a statement has just the amount of its payment or refund.",
        "SELECT l.id FROM bank_lines l LEFT JOIN payments p ON p.id = l.payment_id"
        " LEFT JOIN refunds r ON r.id = l.refund_id"
        " WHERE l.state = 'matched' AND l.amount_minor <> coalesce(p.amount_minor, -r.amount_minor)",
    ),
    Invariant(
        "transfers_came_in_by_a_statement",
        "Every paid bank transfer is a matched line of a statement, and every matched line is paid.",
        "SELECT p.id FROM payments p WHERE p.gateway = 'bank_transfer' AND"
        f" (p.state IN {_PAID}) <> EXISTS (SELECT 1 FROM bank_lines l WHERE l.payment_id = p.id)",
    ),
)


def _find_unmatched() -> Iterator[str]:
    """Yield each fund where the shares of all that came in are not together what was paid out.

    A fund below zero has paid out what a bank took back since: up to so much has no share.
    """
    for campaign in session().execute(select(Campaign.number, Campaign.currency).order_by(Campaign.number)).all():
        shares = match(list_lots(*campaign), list_outflows(campaign.number))
        total, spent = sum(share.amount_minor for share in shares), _spent_minor(*campaign)
        held = session().get(FundHolding, tuple(campaign))
        below = max(-held.held_minor, 0) if held else 0
        if not spent - below <= total <= spent:
            yield campaign.number


def _spent_minor(number: str, currency: str) -> int:
    """Return what the book says was paid out of a fund and not given back, to suppliers and to like campaigns."""
    is_spent = or_(
        LedgerAccount.kind == Part.DISBURSED,
        and_(LedgerAccount.kind == Part.TRANSFERRED, Posting.amount_minor > 0),
    )
    query = (
        select(func.coalesce(func.sum(Posting.amount_minor), 0))
        .join(LedgerAccount, LedgerAccount.id == Posting.account_id)
        .where(LedgerAccount.fund == number, LedgerAccount.currency == currency, is_spent)
    )
    return int(session().scalar(query) or 0)


_FORGOTTEN = (
    Invariant(
        "who_never_paid_is_forgotten",
        "Nobody's address is kept forty days after their gift was given up unpaid.",
        "SELECT id FROM gifts WHERE state = 'abandoned' AND contact IS NOT NULL"
        " AND state_since < CAST(:today AS date) - 40",
        "SELECT id FROM gifts WHERE state = 'abandoned' AND contact IS NOT NULL"
        " AND state_since < date(:today, '-40 days')",
    ),
)

_TRACES = (
    Invariant(
        "paid_payments_know_their_entry",
        "Every payment that came in names the entry by which it did: of its campaign, its amount and currency.",
        f"SELECT p.id FROM payments p JOIN gifts g ON g.id = p.gift_id WHERE (p.state IN {_PAID}) <> EXISTS"
        " (SELECT 1 FROM ledger_entries e JOIN ledger_postings q ON q.entry_sequence = e.sequence"
        " JOIN ledger_accounts a ON a.id = q.account_id WHERE e.sequence = p.entry_sequence AND e.kind = 'gift'"
        " AND e.currency = p.currency AND a.kind = 'received' AND a.fund = g.campaign_number"
        " AND q.amount_minor = -p.amount_minor)",
    ),
    Proof(
        "shares_of_gifts_are_what_was_paid_out",
        "The shares of all gifts in a campaign's payments add up to what it paid out.",
        _find_unmatched,
    ),
)

INVARIANTS: tuple[Invariant | Proof, ...] = (
    *_ROWS,
    *_BOOK,
    *_PAYOUTS,
    *_STATEMENTS,
    *_TRACES,
    *_FORGOTTEN,
    *MONTHLY_INVARIANTS,
    *COMMITMENT_INVARIANTS,
)
