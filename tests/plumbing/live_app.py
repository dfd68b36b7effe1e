"""The portal as a live server of a test runs it: settings from the environment, the time from the test's clock.

The process from which all live servers are forked imports this module once,
and with it all of the portal.
"""

import os
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from flask import Flask
from jinja2 import FileSystemBytecodeCache

from portal import ROOMS_WITH_PAGES, create_app
from portal.config import load_settings
from portal.serving import Server
from tests.plumbing.clocks import FileClock
from tests.plumbing.processes import follow_parent
from tests.plumbing.routing import RuleCompiledOnce

for room in ROOMS_WITH_PAGES:
    import_module(f"portal.{room}.views")
Flask.url_rule_class = RuleCompiledOnce


def make_app() -> Flask:
    """Build the application that a live server runs."""
    app = create_app(load_settings(), clock=FileClock(Path(os.environ["TEST_CLOCK_FILE"])))
    if "TEST_TEMPLATES" in os.environ:
        app.jinja_env.bytecode_cache = FileSystemBytecodeCache(os.environ["TEST_TEMPLATES"])
    return app


def serve(name: str, surroundings: Mapping[str, str], options: dict[str, Any], log_path: Path) -> None:
    """Be a live server: run an application under gunicorn in these surroundings until the parent asks to end.

    `name` is the module and function that makes the application, such as "tests.plumbing.live_app:make_app".
    """
    follow_parent()
    with log_path.open("wb") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    os.environ.clear()
    os.environ.update(surroundings)
    module, function = name.split(":")
    Server(getattr(import_module(module), function)(), options).run()
