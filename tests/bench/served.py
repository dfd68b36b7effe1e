"""The applications that gunicorn serves for a measurement; what they need comes from the environment."""

import os

from flask import Flask

from portal import create_app
from tests.bench import anchors

FORTUNES_URL = "BENCH_FORTUNES_URL"


def hello() -> Flask:
    """Return the bare page."""
    return anchors.make_hello()


def fortunes() -> Flask:
    """Return the page of rows."""
    return anchors.make_fortunes(os.environ[FORTUNES_URL])


def portal() -> Flask:
    """Return the portal."""
    return create_app()
