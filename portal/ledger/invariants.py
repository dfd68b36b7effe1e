"""What is always true of the book, its funds and its registers; `log_invariants.py` says it of the log."""

from portal.invariants import Invariant, Proof
from portal.ledger.log_invariants import LOG_INVARIANTS
from portal.ledger.rules import EntryKind, Part

GUARDED_TABLES = (
    "goods_register",
    "hours_register",
    "ledger_accounts",
    "ledger_checkpoints",
    "ledger_entries",
    "ledger_nodes",
    "ledger_postings",
)
_GUARDS = (
    "fund_holdings_stay",
    "goods_register_first",
    "hours_register_first",
    "ledger_accounts_hold",
    "ledger_checkpoints_grow",
    "ledger_entries_next",
    "ledger_entries_seal",
    "ledger_head_follows",
    "ledger_nodes_first",
    "ledger_postings_hold",
    "ledger_postings_open",
)
_ON_SQLITE = (
    *_GUARDS,
    *(f"{table}_no_{act}" for table in GUARDED_TABLES for act in ("delete", "update")),
    "fund_holdings_no_delete",
    "ledger_head_no_delete",
    "ledger_head_no_insert",
)
_ON_POSTGRESQL = (
    *_GUARDS,
    *(
        f"{table}_append_only_{level}"
        for table in (*GUARDED_TABLES, "fund_holdings", "ledger_head")
        for level in ("row", "statement")
    ),
)


def _values(names: tuple[str, ...]) -> str:
    return ", ".join(f"('{name}')" for name in names)


def _quoted(names: type[EntryKind] | type[Part]) -> str:
    return ", ".join(f"'{name}'" for name in names)


