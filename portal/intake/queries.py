"""Reads of intake for its pages: lists with their reports, drafts, returned wishes; dataclasses without identity."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ScalarSelect, func, or_, select, true

from portal.accounts.models import Person
from portal.accounts.rules import Actor, Role
from portal.areas.models import ServiceCentre
from portal.db import session
from portal.i18n import language
from portal.intake.models import Import
from portal.intake.service import get_import
from portal.intake.summary import Summary, read_summary
from portal.wishes.models import Wish, WishEvent
from portal.wishes.rules import STAYS, WishAction, WishState

_LISTS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class ImportLine:
    """One list in the table of lists."""

    id: int
    file_name: str
    state: str
    created_at: datetime
    person_name: str | None
    rows_total: int
    rows_done: int
    rows_added: int
    rows_known: int

    @property
    def percent(self) -> int:
        """How far a list that is being taken in has come."""
        return min(100, 100 * self.rows_done // self.rows_total) if self.rows_total else 0


@dataclass(frozen=True, slots=True)
class BatchCentre:
    """How many open wishes of a list one service centre has, and how many of them have no family code yet."""

    id: int
    label: str
    wishes: int
    without_code: int


@dataclass(frozen=True, slots=True)
class ImportPage:
    """A list with its report; `centres` are those it has brought wishes to."""

    line: ImportLine
    summary: Summary | None
    centres: tuple[BatchCentre, ...]


_LINE = (
    Import.id,
    Import.file_name,
    Import.state,
    Import.created_at,
    Person.name,
    Import.rows_total,
    Import.rows_done,
    Import.rows_added,
    Import.rows_known,
)


def list_imports(actor: Actor) -> list[ImportLine]:
    """Return the newest lists that an actor may see, newest first."""
    query = (
        select(*_LINE)
        .outerjoin(Person, Person.id == Import.person_id)
        .where(Import.kind == "wishes")
        .order_by(Import.id.desc())
        .limit(_LISTS_SHOWN)
    )
    if not actor.has_role(Role.ADMINISTRATOR):
        query = query.where(Import.person_id == actor.person_id)
    return [ImportLine(*row) for row in session().execute(query)]


def get_import_page(actor: Actor, import_id: int) -> ImportPage:
    """Return a list with its report.

    Raises ImportNotFound.
    """
    report = get_import(actor, import_id).report
    row = session().execute(
        select(*_LINE).outerjoin(Person, Person.id == Import.person_id).where(Import.id == import_id)
    )
    line = ImportLine(*row.one())
    centres = _centres_of(import_id) if line.state == "done" else ()
    return ImportPage(line, read_summary(report) if report else None, centres)


def _centres_of(import_id: int) -> tuple[BatchCentre, ...]:
    rows = session().execute(
        select(
            ServiceCentre.id,
            ServiceCentre.name,
            ServiceCentre.name_en,
            func.count(Wish.id).label("wishes"),
            func.count(Wish.family_code_hash).label("with_code"),
        )
        .join(Wish, Wish.service_centre_id == ServiceCentre.id)
        .where(Wish.import_id == import_id, Wish.state.in_(list(STAYS)))
        .group_by(ServiceCentre.id, ServiceCentre.name, ServiceCentre.name_en)
        .order_by(ServiceCentre.name_en)
    )
    english = language() == "en"
    return tuple(
        BatchCentre(row.id, row.name_en if english else row.name, row.wishes, row.wishes - row.with_code)
        for row in rows
    )


@dataclass(frozen=True, slots=True)
class ReturnedWish:
    """A wish that was returned and waits to be put right, with what was said about it."""

    number: str
    item: str
    note: str | None
    state_since: datetime
    deadline_at: datetime | None


def list_returned(actor: Actor) -> list[ReturnedWish]:
    """Return the returned wishes an actor may put right, the nearest deadline first; a reporter sees their own."""
    mine = Wish.filed_by_id == actor.person_id
    centres = actor.centres_of(Role.CENTRE_CLERK)
    if centres is None:
        mine = true()
    elif centres:
        mine = or_(mine, Wish.service_centre_id.in_(centres))
    query = (
        select(Wish.number, Wish.item, _return_note(), Wish.state_since, Wish.deadline_at)
        .where(Wish.state == WishState.RETURNED, mine)
        .order_by(Wish.deadline_at, Wish.id)
        .limit(_LISTS_SHOWN)
    )
    return [ReturnedWish(*row) for row in session().execute(query)]


def find_return_note(number: str) -> str | None:
    """Return what the clerk wrote when a wish was last returned."""
    return session().scalar(select(_return_note()).where(Wish.number == number))


def _return_note() -> ScalarSelect[str | None]:
    return (
        select(WishEvent.note)
        .where(WishEvent.wish_id == Wish.id, WishEvent.action == WishAction.RETURN)
        .order_by(WishEvent.sequence.desc())
        .limit(1)
        .correlate(Wish)
        .scalar_subquery()
    )
