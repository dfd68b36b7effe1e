"""Adds people, gives and takes their roles, shuts them out and lets them in again.

Mails go out through the outbox in the same transaction. Passwords are hashed
before a transaction opens, because hashing is slow on purpose.
"""

from sqlalchemy import delete, select

from portal import clock
from portal.accounts import letters
from portal.accounts.links import new_link
from portal.accounts.models import LinkPurpose, Person, RoleGrant
from portal.accounts.passwords import hash_password, new_unusable_hash
from portal.accounts.queries import StaffAddress
from portal.accounts.rules import CENTRE_ROLES, Actor, ActorKind, Grant, NotAllowed, Role
from portal.audit import service as audit
from portal.db import session, transaction


class EmailTaken(Exception):
    """Somebody has this mail address already."""


class PersonNotFound(LookupError):
    """There is no such person."""


class GrantWrong(ValueError):
    """A centre's role lacks its centre, or a district's role has one."""


class OwnAccount(Exception):
    """An administrator must not take this away from themself."""


class LastAdministrator(Exception):
    """Without this person nobody could administer the portal."""


def add_person(
    actor: Actor,
    name: str,
    email: str,
    password: str | None = None,
    grants: frozenset[Grant] | set[Grant] = frozenset(),
    *,
    locale: str = "zh",
) -> int:
    """Add somebody who signs in; without a password they are sent a link to choose one. Return their id.

    `email` is as details.read_email returns it; the password's rules are the caller's to check.

    Raises NotAllowed, EmailTaken, GrantWrong.
    """
    password_hash = hash_password(password) if password else new_unusable_hash()
    return _add_person(actor, name, email, password_hash, frozenset(grants), locale, is_invited=not password)


@transaction
def _add_person(
    actor: Actor,
    name: str,
    email: str,
    password_hash: str,
    grants: frozenset[Grant],
    locale: str,
    *,
    is_invited: bool,
) -> int:
    _require_administrator(actor)
    person_id = insert_person(name, email, password_hash, locale)
    for grant in grants:
        _insert_grant(person_id, grant)
    audit.record(actor, "person.add", "person", person_id, after={"roles": _in_words(grants)})
    if is_invited:
        _send_link(StaffAddress(person_id, email, locale), name, epoch=0)
    return person_id


@transaction
def insert_person(name: str, email: str, password_hash: str, locale: str) -> int:
    """Write a new person's row and return its id.

    Raises EmailTaken.
    """
    if session().scalar(select(Person.id).where(Person.email == email)) is not None:
        raise EmailTaken
    person = Person(
        name=name,
        email=email,
        password_hash=password_hash,
        locale=locale,
        session_epoch=0,
        is_enabled=True,
        created_at=clock.now(),
    )
    session().add(person)
    session().flush()
    return person.id


@transaction
def change_grants(
    actor: Actor,
    person_id: int,
    *,
    add: frozenset[Grant] | set[Grant] = frozenset(),
    remove: frozenset[Grant] | set[Grant] = frozenset(),
) -> None:
    """Give and take roles; what a person has or lacks already stays as it is.

    Raises NotAllowed, PersonNotFound, GrantWrong, OwnAccount, LastAdministrator.
    """
    administrators = _lock_administrators(actor)
    person = get_person(person_id)
    held = person.actor.grants
    if Grant(Role.ADMINISTRATOR) in set(remove) & held:
        _check_may_lose_administrator(actor, person_id, administrators)
    for grant in set(add) - held:
        _insert_grant(person_id, grant)
    for grant in set(remove) & held:
        _delete_grant(person_id, grant)
    session().flush()
    session().refresh(person, ["grants"])
    audit.record(
        actor,
        "person.change_roles",
        "person",
        person_id,
        before={"roles": _in_words(held)},
        after={"roles": _in_words(person.actor.grants)},
    )


@transaction
def set_enabled(actor: Actor, person_id: int, is_enabled: bool) -> None:
    """Let a person sign in, or shut them out everywhere at once.

    Raises NotAllowed, PersonNotFound, OwnAccount, LastAdministrator.
    """
    administrators = _lock_administrators(actor)
    person = get_person(person_id)
    if not is_enabled:
        _check_may_lose_administrator(actor, person_id, administrators)
    before, person.is_enabled = person.is_enabled, is_enabled
    person.session_epoch += 1
    audit.record(
        actor,
        "person.enable" if is_enabled else "person.disable",
        "person",
        person_id,
        before={"enabled": before},
        after={"enabled": is_enabled},
    )


@transaction
def send_link_to_person(actor: Actor, person_id: int) -> None:
    """Send a person a fresh link to choose a password.

    Raises NotAllowed, PersonNotFound.
    """
    _require_administrator(actor)
    person = get_person(person_id)
    _send_link(StaffAddress(person.id, person.email, person.locale), person.name, epoch=person.session_epoch)
    audit.record(actor, "person.send_link", "person", person_id)


@transaction
def save_account(person_id: int, name: str, locale: str) -> None:
    """Save what a person says of themself.

    Raises PersonNotFound.
    """
    person = get_person(person_id)
    person.name, person.locale = name, locale


def _send_link(to: StaffAddress, name: str, *, epoch: int) -> None:
    payload = {"epoch": epoch}
    token = new_link(LinkPurpose.SET_PASSWORD, letters.WELCOME_HOURS, payload=payload, person_id=to.person_id)
    letters.send_welcome(to, name, token)


def _require_administrator(actor: Actor) -> None:
    if actor.kind is not ActorKind.SYSTEM:
        actor.require({Role.ADMINISTRATOR})


def get_person(person_id: int) -> Person:
    """Return a person's row.

    Raises PersonNotFound.
    """
    person = session().get(Person, person_id)
    if person is None:
        raise PersonNotFound(person_id)
    return person


def _lock_administrators(actor: Actor) -> set[int]:
    """Return the enabled administrators and hold their rows, so that two cannot remove each other at once.

    Raises NotAllowed when the actor is no longer one of them.
    """
    holders = select(RoleGrant.person_id).where(RoleGrant.role == Role.ADMINISTRATOR)
    people = select(Person).where(Person.id.in_(holders)).order_by(Person.id).with_for_update()
    locked = session().scalars(people.execution_options(populate_existing=True)).all()
    found = {person.id for person in locked if person.is_enabled and person.actor.has_role(Role.ADMINISTRATOR)}
    if actor.kind is not ActorKind.SYSTEM and actor.person_id not in found:
        raise NotAllowed
    return found


def _check_may_lose_administrator(actor: Actor, person_id: int, administrators: set[int]) -> None:
    if person_id == actor.person_id:
        raise OwnAccount
    if administrators == {person_id}:
        raise LastAdministrator


def _insert_grant(person_id: int, grant: Grant) -> None:
    if (grant.role in CENTRE_ROLES) != (grant.service_centre_id is not None):
        raise GrantWrong(grant.role)
    session().add(
        RoleGrant(
            person_id=person_id,
            role=grant.role,
            service_centre_id=grant.service_centre_id,
            granted_at=clock.now(),
        )
    )


def _delete_grant(person_id: int, grant: Grant) -> None:
    session().execute(
        delete(RoleGrant).where(
            RoleGrant.person_id == person_id,
            RoleGrant.role == grant.role,
            RoleGrant.service_centre_id.is_(None)
            if grant.service_centre_id is None
            else RoleGrant.service_centre_id == grant.service_centre_id,
        )
    )


def _in_words(grants: frozenset[Grant]) -> list[str]:
    return sorted(
        f"{grant.role}@{grant.service_centre_id}" if grant.service_centre_id else str(grant.role) for grant in grants
    )
