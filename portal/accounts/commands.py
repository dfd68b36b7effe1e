"""Commands of accounts."""

import click

COMMANDS: list[click.Command] = []
