#!/usr/bin/env python3
"""Checks the public ledger with the portal switched off: a receipt's proof, the whole export, or two checkpoints.

This one file needs Python 3.9 or newer and nothing else; keep a copy. It is
written apart from the portal's own code, so that a mistake there shows here.

    python3 verify.py receipt gift.tlog-proof --key KEY
    python3 verify.py export entries.jsonl --checkpoint checkpoint.txt --key KEY
    python3 verify.py growth old-checkpoint.txt growth.txt --key KEY

KEY is the ledger's public key, one line such as example.org/ledger+1a2b3c4d+AX…,
or the name of a file that holds it. Keep the key, and now and then a
checkpoint, where nobody but you can change them: everything else is checked
against these. Exit status: 0 genuine, 1 not genuine, 2 wrong use.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import json
import re
import sys
from collections.abc import Iterable
from typing import Any, NamedTuple

Point = tuple[int, int, int, int]

HASH_BYTES = 32
ENTRY_FIELDS = ["currency", "kind", "posted_on", "postings", "reference", "reverses", "sequence"]
ACCOUNT = re.compile(r"bank|clearing\.[a-z][a-z0-9_]*|fund\.[0-9A-Z]+\.[a-z]+")


class Wrong(Exception):
    """What was given is not genuine; the text says in Chinese and English why."""


class Key(NamedTuple):
    """The public half of a key that signs checkpoints."""

    name: str
    key_id: str
    public: bytes


class Checkpoint(NamedTuple):
    """What a checkpoint states: which log, how long it is, and its root hash."""

    origin: str
    size: int
    root: bytes


# Signatures: Ed25519 as RFC 8032 defines it. Points are (X, Y, Z, T) with x = X/Z, y = Y/Z, xy = T/Z.

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)


def add_points(one: Point, other: Point) -> Point:
    """Return the sum of two points of the curve."""
    a = (one[1] - one[0]) * (other[1] - other[0]) % P
    b = (one[1] + one[0]) * (other[1] + other[0]) % P
    c = 2 * one[3] * other[3] * D % P
    d = 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(number: int, point: Point) -> Point:
    """Return a point added to itself so many times."""
    result = (0, 1, 1, 0)
    while number:
        if number & 1:
            result = add_points(result, point)
        point = add_points(point, point)
        number >>= 1
    return result


def read_point(encoded: bytes) -> Point | None:
    """Return the point that 32 bytes stand for, or None."""
    y = int.from_bytes(encoded, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if len(encoded) != HASH_BYTES or y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


def write_point(point: Point) -> bytes:
    """Return the 32 bytes that stand for a point."""
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(HASH_BYTES, "little")


BASE: Any = read_point((4 * pow(5, P - 2, P) % P).to_bytes(HASH_BYTES, "little"))


def is_signed(public: bytes, signature: bytes, text: bytes) -> bool:
    """Tell whether an Ed25519 signature over a text is genuine (RFC 8032, 5.1.7)."""
    point = read_point(public)
    if point is None or len(signature) != 2 * HASH_BYTES:
        return False
    half, scalar = signature[:HASH_BYTES], int.from_bytes(signature[HASH_BYTES:], "little")
    if scalar >= ORDER:
        return False
    challenge = int.from_bytes(hashlib.sha512(half + public + text).digest(), "little") % ORDER
    minus = (P - point[0], point[1], 1, P - point[3])
    return write_point(add_points(times(scalar, BASE), times(challenge, minus))) == half


# Keys and checkpoints: C2SP signed-note and tlog-checkpoint.


def read_key(text: str) -> Key:
    """Return the key that one line of text holds."""
    name, _, rest = text.strip().partition("+")
    key_id, _, encoded = rest.partition("+")
    public = from_base64(encoded)
    expected = hashlib.sha256(name.encode() + b"\n" + public).hexdigest()[:8]
    if len(public) != 1 + HASH_BYTES or public[0] != 1 or key_id != expected:
        raise Wrong("公钥不完整或有误 / the key is not one, or was copied badly")
    return Key(name, key_id, public[1:])


def open_checkpoint(note: str, keys: list[Key]) -> Checkpoint:
    """Return what a checkpoint states, when one of the keys has signed it and none of them wrongly."""
    text, gap, lines = note.rpartition("\n\n")
    text += "\n"
    if not gap or not lines.endswith("\n"):
        raise Wrong("检查点不完整 / the checkpoint is not whole")
    signed = False
    for line in lines[:-1].split("\n"):
        name, key_id, signature = read_signature(line)
        for key in keys:
            if (name, key_id) == (key.name, key.key_id):
                if not is_signed(key.public, signature, text.encode()):
                    raise Wrong("检查点的签名不对 / the checkpoint's signature is wrong")
                signed = True
    if not signed:
        raise Wrong("检查点没有用这把公钥签名 / the checkpoint is not signed by this key")
    return read_statement(text)


def read_signature(line: str) -> tuple[str, str, bytes]:
    """Return name, key id and signature of one line below a note."""
    name, gap, encoded = line[2:].rpartition(" ")
    signature = from_base64(encoded)
    if not line.startswith("\N{EM DASH} ") or not gap or len(signature) <= 4:
        raise Wrong("检查点的签名行有误 / a signature of the checkpoint is malformed")
    return name, signature[:4].hex(), signature[4:]


def read_statement(text: str) -> Checkpoint:
    """Return what the signed text of a checkpoint states."""
    lines = text.split("\n")
    if len(lines) < 4 or not re.fullmatch("0|[1-9][0-9]*", lines[1]):
        raise Wrong("检查点不完整 / the checkpoint is not whole")
    return Checkpoint(lines[0], int(lines[1]), read_hash(lines[2]))


def read_hash(text: str) -> bytes:
    """Return the hash that a line holds."""
    found = from_base64(text)
    if len(found) != HASH_BYTES:
        raise Wrong("哈希值长度不对 / a hash has the wrong length")
    return found


def from_base64(text: str) -> bytes:
    """Return the bytes that a text stands for."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Wrong("内容不是完整的 Base64 / a part is not base64") from None


