"""Pauses of pledgers after lapses, as staff see them: who is paused, since when and why; and their early end."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select, update

from portal import clock
from portal.accounts.models import Organisation, Person
from portal.accounts.rules import Actor, Role
from portal.audit import service as audit
from portal.db import changed_rows, session, transaction
from portal.pledges.contacts import Contact
from portal.pledges.letters import Facts, address_of, tell
from portal.pledges.models import Pledge, PledgerBlock, PledgeState, Promise
from portal.pledges.pledgers import block_key, contact_hash
from portal.pledges.rules import News
from portal.web import absolute_url
from portal.wishes.models import Wish
from portal.workdays import last_day

MOST_SHOWN = 200


class BlockOver(Exception):
    """The pause has ended or was lifted already, or there is none."""


class LiftReasonMissing(ValueError):
    """A pause is lifted for a stated reason only."""


@dataclass(frozen=True, slots=True)
class BlockLine:
    """One pause; a guest's contact is masked, and gone once it was forgotten. `lapsed` are numbers of wishes."""

    id: int
    organisation_id: int | None
    organisation: str | None
    name: str | None
    contact: str | None
    lapsed: tuple[str, ...]
    created_at: datetime
    until: datetime
    lifted_at: datetime | None
    lifted_by: str | None
    lifted_because: str | None

    @property
    def is_in_force(self) -> bool:
        """Tell whether the pledger may take no new wish because of this pause."""
        return self.lifted_at is None and self.until > clock.now()


def list_blocks(contact: Contact | None = None) -> list[BlockLine]:
    """Return the newest pauses, those in force first; with a contact, the pauses of this contact only."""
    found = PledgerBlock.contact_hash == block_key(contact_hash(contact.receiver), None) if contact else None
    return _list([] if found is None else [found])


def find_block_of_organisation(organisation_id: int) -> BlockLine | None:
    """Return the pause of an organisation that is in force."""
    key = block_key("", organisation_id)
    blocks = _list([PledgerBlock.contact_hash == key, PledgerBlock.until > clock.now()])
    return next((block for block in blocks if block.is_in_force), None)


@transaction
def lift_block(actor: Actor, block_id: int, reason: str) -> None:
    """End a pause early; the lapses before it count no longer, and the pledger is told.

    Raises NotAllowed, LiftReasonMissing, BlockOver.
    """
    actor.require({Role.MODERATOR, Role.ADMINISTRATOR})
    if not reason.strip():
        raise LiftReasonMissing
    at = clock.now()
    lifted = changed_rows(
        update(PledgerBlock)
        .where(PledgerBlock.id == block_id, PledgerBlock.lifted_at.is_(None), PledgerBlock.until > at)
        .values(lifted_at=at, lifted_by_id=actor.person_id, lifted_because=reason.strip())
        .execution_options(synchronize_session=False)
    )
    if lifted != 1:
        raise BlockOver
    block = session().get_one(PledgerBlock, block_id, populate_existing=True)
    after = {"until": last_day(block.until).isoformat(), "lifted": True, "reason": reason}
    audit.record(actor, "pledger.unblock", "pledger_block", block_id, after=after)
    promise = session().get(Promise, block.promise_id) if block.promise_id else None
    if promise is not None:
        tell(promise, News.UNBLOCKED, lambda: Facts(link=absolute_url("wishes.index")), key=str(block_id))


def _list(conditions: list[ColumnElement[bool]]) -> list[BlockLine]:
    is_over = PledgerBlock.lifted_at.is_not(None) | (PledgerBlock.until <= clock.now())
    rows = session().execute(
        select(PledgerBlock, Promise, Organisation.name, Person.name)
        .outerjoin(Promise, Promise.id == PledgerBlock.promise_id)
        .outerjoin(Organisation, Organisation.id == Promise.organisation_id)
        .outerjoin(Person, Person.id == PledgerBlock.lifted_by_id)
        .where(*conditions)
        .order_by(is_over, PledgerBlock.id.desc())
        .limit(MOST_SHOWN)
    )
    found = [(block, promise, organisation, lifter) for block, promise, organisation, lifter in rows]
    lapsed = _lapsed_wishes([promise for _block, promise, _organisation, _lifter in found if promise is not None])
    return [_line(*row, lapsed) for row in found]


def _lapsed_wishes(promises: list[Promise]) -> dict[str, list[str]]:
    """Return the numbers of the wishes that lapsed, newest first, by the key under which lapses count."""
    made_by = Promise.contact_hash.in_([promise.contact_hash for promise in promises])
    made_for = Promise.organisation_id.in_([promise.organisation_id for promise in promises if promise.organisation_id])
    rows = session().execute(
        select(Promise.contact_hash, Promise.organisation_id, Wish.number)
        .join(Pledge, Pledge.promise_id == Promise.id)
        .join(Wish, Wish.id == Pledge.wish_id)
        .where(Pledge.state == PledgeState.LAPSED, made_by | made_for)
        .order_by(Pledge.ended_at.desc(), Pledge.id.desc())
    )
    found: dict[str, list[str]] = {}
    for hashed, organisation_id, number in rows:
        found.setdefault(block_key(hashed, organisation_id), []).append(number)
    return found


def _line(
    block: PledgerBlock,
    promise: Promise | None,
    organisation: str | None,
    lifter: str | None,
    lapsed: dict[str, list[str]],
) -> BlockLine:
    address = address_of(promise) if promise else None
    return BlockLine(
        id=block.id,
        organisation_id=promise.organisation_id if promise else None,
        organisation=organisation,
        name=(promise.contact or {}).get("name") if promise else None,
        contact=Contact(address.channel, address.receiver).masked if address else None,
        lapsed=tuple(lapsed.get(block.contact_hash, ())),
        created_at=block.created_at,
        until=block.until,
        lifted_at=block.lifted_at,
        lifted_by=lifter,
        lifted_because=block.lifted_because,
    )
