"""The command that takes personal data out of texts: reads standard input, writes JSON lines."""

import json
import sys
from collections.abc import Iterator

import click

from portal.redaction.detect import detect
from portal.redaction.marks import Mark, MarkKind


@click.command()
def redact() -> None:
    """Mark personal data in texts from standard input and print them as JSON lines without it.

    Each line is a text, or an object with the text under "text". Each answer
    has "text", "redacted" and "spans", whose "start" and "end" count
    characters (code points) of the text. No settings and no database needed.
    """
    for text in _texts():
        marks = [mark for mark in detect(text) if mark.kind is not MarkKind.AGE]
        spans = [{"start": mark.start, "end": mark.end, "type": mark.kind.upper()} for mark in marks]
        answer = {"text": text, "redacted": _without(text, marks), "spans": spans}
        click.echo(json.dumps(answer, ensure_ascii=False))


COMMANDS = (redact,)


def _texts() -> Iterator[str]:
    """Yield the texts of standard input. Raises UsageError for bytes that are no UTF-8."""
    try:
        for line in sys.stdin.buffer:
            yield _text_of(line.decode("utf-8-sig").rstrip("\r\n"))
    except UnicodeDecodeError as error:
        raise click.UsageError("Standard input is not UTF-8.") from error


def _text_of(line: str) -> str:
    """Return the text of a line: the value of "text" in an object, else the line as it stands."""
    try:
        value = json.loads(line)
    except ValueError:
        return line
    if isinstance(value, dict) and isinstance(value.get("text"), str):
        return str(value["text"])
    return value if isinstance(value, str) else line


def _without(text: str, marks: list[Mark]) -> str:
    pieces, at = [], 0
    for mark in marks:
        pieces += [text[at : mark.start], f"[{mark.kind.upper()}]"]
        at = mark.end
    return "".join([*pieces, text[at:]])
