"""Turns one row of a wish list into a wish, or says what is wrong with it. Pure: no database, no clock.

Sources: the limits of micro-wish programmes; consent and guardians, PIPL 23
and 31; categories, 社会救助法 art. 13.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from portal.intake.addresses import names_a_flat, normalise_address
from portal.intake.columns import WishField as F
from portal.intake.groups import read_groups, read_kind
from portal.intake.identity import Gender, IdNumber, read_gender, read_id_number, read_name, read_phones
from portal.intake.places import AreaIndex
from portal.intake.problems import WishProblem
from portal.intake.values import (
    plain_text,
    read_consent,
    read_date,
    read_money,
    read_optional,
    read_optional_consent,
    read_quantity,
    read_text,
)
from portal.limits.rules import Limits
from portal.spreadsheets.cells import Cell, Row
from portal.spreadsheets.columns import ColumnMapping
from portal.spreadsheets.problems import FieldWrong, Severity
from portal.spreadsheets.tidying import fold
from portal.wishes.kinds import (
    ADULT_AGE,
    CHILD_GROUPS,
    GUARDIAN_AGE,
    BeneficiaryGroup,
    Category,
    WishKind,
    age_on,
    guess_category,
    guess_kind,
)

NAME_LIMIT, GUARDIAN_LIMIT, AREA_LIMIT, ADDRESS_LIMIT = 40, 60, 40, 120
ITEM_LIMIT, SIZE_LIMIT, REASON_LIMIT, SEQUENCE_LIMIT = 60, 120, 500, 20
OLD_AFTER = timedelta(days=365)

ID_SHARED, ADDRESS_SHARED = "id_shared", "address_shared"
GENDER_DIFFERS, ADULT_IN_CHILD_GROUP = "gender_differs", "adult_in_child_group"
"""Flags: what the clerk settles at verification. The last two are remarks only and make no problem."""


@dataclass(frozen=True, slots=True)
class WishRow:
    """One wish as a list tells it, every value read and checked. Holds identity: sealed wherever it is stored."""

    row: int
    sequence: str | None
    service_centre: str
    community: str
    grid: str | None
    name: str
    id_number: str
    birth_on: date
    gender: Gender
    group: BeneficiaryGroup
    guardian: str | None
    guardian_phone: str | None
    phone: str
    address: str
    address_key: str | None
    item: str
    size: str | None
    kind: WishKind
    category: Category
    quantity: int
    unit_price_minor: int
    reason: str
    reporter: str | None
    reported_on: date
    consent_publish: bool
    consent_share: bool | None
    consent_photo: bool | None
    flags: frozenset[str] = frozenset()

    @property
    def total_minor(self) -> int:
        """The expected price of the whole wish, in fen."""
        return self.quantity * self.unit_price_minor

    @property
    def needs_guardian(self) -> bool:
        """Tell whether a guardian decides for the person, as of the day of the report."""
        return age_on(self.birth_on, self.reported_on) < GUARDIAN_AGE

    @property
    def row_key(self) -> str:
        """The text by which the same wish is known again in a later file; stored as a keyed hash only.

        The name is part of it: two people whose list shows one ID number are two wishes until a clerk has looked.
        """
        parts = (
            self.id_number,
            self.name,
            self.item,
            self.size or "",
            str(self.quantity),
            self.reported_on.isoformat(),
        )
        return "|".join(fold(part).replace("|", "/") for part in parts)

    def with_flags(self, flags: Iterable[str]) -> "WishRow":
        """Return the row with further flags."""
        return replace(self, flags=self.flags.union(flags)) if flags else self


@dataclass(frozen=True, slots=True)
class Person:
    """Who a row is about, in the forms in which rows are compared; known even where the rest of the row is wrong."""

    row: int
    id_number: str
    name: str
    address_key: str | None


@dataclass(frozen=True, slots=True)
class RowReading:
    """What one row comes to; no wish when one of the problems is an error."""

    wish: WishRow | None
    problems: tuple[WishProblem, ...]
    person: Person | None


class _Reader:
    """Reads the cells of one row into values, and keeps what is wrong with them."""

    def __init__(self, row: int, cells: Row, mapping: ColumnMapping, on: date) -> None:
        self.row, self.cells, self.mapping = row, cells, mapping
        self.today = on
        self.values: dict[str, Any] = {}
        self.problems: list[WishProblem] = []

    def cell(self, field: F) -> Cell:
        """Return the field's cell."""
        return self.mapping.cell(self.cells, field)

    def read(self, field: F, read: Callable[[Cell], Any], severity: Severity = Severity.ERROR) -> Any:
        """Return what a reader makes of the field's cell; None, and a problem noted, when it cannot."""
        try:
            return read(self.cell(field))
        except FieldWrong as wrong:
            self.blame(field, wrong, severity)
            return None

    def keep(self, field: F, read: Callable[[Cell], Any]) -> Any:
        """Read a field and keep its value under the field's name."""
        self.values[field.value] = self.read(field, read)
        return self.values[field.value]

    def blame(self, field: F, wrong: FieldWrong, severity: Severity = Severity.ERROR) -> None:
        """Note a problem of a field."""
        self.problems.append(WishProblem.of(self.row, self.mapping.letter_of(field), field, wrong, severity))

    @property
    def has_error(self) -> bool:
        """Tell whether the row cannot become a wish."""
        return any(problem.is_error for problem in self.problems)


