"""Commands of demo."""

import click

COMMANDS: list[click.Command] = []
