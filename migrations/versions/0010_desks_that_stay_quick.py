"""Indexes that the desk's lists and figures walk along, and search in what is wished for"""

import sqlalchemy as sa
from alembic import context, op

revision = "0010"
down_revision = "0013"
branch_labels = None
depends_on = None

ASKED = ["service_centre_id", "filed_by_id", "kind", "category"]


def upgrade() -> None:
    context.script.get_revision("0002").module.add_gram_index("wishes", "item")
    op.drop_index("ix_wishes_state_deadline", table_name="wishes")
    op.drop_index("ix_wishes_centre_state", table_name="wishes")
    op.create_index("ix_wishes_since", "wishes", ["state_since", "number", *ASKED])
    op.create_index("ix_wishes_state_since", "wishes", ["state", "state_since", "number", *ASKED])
    of_centre = ["service_centre_id", "state", "state_since", "kind", "category"]
    op.create_index("ix_wishes_centre_state", "wishes", of_centre)
    op.create_index("ix_wishes_deadline", "wishes", ["deadline_at", "number", "state", *ASKED])
    op.create_index("ix_wishes_created", "wishes", ["created_at", "number", *ASKED])
    op.create_index("ix_wishes_filed_by_id", "wishes", ["filed_by_id"])
    climbed = ["state_since", "number", "state", *ASKED, "overdue_level"]
    create_partial_index("ix_wishes_climbed", "wishes", climbed, "overdue_level > 0")
    op.create_index("ix_publications_status", "publications", ["status", "id"])
    op.drop_index("ix_deliveries_deliverer_id", table_name="deliveries")
    create_partial_index("ix_deliveries_open_deliverer", "deliveries", ["deliverer_id"], "ended_at IS NULL")
    for column in ("at", "person_id", "action"):
        op.drop_index(f"ix_audit_entries_{column}", table_name="audit_entries")
    op.create_index("ix_audit_entries_at", "audit_entries", ["at", "id", "person_id", "action", "subject_kind"])
    op.create_index("ix_audit_entries_person", "audit_entries", ["person_id", "at", "id"])
    op.create_index("ix_audit_entries_action", "audit_entries", ["action", "at", "id"])
    op.create_index("ix_messages_kind", "messages", ["kind", "id"])


def create_partial_index(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def downgrade() -> None:
    raise NotImplementedError("an older portal finds nothing sooner by other indexes")
