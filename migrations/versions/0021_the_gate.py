"""The gate before public texts: names of the register by their hashes, and why marked words may stay"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0018"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    for name in ("name_hash", "guardian_hash"):
        op.add_column("households", sa.Column(name, sa.String(), nullable=True))
        op.create_index(op.f(f"ix_households_{name}"), "households", [name])
    op.create_table(
        "word_excuses",
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("subject_ref", sa.String(), nullable=False),
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("kinds", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("person_id", BIG, nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_word_excuses_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_word_excuses")),
    )
    op.create_index("ix_word_excuses_subject", "word_excuses", ["subject_kind", "subject_ref", "part"])


def downgrade() -> None:
    op.drop_table("word_excuses")
    for name in ("guardian_hash", "name_hash"):
        op.drop_index(op.f(f"ix_households_{name}"), "households")
        op.drop_column("households", name)
