"""Indexes by which clocks find what they are to forget or remind of, and nothing else"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_messages_kept": ("messages", ["state", "sent_at"], "receiver IS NOT NULL"),
    "ix_pledges_unreminded": ("pledges", ["state", "remind_at"], "reminded_at IS NULL"),
    "ix_promises_kept": ("promises", ["id"], "contact IS NOT NULL"),
}


def upgrade() -> None:
    for name, (table, columns, condition) in INDEXES.items():
        where = sa.text(condition)
        op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    for name, (table, _columns, _condition) in INDEXES.items():
        op.drop_index(name, table)
