"""Commands of family."""

import click

COMMANDS: list[click.Command] = []
