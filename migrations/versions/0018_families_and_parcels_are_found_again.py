"""Children are found by their guardian's telephone; a pledger's page keeps every parcel in its history"""

import json

import sqlalchemy as sa
from alembic import op

from portal.config import load_settings
from portal.sealing import KeyRing

revision = "0018"
down_revision = "0031"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("households", sa.Column("guardian_phone_hash", sa.String(), nullable=True))
    op.create_index("ix_households_guardian_phone_hash", "households", ["guardian_phone_hash"])
    _hash_guardians()
    op.create_table(
        "pledge_sendings",
        sa.Column("pledge_id", KEY, nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.ForeignKeyConstraint(["pledge_id"], ["pledges.id"], name="fk_pledge_sendings_pledge_id"),
        sa.PrimaryKeyConstraint("id", name="pk_pledge_sendings"),
        sa.UniqueConstraint("pledge_id", "attempt", name="uq_pledge_sendings_attempt"),
    )
    op.execute(
        "INSERT INTO pledge_sendings (pledge_id, attempt, at) "
        "SELECT id, attempt, sent_at FROM pledges WHERE sent_at IS NOT NULL"
    )


def downgrade() -> None:
    op.drop_table("pledge_sendings")
    op.drop_index("ix_households_guardian_phone_hash", "households")
    op.drop_column("households", "guardian_phone_hash")


def _hash_guardians() -> None:
    """Open every sealed record once, as only its keys can tell what hash belongs to it."""
    households = sa.table("households", sa.column("id"), sa.column("identity"), sa.column("guardian_phone_hash"))
    connection = op.get_bind()
    sealed = connection.execute(
        sa.select(households.c.id, households.c.identity).where(households.c.identity.is_not(None))
    ).all()
    if not sealed:
        return
    keys = KeyRing(load_settings())
    hashed = [
        {"which": key, "hashed": keys.keyed_hash("phone", phone)}
        for key, identity in sealed
        if (phone := json.loads(keys.open(identity)).get("guardian_phone"))
    ]
    if hashed:
        connection.execute(
            sa.update(households)
            .where(households.c.id == sa.bindparam("which"))
            .values(guardian_phone_hash=sa.bindparam("hashed")),
            hashed,
        )
