"""Hashes, checks and judges passwords; never stores, logs or returns one."""

import re
import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from flask import current_app

from portal.config import Settings

SHORTEST = 12
LONGEST = 200
_FEWEST_KINDS_OF_CHARACTERS = 5
_SHORTEST_OWN_WORD = 4
_ROWS = ("0123456789", "qwertyuiop", "asdfghjkl", "zxcvbnm", "abcdefghijklmnopqrstuvwxyz", "1qaz2wsx3edc4rfv5tgb")
_COMMON_WORDS = re.compile(
    "password|passwort|passw0rd|p@ssw0rd|p@ssword|letmein|welcome|administrator|admin|login|iloveyou|monkey|dragon"
    "|football|sunshine|princess|secret|changeme|default|master|superman|woaini|woaiwojia|mima|zhongguo|yitongxing"
    "|laoshan|wishes"
)


class PasswordTooShort(ValueError):
    """The password has fewer than SHORTEST characters."""


class PasswordTooCommon(ValueError):
    """The password is one that others would try first."""


def check_password_rules(password: str, *own_words: str) -> None:
    """Refuse a password that is short or easy to guess; `own_words` are the person's name and mail address.

    Follows NIST SP 800-63B: length and guessability count, no rules about kinds of characters.

    Raises PasswordTooShort, PasswordTooCommon.
    """
    if len(password) < SHORTEST:
        raise PasswordTooShort
    folded = password.casefold()
    if len(set(folded)) < _FEWEST_KINDS_OF_CHARACTERS or _is_little_without_words(folded, own_words):
        raise PasswordTooCommon


def hash_password(password: str) -> str:
    """Return the Argon2id hash of a password, with the strength the settings ask for."""
    return _hasher().hash(password)


def new_unusable_hash() -> str:
    """Return the hash of a password nobody knows, for somebody who has yet to choose one."""
    return hash_password(secrets.token_urlsafe(32))


def is_password(password_hash: str | None, password: str) -> bool:
    """Tell whether a password is the right one; without a hash it takes the same time and is never right."""
    try:
        _hasher().verify(password_hash or _hash_of_nobody(), password)
    except (Argon2Error, InvalidHashError):
        return False
    return password_hash is not None


def needs_new_hash(password_hash: str) -> bool:
    """Tell whether a hash was made with another strength than the settings ask for now."""
    return _hasher().check_needs_rehash(password_hash)


def _hasher() -> PasswordHasher:
    settings: Settings = current_app.config["PORTAL"]
    return PasswordHasher(time_cost=settings.password_passes, memory_cost=settings.password_memory_kib, parallelism=1)


def _hash_of_nobody() -> str:
    settings: Settings = current_app.config["PORTAL"]
    return _hash_of_strength(settings.password_passes, settings.password_memory_kib)


@cache
def _hash_of_strength(passes: int, memory_kib: int) -> str:
    return new_unusable_hash()


def _is_little_without_words(password: str, own_words: tuple[str, ...]) -> bool:
    """Tell whether taking away words, rows of keys and repetitions leaves next to nothing."""
    password = _COMMON_WORDS.sub("", password)
    for word in _parts(own_words):
        password = password.replace(word, "")
    password = re.sub(r"(.+?)\1+", r"\1", _without_rows(password))
    return len(password) <= SHORTEST // 2


def _parts(own_words: tuple[str, ...]) -> list[str]:
    parts = [part for word in own_words for part in re.split(r"[@.\s_-]+", word.casefold())]
    return sorted((part for part in parts if len(part) >= _SHORTEST_OWN_WORD), key=len, reverse=True)


def _without_rows(password: str) -> str:
    for row in _ROWS:
        for way in (row, row[::-1]):
            for length in range(len(way), 3, -1):
                for start in range(len(way) - length + 1):
                    password = password.replace(way[start : start + length], "")
    return password
