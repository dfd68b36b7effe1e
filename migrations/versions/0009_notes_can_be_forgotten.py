"""The history of a wish stays append-only, but the words in it can be emptied when its family is forgotten"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

KEPT = ("id", "wish_id", "sequence", "action", "from_state", "to_state", "actor_kind", "person_id", "at")
REFUSAL = "wish_events is append-only"


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        same = " AND ".join(f"NEW.{name} IS NOT DISTINCT FROM OLD.{name}" for name in KEPT)
        op.execute(
            "CREATE OR REPLACE FUNCTION wish_events_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF TG_OP = 'UPDATE' AND NEW.note IS NULL AND {same} THEN RETURN NEW; END IF; "
            f"RAISE EXCEPTION '{REFUSAL}'; END $$"
        )
        return
    same = " AND ".join(f"NEW.{name} IS OLD.{name}" for name in KEPT)
    op.execute("DROP TRIGGER wish_events_no_update")
    op.execute(
        f"CREATE TRIGGER wish_events_no_update BEFORE UPDATE ON wish_events WHEN NOT (NEW.note IS NULL AND {same}) "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE OR REPLACE FUNCTION wish_events_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$"
        )
        return
    op.execute("DROP TRIGGER wish_events_no_update")
    op.execute(
        f"CREATE TRIGGER wish_events_no_update BEFORE UPDATE ON wish_events BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    )