_BOOK = (
    Invariant(
        "entries_balance",
        "The postings of every entry sum to zero.",
        "SELECT entry_sequence FROM ledger_postings GROUP BY entry_sequence HAVING sum(amount_minor) <> 0",
    ),
    Invariant(
        "entries_have_two_sides",
        "Every entry has at least two postings.",
        "SELECT e.sequence FROM ledger_entries e WHERE"
        " (SELECT count(*) FROM ledger_postings p WHERE p.entry_sequence = e.sequence) < 2",
    ),
    Invariant(
        "postings_are_sealed",
        "Every posting belongs to a sealed entry.",
        "SELECT p.id FROM ledger_postings p WHERE NOT EXISTS"
        " (SELECT 1 FROM ledger_entries e WHERE e.sequence = p.entry_sequence)",
    ),
    Invariant(
        "postings_have_accounts",
        "Every posting stands on an account that is there.",
        "SELECT p.id FROM ledger_postings p WHERE NOT EXISTS"
        " (SELECT 1 FROM ledger_accounts a WHERE a.id = p.account_id)",
    ),
    Invariant(
        "amounts_are_not_zero",
        "No posting is of nothing.",
        "SELECT id FROM ledger_postings WHERE amount_minor IS NULL OR amount_minor = 0",
    ),
    Invariant(
        "accounts_once_an_entry",
        "No entry posts twice to one account.",
        "SELECT entry_sequence FROM ledger_postings GROUP BY entry_sequence, account_id HAVING count(*) > 1",
    ),
    Invariant(
        "one_currency",
        "Every entry has one currency, that of all its accounts.",
        "SELECT DISTINCT e.sequence FROM ledger_entries e JOIN ledger_postings p ON p.entry_sequence = e.sequence"
        " JOIN ledger_accounts a ON a.id = p.account_id WHERE a.currency <> e.currency",
    ),
    Invariant(
        "numbers_have_no_gaps",
        "Entries are numbered from one without a gap.",
        "SELECT sequence FROM (SELECT sequence, row_number() OVER (ORDER BY sequence) AS place FROM ledger_entries) n"
        " WHERE sequence <> place",
    ),
    Invariant(
        "head_is_the_last",
        "The head knows the last entry.",
        "SELECT coalesce((SELECT max(sequence) FROM ledger_head), -1) AS head"
        " WHERE (SELECT count(*) FROM ledger_head) <> 1 OR (SELECT max(sequence) FROM ledger_head)"
        " <> (SELECT coalesce(max(sequence), 0) FROM ledger_entries)",
    ),
    Invariant(
        "references_are_unique",
        "No two entries have one reference.",
        "SELECT min(sequence) FROM ledger_entries GROUP BY reference HAVING count(*) > 1",
    ),
    Invariant(
        "references_say_nothing",
        "Every reference is twenty characters without a meaning.",
        "SELECT sequence FROM ledger_entries WHERE reference !~ '^[0-9A-HJKMNP-TV-Z]{20}$'",
        "SELECT sequence FROM ledger_entries WHERE length(reference) <> 20 OR reference GLOB '*[^0-9A-HJKMNP-TV-Z]*'",
    ),
    Invariant(
        "kinds_are_known",
        "Every entry is of a known kind.",
        f"SELECT sequence FROM ledger_entries WHERE kind NOT IN ({_quoted(EntryKind)})",
    ),
    Invariant(
        "reversals_name_what_they_undo",
        "An entry is a reversal exactly when it names an earlier entry.",
        "SELECT sequence FROM ledger_entries e WHERE (kind = 'reversal') <> (reverses IS NOT NULL)"
        " OR reverses >= sequence OR (reverses IS NOT NULL AND NOT EXISTS"
        " (SELECT 1 FROM ledger_entries o WHERE o.sequence = e.reverses))",
    ),
    Invariant(
        "reversals_happen_once",
        "No entry is undone twice, and no reversal is undone.",
        "SELECT reverses FROM ledger_entries WHERE reverses IS NOT NULL GROUP BY reverses HAVING count(*) > 1"
        " UNION SELECT e.sequence FROM ledger_entries e JOIN ledger_entries o ON o.sequence = e.reverses"
        " WHERE o.reverses IS NOT NULL",
    ),
    Invariant(
        "reversals_are_exact",
        "A reversal posts the exact opposite of what it undoes.",
        "SELECT e.sequence FROM ledger_entries e JOIN ledger_postings p ON p.entry_sequence IN (e.sequence, e.reverses)"
        " WHERE e.reverses IS NOT NULL GROUP BY e.sequence, p.account_id"
        " HAVING sum(p.amount_minor) <> 0 OR count(*) <> 2",
    ),
)

