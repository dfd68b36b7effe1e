"""Nearly six hundred texts as people write them: what is personal is found to the character, the rest is left alone.

The people, numbers and places are invented. In the samples {KIND|…} surrounds
what must be found. Those of many writers and the second look were written
before anybody looked at the rules.
"""

import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from portal.redaction.detect import detect
from portal.redaction.marks import MarkKind

SAMPLES = ("personal_data", "personal_data_many_writers", "personal_data_second_look")
FOLDER = Path(__file__).parent.parent / "samples"
DIRECT = {"PERSON", "PHONE", "ID_CARD", "BANK_CARD", "ADDRESS", "WECHAT", "QQ", "EMAIL", "PLATE"}
_SURROUNDED = re.compile(r"\{([A-Z_]+)\|(.*?)\}")


def read_case(line):
    """Return a line's text and the spans that must be found in it, as (start, end, kind)."""
    text, spans, at = "", [], 0
    for match in _SURROUNDED.finditer(line):
        text += line[at : match.start()]
        spans.append((len(text), len(text) + len(match.group(2)), match.group(1)))
        text += match.group(2)
        at = match.end()
    return text + line[at:], spans


def read_sample(name):
    """Return the cases of one sample."""
    return [read_case(line) for line in (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines()]


def found(text):
    return [(mark.start, mark.end, mark.kind.upper()) for mark in detect(text) if mark.kind is not MarkKind.AGE]


@pytest.mark.parametrize("sample", SAMPLES)
def test_what_is_personal_is_found_to_the_character(sample):
    wanted, missed = Counter(), []
    for text, spans in read_sample(sample):
        marks = found(text)
        wanted.update("direct" if kind in DIRECT else "other" for _start, _end, kind in spans)
        missed += [(text[start:end], kind) for start, end, kind in spans if (start, end, kind) not in marks]
    assert wanted["direct"] > 50
    assert wanted["other"] > 20
    assert len([kind for _piece, kind in missed if kind in DIRECT]) <= wanted["direct"] * 0.005, missed
    assert len([kind for _piece, kind in missed if kind not in DIRECT]) <= wanted["other"] * 0.05, missed


@pytest.mark.parametrize("sample", SAMPLES)
def test_ordinary_words_prices_brands_and_authors_are_left_alone(sample):
    extra, right = [], 0
    for text, spans in read_sample(sample):
        for start, end, kind in found(text):
            if any(start < stop and end > begin and kind == wanted for begin, stop, wanted in spans):
                right += 1
            else:
                extra.append((text[start:end], kind, text))
    assert right / (right + len(extra)) >= 0.98, extra


@pytest.mark.parametrize("disguise", ["plain", "wide", "spaced", "invisible", "spelt", "letters"])
def test_no_disguise_hides_a_number(disguise):
    number = "13900001234"
    hidden = {
        "plain": number,
        "wide": number.translate({ord("0") + digit: ord("０") + digit for digit in range(10)}),
        "spaced": " ".join(number),
        "invisible": "\u200b".join(number),
        "spelt": number.translate(str.maketrans("0123456789", "零幺二三四五六七八九")),
        "letters": number.replace("0", "o").replace("1", "l"),
    }[disguise]
    text = f"有事找{hidden}就行"
    assert found(text) == [(3, 3 + len(hidden), "PHONE")]


def redact(sent):
    """Run the command as an operator does, without settings or database."""
    answer = subprocess.run(
        [Path(sys.executable).with_name("portal"), "redact"], input=sent, capture_output=True, timeout=60, check=False
    )
    return answer.returncode, answer.stdout.decode(), answer.stderr.decode()


def test_the_command_reads_texts_and_json_lines_and_prints_json_lines():
    sent = '请打13900001234\n{"text": "王奶奶\\n家的灯坏了", "id": 7}\n\n"😀王奶奶"\n'
    status, out, _err = redact(sent.encode())
    lines = [json.loads(line) for line in out.splitlines()]
    assert status == 0
    assert lines == [
        {"text": "请打13900001234", "redacted": "请打[PHONE]", "spans": [{"start": 2, "end": 13, "type": "PHONE"}]},
        {
            "text": "王奶奶\n家的灯坏了",
            "redacted": "[PERSON]\n家的灯坏了",
            "spans": [{"start": 0, "end": 3, "type": "PERSON"}],
        },
        {"text": "", "redacted": "", "spans": []},
        {"text": "😀王奶奶", "redacted": "😀[PERSON]", "spans": [{"start": 1, "end": 4, "type": "PERSON"}]},
    ]


def test_the_command_says_kindly_what_it_cannot_read():
    status, out, err = redact("王".encode("gb18030"))
    assert (status, out) == (2, "")
    assert "UTF-8" in err
    assert "Traceback" not in err
