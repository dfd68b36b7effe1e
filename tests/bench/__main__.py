"""Prints how fast the portal is, as ratios to anchors measured in the same run; `make bench` runs it.

A chapter is a module with a TITLE and a function `compare(ground, kind)` that
yields ratios; a new one is added to CHAPTERS.
"""

import contextlib
import os
import tempfile
from pathlib import Path
from types import ModuleType

import click

from tests.bench import crowding, growth, over_http, pages, pledging
from tests.bench.stage import DATABASES, Ground
from tests.bench.timing import Ratio

CHAPTERS: dict[str, ModuleType] = {
    "pages": pages,
    "pledges": pledging,
    "growth": growth,
    "http": over_http,
    "crowd": crowding,
}


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("chapters", nargs=-1, type=click.Choice(list(CHAPTERS)))
@click.option("--database", type=click.Choice([*DATABASES, "both"]), default="both", show_default=True)
def bench(chapters: tuple[str, ...], database: str) -> None:
    """Print how fast the portal is, beside anchors measured in the same run (default: all chapters)."""
    with contextlib.ExitStack() as closing:
        # On the disk, not in memory: a pledge waits until the disk has it.
        folder = Path(closing.enter_context(tempfile.TemporaryDirectory(prefix="portal-bench-", dir="/var/tmp")))
        ground = Ground(folder, closing)
        for name in chapters or CHAPTERS:
            for kind in DATABASES if database == "both" else [database]:
                click.echo(f"\n{CHAPTERS[name].TITLE} ({kind}; load {os.getloadavg()[0]:.1f})")
                for ratio in CHAPTERS[name].compare(ground, kind):
                    click.echo(_line(ratio))


def _line(ratio: Ratio) -> str:
    aim = ""
    if ratio.at_least is not None:
        aim = f"aim >= {ratio.at_least:g}"
    elif ratio.at_most is not None:
        aim = f"aim <= {ratio.at_most:g}"
    verdict = ("reached" if ratio.is_reached else "MISSED") if aim else ""
    figures = f"{ratio.middle:8.2f}  ±{ratio.spread / 2:4.0%}  {aim:12} {verdict:8}"
    return f"  {ratio.name + ' / ' + ratio.against:52}{figures} ({ratio.note})"


if __name__ == "__main__":
    bench()
