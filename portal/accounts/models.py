"""Tables of people who sign in, their roles, and organisations."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from flask_login import UserMixin
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.rules import Actor, ActorKind, Grant, Role
from portal.db import Row
from portal.sealing import SealedJSON, SealedText


class Person(Row, UserMixin):
    """Somebody with a password: staff, a member of an organisation, or a donor who wants a history."""

    __tablename__ = "people"

    name: Mapped[str]
    email: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str]
    second_factor_secret: Mapped[str | None] = mapped_column(SealedText)
    second_factor_enrolled_at: Mapped[datetime | None]
    second_factor_last_step: Mapped[int | None]
    session_epoch: Mapped[int] = mapped_column(default=0)
    locale: Mapped[str] = mapped_column(default="zh")
    is_enabled: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    last_signed_in_at: Mapped[datetime | None]

    grants: Mapped[list["RoleGrant"]] = relationship(back_populates="person", lazy="selectin")

    def get_id(self) -> str:
        """Return what the session keeps; raising the epoch ends all sessions of a person."""
        return f"{self.id}:{self.session_epoch}"

    @property
    def is_active(self) -> bool:
        """Tell whether the person may sign in."""
        return self.is_enabled

    @property
    def actor(self) -> Actor:
        """The person as the one who acts."""
        granted = frozenset(Grant(Role(grant.role), grant.service_centre_id) for grant in self.grants)
        return Actor(ActorKind.STAFF if granted else ActorKind.PLEDGER, self.id, granted)


class RoleGrant(Row):
    """One role of one person, for one service centre or for the district."""

    __tablename__ = "role_grants"
    __table_args__ = (UniqueConstraint("person_id", "role", "service_centre_id"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    role: Mapped[str]
    service_centre_id: Mapped[int | None] = mapped_column(ForeignKey("service_centres.id"))
    granted_at: Mapped[datetime]

    person: Mapped[Person] = relationship(back_populates="grants")


class RecoveryCode(Row):
    """One code that stands for the authenticator once; only its keyed hash is kept."""

    __tablename__ = "recovery_codes"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    code_hash: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class OrganisationStatus(StrEnum):
    """Where an organisation stands with the staff who certify it."""

    REGISTERED = "registered"
    CERTIFIED = "certified"
    REFUSED = "refused"
    SUSPENDED = "suspended"


class Organisation(Row):
    """A company, charity, school or unit that pledges under its own name."""

    __tablename__ = "organisations"
    __table_args__ = (
        CheckConstraint("status IN ('registered', 'certified', 'refused', 'suspended')", name="status_known"),
        Index("ix_organisations_status", "status"),
    )

    name: Mapped[str]
    uscc: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    contact_name: Mapped[str] = mapped_column(SealedText)
    contact_phone: Mapped[str] = mapped_column(SealedText)
    address: Mapped[str | None]
    status: Mapped[str] = mapped_column(default=OrganisationStatus.REGISTERED)
    status_note: Mapped[str | None]
    is_asked_for_rescue: Mapped[bool] = mapped_column(default=True)
    registered_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))


class Membership(Row):
    """A person who may act for an organisation."""

    __tablename__ = "memberships"
    __table_args__ = (UniqueConstraint("person_id", "organisation_id"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    is_owner: Mapped[bool] = mapped_column(default=False)
    joined_at: Mapped[datetime]


class LinkPurpose(StrEnum):
    """What a secret address sent by mail lets its reader do."""

    SET_PASSWORD = "set_password"  # noqa: S105 (the name of a purpose)
    REGISTRATION = "registration"
    INVITATION = "invitation"


class MailLink(Row):
    """A secret address sent to one mailbox, for one act, until a time; once used it is no more.

    `payload` holds what the act needs: a registration waits here whole until
    its mail address is confirmed, so nobody can take a code or an address that
    is not theirs.
    """

    __tablename__ = "mail_links"
    __table_args__ = (
        CheckConstraint("purpose IN ('set_password', 'registration', 'invitation')", name="purpose_known"),
    )

    public_id: Mapped[str] = mapped_column(unique=True)
    purpose: Mapped[str]
    payload: Mapped[dict[str, Any] | None] = mapped_column(SealedJSON)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]
