"""Encryption at rest, keyed hashes and derived codes; never stores, logs or returns a key."""

import hashlib
import hmac
import json
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from flask import current_app
from sqlalchemy import Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from portal.config import Settings
from portal.keys import decode_key


class SealBroken(Exception):
    """A sealed value cannot be opened with the keys at hand."""


class KeyRing:
    """The keys of one running portal."""

    def __init__(self, settings: Settings) -> None:
        self._cipher = MultiFernet([Fernet(key.get_secret_value()) for key in settings.sealing_keys])
        self._index_key = decode_key(settings.index_key.get_secret_value())

    def seal(self, text: str) -> str:
        """Encrypt a text with the newest key."""
        return self._cipher.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """Decrypt a text with whichever key sealed it.

        Raises SealBroken when none of the keys fits or the text was changed.
        """
        try:
            return self._cipher.decrypt(sealed.encode()).decode()
        except InvalidToken:
            raise SealBroken("no key opens this value") from None

    def keyed_hash(self, purpose: str, text: str) -> str:
        """Return 64 hex digits that say nothing about the text to anyone without the key."""
        return self.digest(purpose, text).hex()

    def digest(self, purpose: str, text: str) -> bytes:
        """Return the 32 bytes of the keyed hash; `purpose` keeps unlike uses apart."""
        return hmac.new(self._index_key, f"{purpose}\x1f{text}".encode(), hashlib.sha256).digest()


def key_ring() -> KeyRing:
    """Return the running application's keys."""
    ring: KeyRing = current_app.extensions["portal.key_ring"]
    return ring


def keyed_hash(purpose: str, text: str) -> str:
    """Return the keyed hash of a text under the running application's key, as 64 hex digits."""
    return key_ring().keyed_hash(purpose, text)


class SealedText(TypeDecorator[str]):
    """A text column that is encrypted in the database and clear in Python."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Seal on the way in."""
        return None if value is None else key_ring().seal(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """Open on the way out."""
        return None if value is None else key_ring().open(value)


class SealedJSON(TypeDecorator[dict[str, Any]]):
    """A dictionary column that is encrypted in the database and clear in Python."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: dict[str, Any] | None, dialect: Dialect) -> str | None:
        """Seal on the way in."""
        return None if value is None else key_ring().seal(json.dumps(value, ensure_ascii=False))

    def process_result_value(self, value: str | None, dialect: Dialect) -> dict[str, Any] | None:
        """Open on the way out."""
        return None if value is None else json.loads(key_ring().open(value))
