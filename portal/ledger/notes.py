"""Signed notes and checkpoints in the form C2SP describes (signed-note, tlog-checkpoint), with Ed25519; pure."""

import base64
import binascii
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519 = b"\x01"
"""The signature type by which C2SP tells Ed25519 from others."""

_KEY_ID_BYTES = 4
_DASH = "\N{EM DASH} "


class NoteWrong(ValueError):
    """A note is malformed, or its signature is missing or wrong."""


@dataclass(frozen=True, slots=True)
class CheckpointText:
    """What a checkpoint states: which log, how long it is, and the root hash over it."""

    origin: str
    size: int
    root: bytes

    def __str__(self) -> str:
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


class Signer:
    """One key of the log and the name it signs under."""

    def __init__(self, name: str, seed: bytes) -> None:
        self.name = name
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public_key = self._key.public_key().public_bytes_raw()

    @property
    def verifier_key(self) -> str:
        """The public half as one line of text that any verifier of signed notes takes."""
        key_id = _key_id(self.name, self.public_key).hex()
        return f"{self.name}+{key_id}+{base64.b64encode(ED25519 + self.public_key).decode()}"

    def sign(self, text: str) -> str:
        """Return a text, which ends in a line's end, with this key's signature below it."""
        signature = _key_id(self.name, self.public_key) + self._key.sign(text.encode())
        return f"{text}\n{_DASH}{self.name} {base64.b64encode(signature).decode()}\n"

    def has_signed(self, note: str) -> bool:
        """Tell whether a note carries a genuine signature of this key."""
        try:
            text, signatures = _take_apart(note)
            known = _key_id(self.name, self.public_key)
            found = [found for name, key_id, found in signatures if (name, key_id) == (self.name, known)]
            for signature in found:
                Ed25519PublicKey.from_public_bytes(self.public_key).verify(signature, text.encode())
        except (InvalidSignature, NoteWrong):
            return False
        return bool(found)


def read_checkpoint(note: str) -> CheckpointText:
    """Return what a checkpoint states, without looking at its signatures.

    Raises NoteWrong.
    """
    text, _signatures = _take_apart(note)
    try:
        origin, size, root, *_extensions = text.split("\n")
        checkpoint = CheckpointText(origin, int(size), base64.b64decode(root, validate=True))
    except (ValueError, binascii.Error):
        raise NoteWrong("not a checkpoint") from None
    if (
        not origin
        or not size.isdecimal()
        or str(checkpoint.size) != size
        or len(checkpoint.root) != sha256().digest_size
    ):
        raise NoteWrong("not a checkpoint")
    return checkpoint


def _key_id(name: str, public_key: bytes) -> bytes:
    return sha256(name.encode() + b"\n" + ED25519 + public_key).digest()[:_KEY_ID_BYTES]


def _take_apart(note: str) -> tuple[str, list[tuple[str, bytes, bytes]]]:
    """Return the signed text and name, key id and signature of each line below it."""
    text, gap, lines = note.rpartition("\n\n")
    if not gap or not lines.endswith("\n"):
        raise NoteWrong("no signature")
    return text + "\n", [_read_signature(line) for line in lines[:-1].split("\n")]


def _read_signature(line: str) -> tuple[str, bytes, bytes]:
    name, gap, encoded = line.removeprefix(_DASH).rpartition(" ")
    try:
        signature = base64.b64decode(encoded, validate=True)
    except (ValueError, binascii.Error):
        raise NoteWrong("malformed signature") from None
    if not line.startswith(_DASH) or not gap or not name or len(signature) <= _KEY_ID_BYTES:
        raise NoteWrong("malformed signature")
    return name, signature[:_KEY_ID_BYTES], signature[_KEY_ID_BYTES:]
