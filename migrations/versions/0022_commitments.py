"""Giving: companies that match gifts, the share of each gift, and the money that arrived for it"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0019"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)

CHECKS = {
    "limit_positive": "limit_minor > 0",
    "owed_within_limit": "owed_minor >= 0 AND owed_minor <= limit_minor",
    "arrived_within_limit": "arrived_minor >= 0 AND arrived_minor <= limit_minor",
    "state_known": "state IN ('requested', 'active', 'refused')",
    "decided_is_whole": "(state = 'requested') = (decided_at IS NULL)"
    " AND (decided_at IS NULL) = (decided_by_id IS NULL)",
    "decided_by_another": "decided_by_id IS NULL OR decided_by_id <> requested_by_id",
    "only_active_ones_owe": "state = 'active' OR (owed_minor = 0 AND arrived_minor = 0)",
}
FROZEN = {
    "commitments": "NEW.public_id <> OLD.public_id OR NEW.reference <> OLD.reference OR NEW.name <> OLD.name"
    " OR NEW.campaign_number <> OLD.campaign_number OR NEW.limit_minor <> OLD.limit_minor"
    " OR NEW.currency <> OLD.currency OR NEW.until_on <> OLD.until_on",
    "gift_matches": "NEW.gift_id <> OLD.gift_id OR NEW.commitment_id <> OLD.commitment_id"
    " OR NEW.amount_minor <> OLD.amount_minor",
    "match_arrivals": "TRUE",
}
ONE_WAY = "(OLD.state <> 'requested' AND NEW.state <> OLD.state) OR NEW.arrived_minor < OLD.arrived_minor"


def upgrade() -> None:
    op.create_table(
        "commitments",
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("campaign_number", sa.String(), nullable=False),
        sa.Column("organisation_id", BIG, nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("paper", sa.String(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=True),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("limit_minor", BIG, nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("owed_minor", BIG, nullable=False),
        sa.Column("arrived_minor", BIG, nullable=False),
        sa.Column("told_for", sa.String(), nullable=True),
        sa.Column("requested_by_id", BIG, nullable=False),
        sa.Column("requested_at", MOMENT, nullable=False),
        sa.Column("decided_by_id", BIG, nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("id", BIG, nullable=False),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_commitments_{name}")) for name, rule in CHECKS.items()),
        sa.ForeignKeyConstraint(["campaign_number"], ["campaigns.number"], name=op.f("fk_commitments_campaign_number")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_commitments_organisation_id")),
        sa.ForeignKeyConstraint(["requested_by_id"], ["people.id"], name=op.f("fk_commitments_requested_by_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["people.id"], name=op.f("fk_commitments_decided_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commitments")),
        sa.UniqueConstraint("public_id", name=op.f("uq_commitments_public_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_commitments_reference")),
    )
    op.create_index("ix_commitments_campaign_number_state", "commitments", ["campaign_number", "state"])
    op.create_index(op.f("ix_commitments_organisation_id"), "commitments", ["organisation_id"])
    op.create_table(
        "gift_matches",
        sa.Column("gift_id", BIG, nullable=False),
        sa.Column("commitment_id", BIG, nullable=False),
        sa.Column("amount_minor", BIG, nullable=False),
        sa.Column("counts_minor", BIG, nullable=False),
        sa.Column("matched_at", MOMENT, nullable=False),
        sa.Column("id", BIG, nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_gift_matches_amount_positive")),
        sa.CheckConstraint(
            "counts_minor >= 0 AND counts_minor <= amount_minor", name=op.f("ck_gift_matches_counts_within_amount")
        ),
        sa.ForeignKeyConstraint(["gift_id"], ["gifts.id"], name=op.f("fk_gift_matches_gift_id")),
        sa.ForeignKeyConstraint(["commitment_id"], ["commitments.id"], name=op.f("fk_gift_matches_commitment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gift_matches")),
        sa.UniqueConstraint("gift_id", "commitment_id", name=op.f("uq_gift_matches_gift_id_commitment_id")),
    )
    op.create_index(op.f("ix_gift_matches_commitment_id"), "gift_matches", ["commitment_id"])
    op.create_table(
        "match_arrivals",
        sa.Column("commitment_id", BIG, nullable=False),
        sa.Column("bank_line_id", BIG, nullable=False),
        sa.Column("entry_sequence", BIG, nullable=False),
        sa.Column("amount_minor", BIG, nullable=False),
        sa.Column("arrived_at", MOMENT, nullable=False),
        sa.Column("id", BIG, nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_match_arrivals_amount_positive")),
        sa.ForeignKeyConstraint(["commitment_id"], ["commitments.id"], name=op.f("fk_match_arrivals_commitment_id")),
        sa.ForeignKeyConstraint(["bank_line_id"], ["bank_lines.id"], name=op.f("fk_match_arrivals_bank_line_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_arrivals")),
        sa.UniqueConstraint("bank_line_id", name=op.f("uq_match_arrivals_bank_line_id")),
        sa.UniqueConstraint("entry_sequence", name=op.f("uq_match_arrivals_entry_sequence")),
    )
    op.create_index(op.f("ix_match_arrivals_commitment_id"), "match_arrivals", ["commitment_id"])
    for table, changes in FROZEN.items():
        refuse(f"{table}_frozen", "UPDATE", table, changes, "what was fixed with the row is not changed")
        refuse(f"{table}_stay", "DELETE", table, "TRUE", "a row of money is not removed")
    refuse("commitments_one_way", "UPDATE", "commitments", ONE_WAY, "a state never goes backwards")


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
    if op.get_bind().execute(sa.text("SELECT count(*) FROM commitments")).scalar():
        raise NotImplementedError("commitments are not taken back")
    for table in ("match_arrivals", "gift_matches", "commitments"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        for table in FROZEN:
            op.execute(f"DROP FUNCTION {table}_frozen(), {table}_stay()")
        op.execute("DROP FUNCTION commitments_one_way()")
