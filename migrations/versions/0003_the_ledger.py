"""The ledger: its tables, the registers of goods and hours, and the triggers that guard them"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

Rules = dict[str, str]

APPEND_ONLY = (
    "ledger_accounts",
    "ledger_entries",
    "ledger_postings",
    "ledger_nodes",
    "ledger_checkpoints",
    "goods_register",
    "hours_register",
)

IS_NEXT = "EXISTS (SELECT 1 FROM ledger_head WHERE sequence + 1 = {})"
POSTINGS = "SELECT count(*) FROM ledger_postings WHERE entry_sequence = {}"

OPEN_ENTRY: Rules = {
    "a posting belongs to the entry that is written next": "NOT " + IS_NEXT.format("NEW.entry_sequence"),
    # Otherwise SQLite's INSERT OR REPLACE would take a row away without asking the trigger on deletes.
    "a posting is not replaced": "EXISTS (SELECT 1 FROM ledger_postings WHERE id = NEW.id"
    " OR (entry_sequence = NEW.entry_sequence AND account_id = NEW.account_id))",
}

NEXT_ENTRY: Rules = {
    "entries are numbered without gaps": "NOT " + IS_NEXT.format("NEW.sequence"),
    "an entry is not replaced": "EXISTS"
    " (SELECT 1 FROM ledger_entries WHERE reference = NEW.reference OR reverses = NEW.reverses)",
}

SEAL: Rules = {
    "an entry has at least two postings": f"({POSTINGS.format('NEW.sequence')}) < 2",
    "the postings of an entry sum to zero": "(SELECT sum(amount_minor) FROM ledger_postings"
    " WHERE entry_sequence = NEW.sequence) <> 0",
    "an entry has one currency": "EXISTS"
    " (SELECT 1 FROM ledger_postings p JOIN ledger_accounts a ON a.id = p.account_id"
    " WHERE p.entry_sequence = NEW.sequence AND a.currency <> NEW.currency)",
    "a reversal names what it undoes, which is no reversal": "(NEW.kind = 'reversal') <> (NEW.reverses IS NOT NULL)"
    " OR EXISTS (SELECT 1 FROM ledger_entries WHERE sequence = NEW.reverses AND reverses IS NOT NULL)",
    "a reversal is the exact opposite": "NEW.reverses IS NOT NULL AND"
    f" (({POSTINGS.format('NEW.sequence')}) <> ({POSTINGS.format('NEW.reverses')})"
    f" OR ({POSTINGS.format('NEW.sequence')}) <> (SELECT count(*) FROM ledger_postings n JOIN ledger_postings o"
    " ON o.account_id = n.account_id AND o.amount_minor = -n.amount_minor"
    " WHERE n.entry_sequence = NEW.sequence AND o.entry_sequence = NEW.reverses))",
    "a fund spends no more than it holds": "NEW.reverses IS NULL AND EXISTS (SELECT 1 FROM ledger_postings p"
    " JOIN ledger_accounts a ON a.id = p.account_id"
    " JOIN fund_holdings h ON h.fund = a.fund AND h.currency = a.currency"
    " WHERE p.entry_sequence = NEW.sequence AND a.kind IN ('disbursed', 'transferred')"
    " AND p.amount_minor > 0 AND h.held_minor < 0)",
}

HEAD: Rules = {
    "the head follows the entries": "NEW.id <> OLD.id OR NEW.sequence <> OLD.sequence + 1"
    " OR NOT EXISTS (SELECT 1 FROM ledger_entries WHERE sequence = NEW.sequence)",
}

HOLDING: Rules = {"a holding keeps its fund": "NEW.fund <> OLD.fund OR NEW.currency <> OLD.currency"}

NEW_NODE: Rules = {
    "a hash is not replaced": "EXISTS (SELECT 1 FROM ledger_nodes WHERE level = NEW.level AND position = NEW.position)"
}

NEW_CHECKPOINT: Rules = {
    "a checkpoint is not replaced": "EXISTS (SELECT 1 FROM ledger_checkpoints WHERE id = NEW.id"
    " OR (is_daily AND NEW.is_daily AND made_on = NEW.made_on))",
    "checkpoints only grow": "EXISTS (SELECT 1 FROM ledger_checkpoints WHERE tree_size > NEW.tree_size)",
}

NEW_LINE = "EXISTS (SELECT 1 FROM {0} WHERE id = NEW.id OR reference = NEW.reference OR reverses_id = NEW.reverses_id)"

OPEN_HOLDING = """
INSERT INTO fund_holdings (fund, currency, held_minor)
SELECT NEW.fund, NEW.currency, 0 WHERE NEW.fund IS NOT NULL
AND NOT EXISTS (SELECT 1 FROM fund_holdings WHERE fund = NEW.fund AND currency = NEW.currency)"""

KEEP_HOLDING = """
UPDATE fund_holdings SET held_minor = held_minor - NEW.amount_minor WHERE (fund, currency) IN
(SELECT fund, currency FROM ledger_accounts WHERE id = NEW.account_id)"""

KEEP_HEAD = "UPDATE ledger_head SET sequence = NEW.sequence"


def is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def refuse(table: str, *acts: str) -> None:
    """Let the database refuse acts on a table."""
    if is_postgresql():
        op.execute(
            f"CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION 'ledger: {table} is append-only'"
            " USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
        for level, some in (("ROW", acts), ("STATEMENT", ("TRUNCATE",))):
            op.execute(
                f"CREATE TRIGGER {table}_append_only_{level.lower()} BEFORE {' OR '.join(some)} ON {table} "
                f"FOR EACH {level} EXECUTE FUNCTION {table}_append_only()"
            )
        return
    for act in acts:
        op.execute(
            f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, 'ledger: {table} is append-only'); END"
        )


def guard(name: str, moment: str, table: str, rules: Rules | None = None, *, then: str = "", first: str = "") -> None:
    """Let the database refuse a row that breaks a rule, and do something at each row that does not.

    `first` is for PostgreSQL only, where others write at the same time.
    """
    if is_postgresql():
        checks = "".join(
            f"IF {broken} THEN RAISE EXCEPTION 'ledger: {rule}'"
            " USING ERRCODE = 'integrity_constraint_violation'; END IF; "
            for rule, broken in (rules or {}).items()
        )
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"{first} {checks} {then + ';' if then else ''} RETURN NEW; END $$"
        )
        op.execute(f"CREATE TRIGGER {name} {moment} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")
        return
    checks = "".join(
        f"SELECT RAISE(ABORT, 'ledger: {rule}') WHERE {broken}; " for rule, broken in (rules or {}).items()
    )
    op.execute(f"CREATE TRIGGER {name} {moment} ON {table} BEGIN {checks} {then + ';' if then else ''} END")


def upgrade() -> None:
    op.create_table(
        "books_checks",
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("invariants", sa.Integer(), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_books_checks")),
    )
    with op.batch_alter_table("books_checks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_books_checks_checked_at"), ["checked_at"], unique=False)

    op.create_table(
        "fund_holdings",
        sa.Column("fund", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("held_minor", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("fund", "currency", name=op.f("pk_fund_holdings")),
    )
    op.create_table(
        "goods_register",
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("wish_number", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("value_minor", sa.BigInteger(), nullable=True),
        sa.Column("entered_on", sa.Date(), nullable=False),
        sa.Column("reverses_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("quantity <> 0", name=op.f("ck_goods_register_quantity_not_zero")),
        sa.ForeignKeyConstraint(["reverses_id"], ["goods_register.id"], name=op.f("fk_goods_register_reverses_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goods_register")),
        sa.UniqueConstraint("reference", name=op.f("uq_goods_register_reference")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_goods_register_reverses_id")),
    )
    with op.batch_alter_table("goods_register", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_goods_register_entered_on"), ["entered_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_goods_register_wish_number"), ["wish_number"], unique=False)

    op.create_table(
        "hours_register",
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("wish_number", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("entered_on", sa.Date(), nullable=False),
        sa.Column("reverses_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("minutes <> 0", name=op.f("ck_hours_register_minutes_not_zero")),
        sa.ForeignKeyConstraint(["reverses_id"], ["hours_register.id"], name=op.f("fk_hours_register_reverses_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hours_register")),
        sa.UniqueConstraint("reference", name=op.f("uq_hours_register_reference")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_hours_register_reverses_id")),
    )
    with op.batch_alter_table("hours_register", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hours_register_entered_on"), ["entered_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_hours_register_wish_number"), ["wish_number"], unique=False)

    op.create_table(
        "ledger_accounts",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("fund", sa.String(), nullable=True),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "(fund IS NULL AND kind IN ('bank', 'clearing')) OR (fund IS NOT NULL AND"
            " code = 'fund.' || fund || '.' || kind AND"
            " kind IN ('received', 'matching', 'fees', 'disbursed', 'refunded', 'transferred'))",
            name=op.f("ck_ledger_accounts_kind_fits_code"),
        ),
        sa.CheckConstraint("length(currency) = 3", name=op.f("ck_ledger_accounts_currency_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_accounts")),
        sa.UniqueConstraint("code", "currency", name=op.f("uq_ledger_accounts_code_currency")),
    )
    with op.batch_alter_table("ledger_accounts", schema=None) as batch_op:
        batch_op.create_index("ix_ledger_accounts_fund", ["fund", "currency"], unique=False)

    op.create_table(
        "ledger_checkpoints",
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("is_daily", sa.Boolean(), nullable=False),
        sa.Column("tree_size", sa.BigInteger(), nullable=False),
        sa.Column("root_hash", sa.String(length=64), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("length(root_hash) = 64", name=op.f("ck_ledger_checkpoints_root_hash_whole")),
        sa.CheckConstraint("tree_size >= 0", name=op.f("ck_ledger_checkpoints_size_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_checkpoints")),
    )
    with op.batch_alter_table("ledger_checkpoints", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ledger_checkpoints_tree_size"), ["tree_size"], unique=False)
        batch_op.create_index(
            "uq_ledger_checkpoints_day",
            ["made_on"],
            unique=True,
            sqlite_where=sa.text("is_daily"),
            postgresql_where=sa.text("is_daily"),
        )

    op.create_table(
        "ledger_entries",
        sa.Column(
            "sequence", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("posted_on", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("reverses", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("leaf_hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("length(leaf_hash) = 64", name=op.f("ck_ledger_entries_leaf_hash_whole")),
        sa.CheckConstraint("length(reference) = 20", name=op.f("ck_ledger_entries_reference_opaque")),
        sa.CheckConstraint(
            "reverses IS NULL OR reverses < sequence", name=op.f("ck_ledger_entries_reverses_an_earlier_one")
        ),
        sa.CheckConstraint("sequence > 0", name=op.f("ck_ledger_entries_sequence_positive")),
        sa.ForeignKeyConstraint(["reverses"], ["ledger_entries.sequence"], name=op.f("fk_ledger_entries_reverses")),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_ledger_entries")),
        sa.UniqueConstraint("reference", name=op.f("uq_ledger_entries_reference")),
        sa.UniqueConstraint("reverses", name=op.f("uq_ledger_entries_reverses")),
    )
    op.create_table(
        "ledger_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_ledger_head_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_head")),
    )
    op.create_table(
        "ledger_nodes",
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("length(hash) = 64", name=op.f("ck_ledger_nodes_hash_whole")),
        sa.PrimaryKeyConstraint("level", "position", name=op.f("pk_ledger_nodes")),
    )
    op.create_table(
        "ledger_postings",
        sa.Column("entry_sequence", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("amount_minor <> 0", name=op.f("ck_ledger_postings_amount_not_zero")),
        sa.ForeignKeyConstraint(["account_id"], ["ledger_accounts.id"], name=op.f("fk_ledger_postings_account_id")),
        sa.ForeignKeyConstraint(
            ["entry_sequence"],
            ["ledger_entries.sequence"],
            name=op.f("fk_ledger_postings_entry_sequence"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_postings")),
        sa.UniqueConstraint("entry_sequence", "account_id", name=op.f("uq_ledger_postings_entry_sequence_account_id")),
    )
    with op.batch_alter_table("ledger_postings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ledger_postings_account_id"), ["account_id"], unique=False)
    op.execute("INSERT INTO ledger_head (id, sequence) VALUES (1, 0)")
    _guard_everything()


def _guard_everything() -> None:
    for table in APPEND_ONLY:
        refuse(table, "UPDATE", "DELETE")
    refuse("ledger_head", "INSERT", "DELETE")
    refuse("fund_holdings", "DELETE")
    guard("ledger_accounts_hold", "AFTER INSERT", "ledger_accounts", then=OPEN_HOLDING)
    # Whoever posts waits for whoever posted before, so that no posting slips into an entry sealed meanwhile.
    lock = "PERFORM 1 FROM ledger_head FOR UPDATE;"
    guard("ledger_postings_open", "BEFORE INSERT", "ledger_postings", OPEN_ENTRY, first=lock)
    guard("ledger_postings_hold", "AFTER INSERT", "ledger_postings", then=KEEP_HOLDING)
    guard("ledger_entries_next", "BEFORE INSERT", "ledger_entries", NEXT_ENTRY, first=lock)
    guard("ledger_entries_seal", "AFTER INSERT", "ledger_entries", SEAL, then=KEEP_HEAD)
    guard("ledger_head_follows", "BEFORE UPDATE", "ledger_head", HEAD)
    guard("fund_holdings_stay", "BEFORE UPDATE", "fund_holdings", HOLDING)
    guard("ledger_nodes_first", "BEFORE INSERT", "ledger_nodes", NEW_NODE)
    guard("ledger_checkpoints_grow", "BEFORE INSERT", "ledger_checkpoints", NEW_CHECKPOINT)
    for table in ("goods_register", "hours_register"):
        guard(f"{table}_first", "BEFORE INSERT", table, {"a line is not replaced": NEW_LINE.format(table)})


def downgrade() -> None:
    raise NotImplementedError("a book is not taken back")
