"""One act on all ticked rows of a table, each in a transaction of its own, so that one refusal undoes nothing else."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

Key = TypeVar("Key")

MOST_AT_ONCE = 200
"""More rows than a page shows; a forged form does not hold a process up for long."""


def do_each(
    picked: Iterable[Key], do: Callable[[Key], object], refused: type[Exception] | tuple[type[Exception], ...]
) -> tuple[Sequence[Key], Sequence[Key]]:
    """Do one act on each ticked row once; return those it was done on and those that refused it."""
    done: list[Key] = []
    left: list[Key] = []
    for key in list(dict.fromkeys(picked))[:MOST_AT_ONCE]:
        try:
            do(key)
        except refused:
            left.append(key)
        else:
            done.append(key)
    return done, left
