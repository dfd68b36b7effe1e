"""Commands of intake."""

import click

COMMANDS: list[click.Command] = []