# The tree: RFC 6962, checked as RFC 9162 (2.1.3.2 and 2.1.4.2) describes.


def leaf_hash(text: bytes) -> bytes:
    """Return the hash of an entry's text."""
    return hashlib.sha256(b"\x00" + text).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash over two subtrees."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_by_path(index: int, size: int, leaf: bytes, path: list[bytes]) -> bytes:
    """Return the root to which a path leads from a leaf."""
    node, last, found = index, size - 1, leaf
    for beside in path:
        if last == 0:
            raise Wrong("证明太长 / the proof is too long")
        if node & 1 or node == last:
            found = node_hash(beside, found)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            found = node_hash(found, beside)
        node, last = node >> 1, last >> 1
    if last:
        raise Wrong("证明太短 / the proof is too short")
    return found


def roots_by_growth(old: int, new: int, old_root: bytes, path: list[bytes]) -> tuple[bytes, bytes]:
    """Return the old and the new root to which a consistency proof leads."""
    if old & (old - 1) == 0:
        path = [old_root, *path]
    if not path:
        raise Wrong("证明太短 / the proof is too short")
    node, last = old - 1, new - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    before = after = path[0]
    for beside in path[1:]:
        if last == 0:
            raise Wrong("证明太长 / the proof is too long")
        if node & 1 or node == last:
            before, after = node_hash(beside, before), node_hash(beside, after)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            after = node_hash(after, beside)
        node, last = node >> 1, last >> 1
    if last:
        raise Wrong("证明太短 / the proof is too short")
    return before, after


class GrowingTree:
    """The tree over leaves that come one after the other; keeps only its right edge."""

    def __init__(self) -> None:
        self.size = 0
        self._edge: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        """Add the hash of one more leaf."""
        size = self.size
        while size & 1:
            leaf = node_hash(self._edge.pop(), leaf)
            size >>= 1
        self._edge.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        """Return the root over all leaves so far."""
        if not self._edge:
            return hashlib.sha256(b"").digest()
        found = self._edge[-1]
        for beside in reversed(self._edge[:-1]):
            found = node_hash(beside, found)
        return found


# The book: what an entry may be.


class Book:
    """Reads the entries of an export in their order and refuses what no sound book holds."""

    def __init__(self) -> None:
        self.tree = GrowingTree()
        self.balances: dict[tuple[str, str], int] = {}
        self._references: set[str] = set()
        self._reversible: dict[int, Any] = {}

    def take(self, line: bytes) -> None:
        """Take one line of the export."""
        number = self.tree.size + 1
        entry = read_entry(line)
        if entry is None or entry["sequence"] != number:
            raise Wrong(f"第 {number} 行不是第 {number} 笔分录 / line {number} is not entry {number}")
        if entry["reference"] in self._references:
            raise Wrong(f"第 {number} 笔分录的凭证号重复 / entry {number} uses a reference twice")
        amounts = {each["account"]: each["amount_minor"] for each in entry["postings"]}
        if sum(amounts.values()):
            raise Wrong(f"第 {number} 笔分录借贷不平 / entry {number} does not balance")
        self._check_reversal(number, entry, amounts)
        self._references.add(entry["reference"])
        for account, amount in amounts.items():
            key = account, entry["currency"]
            self.balances[key] = self.balances.get(key, 0) + amount
        self.tree.add(leaf_hash(line))

    def _check_reversal(self, number: int, entry: dict[str, Any], amounts: dict[str, int]) -> None:
        """Refuse a reversal that is not the exact opposite of an earlier entry, or not the first."""
        if entry["reverses"] is None:
            self._reversible[number] = entry["currency"], {account: -amount for account, amount in amounts.items()}
        elif self._reversible.pop(entry["reverses"], None) != (entry["currency"], amounts):
            raise Wrong(f"第 {number} 笔分录冲正有误 / entry {number} does not undo what it names")

    def funds(self) -> dict[tuple[str, str], int]:
        """Return what each fund holds, by its number and currency."""
        held: dict[tuple[str, str], int] = {}
        for (account, currency), amount in self.balances.items():
            if account.startswith("fund."):
                key = account.split(".")[1], currency
                held[key] = held.get(key, 0) - amount
        return held