def read_row(row: int, cells: Row, mapping: ColumnMapping, areas: AreaIndex, limits: Limits, today: date) -> RowReading:
    """Return the wish of a row and what is to be said about it.

    `row` is the number the spreadsheet shows; `today` bounds the day of the report.
    """
    reader = _Reader(row, cells, mapping, today)
    _read_report(reader)
    _read_area(reader, areas)
    identity = _read_person(reader)
    _read_contact(reader)
    _read_wish(reader, limits)
    _read_consents(reader)
    person = None
    if identity and reader.values["name"]:
        person = Person(row, identity.number, fold(reader.values["name"]), reader.values["address_key"])
    wish = None if reader.has_error else WishRow(row=row, **reader.values)
    return RowReading(wish, tuple(reader.problems), person)


def _read_report(reader: _Reader) -> None:
    try:
        reader.values["sequence"] = plain_text(reader.cell(F.SEQUENCE))[:SEQUENCE_LIMIT] or None
    except FieldWrong:
        # Many lists number their rows by a formula; the number is only a convenience for people.
        reader.values["sequence"] = None
    reader.keep(F.REPORTER, lambda cell: read_optional(cell, NAME_LIMIT))
    day = reader.keep(F.REPORTED_ON, read_date)
    if day is None:
        return
    if day > reader.today:
        reader.blame(F.REPORTED_ON, FieldWrong("date_future", value=day.isoformat()))
    elif reader.today - day > OLD_AFTER:
        reader.blame(F.REPORTED_ON, FieldWrong("date_old", value=day.isoformat()), Severity.WARNING)


def _read_area(reader: _Reader, areas: AreaIndex) -> None:
    text = reader.read(F.COMMUNITY, lambda cell: read_text(cell, AREA_LIMIT))
    centre = _read_centre(reader, areas, text)
    if centre is None or text is None:
        return
    community = reader.keep(F.COMMUNITY, lambda cell: areas.find_community(centre, text))
    grid = reader.read(F.GRID, lambda cell: read_optional(cell, AREA_LIMIT))
    if community and grid:
        grid = reader.read(F.GRID, lambda cell: areas.find_grid(centre, community, grid))
    reader.values["grid"] = grid


def _read_centre(reader: _Reader, areas: AreaIndex, community: str | None) -> str | None:
    """Read the service centre; in a list that has no column for it, the one whose community it is."""
    if F.SERVICE_CENTRE in reader.mapping.matches:
        find = lambda cell: areas.find_centre(read_text(cell, AREA_LIMIT), community or "")  # noqa: E731
        found: str | None = reader.keep(F.SERVICE_CENTRE, find)
        return found
    centre = None
    if community:
        centre = reader.read(F.COMMUNITY, lambda _cell: areas.find_centre_of(community))
    reader.values[F.SERVICE_CENTRE.value] = centre
    return centre


