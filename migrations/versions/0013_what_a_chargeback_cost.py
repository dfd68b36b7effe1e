"""Giving: what the end of a chargeback cost, where a provider keeps its fee after a win"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "disputes",
        sa.Column("closing_fee_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
    )


def downgrade() -> None:
    raise NotImplementedError("what is booked stays booked")
