"""The signed log over the book: grows its tree, signs checkpoints, proves what is in it.

A checkpoint, once signed, binds the portal for ever; none is signed that would
contradict an earlier one, or by a key or name that nobody has seen before.
"""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from flask import current_app
from sqlalchemy import insert, select

from portal import clock
from portal.config import Settings, SettingsWrong
from portal.db import session, transaction
from portal.keys import decode_key
from portal.ledger.leaves import Leaf, iterate_leaves
from portal.ledger.merkle import consistency_proof, inclusion_proof, new_nodes, root_hash
from portal.ledger.models import Checkpoint, Entry, LedgerHead, LogNode
from portal.ledger.notes import CheckpointText, Signer, read_checkpoint

MOST_LEAVES = 20_000
"""Leaves that one checkpoint adds at most, so that those who post need not wait long."""


class LogKeyWrong(SettingsWrong):
    """The settings hold another key or name than the one the log was signed with so far."""


class LogBroken(Exception):
    """The book is no longer what was signed or posted; nothing is signed until somebody has looked."""


class NotProvable(LookupError):
    """No checkpoint covers this yet."""


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """A checkpoint as it was published; they are numbered from one, so that a missing one would be missed."""

    number: int
    made_on: date
    tree_size: int
    root_hash: str
    note: str


def signers() -> list[Signer]:
    """Return the log's keys, the one that signs first."""
    settings: Settings = current_app.config["PORTAL"]
    return [Signer(settings.ledger_origin, decode_key(key.get_secret_value())) for key in settings.ledger_keys]


def require_known_key() -> None:
    """Stop where none of the keys at hand has signed the newest checkpoint: a second log would begin unseen.

    Raises LogKeyWrong.
    """
    newest = find_newest()
    if newest is None:
        return
    origin = read_checkpoint(newest.note).origin
    known = signers()
    if origin != known[0].name:
        raise LogKeyWrong(f"PORTAL_LEDGER_NAME must be {origin}: the ledger's checkpoints are signed under this name.")
    if not any(signer.has_signed(newest.note) for signer in known):
        raise LogKeyWrong(
            "PORTAL_LEDGER_KEYS has none of the keys that signed the ledger's newest checkpoint. Bring back the key "
            "of your backup; to change keys, put the new one in front and leave the old one behind it."
        )


@transaction
def sign_checkpoint() -> int:
    """Sign how long the log is, when it has grown or the day is new; return how many checkpoints were made.

    Locks the book's head, so that checkpoints are signed one after the other.

    Raises LogKeyWrong, LogBroken.
    """
    last = session().execute(select(LedgerHead.sequence).with_for_update()).scalar_one()
    newest = find_newest()
    covered = newest.tree_size if newest else 0
    is_daily = not _has_daily(clock.today())
    if last == 0 or (last == covered and not is_daily):
        return 0
    require_known_key()
    size = min(last, covered + MOST_LEAVES)
    if newest and root_hash(covered, read_node).hex() != newest.root_hash:
        raise LogBroken(f"the first {covered} entries have another root than was signed")
    read = _grow_tree(covered, size)
    root = root_hash(size, read)
    signer = signers()[0]
    session().execute(
        insert(Checkpoint).values(
            id=(newest.number if newest else 0) + 1,
            made_on=clock.today(),
            is_daily=is_daily,
            tree_size=size,
            root_hash=root.hex(),
            note=signer.sign(str(CheckpointText(signer.name, size, root))),
        )
    )
    return 1


def find_newest() -> SignedCheckpoint | None:
    """Return the newest checkpoint, if any was made."""
    row = session().execute(select(*_COLUMNS).order_by(Checkpoint.id.desc()).limit(1)).first()
    return SignedCheckpoint(*row) if row else None


def find_daily(day: date) -> SignedCheckpoint | None:
    """Return the first checkpoint of a day in China, if there is one."""
    row = session().execute(select(*_COLUMNS).where(Checkpoint.is_daily, Checkpoint.made_on == day)).first()
    return SignedCheckpoint(*row) if row else None


def list_daily(limit: int | None, before: date | None = None) -> list[SignedCheckpoint]:
    """Return the daily checkpoints, newest first, older than a day if one is given."""
    query = select(*_COLUMNS).where(Checkpoint.is_daily).order_by(Checkpoint.made_on.desc()).limit(limit)
    if before is not None:
        query = query.where(Checkpoint.made_on < before)
    return [SignedCheckpoint(*row) for row in session().execute(query)]


def prove_inclusion(sequence: int, leaf: bytes) -> str:
    """Return a proof, in the form of C2SP's tlog-proof, that an entry's text stands in the log.

    Raises NotProvable when no checkpoint covers the entry yet.
    """
    newest = find_newest()
    if newest is None or newest.tree_size < sequence:
        raise NotProvable(sequence)
    path = inclusion_proof(sequence - 1, newest.tree_size, read_node)
    lines = ["c2sp.org/tlog-proof@v1", f"extra {_base64(leaf)}", f"index {sequence - 1}", *map(_base64, path)]
    return "\n".join(lines) + "\n\n" + newest.note


def prove_consistency(old: int) -> str:
    """Return a proof that the newest checkpoint only adds to the log of `old` entries.

    Raises NotProvable when there is nothing to show.
    """
    newest = find_newest()
    if newest is None or not 0 < old <= newest.tree_size:
        raise NotProvable(old)
    path = consistency_proof(old, newest.tree_size, read_node)
    return "\n".join([f"old {old}", *map(_base64, path)]) + "\n\n" + newest.note


def read_node(level: int, position: int) -> bytes:
    """Return the stored hash of a complete subtree."""
    if level == 0:
        found = session().scalar(select(Entry.leaf_hash).where(Entry.sequence == position + 1))
    else:
        found = session().scalar(select(LogNode.hash).where(LogNode.level == level, LogNode.position == position))
    if found is None:
        raise NotProvable(f"no hash at level {level}, position {position}")
    return bytes.fromhex(found)


class _Fresh:
    """The hashes at hand while the tree grows; what is not there is read from the database."""

    def __init__(self, leaves: dict[tuple[int, int], bytes]) -> None:
        self.nodes = leaves

    def __call__(self, level: int, position: int) -> bytes:
        found = self.nodes.get((level, position))
        return read_node(level, position) if found is None else found


def _grow_tree(old: int, new: int) -> _Fresh:
    """Store the inner nodes that a longer log completes; return what reads the tree."""
    fresh = _Fresh({(0, leaf.sequence - 1): bytes.fromhex(leaf.stored_hash) for leaf in _genuine(old + 1, new)})
    stored = []
    for level, position, found in new_nodes(old, new, fresh):
        fresh.nodes[level, position] = found
        stored.append({"level": level, "position": position, "hash": found.hex()})
    if stored:
        session().execute(insert(LogNode), stored)
    return fresh


def _genuine(first: int, last: int) -> Iterator[Leaf]:
    for leaf in iterate_leaves(first, last):
        if not leaf.is_genuine:
            raise LogBroken(f"entry {leaf.sequence} is not what was posted")
        yield leaf


def _has_daily(day: date) -> bool:
    return session().scalar(select(Checkpoint.id).where(Checkpoint.is_daily, Checkpoint.made_on == day)) is not None


def _base64(found: bytes) -> str:
    return base64.b64encode(found).decode()


_COLUMNS = (Checkpoint.id, Checkpoint.made_on, Checkpoint.tree_size, Checkpoint.root_hash, Checkpoint.note)
