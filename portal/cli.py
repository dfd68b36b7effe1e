"""The portal command. Rooms bring their own commands in `commands.py`; this module gathers them."""

import base64
import os
import secrets
import sys
from collections.abc import Callable
from functools import wraps
from importlib import import_module
from typing import Any

import click
from dotenv import dotenv_values
from sqlalchemy.exc import SQLAlchemyError

from portal import create_app
from portal.config import PREFIX, Settings, SettingsWrong, load_settings, settings_file
from portal.db import DatabaseBusy, migrate
from portal.engines import is_away
from portal.ledger.log import require_known_key
from portal.serving import serve
from portal.ticks import tick

ROOMS_WITH_COMMANDS = (
    "accounts",
    "areas",
    "demo",
    "family",
    "giving",
    "intake",
    "ledger",
    "publication",
    "redaction",
)


CHAPTERS = {
    "Set up": ("init", "settings", "create-admin", "import-areas"),
    "Run": ("serve", "tick", "demo"),
    "Money": ("ledger", "verify", "reconcile"),
    "Wishes": ("import-wishes", "export-wishes", "family-code"),
    "Privacy": ("privacy", "redact"),
}
"""The chapters of the help, each with its commands in the order a newcomer needs them."""


def _new_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


KEYS = {
    "SECRET_KEY": lambda: secrets.token_urlsafe(48),
    "SEALING_KEYS": _new_key,
    "INDEX_KEY": _new_key,
    "LEDGER_KEYS": _new_key,
}
"""Every secret a settings file needs, with what makes a fresh one."""


DATABASE_AWAY = "The database cannot be reached or written. Is it running, and is PORTAL_DATABASE_URL right?"


class Commands(click.Group):
    """The portal's commands, shown by chapter, each with its whole first sentence."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the chapters; a command that is in none of them comes last."""
        known = {name for names in CHAPTERS.values() for name in names}
        chapters = CHAPTERS | {"More": tuple(sorted(self.commands.keys() - known))}
        for title, names in chapters.items():
            rows = [(name, self.commands[name].get_short_help_str(400)) for name in names if name in self.commands]
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def portal() -> None:
    """Run and look after a 益同行 portal.

    A new installation: `portal init`, `portal create-admin`, `portal
    import-areas FILE`, `portal serve`. To look around with invented data:
    `portal demo`. Settings come from the environment and from the file that
    `portal init` writes; `portal settings` explains each.
    """


@portal.command()
def init() -> None:
    """Write a settings file with fresh keys, if there is none, and bring the database up to date."""
    path = settings_file()
    if not path.exists():
        write_settings_file({})
        click.echo(f"Wrote {path} with fresh keys. Keep a copy in a safe place: without it identities stay sealed.")
    for name in add_missing_keys():
        click.echo(f"Added a fresh {PREFIX}{name} to {path}. Keep a copy of it in a safe place.")
    migrate(load_settings().database_url)
    click.echo("The database is up to date.")


@portal.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, envvar="PORT", help="Port to listen on (or PORT).")
def serve_command(host: str, port: int) -> None:
    """Serve the pages with gunicorn and move the clocks beside them."""
    settings = load_settings()
    migrate(settings.database_url)
    check_keys(settings)
    serve(settings, host, port)


@portal.command("tick")
def tick_command() -> None:
    """Move every clock once; safe to run twice or in parallel."""
    with create_app(load_settings()).app_context():
        moved = tick()
    for name, count in moved.items():
        click.echo(f"{name}: {count}")
    if any(count < 0 for count in moved.values()):
        sys.exit(1)


@portal.command("settings")
def settings_command() -> None:
    """Explain every setting: its name, what it does and its default."""
    for name, field in Settings.model_fields.items():
        default = field.get_default(call_default_factory=True)
        text = ", ".join(default) if isinstance(default, list) else str(default)
        told = "Required." if field.is_required() else f"Default: {text or 'empty'}"
        click.echo(f"{PREFIX}{name.upper()}\n    {field.description}\n    {told}")


def write_settings_file(extra: dict[str, str]) -> None:
    """Write a settings file with fresh random keys that only its owner can read."""
    path = settings_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    values = {name: new_key() for name, new_key in KEYS.items()} | extra
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.writelines(f"{PREFIX}{name}={value}\n" for name, value in values.items())


def add_missing_keys() -> list[str]:
    """Add a fresh key for each one that neither the settings file nor the environment has; return their names.

    An older version wrote a settings file with fewer keys.
    """
    path = settings_file()
    if not path.is_file():
        return []
    known = dotenv_values(path).keys() | os.environ.keys()
    missing = [name for name in KEYS if f"{PREFIX}{name}" not in known]
    add_settings({name: KEYS[name]() for name in missing})
    return missing


def add_settings(values: dict[str, str]) -> None:
    """Add lines to the settings file for settings it does not have."""
    path = settings_file()
    with path.open("a+") as file:
        if values and not path.read_text().endswith("\n"):
            file.write("\n")
        file.writelines(f"{PREFIX}{name}={value}\n" for name, value in values.items())


def check_keys(settings: Settings) -> None:
    """Stop the start where the keys at hand are not those the database was written with.

    Raises SettingsWrong.
    """
    app = create_app(settings)
    try:
        with app.app_context():
            require_known_key()
    finally:
        app.extensions["portal.database"].dispose()


def in_app(command: Callable[..., Any]) -> Callable[..., Any]:
    """Run a command inside the application's context."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        app = create_app(load_settings())
        try:
            with app.app_context():
                return command(*args, **kwargs)
        finally:
            app.extensions["portal.database"].dispose()

    return run


def _gather() -> None:
    for room in ROOMS_WITH_COMMANDS:
        for command in import_module(f"portal.{room}.commands").COMMANDS:
            portal.add_command(command)


def main() -> None:
    """Run the command line; what an operator can put right is told in a sentence, without a traceback."""
    _gather()
    try:
        portal()
    except SettingsWrong as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    except (DatabaseBusy, SQLAlchemyError) as error:
        if not isinstance(error, DatabaseBusy) and not is_away(error):
            raise
        click.echo(DATABASE_AWAY, err=True)
        sys.exit(1)