_FUNDS = (
    Invariant(
        "accounts_fit_their_codes",
        "Every account's code says its kind and its fund.",
        "SELECT code FROM ledger_accounts WHERE NOT coalesce("
        "(fund IS NULL AND kind = 'bank' AND code = 'bank')"
        " OR (fund IS NULL AND kind = 'clearing' AND code LIKE 'clearing._%')"
        f" OR (kind IN ({_quoted(Part)}) AND code = 'fund.' || fund || '.' || kind), FALSE)",
    ),
    Invariant(
        "accounts_are_unique",
        "No two accounts have one code in one currency.",
        "SELECT code FROM ledger_accounts GROUP BY code, currency HAVING count(*) > 1",
    ),
    Invariant(
        "funds_have_all_parts",
        "Every fund has all its parts.",
        "SELECT fund FROM ledger_accounts WHERE fund IS NOT NULL GROUP BY fund, currency"
        f" HAVING count(DISTINCT kind) <> {len(Part)}",
    ),
    Invariant(
        "holdings_are_the_postings",
        "What a fund is said to hold is what was posted to it.",
        "SELECT h.fund FROM fund_holdings h WHERE h.held_minor <> -(SELECT coalesce(sum(p.amount_minor), 0)"
        " FROM ledger_postings p JOIN ledger_accounts a ON a.id = p.account_id"
        " WHERE a.fund = h.fund AND a.currency = h.currency)",
    ),
    Invariant(
        "holdings_and_funds_match",
        "Every fund has one holding, and every holding its fund.",
        "SELECT a.fund FROM ledger_accounts a WHERE a.fund IS NOT NULL AND NOT EXISTS"
        " (SELECT 1 FROM fund_holdings h WHERE h.fund = a.fund AND h.currency = a.currency)"
        " UNION SELECT h.fund FROM fund_holdings h WHERE NOT EXISTS"
        " (SELECT 1 FROM ledger_accounts a WHERE a.fund = h.fund AND a.currency = h.currency)"
        " UNION SELECT fund FROM fund_holdings GROUP BY fund, currency HAVING count(*) > 1",
    ),
    Invariant(
        "funds_spend_what_they_hold",
        "No disbursement and no transfer took more out of a fund than it held.",
        "SELECT sequence FROM (SELECT m.sequence, m.spent,"
        " sum(m.change) OVER (PARTITION BY m.fund, m.currency ORDER BY m.sequence) AS held FROM"
        " (SELECT e.sequence, a.fund, a.currency, -sum(p.amount_minor) AS change,"
        " max(CASE WHEN a.kind IN ('disbursed', 'transferred') AND p.amount_minor > 0 AND e.reverses IS NULL"
        " THEN 1 ELSE 0 END) AS spent FROM ledger_entries e JOIN ledger_postings p ON p.entry_sequence = e.sequence"
        " JOIN ledger_accounts a ON a.id = p.account_id WHERE a.fund IS NOT NULL"
        " GROUP BY e.sequence, a.fund, a.currency) m) r WHERE spent = 1 AND held < 0",
    ),
)

_REGISTERS = tuple(
    Invariant(
        f"{register}_reversals_are_exact",
        f"A line of the register of {what} that undoes another is its exact opposite, once.",
        f"SELECT l.id FROM {register}_register l LEFT JOIN {register}_register o ON o.id = l.reverses_id"
        f" WHERE l.reverses_id IS NOT NULL AND (o.id IS NULL OR o.id >= l.id OR o.reverses_id IS NOT NULL"
        f" OR o.wish_number <> l.wish_number OR o.category <> l.category OR o.{amount} <> -l.{amount})"
        f" UNION SELECT l.id FROM {register}_register l WHERE l.reverses_id IS NULL AND l.{amount} <= 0"
        f" UNION SELECT max(id) FROM {register}_register WHERE reverses_id IS NOT NULL"
        " GROUP BY reverses_id HAVING count(*) > 1",
    )
    for register, what, amount in (("goods", "goods", "quantity"), ("hours", "service hours", "minutes"))
)

_GUARD_DUTY = (
    Invariant(
        "guards_are_on_duty",
        "The database's guards over the book are all there and switched on.",
        f"SELECT name FROM (VALUES {_values(_ON_POSTGRESQL)}) AS wanted(name) WHERE NOT EXISTS"
        " (SELECT 1 FROM pg_trigger t JOIN pg_proc f ON f.oid = t.tgfoid"
        " WHERE t.tgname = wanted.name AND t.tgenabled IN ('O', 'A')"
        " AND (f.prosrc LIKE '%RAISE EXCEPTION%' OR wanted.name LIKE '%_hold'))",
        f"WITH wanted(name) AS (VALUES {_values(_ON_SQLITE)}) SELECT name FROM wanted WHERE NOT EXISTS"
        " (SELECT 1 FROM sqlite_master m WHERE m.type = 'trigger' AND m.name = wanted.name"
        " AND (m.sql LIKE '%RAISE(ABORT%' OR wanted.name LIKE '%_hold'))",
    ),
)

INVARIANTS: tuple[Invariant | Proof, ...] = (*_BOOK, *_FUNDS, *_REGISTERS, *_GUARD_DUTY, *LOG_INVARIANTS)
