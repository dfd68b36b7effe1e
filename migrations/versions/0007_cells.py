"""Cells of public wishes: exact traits apart from what is shown

What was public until now showed every trait. From here on it shows none until the next tick brings wishes together.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "public_traits",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("beneficiary_group", sa.String(), nullable=False),
        sa.Column("age_band", sa.String(), nullable=False),
        sa.Column("service_centre_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("shown", sa.Integer(), nullable=False),
        sa.Column("is_live", sa.Boolean(), nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=True),
        sa.Column("coarsened_on", sa.Date(), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["service_centre_id"], ["service_centres.id"], name=op.f("fk_public_traits_service_centre_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_public_traits")),
        sa.UniqueConstraint("number", name=op.f("uq_public_traits_number")),
    )
    op.create_index("ix_public_traits_shown", "public_traits", ["is_live", "shown"])
    op.execute(
        "INSERT INTO public_traits (number, beneficiary_group, age_band, service_centre_id, shown, is_live) "
        "SELECT wishes.number, wishes.beneficiary_group, wishes.age_band, wishes.service_centre_id, 0, "
        "EXISTS (SELECT 1 FROM publications WHERE publications.number = wishes.number AND status = 'live') "
        "FROM wishes WHERE EXISTS (SELECT 1 FROM publications WHERE publications.number = wishes.number)"
    )
    hide_centres()
    op.execute("UPDATE publications SET beneficiary_group = NULL, age_band = NULL, service_centre_id = NULL")


def hide_centres() -> None:
    """Take the names of service centres out of the words that public texts are found by."""
    op.execute(
        "UPDATE publications SET search_text = REPLACE(REPLACE(search_text, "
        "LOWER((SELECT name FROM service_centres WHERE service_centres.id = publications.service_centre_id)), ''), "
        "LOWER((SELECT name_en FROM service_centres WHERE service_centres.id = publications.service_centre_id)), '') "
        "WHERE service_centre_id IS NOT NULL"
    )


def downgrade() -> None:
    op.drop_table("public_traits")
