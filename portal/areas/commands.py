"""Commands of areas."""

import click

COMMANDS: list[click.Command] = []