def read_entry(line: bytes) -> dict[str, Any] | None:
    """Return the entry that a line holds, or None where it is not the one way to write an entry."""
    try:
        entry = json.loads(line)
        written = json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()
        accounts = [each["account"] for each in entry["postings"]]
        is_entry = (
            written == line
            and sorted(entry) == ENTRY_FIELDS
            and all(isinstance(entry[name], str) for name in ("currency", "kind", "posted_on", "reference"))
            and (entry["kind"] == "reversal") == (type(entry["reverses"]) is int)
            and len(accounts) >= 2
            and accounts == sorted(set(accounts))
            and all(map(ACCOUNT.fullmatch, accounts))
            and all(type(each["amount_minor"]) is int and each["amount_minor"] for each in entry["postings"])
            and all(len(each) == 2 for each in entry["postings"])
        )
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    return entry if is_entry else None


# The three checks.


def check_receipt(proof: str, keys: list[Key]) -> tuple[dict[str, Any], Checkpoint]:
    """Return the entry that a receipt's proof shows to stand in the log."""
    head, gap, note = proof.partition("\n\n")
    lines = head.split("\n")
    if not gap or lines[0] != "c2sp.org/tlog-proof@v1" or len(lines) < 3 or not lines[1].startswith("extra "):
        raise Wrong("不是收据证明文件 / not the proof of a receipt")
    if not re.fullmatch("index (0|[1-9][0-9]*)", lines[2]):
        raise Wrong("不是收据证明文件 / not the proof of a receipt")
    text, index = from_base64(lines[1][len("extra ") :]), int(lines[2][len("index ") :])
    checkpoint = open_checkpoint(note, keys)
    if index >= checkpoint.size:
        raise Wrong("这笔分录不在检查点之内 / the entry lies beyond the checkpoint")
    root = root_by_path(index, checkpoint.size, leaf_hash(text), [read_hash(line) for line in lines[3:]])
    if root != checkpoint.root:
        raise Wrong("这笔分录不在公开账本里 / the entry is not in the ledger")
    entry = read_entry(text)
    if entry is None or entry["sequence"] != index + 1:
        raise Wrong("分录编号与位置不符 / the entry stands at another place")
    return entry, checkpoint


def check_export(lines: Iterable[bytes], checkpoints: list[Checkpoint]) -> Book:
    """Return the book that an export holds, when it has the root of every checkpoint and ends at the longest."""
    book, waiting = Book(), sorted(checkpoints, key=lambda checkpoint: checkpoint.size)
    waiting = require_roots(book, waiting)
    for line in lines:
        if not line.endswith(b"\n"):
            raise Wrong("文件在一行中间断了 / the file breaks off within a line")
        if not waiting:
            raise Wrong("文件比检查点长，请取较新的检查点 / the file is longer than the checkpoint: take a newer one")
        book.take(line[:-1])
        waiting = require_roots(book, waiting)
    if waiting:
        raise Wrong(
            f"文件只有 {book.tree.size} 笔，检查点说有 {waiting[-1].size} 笔"
            f" / the file has {book.tree.size} entries, the checkpoint says {waiting[-1].size}"
        )
    return book


def require_roots(book: Book, waiting: list[Checkpoint]) -> list[Checkpoint]:
    """Return the checkpoints that are longer than the book so far, when it has the root of the others."""
    while waiting and waiting[0].size == book.tree.size:
        if book.tree.root() != waiting[0].root:
            size = waiting[0].size
            raise Wrong(f"前 {size} 笔与检查点不符 / the first {size} entries are not those of the checkpoint")
        waiting = waiting[1:]
    return waiting


