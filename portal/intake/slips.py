"""Slips that tell a family how to follow its wish: number, code, QR; each code is shown once and never stored.

The code stands behind the # of the address, so that scanning it sends the
code to no server and leaves it in no log.
"""

from dataclasses import dataclass

from markupsafe import Markup
from sqlalchemy import Select, select

from portal import codes
from portal.accounts.rules import Actor, Role
from portal.areas.models import Community
from portal.areas.queries import CentreCard, get_centre
from portal.audit import service as audit
from portal.db import session, transaction
from portal.households.bulk import open_masked_names
from portal.intake.service import get_import
from portal.qr import qr_svg
from portal.web import absolute_url
from portal.wishes.bulk import issue_family_codes
from portal.wishes.filing import issue_family_code
from portal.wishes.models import Wish
from portal.wishes.rules import STAYS


@dataclass(frozen=True, slots=True)
class Slip:
    """One slip for one family. `whom` is a masked name for whoever hands it out, None where it is handed over now."""

    number: str
    code: str
    address: str
    qr: Markup
    item: str
    quantity: int
    community: str | None = None
    whom: str | None = None


@dataclass(frozen=True, slots=True)
class Slips:
    """The slips of one service centre; `already` counts wishes left out because they have a code."""

    centre: CentreCard
    slips: tuple[Slip, ...]
    already: int


def issue_slips(actor: Actor, import_id: int, service_centre_id: int, *, replace: bool) -> Slips:
    """Issue codes for the open wishes of a list at one service centre; without `replace` only where there is none.

    Raises ImportNotFound, NotAllowed, CentreNotFound.
    """
    get_import(actor, import_id)
    actor.require({Role.CENTRE_CLERK, Role.ADMINISTRATOR}, service_centre_id)
    drawn, already = _issue(actor, import_id, service_centre_id, replace)
    return Slips(get_centre(service_centre_id), tuple(_draw(each) for each in drawn), already)


def issue_slip(actor: Actor, wish_id: int) -> Slips:
    """Issue a new code for one wish, which ends the former one, and return its slip.

    Raises NotAllowed, WrongState, WishNotFound.
    """
    code = issue_family_code(actor, wish_id)
    wish = session().get_one(Wish, wish_id)
    return Slips(get_centre(wish.service_centre_id), (_draw(_Issued(wish.number, code, wish.item, wish.quantity)),), 0)


@dataclass(frozen=True, slots=True)
class _Issued:
    """A code that was just issued, with what its slip says beside it."""

    number: str
    code: str
    item: str
    quantity: int
    community: str | None = None
    whom: str | None = None


@transaction
def _issue(actor: Actor, import_id: int, service_centre_id: int, replace: bool) -> tuple[list[_Issued], int]:
    rows = session().execute(_of_list(import_id, service_centre_id)).all()
    issued = issue_family_codes([row.id for row in rows], replace=replace)
    names = open_masked_names(actor, [row.household_id for row in rows if row.id in issued], "slips")
    counts = {"slips": len(issued), "centre": service_centre_id}
    audit.record(actor, "family_code.print", "import", import_id, after=counts)
    drawn = [
        _Issued(row.number, issued[row.id], row.item, row.quantity, row.community, names.get(row.household_id))
        for row in rows
        if row.id in issued
    ]
    return drawn, len(rows) - len(drawn)


def _of_list(import_id: int, service_centre_id: int) -> Select[int, str, str, int, int, str]:
    return (
        select(Wish.id, Wish.number, Wish.item, Wish.quantity, Wish.household_id, Community.name.label("community"))
        .outerjoin(Community, Community.id == Wish.community_id)
        .where(Wish.import_id == import_id, Wish.service_centre_id == service_centre_id, Wish.state.in_(list(STAYS)))
        .order_by(Wish.community_id, Wish.grid_id, Wish.id)
    )


def _draw(of: _Issued) -> Slip:
    address = absolute_url("family.enter")
    qr = qr_svg(f"{address}#{of.code}")
    return Slip(of.number, codes.grouped(of.code), address, qr, of.item, of.quantity, of.community, of.whom)
