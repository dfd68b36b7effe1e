"""Recovery codes of the second factor, and why a pledger's pause was lifted"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "recovery_codes",
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_recovery_codes_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_recovery_codes_code_hash")),
    )
    with op.batch_alter_table("recovery_codes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recovery_codes_person_id"), ["person_id"], unique=False)

    with op.batch_alter_table("pledger_blocks", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("promise_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(sa.Column("lifted_because", sa.Text(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_pledger_blocks_promise_id"), "promises", ["promise_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("pledger_blocks", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_pledger_blocks_promise_id"), type_="foreignkey")
        batch_op.drop_column("lifted_because")
        batch_op.drop_column("promise_id")
    op.drop_table("recovery_codes")
