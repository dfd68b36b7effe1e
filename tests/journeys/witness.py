"""Remembers what one side got to see, and tells whether something of the other side was in it."""

import html
import re
import unicodedata
from dataclasses import dataclass, field
from urllib.parse import unquote

from tests.plumbing.visitor import Page, Visitor

_NOISE = re.compile(r"[\W_]+")


@dataclass
class Witness:
    """Everything that one side saw: pages, addresses, mails, short messages, log lines."""

    seen: list[tuple[str, str]] = field(default_factory=list)

    def see(self, where: str, text: str) -> None:
        """Remember a text and where it stood."""
        self.seen.append((where, text))

    def find(self, *secrets: str) -> list[str]:
        """Return where any of these words was seen, however it was spaced, escaped or quoted."""
        wanted = {plain(secret) for secret in secrets}
        return [where for where, text in self.seen if _holds(plain(text), wanted)]


def _holds(text: str, wanted: set[str]) -> bool:
    return any(secret in text for secret in wanted)


def plain(text: str) -> str:
    """Return a text in the one form it is searched in: letters and digits only, neither quoted, escaped nor wide."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", html.unescape(unquote(text)))).casefold()


class WatchedVisitor(Visitor):
    """A visitor whose every page, address, header and redirect is remembered."""

    def __init__(self, visitor: Visitor, witness: Witness) -> None:
        super().__init__(visitor.client)
        self.witness = witness

    def _arrive(self, response, status: int) -> Page:
        for answer in (*response.history, response):
            address = answer.request.full_path
            headers = "\n".join(f"{name}: {value}" for name, value in answer.headers)
            self.witness.see(address, f"{address}\n{headers}\n{answer.get_data(as_text=True)}")
        return super()._arrive(response, status)
