"""What waits for a member of staff beside wishes: each room's own reads in one order, in piles and one by one.

Every matter leads to the page where it is dealt with; none of them names a family.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Any

from portal import clock
from portal.accounts.directory import iterate_organisations, list_staff
from portal.accounts.models import OrganisationStatus
from portal.accounts.rules import Actor, Role
from portal.accounts.views import PER_ACCOUNT
from portal.admin.message_labels import kind_label
from portal.admin.queries import list_texts_to_approve
from portal.buying.queries import list_waiting
from portal.campaigns.waiting import list_matters as list_campaign_matters
from portal.clock import start_of_day
from portal.counting import MOST_OF_A_PILE, Count, as_count
from portal.giving.desk_queries import list_holds, list_waiting_words, list_wanted
from portal.handover.waiting import Waiting, list_home_deliveries, list_wished_deliveries
from portal.intake.drafts import list_drafts
from portal.outbox.queries import MessageFilters, iterate_messages
from portal.throttle.service import find_used_up
from portal.workdays import last_day

MOST_OF_A_SOURCE = MOST_OF_A_PILE + 1
"""One more than is counted, so that a pile knows whether there are more."""


@dataclass(frozen=True, slots=True)
class Matter:
    """One thing that waits: its pile, what it is called, the page that deals with it, since when and until when."""

    pile: str
    title: str
    endpoint: str
    address: dict[str, Any] = field(default_factory=dict)
    since: datetime | None = None
    due_on: date | None = None
    is_overdue: bool = False

    @property
    def order(self) -> tuple[bool, datetime]:
        """What is overdue first, then what waits longest; what has a day only counts from that day."""
        if self.since:
            return not self.is_overdue, self.since
        return not self.is_overdue, start_of_day(self.due_on) if self.due_on else clock.now()


@dataclass(frozen=True, slots=True)
class Pile:
    """The matters of one kind: how many, how many of them overdue, the oldest, and where all of them are listed."""

    name: str
    count: Count
    overdue: int
    oldest_since: datetime | None
    endpoint: str
    address: dict[str, Any]


LISTS: dict[str, tuple[str, dict[str, Any]]] = {
    "approve": ("admin.list_publications", {"pile": "approve"}),
    "deliver": ("handover.list_deliveries", {}),
    "assign": ("handover.list_deliveries", {}),
    "draft": ("intake.file_wish", {}),
    "certify": ("admin.list_organisations", {"status": "registered"}),
    "words": ("giving.list_words", {}),
    "open": ("campaigns.desk_list", {}),
    "text": ("campaigns.desk_list", {}),
    "payment": ("campaigns.desk_list", {}),
    "pay": ("campaigns.desk_list", {}),
    "question": ("campaigns.list_questions", {}),
    "report": ("campaigns.desk_list", {}),
    "buy": ("buying.desk_list", {}),
    "refund": ("giving.list_gifts", {"wants": "refund"}),
    "failed_refund": ("giving.list_gifts", {"wants": "failed_refund"}),
    "receipt": ("giving.list_gifts", {"wants": "receipt"}),
    "hold": ("giving.list_holds", {}),
    "locked": ("admin.list_people", {}),
    "unprotected": ("admin.list_people", {}),
    "dead_letter": ("admin.list_messages", {}),
}
"""Where all matters of a pile are listed."""


def list_matters(actor: Actor) -> list[Matter]:
    """Return what waits for an actor beside wishes, what is overdue first, then the longest wait."""
    found = [
        matter
        for roles, source in SOURCES
        if actor.has_role(*roles)
        for matter in islice(source(actor), MOST_OF_A_SOURCE)
    ]
    return sorted(found, key=lambda matter: matter.order)


def pile_up(matters: list[Matter]) -> list[Pile]:
    """Return matters in piles, in the order of the most urgent of each."""
    piles: dict[str, list[Matter]] = {}
    for matter in matters:
        piles.setdefault(matter.pile, []).append(matter)
    return [
        Pile(
            name,
            as_count(len(found), MOST_OF_A_PILE),
            sum(matter.is_overdue for matter in found),
            min((matter.since for matter in found if matter.since), default=None),
            *LISTS[name],
        )
        for name, found in piles.items()
    ]


def _texts(actor: Actor) -> Iterator[Matter]:
    for text in list_texts_to_approve(actor, MOST_OF_A_SOURCE):
        address = {"number": text.number, "publication_id": text.id}
        yield Matter("approve", f"{text.item} {text.number}", "admin.decide_publication", address, text.written_at)


def _own_deliveries(actor: Actor) -> Iterator[Matter]:
    for goods in list_home_deliveries(actor, MOST_OF_A_SOURCE).goods:
        yield _delivery("deliver", "handover.delivery", goods)


def _unassigned(actor: Actor) -> Iterator[Matter]:
    """Yield goods that a family would like brought home while nobody is asked to."""
    for goods in list_wished_deliveries(actor, MOST_OF_A_SOURCE).goods:
        yield _delivery("assign", "handover.assign", goods)


def _delivery(pile: str, endpoint: str, goods: Waiting) -> Matter:
    title = f"{goods.item} {goods.number}"
    return Matter(pile, title, endpoint, {"number": goods.number}, goods.since, goods.due_on, goods.is_overdue)


def _drafts(actor: Actor) -> Iterator[Matter]:
    for draft in list_drafts(actor):
        title = " ".join(part for part in (draft.name, draft.item) if part)
        due_on = last_day(draft.delete_at)
        yield Matter("draft", title, "intake.edit_draft", {"draft": draft.public_id}, draft.updated_at, due_on)


def _organisations(_actor: Actor) -> Iterator[Matter]:
    for line in iterate_organisations(status=OrganisationStatus.REGISTERED):
        yield Matter("certify", line.name, "admin.show_organisation", {"organisation_id": line.id}, line.registered_at)


def _words(_actor: Actor) -> Iterator[Matter]:
    for words in list_waiting_words():
        yield Matter("words", words.campaign_title, "giving.list_words", {}, words.given_at)


def _campaigns(actor: Actor) -> Iterator[Matter]:
    for each in list_campaign_matters(actor):
        yield Matter(
            each.kind,
            each.title,
            "campaigns.desk_show",
            {"number": each.number},
            each.since,
            each.due_on,
            each.is_overdue,
        )


def _purchases(_actor: Actor) -> Iterator[Matter]:
    for each in list_waiting(MOST_OF_A_SOURCE):
        address = {"public_id": each.public_id}
        title, is_overdue = f"{each.item} {each.number}", each.overdue_level > 0
        yield Matter("buy", title, "buying.desk_purchase", address, each.since, each.due_on, is_overdue)


def _gifts(_actor: Actor) -> Iterator[Matter]:
    for gift in list_wanted():
        yield Matter(gift.kind, gift.number, "giving.show_gift", {"public_id": gift.public_id}, gift.since)
    for hold in list_holds():
        yield Matter("hold", hold.provider_ref, "giving.list_holds", {}, hold.created_at)


def _accounts(_actor: Actor) -> Iterator[Matter]:
    """Yield members of staff who cannot get in now, and those whose role asks for a second factor they lack."""
    staff = list_staff()
    locked = set(find_used_up(PER_ACCOUNT, [person.email for person in staff]))
    for person in staff:
        address = {"person_id": person.id}
        if person.email in locked:
            yield Matter("locked", person.name, "admin.show_person", address)
        if person.lacks_second_factor:
            yield Matter("unprotected", person.name, "admin.show_person", address, person.created_at)


def _dead_letters(_actor: Actor) -> Iterator[Matter]:
    for line in iterate_messages(MessageFilters(state="dead"), MOST_OF_A_SOURCE):
        yield Matter("dead_letter", kind_label(line.kind), "admin.list_messages", {}, line.created_at)


SOURCES: tuple[tuple[tuple[Role, ...], Callable[[Actor], Iterator[Matter]]], ...] = (
    ((Role.MODERATOR,), _texts),
    ((Role.NEED_REPORTER, Role.CENTRE_CLERK), _own_deliveries),
    ((Role.CENTRE_CLERK,), _unassigned),
    ((Role.NEED_REPORTER, Role.CENTRE_CLERK), _drafts),
    ((Role.MODERATOR, Role.ADMINISTRATOR), _organisations),
    ((Role.MODERATOR,), _words),
    ((Role.FINANCE, Role.MODERATOR, Role.ADMINISTRATOR), _campaigns),
    ((Role.FINANCE,), _gifts),
    ((Role.FINANCE,), _purchases),
    ((Role.ADMINISTRATOR,), _accounts),
    ((Role.ADMINISTRATOR,), _dead_letters),
)
"""Whose desk shows what."""
