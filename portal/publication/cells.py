"""Keeps the cells of public wishes: shows traits when enough wishes share them, and hides them when too few do.

Every verb is part of the transaction that changes what is public, so no commit
ever leaves a cell that is too small.
"""

from collections.abc import Iterable

from flask import current_app
from sqlalchemy import ColumnElement, func, or_, select

from portal import clock
from portal.areas.models import ServiceCentre
from portal.config import Settings
from portal.db import insert_unless_there, session, transaction
from portal.i18n import in_language
from portal.publication.compose import PublicText, search_text
from portal.publication.generalising import Shown, Traits, coarsen, refine
from portal.publication.models import Publication, PublicationStatus, PublicTraits
from portal.publication.versions import text_of
from portal.wishes.kinds import CATEGORY_LABELS, Category

MANY = 50
"""With so many times the smallest cell waiting, wishes come together at once and not only the next day."""


def smallest_cell() -> int:
    """Return how many wishes must share what is shown of them."""
    settings: Settings = current_app.config["PORTAL"]
    return settings.smallest_cell


@transaction
def note_traits(number: str, *, group: str, age_band: str, service_centre_id: int) -> None:
    """Remember the exact traits of a wish; where they have changed, it shows nothing until it fits again."""
    values = {"group": group, "age_band": age_band, "service_centre_id": service_centre_id}
    insert_unless_there(PublicTraits, number=number, shown=Shown.NOTHING, is_live=False, **values)
    row = _row(number)
    if all(getattr(row, name) == value for name, value in values.items()):
        return
    was_live = row.is_live
    leave(number)
    for name, value in values.items():
        setattr(row, name, value)
    row.is_live = was_live
    _show([row], Shown.NOTHING)


@transaction
def join(number: str) -> None:
    """Count a wish among the public ones; what it showed before, a new version of its text shows too."""
    row = _row(number)
    row.is_live, row.joined_on = True, clock.today()
    session().flush()
    _show([row], Shown(row.shown))
    least = smallest_cell()
    if least == 1 or _count_waiting() >= MANY * least:
        _gather()


@transaction
def leave(number: str) -> None:
    """Count a wish among the public ones no more, and let as many go with it as hide that it went."""
    row = _row(number)
    left, row.shown, row.is_live = Shown(row.shown), Shown.NOTHING, False
    session().flush()
    if left is Shown.NOTHING:
        return
    cell = select(PublicTraits).where(PublicTraits.is_live, PublicTraits.shown == left, *_same_values(row, left))
    members = {each.number: each for each in session().scalars(cell.with_for_update())}
    numbers = coarsen([_traits(each) for each in members.values()], smallest_cell(), gone=1)
    for each in numbers:
        members[each].coarsened_on = clock.today()
    _show([members[each] for each in numbers], Shown.NOTHING)


@transaction
def gather() -> int:
    """Show traits of wishes that have waited since an earlier day and of which there are enough alike; return how many.

    They come together once a day, because many at a time can show more than few at a time.
    """
    return _gather(or_(PublicTraits.joined_on.is_(None), PublicTraits.joined_on < clock.today()))


def _gather(*conditions: ColumnElement[bool]) -> int:
    is_rested = or_(PublicTraits.coarsened_on.is_(None), PublicTraits.coarsened_on < clock.today())
    waiting = select(PublicTraits).where(
        PublicTraits.is_live, PublicTraits.shown == Shown.NOTHING, is_rested, *conditions
    )
    rows = {each.number: each for each in session().scalars(waiting.with_for_update())}
    shown = refine([_traits(each) for each in rows.values()], smallest_cell())
    for wanted in set(shown.values()):
        _show([rows[number] for number, each in shown.items() if each is wanted], wanted)
    return len(shown)


def _count_waiting() -> int:
    waiting = (PublicTraits.is_live, PublicTraits.shown == Shown.NOTHING)
    return session().scalar(select(func.count()).select_from(PublicTraits).where(*waiting)) or 0


def _row(number: str) -> PublicTraits:
    return session().scalars(select(PublicTraits).where(PublicTraits.number == number).with_for_update()).one()


def _same_values(row: PublicTraits, shown: Shown) -> list[ColumnElement[bool]]:
    columns = {
        Shown.GROUP: PublicTraits.group == row.group,
        Shown.AGE_BAND: PublicTraits.age_band == row.age_band,
        Shown.CENTRE: PublicTraits.service_centre_id == row.service_centre_id,
    }
    return [condition for trait, condition in columns.items() if trait in shown]


def _traits(row: PublicTraits) -> Traits:
    return Traits(row.number, row.group, row.age_band, row.service_centre_id, Shown(row.shown))


def _show(rows: Iterable[PublicTraits], shown: Shown) -> None:
    """Copy to the live texts what they may show, and nothing else; the words they are found by follow."""
    for row in rows:
        row.shown = shown
        live = session().scalar(
            select(Publication).where(Publication.number == row.number, Publication.status == PublicationStatus.LIVE)
        )
        if live is None:
            continue
        live.group = row.group if Shown.GROUP in shown else None
        live.age_band = row.age_band if Shown.AGE_BAND in shown else None
        live.service_centre_id = row.service_centre_id if Shown.CENTRE in shown else None
        live.search_text = words_to_find(text_of(live), live.number, live.category, live.service_centre_id)
    session().flush()


def words_to_find(text: PublicText, number: str, category: str, service_centre_id: int | None) -> str:
    """Return what a public text is found by: its words, number and category, and the centre if it shows one."""
    words = []
    for code in ("zh", "en"):
        with in_language(code):
            words.append(str(CATEGORY_LABELS[Category(category)]))
    centre = session().get(ServiceCentre, service_centre_id) if service_centre_id else None
    return search_text(text, number, *words, *([centre.name, centre.name_en] if centre else []))
