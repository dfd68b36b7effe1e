"""Lets several people act for one organisation: owners invite by mail, remove, and make others owners."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import Flask, current_app
from sqlalchemy import ColumnElement, delete, select

from portal import clock
from portal.accounts import letters
from portal.accounts.links import LinkNotValid, close_link, new_link, read_link, use_link
from portal.accounts.models import LinkPurpose, MailLink, Membership, Organisation, Person
from portal.accounts.organisations import OrganisationNotFound, get_organisation, require_owner
from portal.accounts.passwords import check_password_rules, hash_password
from portal.accounts.rules import NotAllowed
from portal.accounts.service import insert_person
from portal.db import changed_rows, insert_unless_there, session, transaction
from portal.i18n import language

Follower = Callable[[int, int, int], None]
"""What another room does in the same transaction: by organisation, who was removed, and the owner who removed them."""

_FOLLOWERS = "portal.removal_followers"


class AlreadyMember(Exception):
    """The person acts for the organisation already."""


class OwnMembership(Exception):
    """An owner must not remove themself; another owner can."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """What somebody invited reads before accepting; `has_account` tells whether a password is to be chosen."""

    organisation_id: int
    organisation_name: str
    email: str
    has_account: bool


@dataclass(frozen=True, slots=True)
class Member:
    """One person who acts for an organisation, as its owners see them."""

    person_id: int
    name: str
    email: str
    is_owner: bool
    joined_at: datetime


@dataclass(frozen=True, slots=True)
class PendingInvitation:
    """An invitation nobody has accepted yet."""

    link_id: int
    email: str
    expires_at: datetime


def follow_removals(app: Flask, follower: Follower) -> None:
    """Let a room that this one must not import do its part whenever somebody is removed from an organisation."""
    app.extensions.setdefault(_FOLLOWERS, []).append(follower)


def is_owner(person_id: int, organisation_id: int) -> bool:
    """Tell whether a member looks after an organisation, rather than only acting for it.

    Raises OrganisationNotFound for strangers.
    """
    try:
        require_owner(person_id, organisation_id)
    except NotAllowed:
        return False
    return True


def list_members(organisation_id: int) -> list[Member]:
    """Return who acts for an organisation, owners first."""
    rows = session().execute(
        select(Person.id, Person.name, Person.email, Membership.is_owner, Membership.joined_at)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.organisation_id == organisation_id)
        .order_by(Membership.is_owner.desc(), Membership.joined_at, Person.id)
    )
    return [Member(*row) for row in rows]


def list_invitations(organisation_id: int) -> list[PendingInvitation]:
    """Return an organisation's invitations that can still be accepted, newest first."""
    rows = session().scalars(
        select(MailLink)
        .where(
            MailLink.organisation_id == organisation_id,
            MailLink.purpose == LinkPurpose.INVITATION,
            MailLink.used_at.is_(None),
            MailLink.expires_at > clock.now(),
        )
        .order_by(MailLink.id.desc())
    )
    return [PendingInvitation(row.id, (row.payload or {})["email"], row.expires_at) for row in rows]


@transaction
def invite_member(owner_id: int, organisation_id: int, email: str) -> None:
    """Invite somebody by mail to act for an organisation; an older invitation to them is void.

    Raises OrganisationNotFound, NotAllowed, AlreadyMember.
    """
    require_owner(owner_id, organisation_id)
    if any(member.email == email for member in list_members(organisation_id)):
        raise AlreadyMember
    for pending in list_invitations(organisation_id):
        if pending.email == email:
            close_link(pending.link_id)
    token = new_link(
        LinkPurpose.INVITATION,
        letters.INVITATION_HOURS,
        payload={"email": email, "locale": language()},
        organisation_id=organisation_id,
    )
    letters.send_invitation(email, get_organisation(organisation_id).name, token)


@transaction
def withdraw_invitation(owner_id: int, organisation_id: int, link_id: int) -> None:
    """Make an invitation void.

    Raises OrganisationNotFound, NotAllowed, LinkNotValid.
    """
    require_owner(owner_id, organisation_id)
    if link_id not in {pending.link_id for pending in list_invitations(organisation_id)}:
        raise LinkNotValid
    close_link(link_id)


def read_invitation(token: str) -> Invitation:
    """Return what an invitation offers.

    Raises LinkNotValid.
    """
    link = read_link(LinkPurpose.INVITATION, token)
    organisation = session().get(Organisation, link.organisation_id)
    if organisation is None:
        raise LinkNotValid
    email = link.payload["email"]
    known = session().scalar(select(Person.id).where(Person.email == email))
    return Invitation(organisation.id, organisation.name, email, known is not None)


def accept_invitation(token: str, name: str = "", password: str = "") -> int:
    """Let whoever was invited act for the organisation; return their id.

    Somebody without an account gets one with this name and password; who has
    one needs neither, because the link proves the mailbox.

    Raises LinkNotValid, PasswordTooShort, PasswordTooCommon.
    """
    invitation = read_invitation(token)
    if invitation.has_account:
        return _join(token, name, "")
    check_password_rules(password, name, invitation.email)
    return _join(token, name, hash_password(password))


@transaction
def _join(token: str, name: str, password_hash: str) -> int:
    invitation = read_invitation(token)
    link = use_link(LinkPurpose.INVITATION, token)
    person_id = session().scalar(select(Person.id).where(Person.email == invitation.email))
    if person_id is None:
        person_id = insert_person(name, invitation.email, password_hash, link.payload["locale"])
    insert_unless_there(
        Membership,
        person_id=person_id,
        organisation_id=invitation.organisation_id,
        is_owner=False,
        joined_at=clock.now(),
    )
    return person_id


@transaction
def remove_member(owner_id: int, organisation_id: int, person_id: int) -> None:
    """Take from a person the right to act for an organisation; what they pledged stays, in their remover's hands.

    Raises OrganisationNotFound, NotAllowed, OwnMembership.
    """
    require_owner(owner_id, organisation_id)
    if owner_id == person_id:
        raise OwnMembership
    if changed_rows(delete(Membership).where(_is(organisation_id, person_id))) == 0:
        return
    for follow in current_app.extensions.get(_FOLLOWERS, ()):
        follow(organisation_id, person_id, owner_id)


@transaction
def make_owner(owner_id: int, organisation_id: int, person_id: int) -> None:
    """Let a member invite and remove others too.

    Raises OrganisationNotFound, NotAllowed.
    """
    require_owner(owner_id, organisation_id)
    membership = session().scalar(select(Membership).where(_is(organisation_id, person_id)))
    if membership is None:
        raise OrganisationNotFound(organisation_id)
    membership.is_owner = True


def _is(organisation_id: int, person_id: int) -> ColumnElement[bool]:
    return (Membership.organisation_id == organisation_id) & (Membership.person_id == person_id)
