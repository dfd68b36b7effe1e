"""Giving: gifts that are given each month, the amounts agreed, and which gift is which month's"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0021"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)

CHECKS = {
    "amounts_positive": "amount_minor > 0 AND wanted_amount_minor > 0",
    "state_known": "state IN ('intended', 'active', 'late', 'paused', 'stopped')",
    "wanted_state_known": "wanted_state IN ('active', 'paused', 'stopped')",
    "why_known": "why IN ('donor', 'staff', 'campaign', 'failed', 'provider', 'disputed', 'duplicated')",
    "started_is_whole": "(state = 'intended') = (started_at IS NULL) AND (started_at IS NULL) = (provider_ref IS NULL)"
    " AND (provider_ref IS NULL) = (gateway IS NULL)",
    "stopped_is_whole": "(state = 'stopped') = (stopped_at IS NOT NULL)"
    " AND (state <> 'stopped' OR wanted_state = 'stopped')",
}

FROZEN = {
    "monthly_gifts": "NEW.currency <> OLD.currency OR NEW.public_id <> OLD.public_id"
    " OR NEW.contact_hash <> OLD.contact_hash",
    "monthly_amounts": "TRUE",
    "gift_months": "TRUE",
}
ONE_WAY = (
    "(OLD.state = 'stopped' AND NEW.state <> 'stopped') OR (OLD.started_at IS NOT NULL AND"
    " (NEW.started_at IS NULL OR NEW.provider_ref <> OLD.provider_ref OR NEW.gateway <> OLD.gateway))"
)


def upgrade() -> None:
    op.create_table(
        "monthly_gifts",
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("campaign_number", sa.String(), nullable=False),
        sa.Column("gateway", sa.String(), nullable=True),
        sa.Column("provider_ref", sa.String(), nullable=True),
        sa.Column("amount_minor", BIG, nullable=False),
        sa.Column("wanted_amount_minor", BIG, nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("state_since", MOMENT, nullable=False),
        sa.Column("wanted_state", sa.String(), nullable=False),
        sa.Column("wanted_since", MOMENT, nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("retry_on", sa.Date(), nullable=True),
        sa.Column("method_hash", sa.String(), nullable=True),
        sa.Column("contact", sa.Text(), nullable=True),
        sa.Column("contact_hash", sa.String(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("person_id", BIG, nullable=True),
        sa.Column("organisation_id", BIG, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("tried_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("started_at", MOMENT, nullable=True),
        sa.Column("stopped_at", MOMENT, nullable=True),
        sa.Column("id", BIG, nullable=False),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_monthly_gifts_{name}")) for name, rule in CHECKS.items()),
        sa.ForeignKeyConstraint(
            ["campaign_number"], ["campaigns.number"], name=op.f("fk_monthly_gifts_campaign_number")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_monthly_gifts_person_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_monthly_gifts_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_monthly_gifts")),
        sa.UniqueConstraint("public_id", name=op.f("uq_monthly_gifts_public_id")),
        sa.UniqueConstraint("gateway", "provider_ref", name=op.f("uq_monthly_gifts_gateway_provider_ref")),
    )
    for column in ("contact_hash", "person_id", "organisation_id"):
        op.create_index(op.f(f"ix_monthly_gifts_{column}"), "monthly_gifts", [column])
    live = sa.text("state IN ('active', 'late', 'paused')")
    op.create_index(
        "ix_monthly_gifts_live", "monthly_gifts", ["campaign_number"], sqlite_where=live, postgresql_where=live
    )
    op.create_table(
        "monthly_amounts",
        sa.Column("monthly_gift_id", BIG, nullable=False),
        sa.Column("amount_minor", BIG, nullable=False),
        sa.Column("agreed_at", MOMENT, nullable=False),
        sa.Column("id", BIG, nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_monthly_amounts_amount_positive")),
        sa.ForeignKeyConstraint(
            ["monthly_gift_id"], ["monthly_gifts.id"], name=op.f("fk_monthly_amounts_monthly_gift_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_monthly_amounts")),
        sa.UniqueConstraint(
            "monthly_gift_id", "amount_minor", name=op.f("uq_monthly_amounts_monthly_gift_id_amount_minor")
        ),
    )
    op.create_table(
        "gift_months",
        sa.Column("gift_id", BIG, nullable=False),
        sa.Column("monthly_gift_id", BIG, nullable=False),
        sa.Column("month_on", sa.Date(), nullable=False),
        sa.Column("id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["gift_id"], ["gifts.id"], name=op.f("fk_gift_months_gift_id")),
        sa.ForeignKeyConstraint(["monthly_gift_id"], ["monthly_gifts.id"], name=op.f("fk_gift_months_monthly_gift_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gift_months")),
        sa.UniqueConstraint("gift_id", name=op.f("uq_gift_months_gift_id")),
        sa.UniqueConstraint("monthly_gift_id", "month_on", name=op.f("uq_gift_months_monthly_gift_id_month_on")),
    )
    for table, changes in FROZEN.items():
        refuse(f"{table}_frozen", "UPDATE", table, changes, "what was fixed with the row is not changed")
        refuse(f"{table}_stay", "DELETE", table, "TRUE", "a row of money is not removed")
    refuse("monthly_gifts_one_way", "UPDATE", "monthly_gifts", ONE_WAY, "a state never goes backwards")


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
    if op.get_bind().execute(sa.text("SELECT count(*) FROM monthly_gifts")).scalar():
        raise NotImplementedError("monthly gifts are not taken back")
    for table in ("gift_months", "monthly_amounts", "monthly_gifts"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        for table in FROZEN:
            op.execute(f"DROP FUNCTION {table}_frozen(), {table}_stay()")
        op.execute("DROP FUNCTION monthly_gifts_one_way()")
