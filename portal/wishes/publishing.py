"""The verbs of moderators: write a public text, approve another's, give it back, take a wish down and put it up.

Asks for what the public side cannot know: the family's consent at that very
moment, where the wish stands, and the household's own words, which are looked
for in the text and shown to nobody.
"""

from collections.abc import Mapping, Set
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from portal.accounts.queries import find_address
from portal.accounts.rules import Actor, Role
from portal.db import session, transaction
from portal.households.models import ConsentUse, Household
from portal.households.queries import has_consent
from portal.households.service import ConsentMissing
from portal.i18n import in_language
from portal.outbox.service import enqueue
from portal.publication import service as publication
from portal.publication.compose import Facts, PublicText, Suggestion, compose
from portal.publication.models import Publication, PublicationStatus
from portal.publication.rules import NotWaiting, ReasonNeeded, check_marks
from portal.publication.service import PlainFields, get_publication
from portal.publication.versions import TEXT_FIELDS, text_of
from portal.redaction.detect import detect
from portal.redaction.dignity import find_contact_offers
from portal.redaction.marks import NOBODY, KnownIdentity, Mark, without_overlaps
from portal.web import absolute_url
from portal.wishes.models import Wish
from portal.wishes.rules import WishAction, WishState, WrongState
from portal.wishes.service import AVAILABILITY, add_event, get_wish, get_wish_by_id, move_wish

WRITABLE = frozenset({WishState.VERIFIED, *AVAILABILITY})
"""States in which a public text is written or written anew."""


class NothingToShow(Exception):
    """No approved text can be shown again; a new one must be written."""


def suggest(wish: Wish, known: KnownIdentity) -> Suggestion:
    """Return the public version that the plain fields of a wish make; `known` are the household's own words."""
    return compose(Facts(wish.item, wish.size, wish.kind, wish.category, wish.reason), known)


def find_marks(text: PublicText, known: KnownIdentity) -> dict[str, list[Mark]]:
    """Return what looks like personal data in each field of a text; fields without any are left out."""
    found = {name: _marks_of(getattr(text, name), known) for name in TEXT_FIELDS}
    return {name: marks for name, marks in found.items() if marks}


def _marks_of(text: str, known: KnownIdentity) -> list[Mark]:
    return without_overlaps([*detect(text, known), *find_contact_offers(text)])


def known_words(household_id: int) -> KnownIdentity:
    """Return a household's own words to look for in a text. They are never shown, kept or logged."""
    return known_words_of({household_id})[household_id]


def known_words_of(household_ids: Set[int]) -> dict[int, KnownIdentity]:
    """Return the own words of several households by their keys, by one query."""
    rows = session().execute(select(Household.id, Household.identity).where(Household.id.in_(household_ids)))
    found = {household_id: _words(identity) for household_id, identity in rows if identity}
    return {household_id: found.get(household_id, NOBODY) for household_id in household_ids}


def _words(identity: Mapping[str, Any]) -> KnownIdentity:
    def told(*names: str) -> tuple[str, ...]:
        return tuple(str(identity[name]) for name in names if identity.get(name))

    return KnownIdentity(
        names=told("name", "guardian"),
        numbers=told("id_number", "phone", "guardian_phone"),
        addresses=told("address"),
    )


@transaction
def write_publication(actor: Actor, wish_id: int, text: PublicText) -> int:
    """Write a public version that another moderator is to approve; return its key.

    Raises NotAllowed, WrongState, TextIncomplete, MarksLeft, WishNotFound.
    """
    wish = get_wish_by_id(wish_id)
    actor.require({Role.MODERATOR}, wish.service_centre_id)
    if wish.state not in WRITABLE:
        raise WrongState(f"no text is written in {wish.state}")
    check_marks(_certain(find_marks(text, known_words(wish.household_id))), None)
    publication_id = publication.write_version(actor, wish.number, text, _plain_fields(wish))
    add_event(wish.id, "write_text", wish.state, wish.state, actor)
    return publication_id


