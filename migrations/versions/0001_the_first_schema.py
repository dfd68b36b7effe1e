"""The first schema"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def refuse_changes(table: str) -> None:
    """Make a table append-only: the database itself refuses to change or remove its rows."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {table}_append_only()"
        )
        return
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )


def upgrade() -> None:
    op.create_table(
        "audit_entries",
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("subject_ref", sa.String(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
    )
    with op.batch_alter_table("audit_entries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_entries_action"), ["action"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_entries_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_entries_person_id"), ["person_id"], unique=False)
        batch_op.create_index("ix_audit_entries_subject", ["subject_kind", "subject_ref"], unique=False)

    op.create_table(
        "messages",
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("receiver", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("dedupe_key", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.String(), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("channel IN ('mail', 'sms')", name=op.f("ck_messages_channel_known")),
        sa.CheckConstraint("state IN ('waiting', 'sending', 'sent', 'dead')", name=op.f("ck_messages_state_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_messages_dedupe_key")),
    )
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.create_index("ix_messages_state_due", ["state", "due_at"], unique=False)

    op.create_table(
        "people",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("second_factor_secret", sa.Text(), nullable=True),
        sa.Column("second_factor_enrolled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("second_factor_last_step", sa.Integer(), nullable=True),
        sa.Column("session_epoch", sa.Integer(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("is_enabled", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_signed_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("email", name=op.f("uq_people_email")),
    )
    op.create_table(
        "service_centres",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("hours", sa.String(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_centres")),
        sa.UniqueConstraint("name", name=op.f("uq_service_centres_name")),
    )
    op.create_table(
        "tries",
        sa.Column("bucket", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("window_ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("bucket", name=op.f("pk_tries")),
    )
    with op.batch_alter_table("tries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tries_window_ends_at"), ["window_ends_at"], unique=False)

    op.create_table(
        "communities",
        sa.Column("service_centre_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("station_address", sa.String(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["service_centre_id"], ["service_centres.id"], name=op.f("fk_communities_service_centre_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_communities")),
        sa.UniqueConstraint("service_centre_id", "name", name=op.f("uq_communities_service_centre_id_name")),
    )
    with op.batch_alter_table("communities", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_communities_service_centre_id"), ["service_centre_id"], unique=False)

    op.create_table(
        "filing_drafts",
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delete_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_filing_drafts_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filing_drafts")),
        sa.UniqueConstraint("public_id", name=op.f("uq_filing_drafts_public_id")),
    )
    with op.batch_alter_table("filing_drafts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_filing_drafts_person_id"), ["person_id"], unique=False)

    op.create_table(
        "imports",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("file_hash", sa.String(), nullable=False),
        sa.Column("upload", sa.String(), nullable=True),
        sa.Column("columns", sa.Text(), nullable=True),
        sa.Column("report", sa.Text(), nullable=True),
        sa.Column("rows_total", sa.Integer(), nullable=False),
        sa.Column("rows_done", sa.Integer(), nullable=False),
        sa.Column("rows_added", sa.Integer(), nullable=False),
        sa.Column("rows_known", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claim", sa.String(), nullable=True),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("kind IN ('wishes', 'areas')", name=op.f("ck_imports_kind_known")),
        sa.CheckConstraint(
            "state IN ('read', 'running', 'done', 'refused', 'dropped')", name=op.f("ck_imports_state_known")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_imports_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
    )
    with op.batch_alter_table("imports", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_imports_file_hash"), ["file_hash"], unique=False)

    op.create_table(
        "limits",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["changed_by_id"], ["people.id"], name=op.f("fk_limits_changed_by_id")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_limits")),
    )
    op.create_table(
        "organisations",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("uscc", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("contact_name", sa.Text(), nullable=False),
        sa.Column("contact_phone", sa.Text(), nullable=False),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("status_note", sa.String(), nullable=True),
        sa.Column("is_asked_for_rescue", sa.Boolean(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "status IN ('registered', 'certified', 'refused', 'suspended')", name=op.f("ck_organisations_status_known")
        ),
        sa.ForeignKeyConstraint(["decided_by_id"], ["people.id"], name=op.f("fk_organisations_decided_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisations")),
        sa.UniqueConstraint("uscc", name=op.f("uq_organisations_uscc")),
    )
    with op.batch_alter_table("organisations", schema=None) as batch_op:
        batch_op.create_index("ix_organisations_status", ["status"], unique=False)

    op.create_table(
        "pledger_blocks",
        sa.Column("contact_hash", sa.String(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["lifted_by_id"], ["people.id"], name=op.f("fk_pledger_blocks_lifted_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pledger_blocks")),
    )
    with op.batch_alter_table("pledger_blocks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pledger_blocks_contact_hash"), ["contact_hash"], unique=False)

    op.create_table(
        "public_versions",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_public_versions")),
    )
    op.create_table(
        "publications",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("availability", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("item_en", sa.String(), nullable=False),
        sa.Column("size", sa.String(), nullable=True),
        sa.Column("size_en", sa.String(), nullable=True),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("price_minor", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("beneficiary_group", sa.String(), nullable=True),
        sa.Column("age_band", sa.String(), nullable=True),
        sa.Column("service_centre_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("reason_en", sa.String(), nullable=False),
        sa.Column("search_text", sa.String(), nullable=False),
        sa.Column("waiting_since", sa.Date(), nullable=False),
        sa.Column("fulfilled_on", sa.Date(), nullable=True),
        sa.Column("written_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("refused_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_note", sa.Text(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "status <> 'live' OR approved_by_id IS NOT NULL", name=op.f("ck_publications_live_is_approved")
        ),
        sa.CheckConstraint(
            "approved_by_id IS NULL OR approved_by_id <> written_by_id",
            name=op.f("ck_publications_approved_by_another"),
        ),
        sa.ForeignKeyConstraint(["approved_by_id"], ["people.id"], name=op.f("fk_publications_approved_by_id")),
        sa.ForeignKeyConstraint(["refused_by_id"], ["people.id"], name=op.f("fk_publications_refused_by_id")),
        sa.ForeignKeyConstraint(
            ["service_centre_id"], ["service_centres.id"], name=op.f("fk_publications_service_centre_id")
        ),
        sa.ForeignKeyConstraint(["written_by_id"], ["people.id"], name=op.f("fk_publications_written_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publications")),
        sa.UniqueConstraint("number", "version", name=op.f("uq_publications_number_version")),
    )
    with op.batch_alter_table("publications", schema=None) as batch_op:
        batch_op.create_index(
            "ix_publications_list", ["status", "availability", "waiting_since", "number"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_publications_service_centre_id"), ["service_centre_id"], unique=False)
        batch_op.create_index(
            "uq_publications_live_number",
            ["number"],
            unique=True,
            sqlite_where=sa.text("status = 'live'"),
            postgresql_where=sa.text("status = 'live'"),
        )
        batch_op.create_index(
            "uq_publications_written_number",
            ["number"],
            unique=True,
            sqlite_where=sa.text("status = 'written'"),
            postgresql_where=sa.text("status = 'written'"),
        )

    op.create_table(
        "role_grants",
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("service_centre_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_role_grants_person_id")),
        sa.ForeignKeyConstraint(
            ["service_centre_id"], ["service_centres.id"], name=op.f("fk_role_grants_service_centre_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grants")),
        sa.UniqueConstraint(
            "person_id", "role", "service_centre_id", name=op.f("uq_role_grants_person_id_role_service_centre_id")
        ),
    )
    with op.batch_alter_table("role_grants", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_role_grants_person_id"), ["person_id"], unique=False)

    op.create_table(
        "grids",
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["communities.id"], name=op.f("fk_grids_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grids")),
        sa.UniqueConstraint("community_id", "name", name=op.f("uq_grids_community_id_name")),
    )
    with op.batch_alter_table("grids", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_grids_community_id"), ["community_id"], unique=False)

    op.create_table(
        "memberships",
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("is_owner", sa.Boolean(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_memberships_organisation_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_memberships_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memberships")),
        sa.UniqueConstraint("person_id", "organisation_id", name=op.f("uq_memberships_person_id_organisation_id")),
    )
    with op.batch_alter_table("memberships", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_memberships_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "mail_links",
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=True),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "purpose IN ('set_password', 'registration', 'invitation')", name=op.f("ck_mail_links_purpose_known")
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_mail_links_organisation_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_mail_links_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_links")),
        sa.UniqueConstraint("public_id", name=op.f("uq_mail_links_public_id")),
    )
    with op.batch_alter_table("mail_links", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mail_links_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_mail_links_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_mail_links_person_id"), ["person_id"], unique=False)

    op.create_table(
        "promises",
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=True),
        sa.Column("contact_hash", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("code_hash", sa.String(), nullable=True),
        sa.Column("code_attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hold_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_promises_organisation_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_promises_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promises")),
        sa.UniqueConstraint("public_id", name=op.f("uq_promises_public_id")),
    )
    with op.batch_alter_table("promises", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_promises_contact_hash"), ["contact_hash"], unique=False)
        batch_op.create_index(batch_op.f("ix_promises_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_promises_person_id"), ["person_id"], unique=False)

    op.create_table(
        "households",
        sa.Column("identity", sa.Text(), nullable=True),
        sa.Column("id_hash", sa.String(), nullable=False),
        sa.Column("person_hash", sa.String(), nullable=False),
        sa.Column("phone_hash", sa.String(), nullable=True),
        sa.Column("address_hash", sa.String(), nullable=True),
        sa.Column("service_centre_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("grid_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("filed_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("is_minor", sa.Boolean(), nullable=False),
        sa.Column("needs_guardian", sa.Boolean(), nullable=False),
        sa.Column("id_checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id_checked_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("purge_on", sa.Date(), nullable=True),
        sa.Column("purged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["communities.id"], name=op.f("fk_households_community_id")),
        sa.ForeignKeyConstraint(["filed_by_id"], ["people.id"], name=op.f("fk_households_filed_by_id")),
        sa.ForeignKeyConstraint(["grid_id"], ["grids.id"], name=op.f("fk_households_grid_id")),
        sa.ForeignKeyConstraint(["id_checked_by_id"], ["people.id"], name=op.f("fk_households_id_checked_by_id")),
        sa.ForeignKeyConstraint(
            ["service_centre_id"], ["service_centres.id"], name=op.f("fk_households_service_centre_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_households")),
    )
    with op.batch_alter_table("households", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_households_address_hash"), ["address_hash"], unique=False)
        batch_op.create_index(batch_op.f("ix_households_id_hash"), ["id_hash"], unique=False)
        batch_op.create_index(batch_op.f("ix_households_person_hash"), ["person_hash"], unique=False)
        batch_op.create_index(batch_op.f("ix_households_phone_hash"), ["phone_hash"], unique=False)
        batch_op.create_index(batch_op.f("ix_households_purge_on"), ["purge_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_households_service_centre_id"), ["service_centre_id"], unique=False)

    op.create_table(
        "identity_reads",
        sa.Column("household_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["household_id"], ["households.id"], name=op.f("fk_identity_reads_household_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_identity_reads_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_reads")),
    )
    with op.batch_alter_table("identity_reads", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_identity_reads_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_identity_reads_household_id"), ["household_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_identity_reads_person_id"), ["person_id"], unique=False)

    op.create_table(
        "wishes",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("household_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("service_centre_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("grid_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("size", sa.String(), nullable=True),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit_price_minor", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("beneficiary_group", sa.String(), nullable=False),
        sa.Column("age_band", sa.String(), nullable=False),
        sa.Column("reporter", sa.Text(), nullable=True),
        sa.Column("reported_on", sa.Date(), nullable=False),
        sa.Column("filed_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("import_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("row_hash", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("state_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deadline_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("overdue_level", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("open_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("family_code_hash", sa.String(), nullable=True),
        sa.Column("family_code_issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("family_viewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("kind IN ('goods', 'service')", name=op.f("ck_wishes_kind_known")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_wishes_quantity_positive")),
        sa.CheckConstraint("unit_price_minor >= 0", name=op.f("ck_wishes_price_not_negative")),
        sa.ForeignKeyConstraint(["community_id"], ["communities.id"], name=op.f("fk_wishes_community_id")),
        sa.ForeignKeyConstraint(["filed_by_id"], ["people.id"], name=op.f("fk_wishes_filed_by_id")),
        sa.ForeignKeyConstraint(["grid_id"], ["grids.id"], name=op.f("fk_wishes_grid_id")),
        sa.ForeignKeyConstraint(["household_id"], ["households.id"], name=op.f("fk_wishes_household_id")),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name=op.f("fk_wishes_import_id")),
        sa.ForeignKeyConstraint(
            ["service_centre_id"], ["service_centres.id"], name=op.f("fk_wishes_service_centre_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wishes")),
        sa.UniqueConstraint("family_code_hash", name=op.f("uq_wishes_family_code_hash")),
        sa.UniqueConstraint("number", name=op.f("uq_wishes_number")),
        sa.UniqueConstraint("row_hash", name=op.f("uq_wishes_row_hash")),
    )
    with op.batch_alter_table("wishes", schema=None) as batch_op:
        batch_op.create_index("ix_wishes_centre_state", ["service_centre_id", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_wishes_household_id"), ["household_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_wishes_import_id"), ["import_id"], unique=False)
        batch_op.create_index("ix_wishes_state_deadline", ["state", "deadline_at"], unique=False)

    op.create_table(
        "acknowledgements",
        sa.Column("wish_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("through", sa.String(), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("slip", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "answer IN ('received', 'partly', 'wrong', 'not_received')", name=op.f("ck_acknowledgements_answer_known")
        ),
        sa.CheckConstraint("through IN ('code', 'clerk', 'slip')", name=op.f("ck_acknowledgements_through_known")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_acknowledgements_person_id")),
        sa.ForeignKeyConstraint(["wish_id"], ["wishes.id"], name=op.f("fk_acknowledgements_wish_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acknowledgements")),
    )
    with op.batch_alter_table("acknowledgements", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_acknowledgements_wish_id"), ["wish_id"], unique=False)

    op.create_table(
        "consents",
        sa.Column("household_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("wish_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("use", sa.String(), nullable=False),
        sa.Column("is_given", sa.Boolean(), nullable=False),
        sa.Column("given_by", sa.String(), nullable=False),
        sa.Column("through", sa.String(), nullable=False),
        sa.Column("recorded_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("given_by IN ('self', 'guardian')", name=op.f("ck_consents_given_by_known")),
        sa.CheckConstraint("through IN ('paper', 'form', 'code', 'list')", name=op.f("ck_consents_through_known")),
        sa.ForeignKeyConstraint(["household_id"], ["households.id"], name=op.f("fk_consents_household_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["people.id"], name=op.f("fk_consents_recorded_by_id")),
        sa.ForeignKeyConstraint(["wish_id"], ["wishes.id"], name=op.f("fk_consents_wish_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
    )
    with op.batch_alter_table("consents", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consents_household_id"), ["household_id"], unique=False)
        batch_op.create_index("ix_consents_wish_use", ["wish_id", "use"], unique=False)

    op.create_table(
        "deliveries",
        sa.Column("wish_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("pick_up_hash", sa.String(), nullable=True),
        sa.Column("deliverer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("wished_way", sa.String(), nullable=True),
        sa.Column("wished_note", sa.Text(), nullable=True),
        sa.Column("wished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("proof", sa.String(), nullable=True),
        sa.Column("slip", sa.String(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handed_over_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("proof IS NULL OR proof IN ('code', 'signature')", name=op.f("ck_deliveries_proof_known")),
        sa.CheckConstraint(
            "wished_way IS NULL OR wished_way IN ('pick_up', 'home')", name=op.f("ck_deliveries_wished_way_known")
        ),
        sa.CheckConstraint("way IN ('pick_up', 'home', 'service')", name=op.f("ck_deliveries_way_known")),
        sa.ForeignKeyConstraint(["deliverer_id"], ["people.id"], name=op.f("fk_deliveries_deliverer_id")),
        sa.ForeignKeyConstraint(["handed_over_by_id"], ["people.id"], name=op.f("fk_deliveries_handed_over_by_id")),
        sa.ForeignKeyConstraint(["wish_id"], ["wishes.id"], name=op.f("fk_deliveries_wish_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("pick_up_hash", name=op.f("uq_deliveries_pick_up_hash")),
    )
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_deliveries_deliverer_id"), ["deliverer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_deliveries_wish_id"), ["wish_id"], unique=False)
        batch_op.create_index(
            "uq_deliveries_open_wish",
            ["wish_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "pledges",
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("promise_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("wish_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("state_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("remind_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("extended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("parcel_number", sa.Text(), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("drop_off_hash", sa.String(), nullable=True),
        sa.Column("refused_because", sa.Text(), nullable=True),
        sa.Column("refused_with_photo", sa.Boolean(), nullable=False),
        sa.Column("proposed_times", sa.Text(), nullable=True),
        sa.Column("appointment_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("appointment_note", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("attempt > 0", name=op.f("ck_pledges_attempt_positive")),
        sa.ForeignKeyConstraint(["promise_id"], ["promises.id"], name=op.f("fk_pledges_promise_id")),
        sa.ForeignKeyConstraint(["wish_id"], ["wishes.id"], name=op.f("fk_pledges_wish_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pledges")),
        sa.UniqueConstraint("drop_off_hash", name=op.f("uq_pledges_drop_off_hash")),
        sa.UniqueConstraint("public_id", name=op.f("uq_pledges_public_id")),
    )
    with op.batch_alter_table("pledges", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pledges_promise_id"), ["promise_id"], unique=False)
        batch_op.create_index("ix_pledges_state_due", ["state", "due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_pledges_wish_id"), ["wish_id"], unique=False)
        batch_op.create_index(
            "uq_pledges_live_wish",
            ["wish_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('held', 'pledged', 'procuring', 'received')"),
            postgresql_where=sa.text("state IN ('held', 'pledged', 'procuring', 'received')"),
        )

    op.create_table(
        "wish_events",
        sa.Column("wish_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("from_state", sa.String(), nullable=True),
        sa.Column("to_state", sa.String(), nullable=False),
        sa.Column("actor_kind", sa.String(), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_wish_events_person_id")),
        sa.ForeignKeyConstraint(["wish_id"], ["wishes.id"], name=op.f("fk_wish_events_wish_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wish_events")),
        sa.UniqueConstraint("wish_id", "sequence", name=op.f("uq_wish_events_wish_id_sequence")),
    )
    op.create_table(
        "handover_receipts",
        sa.Column("wish_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("pledge_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("item_matches", sa.Boolean(), nullable=False),
        sa.Column("is_new", sa.Boolean(), nullable=False),
        sa.Column("is_safe", sa.Boolean(), nullable=False),
        sa.Column("value_minor", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("photo", sa.String(), nullable=True),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("outcome IN ('received', 'refused')", name=op.f("ck_handover_receipts_outcome_known")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_handover_receipts_person_id")),
        sa.ForeignKeyConstraint(["pledge_id"], ["pledges.id"], name=op.f("fk_handover_receipts_pledge_id")),
        sa.ForeignKeyConstraint(["wish_id"], ["wishes.id"], name=op.f("fk_handover_receipts_wish_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover_receipts")),
    )
    with op.batch_alter_table("handover_receipts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_handover_receipts_pledge_id"), ["pledge_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_handover_receipts_wish_id"), ["wish_id"], unique=False)
    refuse_changes("audit_entries")
    refuse_changes("wish_events")
    refuse_changes("consents")
    refuse_changes("identity_reads")


def downgrade() -> None:
    raise NotImplementedError("the first schema has nothing to go back to")
