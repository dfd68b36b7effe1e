"""Giving: what providers sent to the bank, item by item"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0010"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
FROZEN = {
    "payouts": "NEW.amount_minor <> OLD.amount_minor OR NEW.currency <> OLD.currency OR NEW.gateway <> OLD.gateway"
    " OR NEW.provider_ref <> OLD.provider_ref OR NEW.livemode <> OLD.livemode",
    "payout_lines": "NEW.amount_minor <> OLD.amount_minor OR NEW.fee_minor <> OLD.fee_minor OR NEW.kind <> OLD.kind"
    " OR NEW.gateway <> OLD.gateway OR NEW.provider_ref <> OLD.provider_ref OR NEW.payout_id <> OLD.payout_id",
}
ONE_WAY = {
    "payouts": "OLD.state = 'posted' AND NEW.state <> 'posted'",
    "payout_lines": "OLD.is_matched AND NOT NEW.is_matched",
}


def upgrade() -> None:
    op.create_table(
        "payouts",
        sa.Column("gateway", sa.String(), nullable=False),
        sa.Column("provider_ref", sa.String(), nullable=False),
        sa.Column("amount_minor", BIG, nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("accepted_by_id", BIG, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", BIG, nullable=False),
        sa.CheckConstraint("state IN ('held', 'posted')", name=op.f("ck_payouts_state_known")),
        sa.CheckConstraint("(state = 'posted') = (posted_at IS NOT NULL)", name=op.f("ck_payouts_posted_has_its_time")),
        sa.CheckConstraint("state = 'posted' OR why IS NOT NULL", name=op.f("ck_payouts_held_has_its_reason")),
        sa.CheckConstraint("(accepted_by_id IS NULL) = (note IS NULL)", name=op.f("ck_payouts_accepted_has_its_note")),
        sa.CheckConstraint(
            "why IS NULL OR why IN ('livemode', 'currency', 'amount', 'unknown', 'item', 'twice', 'changed')",
            name=op.f("ck_payouts_why_known"),
        ),
        sa.ForeignKeyConstraint(["accepted_by_id"], ["people.id"], name=op.f("fk_payouts_accepted_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payouts")),
        sa.UniqueConstraint("gateway", "provider_ref", name=op.f("uq_payouts_gateway_provider_ref")),
    )
    op.create_index(
        "ix_payouts_held",
        "payouts",
        ["id"],
        sqlite_where=sa.text("state = 'held'"),
        postgresql_where=sa.text("state = 'held'"),
    )
    op.create_table(
        "payout_lines",
        sa.Column("payout_id", BIG, nullable=False),
        sa.Column("gateway", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("provider_ref", sa.String(), nullable=False),
        sa.Column("amount_minor", BIG, nullable=False),
        sa.Column("fee_minor", BIG, nullable=False),
        sa.Column("is_matched", sa.Boolean(), nullable=False),
        sa.Column("id", BIG, nullable=False),
        sa.CheckConstraint(
            "kind IN ('payment', 'refund', 'refund_failed', 'dispute', 'dispute_won', 'dispute_lost')",
            name=op.f("ck_payout_lines_kind_known"),
        ),
        sa.ForeignKeyConstraint(["payout_id"], ["payouts.id"], name=op.f("fk_payout_lines_payout_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout_lines")),
        sa.UniqueConstraint(
            "payout_id", "kind", "provider_ref", name=op.f("uq_payout_lines_payout_id_kind_provider_ref")
        ),
    )
    op.create_index(
        "uq_payout_lines_matched",
        "payout_lines",
        ["gateway", "kind", "provider_ref"],
        unique=True,
        sqlite_where=sa.text("is_matched"),
        postgresql_where=sa.text("is_matched"),
    )
    for table, changes in FROZEN.items():
        refuse(f"{table}_frozen", "UPDATE", table, changes, "what was fixed with the row is not changed")
        refuse(f"{table}_one_way", "UPDATE", table, ONE_WAY[table], "a state never goes backwards")
        refuse(f"{table}_stay", "DELETE", table, "TRUE", "a row of money is not removed")


def refuse(name: str, act: str, table: str, condition: str, because: str) -> None:
    """Let the database itself refuse a change of a row where a condition holds."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{table}: {because}'; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {act} ON {table} FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION {name}()"
        )
        return
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {act} ON {table} WHEN {condition} "
        f"BEGIN SELECT RAISE(ABORT, '{table}: {because}'); END"
    )


def downgrade() -> None:
    raise NotImplementedError("payouts are not taken back")
