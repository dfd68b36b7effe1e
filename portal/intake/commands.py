"""Commands of intake: take a wish list in, and write the register of wishes out."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import click
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from portal.accounts.models import Person
from portal.accounts.rules import SYSTEM, Actor, NotAllowed
from portal.cli import in_app
from portal.db import session
from portal.i18n import in_language
from portal.intake import service
from portal.intake.exporting import HEADERS, count_wishes, list_export_rows
from portal.intake.reading import SHEET, Reading, read_wishes, upload_limits
from portal.intake.summary import quote_names
from portal.spreadsheets.problems import Problem
from portal.spreadsheets.refusals import SheetRefused
from portal.spreadsheets.writing import stream_csv, write_xlsx

_LANGUAGES = click.Choice(["zh", "en"])


@click.command("import-wishes")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only read and check; write nothing.")
@click.option("--actor", "email", metavar="EMAIL", help="Take in as this person, for their own service centres.")
@click.option("--sheet", metavar="NAME", help="Read this sheet; without it, the one that looks most like a wish list.")
@click.option("--language", type=_LANGUAGES, default="en", show_default=True, help="Language of the report.")
@in_app
def import_wishes(file: Path, dry_run: bool, email: str | None, sheet: str | None, language: str) -> None:
    """Take a wish list (.xlsx or .csv) in: all of its rows, or none.

    Says row by row and column by column what is wrong. Rows that came in
    before are left out, so the same file again adds nothing. Ends with status
    1 when the list did not come in.
    """
    with in_language(language):
        sys.exit(0 if _import(_actor(email), file, {SHEET: sheet} if sheet else {}, dry_run) else 1)


def _actor(email: str | None) -> Actor:
    if email is None:
        return SYSTEM
    person = session().scalar(select(Person).where(Person.email == email.strip().lower(), Person.is_enabled))
    if person is None:
        raise click.BadParameter("nobody with this address may sign in", param_hint="--actor")
    return person.actor


def _import(actor: Actor, file: Path, choice: dict[str, Any], dry_run: bool) -> bool:
    with file.open("rb") as stream:
        data = stream.read(upload_limits().max_bytes + 1)
    try:
        with _Bar(_("读表")) as on_read, _Bar(_("加密")) as on_sealed:
            if dry_run:
                reading = read_wishes(actor, data, file.name, choice, progress=on_read)
            else:
                taken = service.take_in_by_command(actor, data, file.name, choice, on_read=on_read, on_sealed=on_sealed)
                reading = taken.reading
    except SheetRefused as refused:
        click.echo(refused.message, err=True)
        return False
    except NotAllowed:
        click.echo(_("这个人不能导入心愿表。"), err=True)
        return False
    _report(reading, dry_run)
    return reading.plan.is_accepted


class _Bar:
    """A progress bar that appears with the first step it is told of."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._bar: Any = None

    def __enter__(self) -> Callable[[int, int], None]:
        return self._show

    def __exit__(self, *_error: object) -> None:
        if self._bar is not None:
            self._bar.__exit__(None, None, None)

    def _show(self, done: int, total: int) -> None:
        if self._bar is None:
            self._bar = click.progressbar(length=total, label=self._label, file=sys.stderr).__enter__()
        self._bar.update(done - self._bar.pos)


def _report(reading: Reading, dry_run: bool) -> None:
    plan = reading.plan
    errors = sum(problem.is_error for problem in plan.problems)
    click.echo(
        _(
            "读到%(rows)s行：新的心愿%(new)s个，以前收过的%(known)s个，必须改的%(errors)s处，核实时留意的%(warnings)s处。",
            rows=reading.row_count,
            new=len(plan.candidates),
            known=plan.known_count,
            errors=errors,
            warnings=len(plan.problems) - errors,
        )
    )
    for problem in plan.problems:
        click.echo(f"  {_line(problem)}")
    if others := reading.sheet.other_likely_names:
        click.echo(
            _(
                "读的是工作表“%(sheet)s”。%(others)s看样子也是心愿表，这次没有读；请用 --sheet 另外导入。",
                sheet=reading.sheet.name,
                others=quote_names(others),
            )
        )
    if not plan.is_accepted:
        click.echo(_("没有收进，一行也没有。请改好后再试。"))
    elif dry_run:
        click.echo(_("只是试读，什么也没有写。"))
    elif not plan.candidates:
        click.echo(_("没有新的心愿，以前都收过了。"))
    else:
        click.echo(ngettext("收进了%(num)s个新心愿。", "收进了%(num)s个新心愿。", len(plan.candidates)))


def _line(problem: Problem) -> str:
    if problem.row and problem.column:
        place = _("第%(row)s行 %(column)s列", row=problem.row, column=problem.column)
    elif problem.row:
        place = _("第%(row)s行", row=problem.row)
    else:
        place = _("整份表")
    if problem.is_error:
        return _("%(place)s，必须改：%(message)s", place=place, message=problem.message)
    return _("%(place)s，核实时留意：%(message)s", place=place, message=problem.message)


@click.command("export-wishes")
@click.option("--format", "kind", type=click.Choice(["csv", "xlsx"]), default="csv", show_default=True)
@click.option(
    "--output", type=click.File("wb", lazy=False), default="-", help="File to write to; otherwise standard output."
)
@click.option("--language", type=_LANGUAGES, default="zh", show_default=True, help="Language of headings and labels.")
@in_app
def export_wishes(kind: str, output: BinaryIO, language: str) -> None:
    """Write the register of wishes as a spreadsheet in which nothing is evaluated.

    Number, state, centre, item, price, dates: no name, no reason, nothing that
    tells who a family is.
    """
    with (
        in_language(language),
        click.progressbar(
            list_export_rows(), length=count_wishes(), label=_("写出"), file=sys.stderr, hidden=output.isatty()
        ) as rows,
    ):
        headers = [str(header) for header in HEADERS]
        if kind == "xlsx":
            write_xlsx(output, _("微心愿台账"), headers, rows)
        else:
            output.writelines(stream_csv(headers, rows))


COMMANDS: list[click.Command] = [import_wishes, export_wishes]
