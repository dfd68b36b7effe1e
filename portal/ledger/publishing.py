"""Writes the whole public ledger as plain files, each replaced in one step, so that a copy is never half a file."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from flask import current_app

from portal.config import Settings
from portal.ledger import verifier
from portal.ledger.leaves import iterate_leaves
from portal.ledger.log import find_newest, list_daily, signers

SCRIPT = Path(verifier.__file__)


@dataclass(frozen=True, slots=True)
class Published:
    """How much was written."""

    entries: int
    checkpoints: int


def publish(folder: Path) -> Published:
    """Write entries up to the newest checkpoint, each day's checkpoint, the public keys and the script."""
    (folder / "checkpoints").mkdir(parents=True, exist_ok=True)
    newest, daily = find_newest(), list_daily(limit=None)
    _write(folder / "key.txt", [key_text().encode()])
    _write(folder / "verify.py", [SCRIPT.read_bytes()])
    if newest is None:
        return Published(0, 0)
    _write(folder / "entries.jsonl", entry_lines(newest.tree_size))
    _write(folder / "checkpoint.txt", [newest.note.encode()])
    # The days come last, so that a day's file says that everything else is there.
    for checkpoint in reversed(daily):
        path = _file_of_day(folder, checkpoint.made_on)
        if not path.exists():
            _write(path, [checkpoint.note.encode()])
    return Published(newest.tree_size, len(daily))


def key_text() -> str:
    """Return the public keys of the log, one a line, the one that signs first."""
    return "".join(f"{signer.verifier_key}\n" for signer in signers())


def entry_lines(size: int) -> Iterator[bytes]:
    """Yield the first entries of the log, a line each, as they are hashed."""
    return (leaf.text + b"\n" for leaf in iterate_leaves(last=size))


def publish_when_due() -> int:
    """Publish into the folder of the settings once a day, when there is one; return how many entries."""
    settings: Settings = current_app.config["PORTAL"]
    folder = Path(settings.ledger_publish_path)
    newest = list_daily(limit=1) if settings.ledger_publish_path else []
    if not newest or _file_of_day(folder, newest[0].made_on).exists():
        return 0
    return publish(folder).entries


def _file_of_day(folder: Path, day: date) -> Path:
    return folder / "checkpoints" / f"{day}.txt"


def _write(path: Path, parts: Iterable[bytes]) -> None:
    fresh = path.with_suffix(".new")
    with fresh.open("wb") as file:
        file.writelines(parts)
    fresh.replace(path)
