"""Giving: lines of bank statements, each matched with one payment or refund"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0012"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
FROZEN = (
    "NEW.amount_minor <> OLD.amount_minor OR NEW.currency <> OLD.currency OR NEW.line_hash <> OLD.line_hash"
    " OR NEW.booked_on <> OLD.booked_on"
)
ONE_WAY = "OLD.state <> 'waiting' AND NEW.state <> OLD.state"
CHECKS = {
    "amount_not_zero": "amount_minor <> 0",
    "state_known": "state IN ('waiting', 'matched', 'aside')",
    "matched_has_its_row": "(state = 'matched') = (payment_id IS NOT NULL OR refund_id IS NOT NULL)",
    "payment_came_in": "payment_id IS NULL OR amount_minor > 0",
    "refund_went_out": "refund_id IS NULL OR amount_minor < 0",
    "aside_has_its_note": "state <> 'aside' OR (note IS NOT NULL AND settled_by_id IS NOT NULL)",
}


def upgrade() -> None:
    op.create_table(
        "bank_lines",
        sa.Column("line_hash", sa.String(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("amount_minor", BIG, nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("details", sa.Text(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("payment_id", BIG, nullable=True),
        sa.Column("refund_id", BIG, nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("imported_by_id", BIG, nullable=True),
        sa.Column("settled_by_id", BIG, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", BIG, nullable=False),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_bank_lines_{name}")) for name, rule in CHECKS.items()),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name=op.f("fk_bank_lines_payment_id")),
        sa.ForeignKeyConstraint(["refund_id"], ["refunds.id"], name=op.f("fk_bank_lines_refund_id")),
        sa.ForeignKeyConstraint(["imported_by_id"], ["people.id"], name=op.f("fk_bank_lines_imported_by_id")),
        sa.ForeignKeyConstraint(["settled_by_id"], ["people.id"], name=op.f("fk_bank_lines_settled_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_lines")),
        sa.UniqueConstraint("line_hash", name=op.f("uq_bank_lines_line_hash")),
    )
    index("uq_bank_lines_payment", "payment_id", "payment_id IS NOT NULL", unique=True)
    index("uq_bank_lines_refund", "refund_id", "refund_id IS NOT NULL", unique=True)
    index("ix_bank_lines_waiting", "id", "state = 'waiting'")
    refuse("bank_lines_frozen", "UPDATE", FROZEN, "what was fixed with the row is not changed")
    refuse("bank_lines_one_way", "UPDATE", ONE_WAY, "a state never goes backwards")
    refuse("bank_lines_stay", "DELETE", "TRUE", "a row of money is not removed")


def index(name: str, column: str, where: str, *, unique: bool = False) -> None:
    condition = sa.text(where)
    op.create_index(name, "bank_lines", [column], unique=unique, sqlite_where=condition, postgresql_where=condition)


def refuse(name: str, act: str, condition: str, because: str) -> None:
    """Let the database itself refuse a change of a row where a condition holds."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION 'bank_lines: {because}'; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {act} ON bank_lines FOR EACH ROW WHEN ({condition})"
            f" EXECUTE FUNCTION {name}()"
        )
        return
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {act} ON bank_lines WHEN {condition} "
        f"BEGIN SELECT RAISE(ABORT, 'bank_lines: {because}'); END"
    )


def downgrade() -> None:
    raise NotImplementedError("statements are not taken back")
