"""What is always true of the signed log: every hash is that of what stands below it, up to every signed root."""

from collections.abc import Iterator
from itertools import islice

from sqlalchemy import Row, select

from portal.db import session
from portal.invariants import Invariant, Proof
from portal.ledger.leaves import iterate_leaves
from portal.ledger.log import signers
from portal.ledger.merkle import RightEdge, node_hash
from portal.ledger.models import Checkpoint, Entry, LogNode
from portal.ledger.notes import CheckpointText

PIECE = 2_000


def find_changed_entries() -> Iterator[int]:
    """Yield every entry that is not what was posted."""
    return (leaf.sequence for leaf in iterate_leaves() if not leaf.is_genuine)


def find_wrong_nodes() -> Iterator[str]:
    """Yield every inner hash that is not that of the two below it."""
    level, nodes = 1, _nodes(1, -1)
    while nodes:
        below = _below(level, nodes[0].position, nodes[-1].position)
        for position, found in nodes:
            left, right = below.get(2 * position), below.get(2 * position + 1)
            if left is None or right is None or node_hash(left, right).hex() != found:
                yield f"level {level}, position {position}"
        nodes = _nodes(level, nodes[-1].position)
        if not nodes:
            level += 1
            nodes = _nodes(level, -1)


def find_wrong_checkpoints() -> Iterator[int]:
    """Yield every checkpoint that does not state the root of its entries, or that none of the log's keys signed."""
    known, edge, leaves = signers(), RightEdge(), _leaf_hashes()
    for row in _checkpoints():
        for leaf in islice(leaves, max(0, row.tree_size - edge.size)):
            edge.add(leaf)
        root = edge.root() if edge.size == row.tree_size else b""
        is_stated = row.note.startswith(f"{CheckpointText(known[0].name, row.tree_size, root)}\n")
        is_signed = any(signer.has_signed(row.note) for signer in known)
        if row.root_hash != root.hex() or not is_stated or not is_signed:
            yield row.id


def _checkpoints() -> Iterator[Row[int, int, str, str]]:
    """Yield the checkpoints in the order they were made, piece by piece."""
    query = select(Checkpoint.id, Checkpoint.tree_size, Checkpoint.root_hash, Checkpoint.note).order_by(Checkpoint.id)
    last = -1
    while rows := list(session().execute(query.where(Checkpoint.id > last).limit(PIECE))):
        yield from rows
        last = rows[-1].id


def _leaf_hashes() -> Iterator[bytes]:
    query = select(Entry.sequence, Entry.leaf_hash).order_by(Entry.sequence)
    last = -1
    while rows := list(session().execute(query.where(Entry.sequence > last).limit(PIECE))):
        yield from (bytes.fromhex(row.leaf_hash) for row in rows)
        last = rows[-1].sequence


def _nodes(level: int, after: int) -> list[Row[int, str]]:
    query = (
        select(LogNode.position, LogNode.hash)
        .where(LogNode.level == level, LogNode.position > after)
        .order_by(LogNode.position)
        .limit(PIECE)
    )
    return list(session().execute(query))


def _below(level: int, first: int, last: int) -> dict[int, bytes]:
    """Return the hashes below some nodes of a level by their position."""
    if level == 1:
        query = select(Entry.sequence - 1, Entry.leaf_hash).where(Entry.sequence.between(2 * first + 1, 2 * last + 2))
    else:
        query = select(LogNode.position, LogNode.hash).where(
            LogNode.level == level - 1, LogNode.position.between(2 * first, 2 * last + 1)
        )
    return {position: bytes.fromhex(found) for position, found in session().execute(query)}


_SIGNED = "(SELECT coalesce(max(tree_size), 0) FROM ledger_checkpoints)"

LOG_INVARIANTS: tuple[Invariant | Proof, ...] = (
    Invariant(
        "leaf_hashes_are_whole",
        "Every entry has a hash of its own.",
        "SELECT sequence FROM ledger_entries WHERE leaf_hash !~ '^[0-9a-f]{64}$'"
        " UNION SELECT min(sequence) FROM ledger_entries GROUP BY leaf_hash HAVING count(*) > 1",
        "SELECT sequence FROM ledger_entries WHERE length(leaf_hash) <> 64 OR leaf_hash GLOB '*[^0-9a-f]*'"
        " UNION SELECT min(sequence) FROM ledger_entries GROUP BY leaf_hash HAVING count(*) > 1",
    ),
    Invariant(
        "inner_hashes_are_complete",
        "The tree has every inner hash up to the newest checkpoint, and none beyond.",
        "WITH RECURSIVE levels(level) AS (SELECT 1 UNION ALL SELECT level + 1 FROM levels WHERE level < 60)"
        " SELECT l.level FROM levels l LEFT JOIN ledger_nodes n ON n.level = l.level GROUP BY l.level"
        f" HAVING count(n.level) <> {_SIGNED} >> l.level"
        f" OR coalesce(max(n.position), -1) <> ({_SIGNED} >> l.level) - 1",
    ),
    Invariant(
        "checkpoints_only_grow",
        "No checkpoint is shorter than one before it or longer than the book, and only a new day repeats one.",
        "SELECT id FROM (SELECT id, is_daily, tree_size, lag(tree_size) OVER (ORDER BY id) AS former"
        " FROM ledger_checkpoints) c WHERE tree_size < former OR (tree_size = former AND NOT is_daily)"
        " OR tree_size > (SELECT coalesce(max(sequence), 0) FROM ledger_entries)",
    ),
    Invariant(
        "checkpoints_have_no_gaps",
        "Checkpoints are numbered from one without a gap.",
        "SELECT id FROM (SELECT id, row_number() OVER (ORDER BY id) AS place FROM ledger_checkpoints) c"
        " WHERE id <> place",
    ),
    Invariant(
        "days_have_one_checkpoint",
        "Every day with checkpoints has exactly one for the archive.",
        "SELECT made_on FROM ledger_checkpoints GROUP BY made_on HAVING sum(CASE WHEN is_daily THEN 1 ELSE 0 END) <> 1",
    ),
    Invariant(
        "entries_are_signed_for",
        "Every entry of the day before yesterday and older is covered by a checkpoint.",
        f"SELECT sequence FROM ledger_entries WHERE sequence > {_SIGNED} AND posted_on < CAST(:today AS date) - 1",
        f"SELECT sequence FROM ledger_entries WHERE sequence > {_SIGNED} AND posted_on < date(:today, '-1 day')",
    ),
    Proof(
        "entries_are_as_posted", "Every entry is what was posted: its hash is that of its text.", find_changed_entries
    ),
    Proof("inner_hashes_are_right", "Every inner hash of the tree is that of the two below it.", find_wrong_nodes),
    Proof(
        "checkpoints_are_right",
        "Every checkpoint is signed and states the root of its entries.",
        find_wrong_checkpoints,
    ),
)
