"""The demo command: an invented district to look around in."""

import shutil
from pathlib import Path

import click
from dotenv import dotenv_values

from portal import create_app
from portal.cli import add_missing_keys, add_settings, write_settings_file
from portal.config import PREFIX, Settings, load_settings, settings_file
from portal.db import migrate
from portal.demo.build import build_demo, is_built
from portal.demo.people import COMPANY_MAIL, PASSWORD, list_demo_people
from portal.serving import serve

LEDGER_NAME = "demo.example/ledger"


class NotADemo(click.ClickException):
    """The settings are those of a real portal, which a demo must never touch."""


@click.command()
@click.option("--reset", is_flag=True, help="Throw the demo's data away and start over.")
@click.option("--no-serve", is_flag=True, help="Only prepare the data.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, envvar="PORT", help="Port to listen on (or PORT).")
def demo(reset: bool, no_serve: bool, host: str, port: int) -> None:
    """Serve a portal with an invented district, 600 wishes and 40 staff."""
    settings = _demo_settings(port)
    if reset:
        _throw_away(settings)
    migrate(settings.database_url)
    _fill(settings)
    _tell(f"http://{host}:{port}")
    if not no_serve:
        serve(settings, host, port)


def _demo_settings(port: int) -> Settings:
    if not settings_file().exists():
        write_settings_file({"ENVIRONMENT": "demo", "MAIL_URL": "demo:", "SMS_URL": "demo:"})
    if dotenv_values(settings_file()).get(f"{PREFIX}ENVIRONMENT") == "demo":
        add_missing_keys()
    settings = load_settings()
    if not settings.is_demo:
        raise NotADemo(f"{settings_file()} belongs to a real portal; PORTAL_ENVIRONMENT is not demo.")
    if "base_url" in settings.model_fields_set:
        return settings
    if not settings.ledger_name:
        # Whatever the port of the day, it stays the same log, for every command that reads the file.
        add_settings({"LEDGER_NAME": LEDGER_NAME})
    update = {"base_url": f"http://127.0.0.1:{port}", "ledger_name": settings.ledger_name or LEDGER_NAME}
    return settings.model_copy(update=update)


def _throw_away(settings: Settings) -> None:
    if not settings.database_url.startswith("sqlite:///"):
        raise NotADemo("Only a demo in SQLite can be thrown away; drop the PostgreSQL database yourself.")
    for path in (settings.database_url.removeprefix("sqlite:///"), settings.sandbox_path):
        for suffix in ("", "-wal", "-shm"):
            Path(f"{path}{suffix}").unlink(missing_ok=True)
    shutil.rmtree(settings.files_path, ignore_errors=True)


def _fill(settings: Settings) -> None:
    app = create_app(settings)
    with app.app_context():
        if is_built():
            return
        with click.progressbar(length=1, label="Building the demo district") as bar:
            build_demo(lambda done, total: _show(bar, done, total))
    app.extensions["portal.database"].dispose()


def _show(bar: "click._termui_impl.ProgressBar[int]", done: int, total: int) -> None:
    bar.length = total
    bar.update(done - bar.pos)


def _tell(address: str) -> None:
    click.echo(f"\n  益同行  {address}          English: switch at the top of each page")
    click.echo(f"  Who can sign in, one-time codes, messages sent: {address}/demo")
    for person in list_demo_people():
        click.echo(f"    {person.role:<15} {person.email}")
    click.echo(f"    organisation    {COMPANY_MAIL}")
    click.echo(f"  Password of all: {PASSWORD}\n")


COMMANDS: list[click.Command] = [demo]
