"""How long the unluckiest of sixteen pledgers waits for an answer; on SQLite one of them writes at a time."""

import statistics
from collections.abc import Iterator
from contextlib import ExitStack

from tests.bench.over_http import pledger
from tests.bench.pledging import list_forms
from tests.bench.serving import all_together, serve
from tests.bench.stage import Ground
from tests.bench.timing import Ratio

TITLE = "Sixteen pledgers at once: how long the unluckiest waits"
WISHES = 16_000
PLEDGERS, REPEATS, SECONDS = 16, 3, 4.0
THREADS = {"as portal serve does": (2, 2), "a thread for each": (4, 4)}
"""How many workers the server has, and how many threads each of them."""
PATIENCE_SECONDS = 0.5


def compare(ground: Ground, kind: str) -> Iterator[Ratio]:
    """Yield the longest wait as a share of what is bearable."""
    with ground.stage(kind, WISHES) as stage:
        forms = list_forms(stage.app)
        for name, (workers, threads) in THREADS.items():
            with ExitStack() as closing:
                port = closing.enter_context(serve(stage, "portal", {}, workers=workers, threads=threads))
                acts = [pledger(closing, port, forms) for _pledger in range(PLEDGERS)]
                all_together(acts, SECONDS / 4)
                yield _longest(name, [all_together(acts, SECONDS) for _repeat in range(REPEATS)])


def _longest(name: str, runs: list[list[list[float]]]) -> Ratio:
    longest = [max(max(times) for times in run) for run in runs]
    waits = sorted(seconds for run in runs for times in run for seconds in times)
    fewest, most = (pick(len(times) for run in runs for times in run) for pick in (min, max))
    return Ratio(
        f"longest wait, {name}",
        f"{PATIENCE_SECONDS * 1000:.0f} ms",
        tuple(seconds / PATIENCE_SECONDS for seconds in longest),
        at_most=1.0,
        note=f"longest {max(longest) * 1000:.0f} ms, median {statistics.median(waits) * 1000:.0f} ms, "
        f"99 of 100 within {waits[len(waits) * 99 // 100] * 1000:.0f} ms; {fewest} to {most} pledges each",
    )
