"""Shows slips on a page to print: the slips in the families' language, the page around them in the staff's."""

from flask import render_template
from markupsafe import Markup

from portal import clock
from portal.i18n import in_language
from portal.intake.slips import Slips


def slips_page(slips: Slips, back: str, message: str | None = None) -> str:
    """Return the page with slips that cannot be shown again; `back` is where the staff go from there."""
    with in_language("zh"):
        drawn = render_template("intake/slip_sheets.html", slips=slips, today=clock.today())
    # The template has escaped what it shows.
    return render_template("intake/slips.html", sheets=Markup(drawn), back=back, message=message)  # noqa: S704
