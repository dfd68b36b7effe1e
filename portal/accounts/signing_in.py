"""Decides whether a mail address and a password belong together, in the same time whatever the answer."""

from sqlalchemy import select

from portal import clock
from portal.accounts.models import Person
from portal.accounts.passwords import hash_password, is_password, needs_new_hash
from portal.audit import service as audit
from portal.db import session, transaction


def find_person_by_password(email: str, password: str) -> Person | None:
    """Return the enabled person with this mail address and password.

    Somebody unknown and somebody shut out take the same time and get the same
    answer as a wrong password. Renews the hash when the settings ask for
    another strength.
    """
    person = session().scalar(select(Person).where(Person.email == email))
    is_right = is_password(person.password_hash if person else None, password)
    if person is None or not is_right or not person.is_enabled:
        return None
    fresh = hash_password(password) if needs_new_hash(person.password_hash) else None
    _note_sign_in(person.id, person.password_hash, fresh)
    return session().get(Person, person.id)


@transaction
def _note_sign_in(person_id: int, seen_hash: str, fresh_hash: str | None) -> None:
    person = session().get_one(Person, person_id)
    person.last_signed_in_at = clock.now()
    if fresh_hash and person.password_hash == seen_hash:
        person.password_hash = fresh_hash
    if person.grants:
        audit.record(person.actor, "person.sign_in", "person", person_id)
