"""Writes the audit trail."""

from typing import Any

from portal import clock
from portal.accounts.rules import Actor
from portal.audit.models import AuditEntry
from portal.db import session, transaction

SEALED_FIELDS = frozenset(
    {
        "name",
        "id_number",
        "phone",
        "address",
        "guardian",
        "guardian_phone",
        "birth_date",
        "gender",
        "reason",
        "reporter",
        "contact",
        "contact_name",
        "contact_phone",
        "note",
        "password",
        "password_hash",
        "second_factor_secret",
    }
)
"""Fields whose values never enter the trail; it says only that they changed."""


@transaction
def record(
    actor: Actor,
    action: str,
    subject_kind: str,
    subject_ref: str | int,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Add one act to the trail; values of sealed fields are replaced by a mark."""
    session().add(
        AuditEntry(
            at=clock.now(),
            person_id=actor.person_id,
            action=action,
            subject_kind=subject_kind,
            subject_ref=str(subject_ref),
            before=_without_identity(before),
            after=_without_identity(after),
        )
    )


def _without_identity(values: dict[str, Any] | None) -> dict[str, Any] | None:
    if values is None:
        return None
    return {name: "***" if name in SEALED_FIELDS and value else value for name, value in values.items()}
