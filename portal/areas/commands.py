"""Commands of areas."""

from pathlib import Path

import click

from portal.accounts.rules import SYSTEM
from portal.areas.service import AreaChanges, compare_areas, import_areas
from portal.areas.sheet import AreaProblem, AreaReport, rate_area_sheet, read_areas
from portal.cli import in_app
from portal.gate.rules import HoldsPersonalData
from portal.i18n import in_language
from portal.spreadsheets.reading import open_sheet
from portal.spreadsheets.refusals import SheetRefused


@click.command("import-areas")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
@in_app
def import_areas_command(file: Path, dry_run: bool) -> None:
    """Bring in service centres, communities and grids from FILE (.xlsx or .csv).

    All of the sheet comes in or nothing. Areas that are there already are
    brought up to date; areas the sheet leaves out stay and are listed.
    """
    with in_language("en"):
        report = _read(file)
        for problem in report.problems:
            place = (
                f"row {problem.row}{f', column {problem.column}' if problem.column else ''}: " if problem.row else ""
            )
            click.echo(f"{'error' if problem.is_error else 'note'}: {place}{problem.message}", err=problem.is_error)
        if not report.is_accepted:
            raise click.ClickException("Nothing came in.")
        try:
            changes = compare_areas(report.centres) if dry_run else import_areas(SYSTEM, report.centres)
        except HoldsPersonalData as error:
            raise click.ClickException(f"This must not be public: {', '.join(error.words)}") from None
    _tell(changes, dry_run)


def _read(file: Path) -> AreaReport:
    try:
        return read_areas(open_sheet(file.read_bytes(), file.name, fit=rate_area_sheet))
    except SheetRefused as refused:
        raise click.ClickException(refused.message) from None


def _place(problem: AreaProblem) -> str:
    if not problem.row:
        return ""
    return f"row {problem.row}, column {problem.column}: " if problem.column else f"row {problem.row}: "


def _tell(changes: AreaChanges, dry_run: bool) -> None:
    for change in changes.changes:
        where = change.centre if change.community is None else f"{change.centre}, {change.community}"
        click.echo(f"{where}: {change.field} {change.before} -> {change.after}")
    for centre in changes.absent_centres:
        click.echo(f"not in the sheet, kept: {centre}")
    for names in [*changes.absent_communities, *changes.absent_grids]:
        click.echo(f"not in the sheet, kept: {', '.join(names)}")
    counts = (len(changes.added_centres), len(changes.added_communities), changes.added_grids, len(changes.changes))
    verb = "Would add" if dry_run else "Added"
    click.echo(f"{verb} %d service centres, %d communities, %d grids; changed %d particulars." % counts)


COMMANDS: list[click.Command] = [import_areas_command]
