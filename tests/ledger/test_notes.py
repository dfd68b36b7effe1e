"""Signed notes as others write and read them."""

import base64

import pytest

from portal.ledger.notes import CheckpointText, NoteWrong, Signer, read_checkpoint

# The key, text and signature with which the reference implementation of signed notes tests itself.
SEED = base64.b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
VERIFIER_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
SIGNATURE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
STRANGER = "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n"
CHECKPOINT = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"


@pytest.fixture
def peter():
    """Return the signer of the shared example."""
    return Signer("PeterNeumann", SEED)


def test_note_is_signed_as_everybody_signs_it(peter):
    assert peter.sign(TEXT) == TEXT + "\n" + SIGNATURE
    assert peter.verifier_key == VERIFIER_KEY


@pytest.mark.parametrize("signatures", [SIGNATURE, STRANGER + SIGNATURE, SIGNATURE + STRANGER, SIGNATURE * 2])
def test_genuine_signature_is_known_among_others(peter, signatures):
    assert peter.has_signed(TEXT + "\n" + signatures)


@pytest.mark.parametrize(
    "note",
    [
        "",
        TEXT,
        TEXT + "\n",
        TEXT + "\n" + STRANGER,
        TEXT + "\n" + SIGNATURE[:-1],
        TEXT + SIGNATURE,
        TEXT.replace("problem", "Problem") + "\n" + SIGNATURE,
        TEXT + "\n" + SIGNATURE.replace("x08go/ZJ", "x08go/ZK"),
        TEXT + "\n" + SIGNATURE.replace("PeterNeumann", "CarmenSandiego"),
        TEXT + "\n" + SIGNATURE.replace("—", "-"),
        TEXT + "\n" + SIGNATURE + "Unexpected line.\n",
        TEXT + "\n" + SIGNATURE + SIGNATURE.replace("x08go/ZJ", "x08go/ZK"),
    ],
)
def test_anything_else_is_no_signature_of_this_key(peter, note):
    assert not peter.has_signed(note)


def test_checkpoint_is_read_and_written_the_same(peter):
    read = read_checkpoint(peter.sign(CHECKPOINT))
    assert (read.origin, read.size, str(read)) == ("example.com/behind-the-sofa", 20_852_163, CHECKPOINT)


def test_lines_that_others_add_to_a_checkpoint_are_passed_over(peter):
    assert read_checkpoint(peter.sign(CHECKPOINT + "more\n")).size == 20_852_163


@pytest.mark.parametrize(
    "text",
    [
        "example.com/log\n5\n",
        "example.com/log\n05\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "example.com/log\n-5\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "example.com/log\nfive\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "example.com/log\n5\nCsUYapGGPo4d\n",
        "example.com/log\n5\n!!\n",
        "\n5\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
    ],
)
def test_other_texts_are_no_checkpoints(peter, text):
    with pytest.raises(NoteWrong):
        read_checkpoint(peter.sign(text))


def test_a_checkpoint_of_nothing_is_one(peter):
    assert read_checkpoint(peter.sign(str(CheckpointText("log", 0, bytes(32))))).size == 0
