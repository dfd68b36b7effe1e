"""Commands of publication: how well the public pages hide whom a wish is for."""

import click

from portal.areas.queries import list_centres
from portal.cli import in_app
from portal.i18n import in_language
from portal.publication.cells import smallest_cell
from portal.publication.exposure import ShownCell, report
from portal.publication.generalising import Shown
from portal.wishes.kinds import AGE_BAND_LABELS, GROUP_LABELS, AgeBand, BeneficiaryGroup

SMALLEST_SHOWN = 12


@click.group()
def privacy() -> None:
    """Look after what the public may know of families."""


@privacy.command("report")
@in_app
def report_command() -> None:
    """Print how well public wishes hide whom they are for.

    The smallest cells, what is held back, and why. A cell is all public
    wishes that show the same of age band, group and service centre. None may
    hold fewer than PORTAL_SMALLEST_CELL.
    """
    found, least = report(), smallest_cell()
    click.echo(f"Public wishes: {found.live}. Smallest cell allowed: {least}.")
    click.echo(f"Show age band or centre: {_share(found.keeping(Shown.AGE_BAND | Shown.CENTRE), found.live)}")
    for trait, name in ((Shown.CENTRE, "centre"), (Shown.AGE_BAND, "age band"), (Shown.GROUP, "group")):
        click.echo(f"Show {name}: {_share(found.keeping(trait), found.live)}")
    click.echo(f"Held back, fewer than {least} alike: {found.waiting}")
    click.echo(f"Held back since another left today: {found.coarsened_today}")
    centres = {centre.id: centre.name_en for centre in list_centres(with_closed=True)}
    click.echo("Smallest cells:" if found.cells else "No cell shows anything yet.")
    with in_language("en"):
        for cell in found.cells[:SMALLEST_SHOWN]:
            click.echo(f"  {cell.count:5}  {_words(cell, centres)}")
    if any(cell.count < least for cell in found.cells):
        raise click.ClickException("A cell is too small.")


COMMANDS = (privacy,)


def _share(part: int, whole: int) -> str:
    return f"{part} ({part / whole:.0%})" if whole else "0"


def _words(cell: ShownCell, centres: dict[int, str]) -> str:
    words = [
        centres.get(cell.service_centre_id, "") if cell.service_centre_id else "",
        str(AGE_BAND_LABELS[AgeBand(cell.age_band)]) if cell.age_band else "",
        str(GROUP_LABELS[BeneficiaryGroup(cell.group)]) if cell.group else "",
    ]
    return ", ".join(word for word in words if word)
