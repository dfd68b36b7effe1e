"""What is always true of campaigns and of what is paid out of them; the ledger says it of the book itself."""

from portal.campaigns.plan import NEEDED_FIELDS
from portal.campaigns.rules import FILED_AHEAD_DAYS
from portal.campaigns.telling import CORRECTABLE_FIELDS
from portal.invariants import Invariant

_PUBLIC = "('open', 'ended', 'accounted', 'closed')"
_PAID = "('paid', 'returned')"
_TEXTS = tuple(name for name in NEEDED_FIELDS if name not in ("starts_on", "ends_on"))
_GUARDS = {
    "postgresql": ("campaign_corrections_append_only", "campaign_events_append_only", "disbursements_kept"),
    "sqlite": (
        *("campaign_corrections_no_delete", "campaign_corrections_no_update"),
        *("campaign_events_no_delete", "campaign_events_no_update"),
        *("disbursements_kept", "disbursements_no_delete"),
    ),
}


def _values(names: tuple[str, ...]) -> str:
    return ", ".join(f"('{name}')" for name in names)


def _last_correction_of(column: str) -> str:
    """Return SQL that names campaigns whose text is not what its last correction made of it."""
    return (
        f"SELECT c.number FROM campaigns c JOIN campaign_corrections k ON k.campaign_id = c.id"
        f" WHERE k.subject = 'plan' AND k.field = '{column}'"
        f" AND k.id = (SELECT max(l.id) FROM campaign_corrections l WHERE l.campaign_id = c.id"
        f" AND l.subject = 'plan' AND l.field = '{column}')"
        f" AND (k.after <> c.{column} OR k.after_en <> c.{column}_en)"
    )


def _last_text_correction(table: str, subject: str, column: str) -> str:
    return (
        f"SELECT t.public_id FROM {table} t JOIN campaign_corrections k ON k.subject_ref = t.public_id"
        f" WHERE k.subject = '{subject}' AND k.field = '{column}' AND k.id = (SELECT max(l.id)"
        f" FROM campaign_corrections l WHERE l.subject = '{subject}' AND l.subject_ref = t.public_id"
        f" AND l.field = '{column}') AND (k.after <> t.{column} OR k.after_en <> t.{column}_en)"
    )


_LIFE = (
    Invariant(
        "campaigns_say_what_the_law_asks",
        "Every public campaign says all that the law asks for, in both languages.",
        f"SELECT number FROM campaigns WHERE state IN {_PUBLIC} AND ("
        + " OR ".join(f"{name} = ''" for name in _TEXTS)
        + " OR starts_on IS NULL OR ends_on IS NULL OR filing_no IS NULL OR filing_no = ''"
        " OR platform_url IS NULL OR platform_url NOT LIKE 'https://%')",
    ),
    Invariant(
        "campaigns_are_filed_ahead",
        "Every public campaign was filed ten days before its start, or is an emergency's.",
        f"SELECT number FROM campaigns WHERE state IN {_PUBLIC} AND NOT is_emergency"
        f" AND starts_on < filed_on + {FILED_AHEAD_DAYS}",
        f"SELECT number FROM campaigns WHERE state IN {_PUBLIC} AND NOT is_emergency"
        f" AND starts_on < date(filed_on, '+{FILED_AHEAD_DAYS} days')",
    ),
    Invariant(
        "campaigns_are_opened_by_another",
        "Nobody opened a campaign they had written, changed or filed.",
        "SELECT o.campaign_id FROM campaign_events o JOIN campaign_events w ON w.campaign_id = o.campaign_id"
        " AND w.sequence < o.sequence AND w.person_id = o.person_id"
        " WHERE o.action = 'open' AND w.action IN ('write', 'change', 'file')",
    ),
    Invariant(
        "campaigns_stand_where_their_history_ends",
        "Every campaign stands where its last step led, and no step is missing.",
        "SELECT c.number FROM campaigns c WHERE c.state IS DISTINCT FROM (SELECT e.to_state FROM campaign_events e"
        " WHERE e.campaign_id = c.id ORDER BY e.sequence DESC LIMIT 1)"
        " OR (SELECT count(*) FROM campaign_events e WHERE e.campaign_id = c.id)"
        " IS DISTINCT FROM (SELECT max(e.sequence) FROM campaign_events e WHERE e.campaign_id = c.id)",
        "SELECT c.number FROM campaigns c WHERE c.state IS NOT (SELECT e.to_state FROM campaign_events e"
        " WHERE e.campaign_id = c.id ORDER BY e.sequence DESC LIMIT 1)"
        " OR (SELECT count(*) FROM campaign_events e WHERE e.campaign_id = c.id)"
        " IS NOT (SELECT max(e.sequence) FROM campaign_events e WHERE e.campaign_id = c.id)",
    ),
    Invariant(
        "campaigns_end_with_their_last_day",
        "No campaign is open two days after its last one.",
        "SELECT number FROM campaigns WHERE state = 'open' AND ends_on < CAST(:today AS date) - 1",
        "SELECT number FROM campaigns WHERE state = 'open' AND ends_on < date(:today, '-1 day')",
    ),
    Invariant(
        "only_open_campaigns_are_paused",
        "A pause has a kind, and what staff pause has a reason.",
        "SELECT number FROM campaigns WHERE (paused_at IS NULL) <> (pause_reason IS NULL)"
        " OR (pause_reason = 'staff' AND (coalesce(pause_note, '') = '' OR coalesce(pause_note_en, '') = ''))",
    ),
    Invariant(
        "wish_funds_share_no_day",
        "No two open Wish Funds take gifts on one day.",
        "SELECT a.number FROM campaigns a JOIN campaigns b ON a.id < b.id AND a.starts_on <= b.ends_on"
        " AND b.starts_on <= a.ends_on WHERE a.is_wish_fund AND b.is_wish_fund"
        " AND a.state = 'open' AND b.state = 'open'",
    ),
    Invariant(
        "accounted_campaigns_have_their_account",
        "Every campaign that counts as accounted for has published its full account, once.",
        "SELECT c.number FROM campaigns c WHERE (SELECT count(*) FROM disclosure_reports r"
        " WHERE r.campaign_id = c.id AND r.kind = 'final' AND r.status = 'live')"
        " <> CASE WHEN c.state IN ('accounted', 'closed') THEN 1 ELSE 0 END",
    ),
)

