"""Secret addresses sent by mail: made for one act and one mailbox, good until a time, used once."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update

from portal import clock
from portal.accounts.models import LinkPurpose, MailLink
from portal.codes import new_public_id, private_token, read_private_token
from portal.db import session, transaction

KEEP_DAYS = 7


class LinkNotValid(Exception):
    """The address is not genuine, has expired or was used before."""


@dataclass(frozen=True, slots=True)
class OpenLink:
    """A link that may still be used, and what it was made for."""

    id: int
    public_id: str
    payload: dict[str, Any]
    person_id: int | None
    organisation_id: int | None
    expires_at: datetime


@transaction
def new_link(
    purpose: LinkPurpose,
    hours: int,
    *,
    payload: dict[str, Any] | None = None,
    person_id: int | None = None,
    organisation_id: int | None = None,
) -> str:
    """Keep a link that is good for some hours; return the secret part of its address."""
    public_id, at = new_public_id(), clock.now()
    session().add(
        MailLink(
            public_id=public_id,
            purpose=purpose,
            payload=payload or {},
            person_id=person_id,
            organisation_id=organisation_id,
            created_at=at,
            expires_at=at + timedelta(hours=hours),
        )
    )
    return private_token(purpose, public_id)


def read_link(purpose: LinkPurpose, token: str) -> OpenLink:
    """Return what a link was made for, without using it.

    Raises LinkNotValid.
    """
    public_id = read_private_token(purpose, token)
    query = select(MailLink).where(MailLink.public_id == public_id, MailLink.purpose == purpose)
    row = session().scalar(query) if public_id else None
    if row is None or row.used_at is not None or row.expires_at <= clock.now():
        raise LinkNotValid
    return OpenLink(row.id, row.public_id, row.payload or {}, row.person_id, row.organisation_id, row.expires_at)


@transaction
def use_link(purpose: LinkPurpose, token: str) -> OpenLink:
    """Use a link up and return what it was made for; of two at once, one wins.

    Raises LinkNotValid.
    """
    link = read_link(purpose, token)
    close_link(link.id)
    return link


@transaction
def close_link(link_id: int) -> None:
    """Make a link good for nothing and forget what it carried.

    Raises LinkNotValid when it was used already.
    """
    closed = session().scalar(
        update(MailLink)
        .where(MailLink.id == link_id, MailLink.used_at.is_(None))
        .values(used_at=clock.now(), payload=None)
        .returning(MailLink.id)
    )
    if closed is None:
        raise LinkNotValid


@transaction
def forget_links() -> int:
    """Remove links that expired some days ago; return how many."""
    before = clock.now() - timedelta(days=KEEP_DAYS)
    return len(session().scalars(delete(MailLink).where(MailLink.expires_at < before).returning(MailLink.id)).all())
