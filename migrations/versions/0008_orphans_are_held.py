"""Giving: money that was ordered by a row that is gone is held for a person"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

WHY = "why IN ('amount', 'currency', 'livemode', 'twin', 'orphan', 'refunded_too_much')"


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f("ck_holds_why_known"), "holds", type_="check")
        op.create_check_constraint(op.f("ck_holds_why_known"), "holds", WHY)
        return
    # SQLite changes no constraint of a table that is there.
    op.drop_index(op.f("ix_holds_payment_id"), "holds")
    op.rename_table("holds", "holds_before")
    create_holds()
    op.execute("INSERT INTO holds SELECT * FROM holds_before")
    op.drop_table("holds_before")


def create_holds() -> None:
    op.create_table(
        "holds",
        sa.Column("gateway", sa.String(), nullable=False),
        sa.Column("provider_ref", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("payment_id", sa.Integer(), nullable=True),
        sa.Column("amount_minor", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("settled_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'open') = (settled_at IS NULL)", name=op.f("ck_holds_settled_has_its_time")),
        sa.CheckConstraint("state IN ('open', 'returned', 'set_aside')", name=op.f("ck_holds_state_known")),
        sa.CheckConstraint(WHY, name=op.f("ck_holds_why_known")),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name=op.f("fk_holds_payment_id")),
        sa.ForeignKeyConstraint(["settled_by_id"], ["people.id"], name=op.f("fk_holds_settled_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holds")),
        sa.UniqueConstraint("gateway", "provider_ref", "why", name=op.f("uq_holds_gateway_provider_ref_why")),
    )
    op.create_index(op.f("ix_holds_payment_id"), "holds", ["payment_id"])


def downgrade() -> None:
    raise NotImplementedError("what is held is not let go")
