"""A pledge's private link can be renewed while its drop-off code stays"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("pledges", sa.Column("code_seed", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("pledges", "code_seed")
