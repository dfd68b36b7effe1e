"""Streams one XML part of a workbook to a listener, in constant memory; refuses declarations and foreign encodings."""

from collections.abc import Mapping
from typing import IO, Any, NoReturn, Protocol
from xml.parsers.expat import ExpatError, ParserCreate

from portal.spreadsheets.refusals import Refusal, SheetRefused

_PIECE_BYTES = 65_536


class Enough(Exception):
    """A listener has heard all it needs."""


class Listener(Protocol):
    """Hears the elements of a part by their local names, in whatever namespace or prefix a program writes them."""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Hear that an element begins."""

    def end(self, name: str) -> None:
        """Hear that an element ends."""

    def text(self, text: str) -> None:
        """Hear text between tags."""


def stream(part: IO[bytes], listener: Listener) -> None:
    """Read a part to its end, or until the listener raises Enough.

    Raises SheetRefused.
    """
    parser = ParserCreate("UTF-8")
    parser.buffer_text = True
    local = _LocalNames()
    parser.StartElementHandler = lambda name, attributes: listener.start(local[name], attributes)
    parser.EndElementHandler = lambda name: listener.end(local[name])
    parser.CharacterDataHandler = listener.text
    parser.StartDoctypeDeclHandler = _refuse_declaration
    try:
        while piece := part.read(_PIECE_BYTES):
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except Enough:
        return
    except ExpatError:
        raise SheetRefused(Refusal.DAMAGED) from None


def _refuse_declaration(*_: Any) -> NoReturn:
    raise SheetRefused(Refusal.UNSAFE_XML)


class _LocalNames(dict[str, str]):
    """Names without their prefix, each worked out once."""

    def __missing__(self, name: str) -> str:
        local = name.rpartition(":")[2]
        if len(self) < 1_000:
            self[name] = local
        return local
