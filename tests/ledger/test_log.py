"""The signed log: a checkpoint a day and after each growth, proofs of all that is in it, one key for ever."""

import base64
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, text

from portal import create_app
from portal.cli import check_keys
from portal.config import SettingsWrong
from portal.db import session
from portal.ledger import verifier
from portal.ledger.leaves import PIECE, iterate_leaves, list_leaves
from portal.ledger.log import (
    LogBroken,
    LogKeyWrong,
    NotProvable,
    find_daily,
    find_newest,
    list_daily,
    prove_consistency,
    prove_inclusion,
    require_known_key,
    sign_checkpoint,
    signers,
)
from portal.ledger.models import Checkpoint, LogNode
from tests.ledger.book import all_at_once, give, open_funds, without_guards

OTHER_KEY = base64.urlsafe_b64encode(b"o" * 32).decode()


def keys():
    return [verifier.read_key(signer.verifier_key) for signer in signers()]


def export(size):
    return [leaf.text + b"\n" for leaf in iterate_leaves(last=size)]


def newest():
    return verifier.open_checkpoint(find_newest().note, keys())


def test_an_empty_book_has_no_checkpoint(book):
    assert sign_checkpoint() == 0
    assert find_newest() is None


def test_a_checkpoint_states_what_the_book_holds(book):
    for number in range(5):
        give(100 + number)
    assert sign_checkpoint() == 1
    checkpoint = newest()
    assert (checkpoint.origin, checkpoint.size) == (signers()[0].name, 5)
    assert verifier.check_export(export(5), [checkpoint]).tree.root() == checkpoint.root


def test_each_growth_and_each_day_has_one_checkpoint(book, clock):
    give()
    assert [sign_checkpoint(), sign_checkpoint()] == [1, 0]
    give()
    assert [sign_checkpoint(), sign_checkpoint()] == [1, 0]
    clock.advance(timedelta(days=1))
    assert [sign_checkpoint(), sign_checkpoint()] == [1, 0]
    assert [each.tree_size for each in list_daily(9)] == [2, 1]
    assert find_daily(date(2026, 11, 23)).tree_size == 1
    assert find_daily(date(2026, 11, 25)) is None
    assert [each.made_on for each in list_daily(9, before=date(2026, 11, 24))] == [date(2026, 11, 23)]


def test_every_entry_has_a_proof_and_every_checkpoint_leads_to_the_newest(book):
    notes = []
    for number in range(1, 20):
        give(number)
        if number % 3:
            sign_checkpoint()
            notes.append(find_newest().note)
    known = keys()
    for leaf in iterate_leaves(last=19):
        entry, checkpoint = verifier.check_receipt(prove_inclusion(leaf.sequence, leaf.text), known)
        assert (entry["sequence"], checkpoint.size) == (leaf.sequence, 19)
    for note in notes:
        size = verifier.open_checkpoint(note, known).size
        old, new = verifier.check_growth(note, prove_consistency(size), known)
        assert (old.size, new.size) == (size, 19)
    assert verifier.check_export(export(19), [verifier.open_checkpoint(note, known) for note in notes])


def test_inner_hashes_are_stored_once(book):
    for _number in range(13):
        give()
        sign_checkpoint()
    counts = session().execute(select(LogNode.level, func.count()).group_by(LogNode.level).order_by(LogNode.level))
    assert [tuple(row) for row in counts] == [(1, 6), (2, 3), (3, 1)]


def test_nothing_is_proved_before_it_is_signed(book):
    give()
    [leaf] = list_leaves(1, 1)
    with pytest.raises(NotProvable):
        prove_inclusion(1, leaf.text)
    sign_checkpoint()
    give()
    with pytest.raises(NotProvable):
        prove_inclusion(2, leaf.text)
    for old in (0, 2):
        with pytest.raises(NotProvable):
            prove_consistency(old)


