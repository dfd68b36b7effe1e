"""Giving: what campaigns received on the designated platform, by day"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "platform_totals",
        sa.Column("campaign_number", sa.String(), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("amount_minor", BIG, nullable=False),
        sa.Column("gifts", BIG, nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("imported_by_id", BIG, nullable=True),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", BIG, nullable=False),
        sa.CheckConstraint("amount_minor >= 0", name=op.f("ck_platform_totals_amount_not_negative")),
        sa.CheckConstraint("gifts >= 0", name=op.f("ck_platform_totals_gifts_not_negative")),
        sa.ForeignKeyConstraint(
            ["campaign_number"], ["campaigns.number"], name=op.f("fk_platform_totals_campaign_number")
        ),
        sa.ForeignKeyConstraint(["imported_by_id"], ["people.id"], name=op.f("fk_platform_totals_imported_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_platform_totals")),
        sa.UniqueConstraint("campaign_number", "given_on", name=op.f("uq_platform_totals_campaign_number_given_on")),
    )


def downgrade() -> None:
    op.drop_table("platform_totals")
