"""What nobody may learn: the families from public rows, trail and letters, the pledgers from a family's messages."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from portal.wishes.rules import END_STATES
from tests.journeys.lives.sight import Sight
from tests.journeys.lives.town import FAMILIES, GUESTS, OWN_WORDS, PLEDGER_NAME, Post, secrets_of

SECRETS = tuple(word for family in range(len(FAMILIES)) for word in secrets_of(family))
"""What would give a family away; numbers that a family corrects to are among them."""

CORRECTED = ("13912340008", "13912340009", "南涧小区1号楼1单元101")
OF_FAMILIES = (*SECRETS, *CORRECTED, OWN_WORDS)
OF_PLEDGERS = (*GUESTS, "example.org", PLEDGER_NAME, "海风书店", "顾安", "沈青")
OPEN_TABLES = ("publications", "audit_entries", "promises", "pledges", "pledger_blocks", "public_versions")
"""Tables in which no family may be recognised, whoever reads them."""


def check_walls(before: Sight, now: Sight) -> None:
    """No row that is open and no message that goes out carries the other side."""
    for table in OPEN_TABLES:
        for key, row in now[table].items():
            if before[table].get(key) != row:
                assert not _words_in(row, OF_FAMILIES), (table, row)
    phones = {
        *CORRECTED,
        *(family[name] for family in FAMILIES for name in ("phone", "guardian_phone") if name in family),
    }
    for message in now.new_rows(before, "messages"):
        said = f"{message.subject}\n{message.body}"
        forbidden = (*OF_PLEDGERS, *OF_FAMILIES) if message.receiver in phones else OF_FAMILIES
        assert not _words_in(said, forbidden), (message.kind, said)


def check_post(before: Sight, now: Sight, post: Post) -> None:
    """Each message is written once, carried once, and empty for good once it was emptied."""
    keys = [message.dedupe_key for message in now.rows("messages")]
    assert len(keys) == len(set(keys))
    assert set(post.carried.values()) <= {1}, "a message was carried twice"
    sent = {each.dedupe_key for each in now.rows("messages") if each.state == "sent"}
    assert post.carried.keys() == sent, f"carried and not sent, or sent and not carried: {post.carried.keys() ^ sent}"
    for key, was in before["messages"].items():
        is_now = now["messages"][key]
        assert (was.kind, was.dedupe_key) == (is_now.kind, is_now.dedupe_key)
        assert was.state != "sent" or is_now.state == "sent"
        assert is_now.receiver in (was.receiver, None)


def check_forgetting(before: Sight, now: Sight, families_of: dict[int, int]) -> None:
    """A family is forgotten only when all its wishes are done, and then everywhere."""
    purged = {key for key, row in now["households"].items() if row.purged_at is not None}
    for key in purged - {key for key, row in before["households"].items() if row.purged_at is not None}:
        wishes = [wish for wish in now.rows("wishes") if wish.household_id == key]
        assert all(wish.state in END_STATES for wish in wishes), "forgotten before the end"
        assert all(wish.family_code_hash is None for wish in wishes), "the family's code opens on"
        for wish in wishes:
            for table in ("wishes", "wish_events", "deliveries", "acknowledgements", "handover_receipts"):
                rows = [wish] if table == "wishes" else now.of_wish(table, wish.id)
                assert not any(_words_in(row, (OWN_WORDS,)) for row in rows), (table, "the family's words stay")
        family = families_of[wishes[0].id]
        if not _is_known_otherwise(now, family, families_of, purged):
            _check_forgotten(now, secrets_of(family))


def _is_known_otherwise(now: Sight, family: int, families_of: dict[int, int], purged: Iterable[int]) -> bool:
    """Tell whether the same family, or one with the same number, has another record or a draft."""
    number = FAMILIES[family]["id_number"]
    kin = {other for other, facts in enumerate(FAMILIES) if facts["id_number"] == number}
    others = [wish for wish in now.rows("wishes") if families_of.get(wish.id) in kin]
    drafts = [row for row in now.rows("filing_drafts") if row.fields["id_number"] == number]
    return bool(drafts) or any(wish.household_id not in purged for wish in others)


def _check_forgotten(now: Sight, secrets: tuple[str, ...]) -> None:
    for name, rows in now.tables.items():
        for row in rows.values():
            if name != "messages" or not _is_fresh(row, now):
                assert not _words_in(row, secrets), (name, row)


def _is_fresh(message: Any, now: Sight) -> bool:
    """Tell whether a message went out within the last week, or still waits because nobody sent any."""
    return message.sent_at is None or message.sent_at > now.at - timedelta(days=7, minutes=1)


def _words_in(row: Any, words: Iterable[str]) -> list[str]:
    text = row if isinstance(row, str) else str(tuple(row))
    return [word for word in words if word in text]