def test_leaves_are_read_piece_by_piece(book):
    posted = [give().reference for _number in range(7)]
    assert [leaf.sequence for leaf in iterate_leaves()] == list(range(1, 8))
    assert [leaf.sequence for leaf in iterate_leaves(3, 5)] == [3, 4, 5]
    assert all(reference.encode() in leaf.text for reference, leaf in zip(posted, iterate_leaves(), strict=True))
    assert list(iterate_leaves(8)) == []
    assert PIECE > 7


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_entries SET kind = 'fee' WHERE sequence = 4",
        "UPDATE ledger_postings SET amount_minor = 7 WHERE entry_sequence = 4 AND amount_minor > 0",
        "UPDATE ledger_entries SET leaf_hash = replace(leaf_hash, '0', '1') WHERE sequence = 3",
        "UPDATE ledger_nodes SET hash = replace(hash, '0', '1')",
        "UPDATE ledger_checkpoints SET root_hash = replace(root_hash, '0', '1')",
    ],
)
def test_nothing_is_signed_over_a_book_that_was_changed(book, statement):
    for _number in range(3):
        give()
    sign_checkpoint()
    give()
    without_guards(statement)
    with pytest.raises(LogBroken):
        sign_checkpoint()
    assert find_newest().tree_size == 3


@pytest.fixture
def other_portal(book, settings, clock):
    """Return a function that opens a portal with other settings on the same book, which has one checkpoint."""
    give()
    sign_checkpoint()
    opened = []

    def open_portal(**changes):
        values = settings.model_dump() | {"ledger_name": signers()[0].name} | changes
        opened.append(create_app(type(settings)(**values), clock=clock))
        return opened[-1]

    yield open_portal
    for app in opened:
        app.extensions["portal.database"].dispose()


@pytest.mark.parametrize(
    ("changes", "told"),
    [({"ledger_keys": OTHER_KEY}, "PORTAL_LEDGER_KEYS"), ({"ledger_name": "example.org/other"}, "PORTAL_LEDGER_NAME")],
)
def test_a_wrong_key_or_name_stops_the_start_and_signs_nothing(other_portal, changes, told):
    app = other_portal(**changes)
    with pytest.raises(SettingsWrong, match=told):
        check_keys(app.config["PORTAL"])
    with app.app_context():
        give()
        with pytest.raises(LogKeyWrong):
            sign_checkpoint()


def test_a_new_key_signs_when_the_old_one_stands_behind_it(other_portal, settings):
    old_key = settings.ledger_keys[0].get_secret_value()
    first = find_newest().note
    with other_portal(ledger_keys=f"{OTHER_KEY},{old_key}").app_context():
        require_known_key()
        give()
        assert sign_checkpoint() == 1
        new_key, former_key = keys()
        assert verifier.open_checkpoint(find_newest().note, [new_key]).size == 2
        assert verifier.check_growth(first, prove_consistency(1), [new_key, former_key])
    with other_portal(ledger_keys=OTHER_KEY).app_context():
        require_known_key()


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"ledger_keys": ""}, "at least one key"),
        ({"ledger_keys": "short"}, "32 bytes"),
        ({"ledger_name": "two words"}, "no spaces"),
        ({"ledger_name": "a+b"}, "no spaces"),
    ],
)
def test_settings_that_cannot_sign_are_refused(settings, values, told):
    with pytest.raises(ValueError, match=told):
        type(settings)(**(settings.model_dump() | values))


def test_the_name_of_the_log_comes_from_the_address(settings):
    make = type(settings)
    values = settings.model_dump()
    assert make(**values | {"base_url": "https://wish.example.org/"}).ledger_origin == "wish.example.org/ledger"
    assert make(**values | {"ledger_name": "x.example/l"}).ledger_origin == "x.example/l"


def test_checkpoints_signed_at_once_are_one(app):
    with app.app_context():
        open_funds()
        for _number in range(9):
            give()
    assert sum(all_at_once(app, 4, lambda _number: sign_checkpoint())) == 1
    with app.app_context():
        assert session().scalar(select(func.count(Checkpoint.id))) == 1
        assert session().execute(text("SELECT count(*) FROM ledger_nodes")).scalar() == 7
