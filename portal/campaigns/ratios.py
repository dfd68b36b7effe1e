"""The two ratios a foundation with a fundraising certificate is held to, as pure rules (慈善法 61).

Compared exactly in fen; shown in tenths of a per cent, rounded to the strict
side, so that no figure looks kept that is not.
"""

from dataclasses import dataclass

SPEND_FLOOR_PERCENT = 70
MANAGEMENT_CEILING_PERCENT = 10


@dataclass(frozen=True, slots=True)
class YearFigures:
    """One year of the foundation in minor units, from its annual account."""

    year: int
    income_minor: int
    spent_minor: int
    management_minor: int
    is_audited: bool


@dataclass(frozen=True, slots=True)
class Ratio:
    """A share in tenths of a per cent, and whether the law's bound is kept."""

    permille: int
    is_kept: bool

    @property
    def percent(self) -> float:
        """The share in per cent, for showing only."""
        return self.permille / 10


def spend_ratio(year: YearFigures, before: YearFigures | None) -> Ratio | None:
    """Return what a year spent of the income of the year before; None where that is unknown or nothing."""
    if before is None or before.year != year.year - 1 or before.income_minor <= 0:
        return None
    kept = year.spent_minor * 100 >= before.income_minor * SPEND_FLOOR_PERCENT
    return Ratio(year.spent_minor * 1000 // before.income_minor, kept)


def management_ratio(year: YearFigures) -> Ratio | None:
    """Return the management cost's share of what a year spent; None where nothing was spent."""
    if year.spent_minor <= 0:
        return None
    kept = year.management_minor * 100 <= year.spent_minor * MANAGEMENT_CEILING_PERCENT
    return Ratio(-(-year.management_minor * 1000 // year.spent_minor), kept)
