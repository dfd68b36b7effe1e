"""What the log may hold of a fault: where it happened, never the values it happened with."""

from typing import Any


def without_values(error: Exception) -> tuple[type[Exception], Exception, Any]:
    """Return an error for the log whose text cannot carry a person's data; the traceback stays."""
    return type(error), RuntimeError("details withheld"), error.__traceback__
