"""The stand-alone script: signatures, trees and books as others know them, and its command in a bare Python."""

import base64
import json
import random
import subprocess
import sys

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from portal.ledger import merkle, verifier
from portal.ledger.notes import CheckpointText, Signer
from portal.ledger.verifier import Wrong
from tests.ledger.test_merkle import CONSISTENCY, INCLUSION, LEAVES, ROOTS, Tree
from tests.ledger.test_notes import CHECKPOINT, SIGNATURE, STRANGER, TEXT, VERIFIER_KEY

# Public key, message and signature of RFC 8032, 7.1 (tests 1, 2, 3 and "SHA(abc)").
RFC_8032 = [
    [bytes.fromhex(part.strip()) for part in vector.split(";")]
    for vector in (
        """d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a ;
        ; e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155
        5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b""",
        """3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c ;
        72 ; 92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da
        085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00""",
        """fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025 ;
        af82 ; 6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac
        18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a""",
        """ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf ;
        ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a
        2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f ;
        dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b589
        09351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704""",
    )
]
PUBLIC, _TEXT, GENUINE = RFC_8032[0]
# The same signature once more around the group: a strict verifier knows one form only.
ONCE_MORE = GENUINE[:32] + (int.from_bytes(GENUINE[32:], "little") + verifier.ORDER).to_bytes(32, "little")


@pytest.mark.parametrize(("public", "text", "signature"), RFC_8032)
def test_signatures_of_the_standard_are_known(public, text, signature):
    assert verifier.is_signed(public, signature, text)
    assert not verifier.is_signed(public, signature, text + b"x")
    for place in (0, 31, 32, 63):
        changed = bytes(byte ^ (number == place) for number, byte in enumerate(signature))
        assert not verifier.is_signed(public, changed, text)


def test_signatures_of_the_library_are_known():
    draw = random.Random(8032)
    for _number in range(12):
        key, text = Ed25519PrivateKey.from_private_bytes(draw.randbytes(32)), draw.randbytes(50)
        public, signature = key.public_key().public_bytes_raw(), key.sign(text)
        assert verifier.is_signed(public, signature, text)
        place = draw.randrange(64)
        changed = bytes(byte ^ (1 << draw.randrange(8)) * (n == place) for n, byte in enumerate(signature))
        assert not verifier.is_signed(public, changed, text)


@pytest.mark.parametrize(
    ("public", "signature"),
    [
        (b"", bytes(64)),
        (bytes(31), bytes(64)),
        (b"\xff" * 32, bytes(64)),
        (PUBLIC, b""),
        (PUBLIC, GENUINE[:-1]),
        (PUBLIC, ONCE_MORE),
    ],
)
def test_malformed_keys_and_signatures_are_none(public, signature):
    assert not verifier.is_signed(public, signature, b"")


def test_notes_of_others_are_opened():
    key = verifier.read_key(VERIFIER_KEY + "\n")
    with pytest.raises(Wrong, match="not whole"):
        verifier.open_checkpoint(TEXT + "\n" + STRANGER + SIGNATURE, [key])
    signer = Signer("PeterNeumann", bytes(32))
    note = signer.sign(CHECKPOINT)
    assert verifier.open_checkpoint(note, [key, verifier.read_key(signer.verifier_key)]).size == 20_852_163
    with pytest.raises(Wrong, match="not signed by this key"):
        verifier.open_checkpoint(note, [key])


@pytest.mark.parametrize(
    "text",
    ["", "x", VERIFIER_KEY[:-4], VERIFIER_KEY.replace("c74f", "c74e"), VERIFIER_KEY.replace("Peter", "Petra"), "a+b+c"],
)
def test_damaged_keys_are_refused(text):
    with pytest.raises(Wrong):
        verifier.read_key(text)


@pytest.mark.parametrize(("index", "size"), INCLUSION)
def test_shared_inclusion_proofs_lead_to_the_shared_roots(index, size):
    path = [bytes.fromhex(each) for each in INCLUSION[index, size]]
    leaf = verifier.leaf_hash(LEAVES[index])
    assert verifier.root_by_path(index, size, leaf, path).hex() == ROOTS[size]


@pytest.mark.parametrize(("old", "new"), [pair for pair in CONSISTENCY if pair[0] < pair[1]])
def test_shared_consistency_proofs_lead_to_the_shared_roots(old, new):
    path = [bytes.fromhex(each) for each in CONSISTENCY[old, new]]
    roots = verifier.roots_by_growth(old, new, bytes.fromhex(ROOTS[old]), path)
    assert [root.hex() for root in roots] == [ROOTS[old], ROOTS[new]]


