"""Composes the public version of a wish from its plain fields, and suggests a reason without a story. Pure.

Only suggests: a person writes, another one approves (PIPL 24).
"""

import re
from dataclasses import dataclass

from portal.publication.folding import fold_for_search
from portal.publication.phrases import (
    CATEGORY_PHRASES,
    ITEM_PHRASES,
    NUMBERS,
    SERVICE_PHRASES,
    SIZE_PHRASES,
    Phrase,
)
from portal.redaction.detect import detect
from portal.redaction.marks import NOBODY, KnownIdentity
from portal.wishes.kinds import Category, WishKind

SHORTEST_CLAUSE = 4
"""Scraps below this many characters say nothing but a name or a word about somebody."""

_CLAUSES = re.compile("[,，。；;、\n]+")
_COUNT = "(?:[一二三四五六七八九十两]|\\d{1,2})"
_SIZES = (
    (re.compile(r"(\d{2}(?:\.5)?)码"), "size {} (EU)"),
    (re.compile(r"身高(\d{2,3})(?:cm|厘米)"), "for {} cm"),
    (re.compile(r"(\d+(?:\.\d+)?)升"), "{} litres"),
    (re.compile(r"(\d+)寸"), "{} inch"),
    (re.compile(r"(\d+)色"), "{} colours"),
    (re.compile(r"(\d+)瓦"), "{} W"),
    (re.compile(rf"共?({_COUNT})次"), "{} times"),
    (re.compile(rf"({_COUNT})本"), "{} volumes"),
)
_JIN = re.compile(r"(\d+(?:\.\d+)?)斤")
_SAME_IN_BOTH = re.compile(r"[\d.]+(?:[×xX*][\d.]+)*(?:m|cm|mm|kg|g|ml|l|W|V|G|GB)?|[SMLX]{1,4}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Facts:
    """The plain fields of a wish that its public version is composed from, and the sealed reason to look at."""

    item: str
    size: str | None
    kind: str
    category: str
    sealed_reason: str = ""


@dataclass(frozen=True, slots=True)
class PublicText:
    """The words of a public version, as a moderator edits them."""

    item: str
    item_en: str
    size: str
    size_en: str
    reason: str
    reason_en: str

    @property
    def is_complete(self) -> bool:
        """Tell whether nothing is missing in either language."""
        return bool(self.item and self.item_en and self.reason and self.reason_en) and bool(self.size) == bool(
            self.size_en
        )


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A composed text, and what of the family's own words names nobody (empty when nothing is left)."""

    text: PublicText
    own_words: str


def compose(facts: Facts, known: KnownIdentity = NOBODY) -> Suggestion:
    """Return a public version composed from plain fields; English that is not known stays empty."""
    phrase = find_phrase(facts.item, facts.kind, facts.category)
    text = PublicText(
        item=facts.item.strip(),
        item_en=phrase.item_en,
        size=(facts.size or "").strip(),
        size_en=size_in_english(facts.size or ""),
        reason=phrase.reason,
        reason_en=phrase.reason_en,
    )
    return Suggestion(text, own_words=without_marked_clauses(facts.sealed_reason, known))


def find_phrase(item: str, kind: str, category: str) -> Phrase:
    """Return the words for a thing or service by its name, or else by its category."""
    table = SERVICE_PHRASES if kind == WishKind.SERVICE else ITEM_PHRASES
    found = next((phrase for phrase in table if any(word in item for word in phrase.keywords)), None)
    return found or CATEGORY_PHRASES[Category(category)]


def size_in_english(size: str) -> str:
    """Return a size in English when each of its parts is known, else nothing."""
    parts = [part.strip() for part in _CLAUSES.split(size) if part.strip()]
    said = [_part_in_english(part) for part in parts]
    whole = ", ".join(said) if said and all(said) else ""
    return whole[:1].upper() + whole[1:]


def without_marked_clauses(reason: str, known: KnownIdentity = NOBODY) -> str:
    """Return a sealed reason without the clauses that look like personal data; nothing when none is left."""
    marks = detect(reason, known)
    kept: list[str] = []
    start = 0
    for end in [*(match.start() for match in _CLAUSES.finditer(reason)), len(reason)]:
        clause = reason[start:end].strip(",，。；;、 \n")
        if len(clause) >= SHORTEST_CLAUSE and not any(mark.start < end and mark.end > start for mark in marks):
            kept.append(clause)
        start = end
    return "，".join(kept) + "。" if kept else ""


def search_text(text: PublicText, *more: str) -> str:
    """Return all words of a public version, and some more, in the form they are searched in."""
    words = (text.item, text.item_en, text.size, text.size_en, text.reason, text.reason_en)
    return fold_for_search(" ".join([*words, *more]))


def _part_in_english(part: str) -> str:
    if part in SIZE_PHRASES:
        return SIZE_PHRASES[part]
    weight = _JIN.fullmatch(part)
    if weight:
        return f"{float(weight[1]) / 2:g} kg"
    for pattern, english in _SIZES:
        match = pattern.fullmatch(part)
        if match:
            return english.format(NUMBERS.get(match[1], match[1]))
    return part if _SAME_IN_BOTH.fullmatch(part) else ""