def _read_person(reader: _Reader) -> IdNumber | None:
    on = reader.values["reported_on"] or reader.today
    name = reader.keep(F.NAME, read_name)
    identity: IdNumber | None = reader.read(F.ID_NUMBER, lambda cell: read_id_number(cell, on))
    listed = reader.read(F.GENDER, read_gender, Severity.WARNING)
    groups = reader.read(F.GROUP, read_groups) or []
    if len(groups) > 1:
        reader.blame(F.GROUP, FieldWrong("group_several"), Severity.WARNING)
    guardian = reader.keep(F.GUARDIAN, lambda cell: read_optional(cell, GUARDIAN_LIMIT))
    if identity is None or not groups:
        return identity
    age = age_on(identity.birth_on, on)
    if age < GUARDIAN_AGE and not guardian:
        reader.blame(F.GUARDIAN, FieldWrong("guardian_missing"))
    if guardian and name and fold(guardian) == fold(name) and age < ADULT_AGE:
        reader.blame(F.GUARDIAN, FieldWrong("guardian_is_child"))
    differs = {GENDER_DIFFERS} if listed and listed is not identity.gender else set()
    grown = {ADULT_IN_CHILD_GROUP} if groups[0] in CHILD_GROUPS and age >= ADULT_AGE else set()
    reader.values |= {
        "id_number": identity.number,
        "birth_on": identity.birth_on,
        "gender": listed or identity.gender,
        "group": groups[0],
        "flags": frozenset(differs | grown),
    }
    return identity


def _read_contact(reader: _Reader) -> None:
    guardian_phone = None
    if not reader.cell(F.GUARDIAN_PHONE).is_blank:
        guardian_phone = _read_phone(reader, F.GUARDIAN_PHONE)
    reader.values["guardian_phone"] = guardian_phone
    has_own = guardian_phone is None or not reader.cell(F.PHONE).is_blank
    reader.values["phone"] = _read_phone(reader, F.PHONE) if has_own else guardian_phone
    address = reader.keep(F.ADDRESS, lambda cell: read_text(cell, ADDRESS_LIMIT))
    key = normalise_address(address or "")
    reader.values["address_key"] = key if names_a_flat(key) else None
    if address and not names_a_flat(key):
        reader.blame(F.ADDRESS, FieldWrong("address_vague"), Severity.WARNING)


def _read_phone(reader: _Reader, field: F) -> str | None:
    phones = reader.read(field, read_phones)
    if phones and len(phones) > 1:
        reader.blame(field, FieldWrong("phone_several"), Severity.WARNING)
    return phones[0] if phones else None


def _read_wish(reader: _Reader, limits: Limits) -> None:
    item = reader.keep(F.ITEM, lambda cell: read_text(cell, ITEM_LIMIT))
    kind = reader.read(F.KIND, read_kind) or guess_kind(item or "")
    reader.values |= {"kind": kind, "category": guess_category(item or "", kind)}
    reader.keep(F.SIZE, lambda cell: read_optional(cell, SIZE_LIMIT))
    reason = reader.read(F.REASON, lambda cell: read_optional(cell, REASON_LIMIT))
    reader.values["reason"] = reason or ""
    if F.REASON in reader.mapping.matches and reader.cell(F.REASON).is_blank:
        reader.blame(F.REASON, FieldWrong("reason_missing"), Severity.WARNING)
    quantity = reader.keep(F.QUANTITY, read_quantity)
    price = reader.read(F.UNIT_PRICE, read_money)
    reader.values["unit_price_minor"] = price
    if price == 0 and item and kind is WishKind.GOODS:
        reader.blame(F.UNIT_PRICE, FieldWrong("price_zero"))
    total = (price or 0) * (quantity or 1)
    if total > limits.wish_price_minor:
        over = FieldWrong("price_limit", total=in_yuan(total), limit=in_yuan(limits.wish_price_minor))
        reader.blame(F.UNIT_PRICE, over)


def in_yuan(minor: int) -> str:
    """Return an amount of fen in yuan, with decimals only where there are any."""
    yuan, fen = divmod(minor, 100)
    return f"{yuan}.{fen:02}" if fen else str(yuan)


def _read_consents(reader: _Reader) -> None:
    reader.keep(F.CONSENT_PUBLISH, read_consent)
    reader.keep(F.CONSENT_SHARE, read_optional_consent)
    reader.keep(F.CONSENT_PHOTO, read_optional_consent)