def test_the_script_and_the_portal_agree_on_every_tree_up_to_33():
    """Two implementations that share no line."""
    tree, growing, roots = Tree(), verifier.GrowingTree(), [merkle.EMPTY_ROOT]
    assert growing.root() == merkle.EMPTY_ROOT
    for size in range(1, 34):
        tree.grow([bytes([size])])
        growing.add(verifier.leaf_hash(bytes([size])))
        roots.append(merkle.root_hash(size, tree.read))
        assert growing.root() == roots[size]
        for index in range(size):
            path = merkle.inclusion_proof(index, size, tree.read)
            assert verifier.root_by_path(index, size, tree.read(0, index), path) == roots[size]
        for old in range(1, size):
            path = merkle.consistency_proof(old, size, tree.read)
            assert verifier.roots_by_growth(old, size, roots[old], path) == (roots[old], roots[size])


def entry(sequence, **changes):
    """Return one line of an export."""
    fields = {
        "currency": "CNY",
        "kind": "gift",
        "posted_on": "2026-11-23",
        "postings": [
            {"account": "clearing.sandbox", "amount_minor": 500},
            {"account": "fund.7K2M.received", "amount_minor": -500},
        ],
        "reference": f"{sequence:020d}",
        "reverses": None,
        "sequence": sequence,
    }
    return json.dumps(fields | changes, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def postings(*amounts):
    return [{"account": account, "amount_minor": amount} for account, amount in amounts]


def undo(sequence, reverses, sign=-1):
    lines = postings(("clearing.sandbox", 500 * sign), ("fund.7K2M.received", -500 * sign))
    return entry(sequence, kind="reversal", reverses=reverses, postings=lines)


def checkpoint_over(lines):
    tree = verifier.GrowingTree()
    for line in lines:
        tree.add(verifier.leaf_hash(line.removesuffix(b"\n")))
    return verifier.Checkpoint("log", tree.size, tree.root())


def test_a_sound_export_is_read_and_summed():
    lines = [entry(1), entry(2), undo(3, 1), entry(4)]
    book = verifier.check_export(lines, [checkpoint_over(lines), checkpoint_over(lines[:2]), checkpoint_over([])])
    assert book.funds() == {("7K2M", "CNY"): 1_000}


@pytest.mark.parametrize(
    "lines",
    [
        [entry(2)],
        [entry(1), entry(1)],
        [entry(1), entry(3)],
        [entry(1), entry(2, reference=f"{1:020d}")],
        [entry(1, postings=postings(("bank", 5), ("clearing.x", -4)))],
        [entry(1, postings=postings(("bank", 5), ("bank", -5)))],
        [entry(1, postings=postings(("clearing.x", -5), ("bank", 5)))],
        [entry(1, postings=postings(("bank", 0), ("clearing.x", 0)))],
        [entry(1, postings=postings(("bank", 1.0), ("clearing.x", -1.0)))],
        [entry(1, postings=postings(("bank", True), ("clearing.x", -1)))],
        [entry(1, postings=postings(("bank", 5)))],
        [entry(1, postings=postings(("bank", 5), ("pocket", -5)))],
        [entry(1, postings=[])],
        [entry(1, postings=None)],
        [entry(1, reference=[])],
        [entry(1, reference=None)],
        [entry(1, note="谢谢")],
        [entry(1).replace(b'"CNY"', b'"CNY","currency":"CNY"')],
        [entry(1).replace(b":", b": ")],
        [entry(1), undo(2, 1, sign=1)],
        [entry(1), undo(2, 1), undo(3, 1)],
        [entry(1), undo(2, 1), undo(3, 2, sign=1)],
        [entry(1), undo(2, 7)],
        [entry(1), entry(2, kind="reversal")],
        [entry(1), entry(2, reverses=1)],
        [b"\n"],
        [b"{}\n"],
        [b"[" * 100_000 + b"\n"],
        [b"\xff\xfe\n"],
        [entry(1)[:-1]],
    ],
)
def test_an_unsound_export_is_refused_even_where_its_root_is_signed(lines):
    with pytest.raises(Wrong):
        verifier.check_export(lines, [checkpoint_over(lines)])


@pytest.mark.parametrize("size", [0, 1, 2, 4])
def test_an_export_ends_where_the_checkpoint_does(size):
    lines = [entry(number) for number in range(1, 5)]
    with pytest.raises(Wrong):
        verifier.check_export(lines[:3], [checkpoint_over(lines[:size])])


KEY = Signer("example.org/ledger", bytes(range(32)))


@pytest.fixture
def published(tmp_path):
    """Return a folder with an export, two checkpoints, a receipt's proof and a proof of growth, and the script."""
    lines, tree = [entry(number) for number in range(1, 8)], Tree()
    tree.grow([line[:-1] for line in lines])

    def sign(size):
        return KEY.sign(str(CheckpointText(KEY.name, size, merkle.root_hash(size, tree.read))))

    def proof(head, path, size):
        hashes = [base64.b64encode(each).decode() for each in path]
        return "\n".join([*head, *hashes]) + "\n\n" + sign(size)

    receipt = ["c2sp.org/tlog-proof@v1", "extra " + base64.b64encode(lines[4][:-1]).decode(), "index 4"]
    texts = {
        "old.txt": sign(3),
        "new.txt": sign(7),
        "gift.tlog-proof": proof(receipt, merkle.inclusion_proof(4, 7, tree.read), 7),
        "growth.txt": proof(["old 3"], merkle.consistency_proof(3, 7, tree.read), 7),
        "same.txt": proof(["old 7"], [], 7),
        "key.txt": KEY.verifier_key + "\n",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "entries.jsonl").write_bytes(b"".join(lines))
    (tmp_path / "verify.py").write_bytes(verifier_source())
    return tmp_path


def verifier_source():
    with open(verifier.__file__, "rb") as file:
        return file.read()


def run(folder, *arguments):
    """Run the script as a stranger would: another folder, no packages, nothing of the portal in reach."""
    command = [sys.executable, "-I", "-S", "verify.py", *arguments]
    surroundings = {"PYTHONUTF8": "1"}
    done = subprocess.run(command, cwd=folder, capture_output=True, timeout=60, env=surroundings, check=False)
    assert not done.stderr, done.stderr.decode()
    return done.returncode, done.stdout.decode()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["receipt", "gift.tlog-proof"], "entry 5 of 2026-11-23"),
        (["export", "entries.jsonl", "--checkpoint", "new.txt"], "all 7 entries"),
        (["export", "entries.jsonl", "--checkpoint", "old.txt", "--checkpoint", "new.txt"], "35.00 CNY"),
        (["growth", "old.txt", "growth.txt"], "from 3 to 7"),
        (["growth", "new.txt", "same.txt"], "from 7 to 7"),
    ],
)
def test_what_is_genuine_passes_in_a_bare_python(published, arguments, told):
    for key in (KEY.verifier_key, "key.txt"):
        status, said = run(published, *arguments, "--key", key)
        assert (status, told in said) == (0, True), said


