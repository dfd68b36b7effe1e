"""A thousand random tamperings with the book, its export, its checkpoints and its proofs: every one is found.

Where no checkpoint covers an entry yet, which is so for a minute, a forger who owns the database can still change it.
"""

import json
import random

import pytest
from sqlalchemy import text

from portal.db import session
from portal.ledger import verifier
from portal.ledger.invariants import INVARIANTS
from portal.ledger.leaves import iterate_leaves, list_leaves
from portal.ledger.log import find_newest, prove_consistency, prove_inclusion, sign_checkpoint, signers
from portal.ledger.merkle import leaf_hash, new_nodes, root_hash
from portal.ledger.notes import CheckpointText, Signer
from portal.ledger.service import reverse_entry
from tests.ledger.bare_tables import in_bare_tables
from tests.ledger.book import OTHER_FUND, chargeback, give, new_reference, spend, transfer
from tests.ledger.tampered_rows import RowTamperer

IN_ROWS, IN_REWRITTEN_HISTORY, IN_EXPORTS, IN_CHECKPOINTS = 450, 50, 300, 200


@pytest.fixture
def signed_book(book):
    """Write a book of some thirty entries of every kind and sign it along the way; return the checkpoints' texts."""
    draw, notes = random.Random(6962), []
    for number in range(9):
        posted = [give(draw.randrange(20_000, 90_000)), give(draw.randrange(1, 5_000), OTHER_FUND)]
        spend(draw.randrange(1, 9_000))
        if number % 3 == 0:
            reverse_entry(posted[1].reference, new_reference=new_reference())
            transfer(draw.randrange(1, 900))
            chargeback(draw.randrange(1, 900))
        sign_checkpoint()
        notes.append(find_newest().note)
    return notes


def keys():
    return [verifier.read_key(signer.verifier_key) for signer in signers()]


# Rows.


def in_quick_order():
    """Return the invariants but for the one about guards, those first that find most."""
    finders = ("entries_are_as_posted", "inner_hashes_are_right", "holdings_are_the_postings", "checkpoints_are_right")
    by_name = {each.name: each for each in INVARIANTS if each.name != "guards_are_on_duty"}
    return [*(by_name.pop(name) for name in finders), *by_name.values()]


def test_every_tampering_with_rows_is_found(signed_book):
    def work():
        assert [each.name for each in INVARIANTS if each.find_broken()] == ["guards_are_on_duty"]
        tamperer, done, missed = RowTamperer(6962), 0, []
        while done < IN_ROWS:
            step = session().begin_nested()
            told = tamperer.tamper_where_possible()
            if told:
                done += 1
                if not any(each.find_broken() for each in in_quick_order()):
                    missed.append(told)
            step.rollback()
            session().expire_all()
        return missed

    assert in_bare_tables(work) == []


# History rewritten by somebody who owns the database and knows how everything is computed.


def rewrite_history(draw):
    """Change one entry's amounts, and then every hash, holding and stored root that follows from it."""
    sequence, amount = draw.randrange(1, 28), draw.randrange(1, 99)
    change = {"sequence": sequence, "amount": amount}
    session().execute(
        text(
            "UPDATE ledger_postings SET amount_minor = amount_minor + CASE WHEN amount_minor > 0"
            " THEN :amount ELSE -:amount END WHERE entry_sequence = :sequence"
        ),
        change,
    )
    [leaf] = list_leaves(sequence, sequence)
    session().execute(
        text("UPDATE ledger_entries SET leaf_hash = :hash WHERE sequence = :sequence"),
        change | {"hash": leaf_hash(leaf.text).hex()},
    )
    rebuild_tree()
    rebuild_holdings()


def rebuild_tree():
    leaves = [leaf_hash(leaf.text) for leaf in iterate_leaves()]
    nodes = {(0, position): found for position, found in enumerate(leaves)}
    session().execute(text("DELETE FROM ledger_nodes"))
    for level, position, found in new_nodes(0, len(leaves), lambda *place: nodes[place]):
        nodes[level, position] = found
        session().execute(
            text("INSERT INTO ledger_nodes (level, position, hash) VALUES (:level, :position, :hash)"),
            {"level": level, "position": position, "hash": found.hex()},
        )
    for key, size, note in session().execute(text("SELECT id, tree_size, note FROM ledger_checkpoints")).all():
        root = root_hash(size, lambda *place: nodes[place])
        stated = CheckpointText(note.split("\n")[0], size, root)
        session().execute(
            text("UPDATE ledger_checkpoints SET root_hash = :root, note = :note WHERE id = :id"),
            {"root": root.hex(), "note": f"{stated}\n{note.rpartition(chr(10) * 2)[2]}", "id": key},
        )


def rebuild_holdings():
    session().execute(
        text(
            "UPDATE fund_holdings SET held_minor = -(SELECT coalesce(sum(p.amount_minor), 0) FROM ledger_postings p"
            " JOIN ledger_accounts a ON a.id = p.account_id WHERE a.fund = fund_holdings.fund)"
        )
    )


