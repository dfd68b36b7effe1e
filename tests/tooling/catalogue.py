"""Collects the texts of the code and keeps the English catalogue in step with them; translates nothing.

`make translations` runs it. The catalogue holds no dates, line numbers or dead entries, so that its changes read well.
Files of JSON, {"Chinese text": "English text" or ["one", "other"]}, may bring the English of new texts.
"""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.frontend import CommandLineInterface
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent.parent
ENGLISH = ROOT / "translations" / "en" / "LC_MESSAGES" / "messages.po"
HEADER = rb"""# English of every text in the code; `make translations` keeps it in step.
msgid ""
msgstr ""
"Language: en\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"

"""


def extract_catalogue() -> Catalog:
    """Return every text of portal/ and templates/, as pyproject.toml maps them."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "messages.pot"
        words = ["extract", "--mapping-file", str(ROOT / "pyproject.toml"), "--output-file", str(path), str(ROOT)]
        CommandLineInterface().run(["pybabel", "--quiet", *words])
        return _read(path)


def english_catalogue() -> Catalog:
    """Return the English catalogue as it stands."""
    return _read(ENGLISH)


def update_catalogue(new_words: dict[str, Any]) -> list[str]:
    """Bring new texts into the English catalogue, with new words where it has none, and drop texts no longer used.

    Return the texts that still lack their English.
    """
    known = {message.id: message for message in english_catalogue() if message.id}
    catalogue = Catalog(locale="en")
    for text in extract_catalogue():
        if text.id:
            english = known.get(text.id)
            words = english.string if english and is_translated(english) else _new_string(text, new_words)
            catalogue.add(text.id, words, flags=text.flags, context=text.context)
    with ENGLISH.open("wb") as file:
        file.write(HEADER)
        write_po(file, catalogue, width=0, no_location=True, omit_header=True, sort_output=True)
    return [str(message.id) for message in catalogue if message.id and not is_translated(message)]


def is_translated(message: Message) -> bool:
    """Tell whether a message has English text, in every plural form it needs."""
    texts = message.string if isinstance(message.string, list | tuple) else [message.string]
    return bool(texts) and all(texts) and not message.fuzzy


def _new_string(text: Message, new_words: dict[str, Any]) -> str | tuple[str, ...]:
    if isinstance(text.id, list | tuple):
        words = new_words.get(text.id[0], ["", ""])
        return tuple(words) if isinstance(words, list) else (words, words)
    words = new_words.get(text.id, "")
    return str(words)


def _read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale="en", abort_invalid=True)


def main(word_files: list[str]) -> None:
    """Update the catalogue and tell which texts lack their English."""
    new_words: dict[str, Any] = {}
    for path in word_files:
        new_words |= json.loads(Path(path).read_text())
    lacking = update_catalogue(new_words)
    sys.stdout.write("".join(f"{text}\n" for text in lacking))
    sys.stdout.write(f"{len(lacking)} texts lack their English.\n")


if __name__ == "__main__":
    main(sys.argv[1:])
