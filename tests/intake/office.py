"""A district in the database, people at its desk, and lists in their hands, for the tests of intake's pages."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select, text, update

from portal.accounts.models import Person
from portal.accounts.rules import Role
from portal.areas.models import Community, Grid, ServiceCentre
from portal.db import database, session, transaction
from portal.households.models import Consent, Household
from portal.intake import service
from portal.intake.models import Import
from portal.wishes.models import Wish, WishEvent
from tests import cast
from tests.spreadsheets.samples import DISTRICT, HEADERS, as_grid, as_xlsx, wish_lines

CODE = re.compile(r"[0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){3}-[0-9A-HJKMNP-TV-Z]")
"""A family code as it is printed."""

BLUE, WHITE = "青石服务中心", "白杨服务中心"
LINES = wish_lines(12)


@transaction
def build_district() -> None:
    """Write the areas that the sample lists speak of."""
    for number, (name, communities) in enumerate(DISTRICT.items(), start=1):
        centre = ServiceCentre(
            name=name,
            name_en=f"Centre {number}",
            address=f"和风路{number}号",
            phone=f"0532-5550000{number}",
            hours="周一至周五 9:00-17:00",
        )
        session().add(centre)
        session().flush()
        for community_name, grids in communities.items():
            community = Community(service_centre_id=centre.id, name=community_name, station_address="和风街1号")
            session().add(community)
            session().flush()
            session().add_all([Grid(community_id=community.id, name=grid) for grid in grids])


def centre_named(name: str) -> ServiceCentre:
    """Return a service centre of the district."""
    return session().scalars(select(ServiceCentre).where(ServiceCentre.name == name)).one()


def clerk_of(name: str) -> Person:
    """Return a new clerk of a service centre."""
    return cast.person(Role.CENTRE_CLERK, at=centre_named(name), name="周文")


def list_of(lines: Sequence[Mapping[str, Any]] = LINES) -> bytes:
    """Return a workbook with these rows."""
    return as_xlsx(as_grid(lines, HEADERS))


def at_centre(name: str, lines: Sequence[Mapping[str, Any]] = LINES) -> list[dict[str, Any]]:
    """Return the rows as if all of them came from one service centre."""
    community, grids = next(iter(DISTRICT[name].items()))
    return [dict(line) | {"service_centre": name, "community": community, "grid": grids[0]} for line in lines]


def count_rows() -> dict[str, int]:
    """Return how many rows stand in the tables that a list fills."""
    tables = {"households": Household, "wishes": Wish, "events": WishEvent, "consents": Consent}
    return {name: session().scalar(select(func.count()).select_from(table)) or 0 for name, table in tables.items()}


NOTHING = dict.fromkeys(("households", "wishes", "events", "consents"), 0)


def everything_stored() -> str:
    """Return all that stands in every table, as whoever steals the database would read it."""
    with database().read_engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            # A search index refuses to be read as a whole; the tables that it is made of are read instead.
            tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'"
            names = connection.scalars(text(tables)).all()
        else:
            names = connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
        return "\n".join(str(connection.execute(text(f'SELECT * FROM "{name}"')).all()) for name in names)


def submitted_list(lines: Sequence[Mapping[str, Any]] = LINES) -> int:
    """Return the key of a list that was submitted and that no process has begun with."""
    import_id = service.receive_list(cast.administrator(), list_of(lines), "名单.xlsx")
    _submit(import_id)
    return import_id


@transaction
def _submit(import_id: int) -> None:
    session().execute(update(Import).where(Import.id == import_id).values(state="running"))