def check_growth(old_note: str, proof: str, keys: list[Key]) -> tuple[Checkpoint, Checkpoint]:
    """Return two checkpoints of which the newer only adds to the older."""
    head, gap, note = proof.partition("\n\n")
    lines = head.split("\n")
    old, new = open_checkpoint(old_note, keys), open_checkpoint(note, keys)
    if not gap or lines[0] != f"old {old.size}":
        raise Wrong("这份证明不是为这个旧检查点出的 / the proof is not for this old checkpoint")
    if not 0 < old.size <= new.size or old.origin != new.origin:
        raise Wrong("两个检查点对不上 / the checkpoints do not belong together")
    path = [read_hash(line) for line in lines[1:]]
    if old.size == new.size:
        before, after = (b"", b"") if path else (old.root, old.root)
    else:
        before, after = roots_by_growth(old.size, new.size, old.root, path)
    if before != old.root or after != new.root:
        raise Wrong("旧账被改动过 / what was written before has been changed")
    return old, new


# The command.


def yuan(minor: int) -> str:
    """Return an amount in whole units with its two decimals."""
    return f"{'-' if minor < 0 else ''}{abs(minor) // 100}.{abs(minor) % 100:02d}"


def run_receipt(options: argparse.Namespace, keys: list[Key]) -> list[str]:
    """Check a receipt and return what to say."""
    entry, checkpoint = check_receipt(read_text(options.proof), keys)
    said = [f"真实：第 {entry['sequence']} 笔，{entry['posted_on']}，凭证号 {entry['reference']}"]
    said.append(f"Genuine: entry {entry['sequence']} of {entry['posted_on']}, reference {entry['reference']}")
    said += [
        f"  {each['account']:<32} {yuan(each['amount_minor']):>16} {entry['currency']}" for each in entry["postings"]
    ]
    said.append(f"检查点 / checkpoint: {checkpoint.origin}, {checkpoint.size}")
    return said


def run_export(options: argparse.Namespace, keys: list[Key]) -> list[str]:
    """Check an export and return what to say."""
    checkpoints = [open_checkpoint(read_text(path), keys) for path in options.checkpoint]
    with open(options.entries, "rb") as file:
        book = check_export(file, checkpoints)
    said = [f"真实：全部 {book.tree.size} 笔分录与检查点一致，借贷相平。"]
    said.append(f"Genuine: all {book.tree.size} entries are those of the checkpoint, and they balance.")
    for (number, currency), held in sorted(book.funds().items()):
        said.append(f"  {number:<20} 结余 / holds {yuan(held):>16} {currency}")
    return said


def run_growth(options: argparse.Namespace, keys: list[Key]) -> list[str]:
    """Check two checkpoints and return what to say."""
    old, new = check_growth(read_text(options.checkpoint), read_text(options.proof), keys)
    return [
        f"真实：账本从 {old.size} 笔增加到 {new.size} 笔，旧账没有改动。",
        f"Genuine: the ledger grew from {old.size} to {new.size} entries; nothing before was changed.",
    ]


def read_text(path: str) -> str:
    """Return the text of a file as it stands, line ends included."""
    with open(path, "rb") as file:
        try:
            return file.read().decode("utf-8")
        except UnicodeDecodeError:
            raise Wrong("文件不是文本 / the file is not text") from None


def read_keys(texts: list[str]) -> list[Key]:
    """Return the keys that were given in words or as files."""
    lines = [line for text in texts for line in (text if "+" in text else read_text(text)).splitlines()]
    return [read_key(line) for line in lines if line.strip()]


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(
        prog="verify.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    ways = parser.add_subparsers(dest="way", required=True)
    receipt = ways.add_parser("receipt", help="check the proof of one receipt")
    receipt.add_argument("proof", help="the file .tlog-proof")
    receipt.set_defaults(run=run_receipt)
    export = ways.add_parser("export", help="check the whole ledger")
    export.add_argument("entries", help="the file entries.jsonl")
    export.add_argument("--checkpoint", action="append", required=True, help="a checkpoint; several may be given")
    export.set_defaults(run=run_export)
    growth = ways.add_parser("growth", help="check that a newer checkpoint only adds to an older one")
    growth.add_argument("checkpoint", help="the older checkpoint")
    growth.add_argument("proof", help="the proof, which holds the newer checkpoint")
    growth.set_defaults(run=run_growth)
    for way in (receipt, export, growth):
        way.add_argument("--key", action="append", required=True, help="the ledger's public key; several may be given")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """Run one check, say what came out, and return the exit status."""
    options = parse(arguments)
    try:
        said, status = options.run(options, read_keys(options.key)), 0
    except Wrong as wrong:
        said, status = [f"不真实 / NOT GENUINE: {wrong}"], 1
    except OSError as error:
        said, status = [f"无法读取 / cannot read {error.filename}: {error.strerror}"], 2
    sys.stdout.write("\n".join(said) + "\n")
    return status


if __name__ == "__main__":
    sys.exit(main())
