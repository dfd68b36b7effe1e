"""The time-based second factor: enrolled once, asked for at each sign-in, each code accepted once (RFC 6238)."""

import hmac

import pyotp
from sqlalchemy import delete, or_, update

from portal import clock
from portal.accounts import letters
from portal.accounts.models import Person, RecoveryCode
from portal.accounts.queries import StaffAddress
from portal.accounts.rules import Actor, ActorKind, Role
from portal.accounts.service import get_person
from portal.audit import service as audit
from portal.db import session, transaction

ISSUER = "Yitongxing"
STEP_SECONDS = 30
DRIFT_STEPS = 1
CODE_LENGTH = 6


class CodeWrong(Exception):
    """The code does not fit the present half minute, or was used before."""


class AlreadyEnrolled(Exception):
    """The person has a second factor; an administrator must reset it first."""


@transaction
def begin_enrolment(person_id: int) -> str:
    """Return the secret a person is to put into an authenticator; the same one until it is confirmed.

    Raises PersonNotFound, AlreadyEnrolled.
    """
    person = get_person(person_id)
    if person.second_factor_enrolled_at is not None:
        raise AlreadyEnrolled
    if person.second_factor_secret is None:
        person.second_factor_secret = pyotp.random_base32()
    return person.second_factor_secret


def enrolment_address(secret: str, email: str) -> str:
    """Return what the QR code of an enrolment holds."""
    return pyotp.TOTP(secret, interval=STEP_SECONDS).provisioning_uri(name=email, issuer_name=ISSUER)


@transaction
def confirm_enrolment(person_id: int, code: str) -> None:
    """Switch the second factor on, once a code shows that the authenticator has the secret.

    Raises PersonNotFound, AlreadyEnrolled, CodeWrong.
    """
    person = get_person(person_id)
    if person.second_factor_enrolled_at is not None:
        raise AlreadyEnrolled
    _accept_code(person, code)
    person.second_factor_enrolled_at = clock.now()
    audit.record(person.actor, "second_factor.enrol", "person", person_id)


@transaction
def give_code(person_id: int, code: str) -> None:
    """Accept a code at sign-in; of two requests with one code, one wins.

    Raises PersonNotFound, CodeWrong.
    """
    person = get_person(person_id)
    if person.second_factor_enrolled_at is None:
        raise CodeWrong
    _accept_code(person, code)


@transaction
def reset_second_factor(actor: Actor, person_id: int) -> None:
    """Take a person's second factor and recovery codes away, so that they enrol anew; ends sessions, tells them.

    Raises NotAllowed, PersonNotFound.
    """
    if actor.kind is not ActorKind.SYSTEM:
        actor.require({Role.ADMINISTRATOR})
    person = get_person(person_id)
    person.second_factor_secret = person.second_factor_enrolled_at = person.second_factor_last_step = None
    person.session_epoch += 1
    session().execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    audit.record(actor, "second_factor.reset", "person", person_id)
    letters.send_second_factor_reset(
        StaffAddress(person.id, person.email, person.locale), f"{person_id}:{person.session_epoch}"
    )


def _accept_code(person: Person, code: str) -> None:
    step = _step_of(person.second_factor_secret or "", code)
    if step is None:
        raise CodeWrong
    accepted = session().scalar(
        update(Person)
        .where(
            Person.id == person.id,
            or_(Person.second_factor_last_step.is_(None), Person.second_factor_last_step < step),
        )
        .values(second_factor_last_step=step)
        .returning(Person.id)
    )
    if accepted is None:
        raise CodeWrong


def _step_of(secret: str, code: str) -> int | None:
    """Return the half minute a code belongs to, if it is the present one or a neighbour."""
    generator = pyotp.TOTP(secret, interval=STEP_SECONDS)
    present = int(clock.now().timestamp()) // STEP_SECONDS
    fitting = [
        step
        for step in range(present - DRIFT_STEPS, present + DRIFT_STEPS + 1)
        if secret and hmac.compare_digest(generator.generate_otp(step).encode(), code.encode())
    ]
    return fitting[-1] if fitting else None
