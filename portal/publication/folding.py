"""Brings written text into the one form it is searched in. Pure; knows nothing of wishes."""

import re
import unicodedata

from portal.redaction.folding import fold

LONGEST_QUERY = 100
MOST_WORDS = 8

_BREAKS = re.compile(r"[\s,，、。;；/|+]+")


def fold_for_search(text: str) -> str:
    """Return a text as it is stored for searching and as it is searched for: folded, small letters, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", fold(text).text).casefold().split())


def search_words(query: str) -> tuple[str, ...]:
    """Return the words somebody looks for, each of which must occur; at most MOST_WORDS of them."""
    words = _BREAKS.split(fold_for_search(query[:LONGEST_QUERY]))
    return tuple(dict.fromkeys(word for word in words if word))[:MOST_WORDS]
