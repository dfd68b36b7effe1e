"""Finds in a text what the sealed register knows, by keyed hashes only: opens no record and tells no name.

Handed to the gate before public texts, which decides who may learn of a hit.
"""

import re
from collections import defaultdict
from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from portal.db import session, transaction
from portal.gate.service import Registered
from portal.households.hashing import address_hash, identity_hashes, name_hash
from portal.households.models import Household
from portal.households.rules import Identity
from portal.redaction.detect import detect
from portal.redaction.folding import Folded, fold
from portal.redaction.marks import MarkKind

_LONGEST_NAME = 4
_MOST_AT_ONCE = 500
_FILLED_AT_ONCE = 500
_HAN_RUN = re.compile(r"[\u4e00-\u9fff](?:[\s·•.-]{0,2}[\u4e00-\u9fff])*")
_DOTTED = re.compile(r"[\u4e00-\u9fff]+(?:[·•.][\u4e00-\u9fff]+)+")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_LATIN_RUN = re.compile(r"[^\W\d_]+(?:[ '·.-]{1,2}[^\W\d_]+)+")
_LATIN = re.compile(r"[^\W\d_]+")
_Place = tuple[int, int]


def find_registered(text: str) -> list[Registered]:
    """Return where a text names a beneficiary, a guardian or a door of the register, by place."""
    folded = fold(text)
    names: dict[str, list[_Place]] = defaultdict(list)
    for start, end in _name_places(folded):
        names[name_hash(folded.text[start:end])].append((start, end))
    doors: dict[str, list[_Place]] = defaultdict(list)
    for mark in detect(text):
        if mark.kind is MarkKind.ADDRESS:
            doors[address_hash(text[mark.start : mark.end])].append((mark.start, mark.end))
    found = {
        Registered(*folded.origin(*place), MarkKind.PERSON, centre)
        for column in (Household.name_hash, Household.guardian_hash)
        for key, centre in _rows(column, list(names))
        for place in names[key]
    } | {
        Registered(*place, MarkKind.ADDRESS, centre)
        for key, centre in _rows(Household.address_hash, list(doors))
        for place in doors[key]
    }
    return sorted(found, key=lambda hit: (hit.start, hit.end, hit.service_centre_id))


@transaction
def index_names() -> int:
    """Hash the names of households that were sealed before names were looked for; return how many were done."""
    query = select(Household).where(Household.name_hash.is_(None), Household.purged_at.is_(None))
    rows = session().scalars(query.order_by(Household.id).limit(_FILLED_AT_ONCE)).all()
    for row in rows:
        hashes = identity_hashes(Identity.from_dict(row.identity or {}))
        row.name_hash, row.guardian_hash = hashes["name_hash"], hashes["guardian_hash"]
    return len(rows)


def _rows(column: InstrumentedAttribute[str | None], keys: list[str]) -> Iterator[tuple[str, int]]:
    for start in range(0, len(keys), _MOST_AT_ONCE):
        some = keys[start : start + _MOST_AT_ONCE]
        query = select(column, Household.service_centre_id).where(column.in_(some))
        yield from ((str(key), centre) for key, centre in session().execute(query))


def _name_places(folded: Folded) -> Iterator[_Place]:
    """Yield every place where a name could stand: two to four Chinese characters, two to four words, a dotted name."""
    for match in _DOTTED.finditer(folded.text):
        yield match.span()
    for run, letter in ((_HAN_RUN, _HAN), (_LATIN_RUN, _LATIN)):
        for match in run.finditer(folded.text):
            at = [(each.start() + match.start(), each.end() + match.start()) for each in letter.finditer(match[0])]
            for first in range(len(at)):
                for last in range(first + 1, min(first + _LONGEST_NAME, len(at))):
                    yield at[first][0], at[last][1]
