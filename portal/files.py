"""Keeps files that are never served as they are: sealed, under a random name, outside everything a browser can ask for.

Never keeps, shows or logs the name a file came with.
"""

import base64
import os
import re
import secrets
from pathlib import Path

from flask import current_app

from portal.config import Settings
from portal.sealing import key_ring

_NAME = re.compile(r"[0-9a-f]{32}")


class FileMissing(LookupError):
    """There is no such file any more."""


def keep_file(content: bytes) -> str:
    """Store a file sealed and return its random name."""
    sealed = key_ring().seal(base64.b64encode(content).decode())
    name = secrets.token_hex(16)
    path = _path(name)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_suffix(".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(sealed)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    return name


def open_file(name: str) -> bytes:
    """Return a stored file.

    Raises FileMissing, SealBroken.
    """
    try:
        return base64.b64decode(key_ring().open(_path(name).read_text()))
    except FileNotFoundError:
        raise FileMissing from None


def discard_file(name: str) -> None:
    """Remove a stored file; one that is gone already is no fault."""
    _path(name).unlink(missing_ok=True)


def _path(name: str) -> Path:
    if not _NAME.fullmatch(name):
        raise FileMissing
    settings: Settings = current_app.config["PORTAL"]
    return Path(settings.files_path) / "private" / name[:2] / name
