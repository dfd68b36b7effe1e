"""Named points where a test may end the process as a power cut would; in a running portal they do nothing."""

from collections.abc import Callable

_listener: Callable[[str], None] | None = None


def crash_point(name: str) -> None:
    """Pass a point whose name tells what was just done."""
    if _listener is not None:
        _listener(name)


def listen_at_crash_points(listener: Callable[[str], None] | None) -> None:
    """Call a test's function at every point from now on, or none."""
    global _listener  # noqa: PLW0603 (a process dies as a whole)
    _listener = listener