_TOLD = (
    Invariant(
        "news_is_approved_by_another",
        "Everything public was approved by somebody who had not written it.",
        "SELECT public_id FROM campaign_updates WHERE status = 'live'"
        " AND (approved_by_id IS NULL OR approved_by_id = written_by_id OR published_on IS NULL)"
        " UNION SELECT public_id FROM disclosure_reports WHERE status = 'live'"
        " AND (approved_by_id IS NULL OR approved_by_id = written_by_id OR published_on IS NULL)",
    ),
    Invariant(
        "reports_have_their_figures",
        "Every published report holds what was received, paid and held on its day.",
        "SELECT public_id FROM disclosure_reports WHERE status = 'live'"
        " AND (received_minor IS NULL OR disbursed_minor IS NULL OR held_minor IS NULL)",
    ),
    Invariant(
        "plans_say_what_their_corrections_say",
        "A corrected text of a campaign is what its last correction made of it.",
        " UNION ".join(_last_correction_of(name) for name in CORRECTABLE_FIELDS),
    ),
    Invariant(
        "news_says_what_its_corrections_say",
        "Corrected news and a corrected report are what their last correction made of them.",
        " UNION ".join(
            (
                _last_text_correction("campaign_updates", "update", "title"),
                _last_text_correction("campaign_updates", "update", "body"),
                _last_text_correction("disclosure_reports", "report", "body"),
            )
        ),
    ),
    Invariant(
        "askers_are_forgotten",
        "Nobody's address is kept once their question is settled.",
        "SELECT public_id FROM campaign_questions WHERE status IN ('answered', 'refused') AND contact IS NOT NULL",
    ),
    Invariant(
        "questions_are_worded_by_staff",
        "A public question has a wording that somebody let through, and an answered one its answer.",
        "SELECT public_id FROM campaign_questions WHERE status IN ('looking', 'answered')"
        " AND (public_body IS NULL OR moderated_by_id IS NULL OR (status = 'answered' AND answer IS NULL))",
    ),
    Invariant(
        "years_are_published_by_another",
        "Published figures of a year were checked by somebody who had not written them, and add up.",
        "SELECT year FROM foundation_years WHERE approved_by_id = written_by_id"
        " OR management_minor > spent_minor OR income_minor < 0 OR management_minor < 0",
    ),
)

