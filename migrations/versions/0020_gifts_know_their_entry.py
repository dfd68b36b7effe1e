"""Payments know the entry of the book by which they came in, so that gifts can be traced in its order"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0017"
branch_labels = None
depends_on = None

FIND_ENTRIES = """
WITH paid AS (
    SELECT p.id, g.campaign_number AS fund, p.gateway, p.amount_minor, p.currency, row_number() OVER (
        PARTITION BY g.campaign_number, p.gateway, p.amount_minor, p.currency ORDER BY p.ended_at, p.id) AS place
    FROM payments p JOIN gifts g ON g.id = p.gift_id WHERE p.state IN ('succeeded', 'duplicated')
), posted AS (
    SELECT e.sequence, a.fund, substr(b.code, 10) AS gateway, q.amount_minor, e.currency, row_number() OVER (
        PARTITION BY a.fund, b.code, q.amount_minor, e.currency ORDER BY e.sequence) AS place
    FROM ledger_entries e
    JOIN ledger_postings p ON p.entry_sequence = e.sequence
    JOIN ledger_accounts a ON a.id = p.account_id AND a.kind = 'received'
    JOIN ledger_postings q ON q.entry_sequence = e.sequence
    JOIN ledger_accounts b ON b.id = q.account_id AND b.kind = 'clearing'
    WHERE e.kind = 'gift'
), matched AS (
    SELECT paid.id, posted.sequence FROM paid JOIN posted ON posted.fund = paid.fund
    AND posted.gateway = paid.gateway AND posted.amount_minor = paid.amount_minor
    AND posted.currency = paid.currency AND posted.place = paid.place
)
UPDATE payments SET entry_sequence = matched.sequence FROM matched WHERE matched.id = payments.id
"""
"""Gives every paid payment its entry: of the same fund, gateway and amount the first has the first, and so on."""


def upgrade() -> None:
    op.add_column(
        "payments", sa.Column("entry_sequence", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
    )
    op.execute(FIND_ENTRIES)
    op.create_index("uq_payments_entry_sequence", "payments", ["entry_sequence"], unique=True)


def downgrade() -> None:
    op.drop_index("uq_payments_entry_sequence", "payments")
    op.drop_column("payments", "entry_sequence")
