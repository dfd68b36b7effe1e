"""Renews the private links of an organisation's pledges when one of its people leaves, and hands theirs over.

A link is as good as its holder: whoever was removed has their own in their
mail and saw their colleagues' on the organisation's page.
"""

from sqlalchemy import Select, or_, select

from portal.accounts.models import Person
from portal.codes import new_public_id, private_token
from portal.db import session, transaction
from portal.pledges.finding import MOST_LINKS
from portal.pledges.letters import Facts, tell
from portal.pledges.models import LIVE_STATES, Pledge, Promise
from portal.pledges.pledgers import contact_hash
from portal.pledges.rules import News
from portal.web import absolute_url


@transaction
def renew_links(organisation_id: int, removed_id: int, heir_id: int) -> None:
    """Give an organisation's live promises new links, and those of somebody removed to an heir, who is told of them.

    Drop-off codes stay, because they stand on parcels already sent.
    """
    heir = session().get_one(Person, heir_id)
    renewed: dict[str, list[Promise]] = {}
    for promise in session().scalars(_promises(organisation_id, removed_id)):
        if promise.person_id == removed_id:
            _hand_over(promise, heir)
        _renew(promise)
        renewed.setdefault(promise.contact_hash, []).append(promise)
    session().flush()
    for promises in renewed.values():
        _tell(promises)


def _promises(organisation_id: int, removed_id: int) -> Select[Promise]:
    live = select(Pledge.promise_id).where(Pledge.state.in_(LIVE_STATES))
    is_known = or_(Promise.id.in_(live), Promise.person_id == removed_id)
    return (
        select(Promise)
        .where(Promise.organisation_id == organisation_id, Promise.contact.is_not(None), is_known)
        .order_by(Promise.id.desc())
        .with_for_update()
    )


def _hand_over(promise: Promise, heir: Person) -> None:
    promise.contact = (promise.contact or {}) | {"name": heir.name, "email": heir.email, "phone": None}
    promise.contact_hash, promise.channel, promise.locale = contact_hash(heir.email), "mail", heir.locale
    promise.person_id = heir.id


def _renew(promise: Promise) -> None:
    promise.public_id = new_public_id()
    for pledge in session().scalars(select(Pledge).where(Pledge.promise_id == promise.id).with_for_update()):
        pledge.code_seed, pledge.public_id = pledge.seed, new_public_id()


def _tell(promises: list[Promise]) -> None:
    newest = promises[0]
    links = tuple(
        absolute_url("pledges.promise", token=private_token("promise", each.public_id))
        for each in promises[: MOST_LINKS[newest.channel]]
    )
    tell(newest, News.RENEWED, lambda: Facts(lines=links), key=newest.public_id)