_PAID_OUT = (
    Invariant(
        "public_campaigns_have_their_fund",
        "Every public campaign has its fund in the book, and no other campaign has one.",
        f"SELECT c.number FROM campaigns c WHERE (c.state IN {_PUBLIC}) <> EXISTS (SELECT 1 FROM ledger_accounts a"
        " WHERE a.fund = c.number AND a.currency = c.currency AND a.kind = 'disbursed')",
    ),
    Invariant(
        "payments_are_decided_by_another",
        "Every payment that was approved or refused was decided by somebody who had not asked for it.",
        "SELECT public_id FROM disbursements WHERE decided_by_id = requested_by_id"
        " OR (decided_by_id IS NULL AND state IN ('approved', 'refused', 'paid', 'returned'))",
    ),
    Invariant(
        "payments_come_out_of_their_campaigns_budget",
        "Every payment to a supplier comes out of a line of its own campaign, in its currency.",
        "SELECT d.public_id FROM disbursements d JOIN campaigns c ON c.id = d.campaign_id"
        " LEFT JOIN budget_lines b ON b.id = d.budget_line_id WHERE d.currency <> c.currency"
        " OR (d.to_campaign_id IS NULL AND (b.id IS NULL OR b.campaign_id <> d.campaign_id))",
    ),
    Invariant(
        "lines_pay_no_more_than_their_budget",
        "No line of a budget has more asked for, approved and paid than it holds.",
        "SELECT b.id FROM budget_lines b JOIN disbursements d ON d.budget_line_id = b.id"
        " AND d.state IN ('requested', 'approved', 'paid')"
        " GROUP BY b.id, b.amount_minor HAVING sum(d.amount_minor) > b.amount_minor",
    ),
    Invariant(
        "payments_have_their_vouchers",
        "Every payment to a supplier has its sealed original and its public copy, which are not the same file.",
        f"SELECT public_id FROM disbursements WHERE state IN {_PAID} AND to_campaign_id IS NULL"
        " AND (voucher IS NULL OR voucher_copy IS NULL OR voucher = voucher_copy)",
    ),
    Invariant(
        "payments_are_posted",
        "Every payment stands in the book with its whole amount, under its reference.",
        f"SELECT d.public_id FROM disbursements d JOIN campaigns c ON c.id = d.campaign_id WHERE d.state IN {_PAID}"
        " AND NOT EXISTS (SELECT 1 FROM ledger_entries e JOIN ledger_postings p ON p.entry_sequence = e.sequence"
        " JOIN ledger_accounts a ON a.id = p.account_id WHERE e.reference = d.reference AND e.currency = d.currency"
        " AND a.fund = c.number AND p.amount_minor = d.amount_minor AND ((d.to_campaign_id IS NULL"
        " AND e.kind = 'disbursement' AND a.kind = 'disbursed')"
        " OR (d.to_campaign_id IS NOT NULL AND e.kind = 'transfer' AND a.kind = 'transferred')))",
    ),
    Invariant(
        "returned_payments_are_posted_back",
        "Every payment that was given back stands in the book a second time, the other way.",
        "SELECT d.public_id FROM disbursements d JOIN campaigns c ON c.id = d.campaign_id WHERE d.state = 'returned'"
        " AND NOT EXISTS (SELECT 1 FROM ledger_entries e JOIN ledger_postings p ON p.entry_sequence = e.sequence"
        " JOIN ledger_accounts a ON a.id = p.account_id WHERE e.reference = d.return_reference"
        " AND e.kind = 'supplier_return' AND a.fund = c.number AND a.kind = 'disbursed'"
        " AND p.amount_minor = -d.amount_minor)",
    ),
    Invariant(
        "the_book_pays_only_what_was_asked_for",
        "Every payment in the book belongs to one that was asked for and approved.",
        "SELECT e.sequence FROM ledger_entries e WHERE (e.kind IN ('disbursement', 'transfer') AND NOT EXISTS"
        f" (SELECT 1 FROM disbursements d WHERE d.reference = e.reference AND d.state IN {_PAID}))"
        " OR (e.kind = 'supplier_return' AND NOT EXISTS"
        " (SELECT 1 FROM disbursements d WHERE d.return_reference = e.reference AND d.state = 'returned'))",
    ),
    Invariant(
        "spent_is_the_sum_of_payments",
        "What the book says a campaign spent is the sum of what it paid and did not get back.",
        "SELECT c.number FROM campaigns c WHERE (SELECT coalesce(sum(p.amount_minor), 0) FROM ledger_postings p"
        " JOIN ledger_accounts a ON a.id = p.account_id"
        " WHERE a.fund = c.number AND a.currency = c.currency AND a.kind = 'disbursed')"
        " <> (SELECT coalesce(sum(d.amount_minor), 0) FROM disbursements d"
        " WHERE d.campaign_id = c.id AND d.state = 'paid' AND d.to_campaign_id IS NULL)",
    ),
    Invariant(
        "closed_campaigns_hold_nothing",
        "A closed campaign holds nothing and has nothing left to pay.",
        "SELECT c.number FROM campaigns c WHERE c.state = 'closed' AND (EXISTS (SELECT 1 FROM fund_holdings h"
        " WHERE h.fund = c.number AND h.held_minor <> 0) OR EXISTS (SELECT 1 FROM disbursements d"
        " WHERE d.campaign_id = c.id AND d.state IN ('requested', 'approved')))",
    ),
    Invariant(
        "guards_of_campaigns_are_on_duty",
        "The database's guards over histories, corrections and payments are all there and switched on.",
        f"SELECT name FROM (VALUES {_values(_GUARDS['postgresql'])}) AS wanted(name) WHERE NOT EXISTS"
        " (SELECT 1 FROM pg_trigger t WHERE t.tgname = wanted.name AND t.tgenabled IN ('O', 'A'))",
        f"WITH wanted(name) AS (VALUES {_values(_GUARDS['sqlite'])}) SELECT name FROM wanted WHERE NOT EXISTS"
        " (SELECT 1 FROM sqlite_master m WHERE m.type = 'trigger' AND m.name = wanted.name)",
    ),
)

INVARIANTS: tuple[Invariant, ...] = (*_LIFE, *_TOLD, *_PAID_OUT)
