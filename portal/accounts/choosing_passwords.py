"""Lets people choose their own passwords: by a link sent by mail, or by knowing the present one.

Passwords are hashed before a transaction opens, because hashing is slow on
purpose.
"""

from dataclasses import dataclass

from sqlalchemy import select

from portal.accounts import letters
from portal.accounts.links import LinkNotValid, OpenLink, new_link, read_link, use_link
from portal.accounts.models import LinkPurpose, Person
from portal.accounts.passwords import check_password_rules, hash_password, is_password
from portal.accounts.queries import StaffAddress
from portal.accounts.service import get_person
from portal.audit import service as audit
from portal.db import session, transaction


class PasswordWrong(Exception):
    """The present password is not the one that was typed."""


@dataclass(frozen=True, slots=True)
class PasswordSetter:
    """Whom a password link was sent to."""

    person_id: int
    name: str
    email: str


@transaction
def send_link_to_forgetful(email: str) -> None:
    """Send a link to choose another password to whoever has this mail address; do as much work where nobody has."""
    person = session().scalar(select(Person).where(Person.email == email, Person.is_enabled))
    token = new_link(
        LinkPurpose.SET_PASSWORD,
        letters.PASSWORD_HOURS,
        payload={"epoch": person.session_epoch if person else -1},
        person_id=person.id if person else None,
    )
    if person is not None:
        letters.send_password_link(StaffAddress(person.id, person.email, person.locale), token)


def read_password_link(token: str) -> PasswordSetter:
    """Return whose password a link sets.

    Raises LinkNotValid, also when the password was changed since the link was sent.
    """
    return _setter_of(read_link(LinkPurpose.SET_PASSWORD, token))


def set_password_by_link(token: str, password: str) -> None:
    """Set a new password by a link sent by mail; all sessions end and older links are void.

    Raises LinkNotValid, PasswordTooShort, PasswordTooCommon.
    """
    setter = read_password_link(token)
    check_password_rules(password, setter.name, setter.email)
    _use_password_link(token, hash_password(password))


def change_password(person_id: int, present: str, new: str) -> None:
    """Set a new password for somebody who knows the present one; all their sessions end.

    Raises PersonNotFound, PasswordWrong, PasswordTooShort, PasswordTooCommon.
    """
    check_present_password(person_id, present)
    person = get_person(person_id)
    check_password_rules(new, person.name, person.email)
    _store_password(person_id, hash_password(new))


def check_present_password(person_id: int, present: str) -> None:
    """Make sure that whoever sits at a session knows its person's password.

    Raises PersonNotFound, PasswordWrong.
    """
    if not is_password(get_person(person_id).password_hash, present):
        raise PasswordWrong


@transaction
def _use_password_link(token: str, password_hash: str) -> None:
    setter = read_password_link(token)
    use_link(LinkPurpose.SET_PASSWORD, token)
    _store_password(setter.person_id, password_hash)


@transaction
def _store_password(person_id: int, password_hash: str) -> None:
    person = get_person(person_id)
    person.password_hash = password_hash
    person.session_epoch += 1
    audit.record(person.actor, "person.change_password", "person", person_id)
    letters.send_password_changed(
        StaffAddress(person.id, person.email, person.locale), f"{person_id}:{person.session_epoch}"
    )


def _setter_of(link: OpenLink) -> PasswordSetter:
    person = session().get(Person, link.person_id) if link.person_id is not None else None
    if person is None or not person.is_enabled or person.session_epoch != link.payload.get("epoch"):
        raise LinkNotValid
    return PasswordSetter(person.id, person.name, person.email)
