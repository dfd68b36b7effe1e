"""Codes on paper for when the authenticator is not at hand: shown once, kept as keyed hashes, each good once."""

from sqlalchemy import delete, func, select, update

from portal import clock, codes
from portal.accounts import letters
from portal.accounts.models import RecoveryCode
from portal.accounts.queries import StaffAddress
from portal.accounts.second_factor import CodeWrong
from portal.accounts.service import get_person
from portal.audit import service as audit
from portal.db import changed_rows, session, transaction
from portal.sealing import keyed_hash

CODES_AT_A_TIME = 10


@transaction
def issue_recovery_codes(person_id: int) -> tuple[str, ...]:
    """Return fresh codes as they are printed; those from before open nothing any more.

    Raises PersonNotFound.
    """
    person = get_person(person_id)
    session().execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    fresh = [codes.new_recovery_code() for _ in range(CODES_AT_A_TIME)]
    at = clock.now()
    session().add_all(
        RecoveryCode(person_id=person_id, code_hash=_hash(person_id, code), created_at=at) for code in fresh
    )
    audit.record(person.actor, "second_factor.issue_codes", "person", person_id)
    return tuple(codes.grouped(code) for code in fresh)


@transaction
def give_recovery_code(person_id: int, typed: str) -> None:
    """Accept a code in place of the authenticator's and tell its owner by mail; of two requests with it, one wins.

    Raises PersonNotFound, CodeWrong.
    """
    person = get_person(person_id)
    try:
        code = codes.read_recovery_code(typed)
    except codes.CodeMistyped:
        raise CodeWrong from None
    used = changed_rows(
        update(RecoveryCode)
        .where(RecoveryCode.code_hash == _hash(person_id, code), RecoveryCode.used_at.is_(None))
        .values(used_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    if used != 1:
        raise CodeWrong
    left = count_recovery_codes(person_id)
    audit.record(person.actor, "second_factor.recover", "person", person_id, after={"codes_left": left})
    letters.send_recovery_code_used(StaffAddress(person.id, person.email, person.locale), left, _hash(person_id, code))


def count_recovery_codes(person_id: int) -> int:
    """Return how many codes of a person are still good."""
    left = select(func.count(RecoveryCode.id)).where(
        RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None)
    )
    return session().scalar(left) or 0


def _hash(person_id: int, code: str) -> str:
    return keyed_hash("recovery-code", f"{person_id}:{code}")
