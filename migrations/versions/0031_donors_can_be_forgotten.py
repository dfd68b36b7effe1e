"""The index by which the clock finds donors that are to be forgotten, and nothing else"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

_KEPT = sa.text("contact IS NOT NULL")


def upgrade() -> None:
    op.create_index("ix_gifts_kept", "gifts", ["state", "state_since"], sqlite_where=_KEPT, postgresql_where=_KEPT)


def downgrade() -> None:
    op.drop_index("ix_gifts_kept", "gifts")
