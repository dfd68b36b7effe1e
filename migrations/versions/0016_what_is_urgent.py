"""Indexes of what has climbed, of deliveries a family wished for, and of messages that failed"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_wishes_urgent",
        "wishes",
        ["state", sa.text("overdue_level DESC"), "state_since", "number", "service_centre_id", "filed_by_id"],
        sqlite_where=sa.text("overdue_level > 0"),
        postgresql_where=sa.text("overdue_level > 0"),
    )
    is_open = sa.text("ended_at IS NULL")
    op.create_index(
        "ix_deliveries_open_wished", "deliveries", ["wished_way"], sqlite_where=is_open, postgresql_where=is_open
    )
    failed = sa.text("last_error IS NOT NULL")
    op.create_index("ix_messages_trouble", "messages", ["id"], sqlite_where=failed, postgresql_where=failed)


def downgrade() -> None:
    op.drop_index("ix_messages_trouble", "messages")
    op.drop_index("ix_deliveries_open_wished", "deliveries")
    op.drop_index("ix_wishes_urgent", "wishes")
