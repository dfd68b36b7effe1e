"""Runs the portal: gunicorn for the pages and one scheduler process for clocks and messages."""

import logging
import multiprocessing
import os
import signal
import time
from pathlib import Path
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from portal import create_app
from portal.config import Settings
from portal.ticks import run_sandbox, send_messages, take_in_lists, tick

logger = logging.getLogger(__name__)

TICK_SECONDS = 60
SEND_SECONDS = 2


class Server(BaseApplication):
    """Gunicorn with options from our settings instead of a file."""

    def __init__(self, app: Flask, options: dict[str, Any]) -> None:
        self._app = app
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        """Hand our options to gunicorn."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Return the application; each worker opens its own connections."""
        self._app.extensions["portal.database"].dispose()
        return self._app


def serve(settings: Settings, host: str, port: int) -> None:
    """Serve pages on host:port and move the clocks beside them, until stopped."""
    scheduler = multiprocessing.get_context("spawn").Process(
        target=run_scheduler, args=(settings, os.getpid()), name="portal-scheduler", daemon=True
    )
    scheduler.start()
    Server(create_app(settings), _options(settings, host, port)).run()


def _options(settings: Settings, host: str, port: int) -> dict[str, Any]:
    return {
        "bind": f"{host}:{port}",
        "workers": settings.workers,
        "worker_class": "gthread",
        "threads": 2,
        "timeout": 60,
        "graceful_timeout": 10,
        "worker_tmp_dir": "/dev/shm" if Path("/dev/shm").is_dir() else None,
        "control_socket_disable": True,
        "loglevel": settings.log_level.lower(),
        "accesslog": None,
    }


def run_scheduler(settings: Settings, parent: int) -> None:
    """Move the clocks every minute, send messages and take in lists every other second, until the server is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    app = create_app(settings)
    next_tick = 0.0
    while os.getppid() == parent:
        with app.app_context():
            try:
                if time.monotonic() >= next_tick:
                    next_tick = time.monotonic() + TICK_SECONDS
                    tick()
                send_messages()
                take_in_lists()
                run_sandbox()
            except Exception as error:
                logger.error("scheduler: %s", type(error).__name__)
        time.sleep(SEND_SECONDS)
