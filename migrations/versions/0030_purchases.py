"""Purchases: wishes that the foundation buys, for a donor's gift or out of the Wish Fund"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0020"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_LIVE = sa.text("state IN ('reserved', 'paid')")
_BOUGHT = sa.text("is_bought")


def upgrade() -> None:
    op.add_column("promises", sa.Column("is_bought", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index("ix_promises_bought", "promises", ["id"], sqlite_where=_BOUGHT, postgresql_where=_BOUGHT)
    op.create_table(
        "purchases",
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("wish_id", _KEY, nullable=False),
        sa.Column("promise_id", _KEY, nullable=False),
        sa.Column("gift_id", _KEY, nullable=True),
        sa.Column("disbursement_id", _KEY, nullable=True),
        sa.Column("campaign_number", sa.String(), nullable=False),
        sa.Column("amount_minor", _KEY, nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("state_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("overdue_level", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(), nullable=True),
        sa.Column("choice_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", _KEY, nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_purchases_amount_positive")),
        sa.CheckConstraint(
            "state IN ('reserved', 'paid', 'done', 'lapsed', 'surplus', 'returned', 'ended')",
            name=op.f("ck_purchases_state_known"),
        ),
        sa.CheckConstraint(
            "(state IN ('reserved', 'paid')) = (ended_at IS NULL)", name=op.f("ck_purchases_ended_has_its_time")
        ),
        sa.CheckConstraint(
            "(state IN ('reserved', 'paid')) = (due_at IS NOT NULL)", name=op.f("ck_purchases_live_has_its_deadline")
        ),
        sa.CheckConstraint(
            "gift_id IS NOT NULL OR disbursement_id IS NOT NULL", name=op.f("ck_purchases_somebody_pays")
        ),
        sa.CheckConstraint(
            "gift_id IS NOT NULL OR state IN ('paid', 'done', 'ended')", name=op.f("ck_purchases_rescue_is_paid")
        ),
        sa.CheckConstraint(
            "choice_until IS NULL OR state = 'surplus'", name=op.f("ck_purchases_choice_is_of_a_surplus")
        ),
        sa.ForeignKeyConstraint(["wish_id"], ["wishes.id"], name=op.f("fk_purchases_wish_id")),
        sa.ForeignKeyConstraint(["promise_id"], ["promises.id"], name=op.f("fk_purchases_promise_id")),
        sa.ForeignKeyConstraint(["gift_id"], ["gifts.id"], name=op.f("fk_purchases_gift_id")),
        sa.ForeignKeyConstraint(["disbursement_id"], ["disbursements.id"], name=op.f("fk_purchases_disbursement_id")),
        sa.ForeignKeyConstraint(["campaign_number"], ["campaigns.number"], name=op.f("fk_purchases_campaign_number")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchases")),
        sa.UniqueConstraint("public_id", name=op.f("uq_purchases_public_id")),
        sa.UniqueConstraint("gift_id", name=op.f("uq_purchases_gift_id")),
        sa.UniqueConstraint("disbursement_id", name=op.f("uq_purchases_disbursement_id")),
    )
    op.create_index(
        "uq_purchases_live_wish", "purchases", ["wish_id"], unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE
    )
    op.create_index("ix_purchases_state_due", "purchases", ["state", "due_at"])
    op.create_index("ix_purchases_wish_id", "purchases", ["wish_id"])
    op.create_index("ix_purchases_promise_id", "purchases", ["promise_id"])


def downgrade() -> None:
    op.drop_table("purchases")
    op.drop_index("ix_promises_bought", "promises")
    op.drop_column("promises", "is_bought")
