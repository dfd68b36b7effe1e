"""The portal as gunicorn loads it in a test: settings from the environment, the time from the test's clock."""

import os
from pathlib import Path

from flask import Flask
from jinja2 import FileSystemBytecodeCache

from portal import create_app
from portal.config import load_settings
from tests.plumbing.clocks import FileClock


def make_app() -> Flask:
    """Build the application that a live server runs."""
    app = create_app(load_settings(), clock=FileClock(Path(os.environ["TEST_CLOCK_FILE"])))
    if "TEST_TEMPLATES" in os.environ:
        app.jinja_env.bytecode_cache = FileSystemBytecodeCache(os.environ["TEST_TEMPLATES"])
    return app
