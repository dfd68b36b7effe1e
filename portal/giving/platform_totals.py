"""Keeps what campaigns received on the designated platform, beside the ledger and never in it."""

from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import func, select

from portal import clock
from portal.accounts.rules import Actor, Role
from portal.audit import service as audit
from portal.campaigns.models import Campaign
from portal.campaigns.neighbours import OnPlatform
from portal.campaigns.queries import said
from portal.db import session, transaction
from portal.giving.models import PlatformTotal
from portal.giving.platform_reading import DayTotal, read_totals
from portal.spreadsheets.tidying import fold

CURRENCY = "CNY"


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a table of totals: days that are new, that were corrected, and that were known."""

    added: int
    corrected: int
    known: int


@transaction
def import_totals(actor: Actor, data: bytes, filename: str) -> Imported:
    """Take in a table of totals; a day that is there already is corrected where it differs, and recorded as such.

    Raises NotAllowed, SheetRefused, TotalsUnclear.
    """
    actor.require({Role.FINANCE})
    totals = read_totals(data, filename, _numbers(), clock.today())
    added = corrected = 0
    for (number, given_on), total in totals.items():
        row = session().scalar(
            select(PlatformTotal)
            .where(PlatformTotal.campaign_number == number, PlatformTotal.given_on == given_on)
            .with_for_update()
        )
        if row is None:
            session().add(_row(actor, number, given_on, total))
            added += 1
        elif (row.amount_minor, row.gifts) != (total.amount_minor, total.gifts):
            before = {"amount_minor": row.amount_minor, "gifts": row.gifts}
            row.amount_minor, row.gifts, row.imported_at = total.amount_minor, total.gifts, clock.now()
            name = f"{number}:{given_on}"
            audit.record(actor, "platform.correct", "platform_total", name, before=before, after=asdict(total))
            corrected += 1
    audit.record(actor, "platform.import", "platform_total", str(len(totals)), after={"added": added})
    return Imported(added, corrected, len(totals) - added - corrected)


def find_on_platform(campaign_number: str) -> OnPlatform | None:
    """Return what a campaign received on the designated platform over all days, or None where nothing is known."""
    return _sums().get(campaign_number)


def list_on_platform() -> list[tuple[str, OnPlatform]]:
    """Return the title of each campaign with totals, and what they sum to."""
    sums = _sums()
    rows = session().scalars(select(Campaign).where(Campaign.number.in_(sums)).order_by(Campaign.id))
    return [(said(row, "title"), sums[row.number]) for row in rows]


def _sums() -> dict[str, OnPlatform]:
    rows = session().execute(
        select(
            PlatformTotal.campaign_number,
            func.sum(PlatformTotal.amount_minor),
            func.sum(PlatformTotal.gifts),
            func.max(PlatformTotal.given_on),
        ).group_by(PlatformTotal.campaign_number)
    )
    return {number: OnPlatform(int(minor), int(gifts), until) for number, minor, gifts, until in rows}


def _numbers() -> dict[str, str]:
    rows = session().execute(select(Campaign.number, Campaign.filing_no).where(Campaign.filing_no.is_not(None)))
    known: dict[str, str] = {}
    for number, filing_no in rows:
        known |= {fold(number): number, fold(filing_no or ""): number}
    return known


def _row(actor: Actor, number: str, given_on: date, total: DayTotal) -> PlatformTotal:
    return PlatformTotal(
        campaign_number=number,
        given_on=given_on,
        amount_minor=total.amount_minor,
        gifts=total.gifts,
        currency=CURRENCY,
        imported_by_id=actor.person_id,
        imported_at=clock.now(),
    )