def test_a_rewritten_history_lacks_its_signatures_and_with_them_its_witnesses(signed_book):
    """Without the key the check finds it; with the key, anybody does who kept a checkpoint."""
    draw, known = random.Random(1), keys()
    kept = verifier.open_checkpoint(signed_book[-1], known)

    def work():
        missed = []
        for number in range(IN_REWRITTEN_HISTORY):
            step = session().begin_nested()
            rewrite_history(draw)
            found = {each.name for each in INVARIANTS if each.find_broken()}
            if not found & {"checkpoints_are_right", "reversals_are_exact", "funds_spend_what_they_hold"}:
                missed.append(number)
            if not is_refused(lambda: verifier.check_export(export(kept.size), [kept])):
                missed.append(number)
            step.rollback()
            session().expire_all()
        return missed

    assert in_bare_tables(work) == []


# What is published.


def export(size):
    return [leaf.text + b"\n" for leaf in iterate_leaves(last=size)]


def is_refused(check):
    try:
        check()
    except verifier.Wrong:
        return True
    return False


def tamper_with_lines(lines, draw):
    """Return an export with one thing changed."""
    lines, place, act = list(lines), draw.randrange(len(lines)), draw.randrange(7)
    if act == 0:
        del lines[place]
    elif act == 1:
        lines.insert(place, lines[draw.randrange(len(lines))])
    elif act == 2:
        other = draw.randrange(len(lines))
        lines[place], lines[other] = lines[other], lines[place]
    elif act == 3:
        entry = json.loads(lines[place])
        for posting in entry["postings"]:
            posting["amount_minor"] *= 2
        lines[place] = json.dumps(entry, sort_keys=True, separators=(",", ":")).encode() + b"\n"
    elif act == 4:
        lines = lines[:place]
    elif act == 5:
        lines[place] = lines[place].rstrip(b"\n") + draw.choice((b" \n", b"", b"\r\n", b"\n\n"))
    else:
        spot = draw.randrange(len(lines[place]))
        flipped = lines[place][spot] ^ (1 << draw.randrange(8))
        lines[place] = lines[place][:spot] + bytes([flipped]) + lines[place][spot + 1 :]
    return lines


def test_every_tampering_with_an_export_is_found(signed_book):
    known, draw = keys(), random.Random(2)
    checkpoints = [verifier.open_checkpoint(note, known) for note in signed_book]
    lines = export(checkpoints[-1].size)
    assert verifier.check_export(lines, checkpoints).tree.size == len(lines)
    missed, done = [], 0
    while done < IN_EXPORTS:
        changed = tamper_with_lines(lines, draw)
        if changed != lines:
            done += 1
            if not is_refused(lambda: verifier.check_export(changed, checkpoints)):  # noqa: B023 (called at once)
                missed.append(changed)
    assert missed == []


def tamper_with_text(text_, draw):
    """Return a text with one character changed, removed, added, or one line removed or moved."""
    place, act = draw.randrange(len(text_)), draw.randrange(5)
    lines = text_.split("\n")
    if act == 0:
        return text_[:place] + draw.choice("0123456789+/AZaz=\n ") + text_[place + 1 :]
    if act == 1:
        return text_[:place] + text_[place + 1 :]
    if act == 2:
        return text_[:place] + draw.choice("0123456789+/AZaz=\n ") + text_[place:]
    if act == 3:
        del lines[draw.randrange(len(lines))]
        return "\n".join(lines)
    lines.insert(draw.randrange(len(lines)), lines.pop(draw.randrange(len(lines))))
    return "\n".join(lines)


def test_every_tampering_with_checkpoints_and_proofs_is_found(signed_book):
    known, draw = keys(), random.Random(3)
    old = signed_book[3]
    [leaf] = list_leaves(11, 11)
    receipt, growth = prove_inclusion(11, leaf.text), prove_consistency(verifier.open_checkpoint(old, known).size)
    checks = [
        (signed_book[-1], lambda note: verifier.open_checkpoint(note, known)),
        (receipt, lambda proof: verifier.check_receipt(proof, known)),
        (growth, lambda proof: verifier.check_growth(old, proof, known)),
        (old, lambda note: verifier.check_growth(note, growth, known)),
    ]
    assert all(check(genuine) for genuine, check in checks)
    missed, done = [], 0
    while done < IN_CHECKPOINTS:
        genuine, check = draw.choice(checks)
        changed = tamper_with_text(genuine, draw)
        if changed != genuine:
            done += 1
            if not is_refused(lambda: check(changed)):  # noqa: B023 (called at once)
                missed.append(changed)
    assert missed == []


def test_a_checkpoint_of_a_forger_is_found(signed_book):
    forger = Signer(signers()[0].name, bytes(range(32)))
    for note in signed_book:
        forged = forger.sign(note.rpartition("\n\n")[0] + "\n")
        assert is_refused(lambda: verifier.open_checkpoint(forged, keys()))  # noqa: B023 (called at once)
        mixed = note + forged.rpartition("\n\n")[2]
        assert verifier.open_checkpoint(mixed, keys()), "signatures of strangers are passed over"
