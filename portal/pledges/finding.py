"""Sends lost links to whoever owns the contact; tells nobody whether there were any."""

from sqlalchemy import select

from portal import clock
from portal.codes import private_token
from portal.db import session, transaction
from portal.pledges.contacts import Contact
from portal.pledges.letters import Facts, tell
from portal.pledges.models import Promise
from portal.pledges.pledgers import contact_hash
from portal.pledges.rules import News
from portal.web import absolute_url

MOST_LINKS = {"mail": 20, "sms": 2}
"""How many links fit into one letter, newest first."""


@transaction
def send_links(contact: Contact) -> bool:
    """Send a contact the links of its confirmed promises, at most once a minute; tell whether there were any."""
    promises = (
        session()
        .scalars(
            select(Promise)
            .where(
                Promise.contact_hash == contact_hash(contact.receiver),
                Promise.contact.is_not(None),
                Promise.confirmed_at.is_not(None),
            )
            .order_by(Promise.id.desc())
            .limit(MOST_LINKS[contact.channel])
        )
        .all()
    )
    if not promises:
        return False
    links = tuple(absolute_url("pledges.promise", token=private_token("promise", each.public_id)) for each in promises)
    newest = promises[0]
    return tell(newest, News.LINKS, lambda: Facts(lines=links), key=f"{newest.public_id}:{clock.now():%Y%m%d%H%M}")
