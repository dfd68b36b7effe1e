"""Giving: gifts and payments, what comes after them, the providers' door, and the triggers that freeze amounts"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


FROZEN = {
    "gifts": "NEW.amount_minor <> OLD.amount_minor OR NEW.currency <> OLD.currency"
    " OR NEW.campaign_number <> OLD.campaign_number OR NEW.public_id <> OLD.public_id",
    "payments": "NEW.amount_minor <> OLD.amount_minor OR NEW.currency <> OLD.currency"
    " OR NEW.gift_id <> OLD.gift_id OR NEW.gateway <> OLD.gateway",
    "refunds": "NEW.amount_minor <> OLD.amount_minor OR NEW.currency <> OLD.currency"
    " OR NEW.payment_id <> OLD.payment_id",
    "disputes": "NEW.amount_minor <> OLD.amount_minor OR NEW.fee_minor <> OLD.fee_minor"
    " OR NEW.currency <> OLD.currency OR NEW.payment_id <> OLD.payment_id OR NEW.provider_ref <> OLD.provider_ref",
}
"""When a change of a row touches what was fixed with it."""

ONE_WAY = {
    "gifts": "OLD.succeeded_at IS NOT NULL AND (NEW.succeeded_at IS NULL OR NEW.number <> OLD.number)",
    "payments": "(OLD.state IN ('succeeded', 'duplicated') AND NEW.state <> OLD.state)"
    " OR (OLD.state <> 'pending' AND NEW.state = 'pending')"
    " OR (OLD.provider_ref IS NOT NULL AND (NEW.provider_ref IS NULL OR NEW.provider_ref <> OLD.provider_ref))",
    "refunds": "OLD.state = 'failed' AND NEW.state <> 'failed' OR OLD.state = 'succeeded' AND NEW.state"
    " NOT IN ('succeeded', 'failed')",
    "disputes": "OLD.state <> 'open' AND NEW.state <> OLD.state",
}
"""When a change of a row goes backwards."""


def upgrade() -> None:
    op.create_table(
        "gateway_cursors",
        sa.Column("gateway", sa.String(), nullable=False),
        sa.Column("reconciled_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reconciled_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("gateway", name=op.f("pk_gateway_cursors")),
    )
    op.create_table(
        "webhook_events",
        sa.Column("gateway", sa.String(), nullable=False),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("provider_ref", sa.String(), nullable=True),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("state IN ('received', 'done', 'ignored')", name=op.f("ck_webhook_events_state_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_events")),
        sa.UniqueConstraint("gateway", "event_id", name=op.f("uq_webhook_events_gateway_event_id")),
    )
    with op.batch_alter_table("webhook_events", schema=None) as batch_op:
        batch_op.create_index(
            "ix_webhook_events_received",
            ["id"],
            unique=False,
            sqlite_where=sa.text("state = 'received'"),
            postgresql_where=sa.text("state = 'received'"),
        )

    op.create_table(
        "gifts",
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=True),
        sa.Column("campaign_number", sa.String(), nullable=False),
        sa.Column("wish_number", sa.String(), nullable=True),
        sa.Column("amount_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("state_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("contact", sa.Text(), nullable=True),
        sa.Column("contact_hash", sa.String(), nullable=False),
        sa.Column("contact_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("name_visibility", sa.String(), nullable=False),
        sa.Column("amount_visibility", sa.String(), nullable=False),
        sa.Column("shown_name", sa.String(), nullable=True),
        sa.Column("message", sa.String(), nullable=True),
        sa.Column("honour", sa.String(), nullable=True),
        sa.Column("words_state", sa.String(), nullable=False),
        sa.Column("words_decided_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("words_decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("succeeded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "(state IN ('intended', 'abandoned')) = (succeeded_at IS NULL)",
            name=op.f("ck_gifts_succeeded_has_its_time"),
        ),
        sa.CheckConstraint("amount_visibility IN ('hidden', 'shown')", name=op.f("ck_gifts_amount_visibility_known")),
        sa.CheckConstraint("name_visibility IN ('hidden', 'shown')", name=op.f("ck_gifts_name_visibility_known")),
        sa.CheckConstraint(
            "state IN ('intended', 'abandoned', 'succeeded', 'partly_refunded', 'refunded', 'disputed')",
            name=op.f("ck_gifts_state_known"),
        ),
        sa.CheckConstraint(
            "words_state IN ('none', 'waiting', 'approved', 'refused')", name=op.f("ck_gifts_words_state_known")
        ),
        sa.CheckConstraint("(succeeded_at IS NULL) = (number IS NULL)", name=op.f("ck_gifts_succeeded_has_its_number")),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_gifts_amount_positive")),
        sa.ForeignKeyConstraint(["campaign_number"], ["campaigns.number"], name=op.f("fk_gifts_campaign_number")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_gifts_organisation_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_gifts_person_id")),
        sa.ForeignKeyConstraint(["words_decided_by_id"], ["people.id"], name=op.f("fk_gifts_words_decided_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gifts")),
        sa.UniqueConstraint("number", name=op.f("uq_gifts_number")),
        sa.UniqueConstraint("public_id", name=op.f("uq_gifts_public_id")),
    )
    with op.batch_alter_table("gifts", schema=None) as batch_op:
        batch_op.create_index("ix_gifts_campaign_succeeded", ["campaign_number", "succeeded_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_gifts_contact_hash"), ["contact_hash"], unique=False)
        batch_op.create_index(batch_op.f("ix_gifts_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_gifts_person_id"), ["person_id"], unique=False)
        batch_op.create_index("ix_gifts_state_created", ["state", "created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_gifts_wish_number"), ["wish_number"], unique=False)
        batch_op.create_index(
            "ix_gifts_words_waiting",
            ["id"],
            unique=False,
            sqlite_where=sa.text("words_state = 'waiting'"),
            postgresql_where=sa.text("words_state = 'waiting'"),
        )

    op.create_table(
        "payments",
        sa.Column("gift_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("gateway", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("is_processing", sa.Boolean(), nullable=False),
        sa.Column("provider_ref", sa.String(), nullable=True),
        sa.Column("pay_url", sa.String(), nullable=True),
        sa.Column("amount_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("fee_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("failure", sa.String(), nullable=True),
        sa.Column("method_hash", sa.String(), nullable=True),
        sa.Column("range_hash", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "state IN ('pending', 'failed', 'abandoned', 'succeeded', 'duplicated')",
            name=op.f("ck_payments_state_known"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('succeeded', 'duplicated') OR (provider_ref IS NOT NULL AND paid_at IS NOT NULL)",
            name=op.f("ck_payments_paid_is_whole"),
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_payments_amount_positive")),
        sa.CheckConstraint("attempt > 0", name=op.f("ck_payments_attempt_positive")),
        sa.CheckConstraint("fee_minor IS NULL OR fee_minor >= 0", name=op.f("ck_payments_fee_not_negative")),
        sa.ForeignKeyConstraint(["gift_id"], ["gifts.id"], name=op.f("fk_payments_gift_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments")),
        sa.UniqueConstraint("gateway", "provider_ref", name=op.f("uq_payments_gateway_provider_ref")),
        sa.UniqueConstraint("gift_id", "attempt", name=op.f("uq_payments_gift_id_attempt")),
    )
    with op.batch_alter_table("payments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_payments_method_hash"), ["method_hash"], unique=False)
        batch_op.create_index(
            "ix_payments_pending_checked",
            ["checked_at"],
            unique=False,
            sqlite_where=sa.text("state = 'pending'"),
            postgresql_where=sa.text("state = 'pending'"),
        )
        batch_op.create_index(batch_op.f("ix_payments_range_hash"), ["range_hash"], unique=False)
        batch_op.create_index(
            "uq_payments_succeeded_gift",
            ["gift_id"],
            unique=True,
            sqlite_where=sa.text("state = 'succeeded'"),
            postgresql_where=sa.text("state = 'succeeded'"),
        )

    op.create_table(
        "receipts",
        sa.Column("gift_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=True),
        sa.Column("amount_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("receipt_code", sa.String(), nullable=True),
        sa.Column("receipt_no", sa.String(), nullable=True),
        sa.Column("check_code", sa.String(), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("issued_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("voided_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("void_reason", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "state <> 'voided' OR (voided_at IS NOT NULL AND void_reason IS NOT NULL)",
            name=op.f("ck_receipts_voided_is_whole"),
        ),
        sa.CheckConstraint(
            "state = 'requested' OR (receipt_no IS NOT NULL AND issued_on IS NOT NULL AND issued_by_id IS NOT NULL)",
            name=op.f("ck_receipts_issued_is_whole"),
        ),
        sa.CheckConstraint("state IN ('requested', 'issued', 'voided')", name=op.f("ck_receipts_state_known")),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_receipts_amount_positive")),
        sa.ForeignKeyConstraint(["gift_id"], ["gifts.id"], name=op.f("fk_receipts_gift_id")),
        sa.ForeignKeyConstraint(["issued_by_id"], ["people.id"], name=op.f("fk_receipts_issued_by_id")),
        sa.ForeignKeyConstraint(["voided_by_id"], ["people.id"], name=op.f("fk_receipts_voided_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipts")),
        sa.UniqueConstraint("receipt_code", "receipt_no", name=op.f("uq_receipts_receipt_code_receipt_no")),
    )
    with op.batch_alter_table("receipts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_receipts_gift_id"), ["gift_id"], unique=False)
        batch_op.create_index(
            "uq_receipts_live_gift",
            ["gift_id"],
            unique=True,
            sqlite_where=sa.text("state <> 'voided'"),
            postgresql_where=sa.text("state <> 'voided'"),
        )

    op.create_table(
        "refund_requests",
        sa.Column("gift_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("decided_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "(state = 'waiting') = (decided_at IS NULL)", name=op.f("ck_refund_requests_decided_has_its_time")
        ),
        sa.CheckConstraint("state IN ('waiting', 'granted', 'refused')", name=op.f("ck_refund_requests_state_known")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["people.id"], name=op.f("fk_refund_requests_decided_by_id")),
        sa.ForeignKeyConstraint(["gift_id"], ["gifts.id"], name=op.f("fk_refund_requests_gift_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund_requests")),
    )
    with op.batch_alter_table("refund_requests", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_refund_requests_gift_id"), ["gift_id"], unique=False)
        batch_op.create_index(
            "uq_refund_requests_waiting",
            ["gift_id"],
            unique=True,
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )

    op.create_table(
        "disputes",
        sa.Column("payment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("provider_ref", sa.String(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("fee_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("state IN ('open', 'won', 'lost')", name=op.f("ck_disputes_state_known")),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_disputes_amount_positive")),
        sa.CheckConstraint("fee_minor >= 0", name=op.f("ck_disputes_fee_not_negative")),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name=op.f("fk_disputes_payment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disputes")),
        sa.UniqueConstraint("payment_id", "provider_ref", name=op.f("uq_disputes_payment_id_provider_ref")),
    )
    op.create_table(
        "holds",
        sa.Column("gateway", sa.String(), nullable=False),
        sa.Column("provider_ref", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("payment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("amount_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("settled_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("(state = 'open') = (settled_at IS NULL)", name=op.f("ck_holds_settled_has_its_time")),
        sa.CheckConstraint("state IN ('open', 'returned', 'set_aside')", name=op.f("ck_holds_state_known")),
        sa.CheckConstraint(
            "why IN ('amount', 'currency', 'livemode', 'twin', 'refunded_too_much')", name=op.f("ck_holds_why_known")
        ),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name=op.f("fk_holds_payment_id")),
        sa.ForeignKeyConstraint(["settled_by_id"], ["people.id"], name=op.f("fk_holds_settled_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holds")),
        sa.UniqueConstraint("gateway", "provider_ref", "why", name=op.f("uq_holds_gateway_provider_ref_why")),
    )
    with op.batch_alter_table("holds", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_holds_payment_id"), ["payment_id"], unique=False)

    op.create_table(
        "refunds",
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("payment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("amount_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("provider_ref", sa.String(), nullable=True),
        sa.Column("failure", sa.String(), nullable=True),
        sa.Column("requested_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("succeeded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "reason IN ('donor', 'mistake', 'duplicated', 'campaign_over', 'provider')",
            name=op.f("ck_refunds_reason_known"),
        ),
        sa.CheckConstraint(
            "state <> 'succeeded' OR (provider_ref IS NOT NULL AND succeeded_at IS NOT NULL)",
            name=op.f("ck_refunds_succeeded_is_whole"),
        ),
        sa.CheckConstraint(
            "state IN ('requested', 'sent', 'succeeded', 'failed')", name=op.f("ck_refunds_state_known")
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_refunds_amount_positive")),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name=op.f("fk_refunds_payment_id")),
        sa.ForeignKeyConstraint(["requested_by_id"], ["people.id"], name=op.f("fk_refunds_requested_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refunds")),
        sa.UniqueConstraint("payment_id", "provider_ref", name=op.f("uq_refunds_payment_id_provider_ref")),
        sa.UniqueConstraint("public_id", name=op.f("uq_refunds_public_id")),
    )
    with op.batch_alter_table("refunds", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_refunds_payment_id"), ["payment_id"], unique=False)
        batch_op.create_index(
            "ix_refunds_under_way",
            ["id"],
            unique=False,
            sqlite_where=sa.text("state IN ('requested', 'sent')"),
            postgresql_where=sa.text("state IN ('requested', 'sent')"),
        )

    op.add_column("budget_lines", sa.Column("unit_minor", sa.BigInteger(), nullable=True))
    op.add_column("budget_lines", sa.Column("unit_name", sa.String(), nullable=True))
    op.add_column("budget_lines", sa.Column("unit_name_en", sa.String(), nullable=True))
    for table, changes in FROZEN.items():
        refuse(f"{table}_frozen", "UPDATE", table, changes, "what was fixed with the row is not changed")
        refuse(f"{table}_one_way", "UPDATE", table, ONE_WAY[table], "a state never goes backwards")
        refuse(f"{table}_stay", "DELETE", table, "TRUE", "a row of money is not removed")


def refuse(name: str, act: str, table: str, condition: str, because: str) -> None:
    """Let the database itself refuse a change of a row where a condition holds."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{table}: {because}'; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {act} ON {table} FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION {name}()"
        )
        return
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {act} ON {table} WHEN {condition} "
        f"BEGIN SELECT RAISE(ABORT, '{table}: {because}'); END"
    )


def downgrade() -> None:
    raise NotImplementedError("gifts are not taken back")
