"""Keeps an uploaded list on disk while somebody looks at its preview: sealed, under a name that says nothing.

A list holds identities, so it is removed as soon as it was taken in or
dropped, and in any case after a day.
"""

import base64
import os
import secrets
from datetime import datetime
from pathlib import Path

from flask import current_app

from portal.sealing import key_ring

_FOLDER = "lists"
_ENDING = ".sealed"


class UploadGone(LookupError):
    """The file is no longer kept."""


def keep_upload(data: bytes) -> str:
    """Store a file sealed and return the name under which it can be read again."""
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    name = f"{secrets.token_hex(16)}{_ENDING}"
    sealed = key_ring().seal(base64.b85encode(data).decode())
    descriptor = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(sealed)
        file.flush()
        os.fsync(file.fileno())
    return name


def read_upload(name: str | None) -> bytes:
    """Return a stored file as it was sent.

    Raises UploadGone.
    """
    if name is None:
        raise UploadGone
    try:
        return base64.b85decode(key_ring().open(_path(name).read_text(encoding="ascii")))
    except FileNotFoundError:
        raise UploadGone from None


def drop_upload(name: str | None) -> None:
    """Remove a stored file; one that is gone already is no fault."""
    if name is not None:
        _path(name).unlink(missing_ok=True)


def drop_strays(older_than: datetime, kept: set[str]) -> int:
    """Remove files that no list names, such as those of a process that died; return how many."""
    removed = 0
    for path in _folder().glob(f"*{_ENDING}"):
        try:
            if path.name not in kept and path.stat().st_mtime < older_than.timestamp():
                path.unlink()
                removed += 1
        except FileNotFoundError:
            continue
    return removed


def _folder() -> Path:
    return Path(current_app.config["PORTAL"].files_path) / _FOLDER


def _path(name: str) -> Path:
    return _folder() / Path(name).name