@pytest.mark.parametrize(
    ("arguments", "name", "old", "new"),
    [
        (["receipt", "gift.tlog-proof"], "gift.tlog-proof", "index 4", "index 3"),
        (["receipt", "gift.tlog-proof"], "gift.tlog-proof", "index 4", "index 9"),
        (["receipt", "gift.tlog-proof"], "gift.tlog-proof", "extra ", "extra e30="),
        (["receipt", "gift.tlog-proof"], "gift.tlog-proof", "\n7\n", "\n6\n"),
        (["receipt", "gift.tlog-proof"], "gift.tlog-proof", "proof@v1", "proof@v2"),
        (["export", "entries.jsonl", "--checkpoint", "new.txt"], "entries.jsonl", ":500", ":501"),
        (["export", "entries.jsonl", "--checkpoint", "new.txt"], "entries.jsonl", "gift", "fee"),
        (["export", "entries.jsonl", "--checkpoint", "new.txt"], "new.txt", "\n7\n", "\n6\n"),
        (["growth", "old.txt", "growth.txt"], "growth.txt", "old 3", "old 2"),
        (["growth", "old.txt", "growth.txt"], "growth.txt", "old 3", "old 3\n" + "A" * 43 + "="),
        (["growth", "old.txt", "growth.txt"], "old.txt", "ledger\n3", "ledger\n2"),
        (["growth", "new.txt", "same.txt"], "same.txt", "old 7", "old 7\n" + "A" * 43 + "="),
    ],
)
def test_what_was_changed_fails_in_a_bare_python(published, arguments, name, old, new):
    text = (published / name).read_text()
    assert old in text
    (published / name).write_text(text.replace(old, new, 1))
    status, said = run(published, *arguments, "--key", "key.txt")
    assert (status, "NOT GENUINE" in said) == (1, True), said


def test_a_missing_file_is_said_plainly(published):
    assert run(published, "receipt", "nothing.tlog-proof", "--key", "key.txt")[0] == 2


def test_the_script_imports_the_standard_library_only():
    code = "import sys; import verifier; print(sorted({name.split('.')[0] for name in sys.modules} - {'verifier'}))"
    folder = verifier.__file__.rpartition("/")[0]
    done = subprocess.run(
        [sys.executable, "-S", "-c", f"import sys; sys.path[:0] = [{folder!r}]; {code}"],
        capture_output=True,
        check=True,
    )
    brought = set(json.loads(done.stdout.decode().replace("'", '"')))
    assert brought <= sys.stdlib_module_names | {"__main__", "__mp_main__"}