@transaction
def approve_publication(actor: Actor, publication_id: int, reason: str | None = None) -> None:
    """Approve what another moderator wrote, so that everybody can read it from now on.

    A verified wish becomes published with it; of a public one the text is
    replaced. `reason` says why marked words may stay.

    Raises OwnText, NotAllowed, NotWaiting, ConsentMissing, MarksLeft,
    ReasonNeeded, WrongState.
    """
    row, wish = _waiting_text(actor, publication_id)
    if not has_consent(wish.id, ConsentUse.PUBLISH):
        raise ConsentMissing(ConsentUse.PUBLISH)
    marks = find_marks(text_of(row), known_words(wish.household_id))
    check_marks([mark for found in marks.values() for mark in found], reason)
    publication.approve_version(actor, publication_id, reason)
    if wish.state == WishState.VERIFIED:
        move_wish(wish.id, WishAction.PUBLISH, actor, note=reason)
    elif wish.state == WishState.PUBLISHED:
        move_wish(wish.id, WishAction.PUBLISH, actor, note=reason, deadline_at=wish.deadline_at)
    elif wish.state in AVAILABILITY:
        add_event(wish.id, "replace_text", wish.state, wish.state, actor, note=reason)
    else:
        raise WrongState(f"no text goes public in {wish.state}")


@transaction
def refuse_publication(actor: Actor, publication_id: int, reason: str) -> None:
    """Give a text back to the moderator who wrote it, with a reason; they are told by mail.

    Raises OwnText, NotAllowed, NotWaiting, ReasonNeeded.
    """
    row, wish = _waiting_text(actor, publication_id)
    publication.refuse_version(actor, publication_id, reason)
    add_event(wish.id, "refuse_text", wish.state, wish.state, actor, note=reason)
    _tell_author(row)


@transaction
def suspend_wish(actor: Actor, wish_id: int, reason: str) -> None:
    """Take a wish that nobody has pledged off the public pages at once, until it is settled.

    Raises NotAllowed, WrongState, ReasonNeeded, WishNotFound.
    """
    move_wish(wish_id, WishAction.SUSPEND, actor, note=needed(reason))


@transaction
def resume_wish(actor: Actor, wish_id: int, reason: str | None = None) -> None:
    """Show a suspended wish again with the text that was approved last.

    Raises NotAllowed, WrongState, ConsentMissing, NothingToShow, WishNotFound.
    """
    wish = get_wish_by_id(wish_id)
    actor.require({Role.MODERATOR}, wish.service_centre_id)
    if wish.state != WishState.SUSPENDED:
        raise WrongState(f"nothing to resume in {wish.state}")
    if not has_consent(wish_id, ConsentUse.PUBLISH):
        raise ConsentMissing(ConsentUse.PUBLISH)
    if not publication.put_back(wish.number):
        raise NothingToShow
    move_wish(wish_id, WishAction.RESUME, actor, note=reason)


@transaction
def rewrite_wish(actor: Actor, wish_id: int, reason: str) -> None:
    """Have a suspended wish written anew before it goes public again.

    Raises NotAllowed, WrongState, ReasonNeeded, WishNotFound.
    """
    move_wish(wish_id, WishAction.REWRITE, actor, note=needed(reason))


def needed(reason: str) -> str:
    """Return a reason without its margins.

    Raises ReasonNeeded where there is none.
    """
    if not reason.strip():
        raise ReasonNeeded
    return reason.strip()


def _waiting_text(actor: Actor, publication_id: int) -> tuple[Publication, Wish]:
    row = get_publication(publication_id)
    wish = get_wish(row.number)
    actor.require({Role.MODERATOR}, wish.service_centre_id)
    if row.status != PublicationStatus.WRITTEN:
        raise NotWaiting(publication_id)
    return row, wish


def _certain(marks: dict[str, list[Mark]]) -> list[Mark]:
    return [mark for found in marks.values() for mark in found if mark.is_certain]


def _plain_fields(wish: Wish) -> PlainFields:
    return PlainFields(
        kind=wish.kind,
        category=wish.category,
        quantity=wish.quantity,
        price_minor=wish.total_minor,
        currency=wish.currency,
        group=wish.group,
        age_band=wish.age_band,
        service_centre_id=wish.service_centre_id,
    )


def _tell_author(row: Publication) -> None:
    author = find_address(row.written_by_id)
    if author is None:
        return
    with in_language(author.locale):
        enqueue(
            author.address,
            "publication.refused",
            subject=_("您写的公开文字被退回，请再改一改"),
            body=_(
                "心愿 %(number)s 的公开文字没有通过，另一位审核员写了原因。请在工作台里查看并修改：%(link)s",
                number=row.number,
                link=absolute_url("admin.edit_publication", number=row.number),
            ),
            dedupe_key=f"publication:{row.id}:refused",
        )
