"""Remembers what one side got to see, and tells whether something of the other side was in it."""

import html
import re
from dataclasses import dataclass, field
from urllib.parse import unquote

from tests.plumbing.visitor import Page, Visitor

_NOISE = re.compile(r"[\s\-·.,，。、]+")


@dataclass
class Witness:
    """Everything that one side saw: pages, addresses, mails, short messages, log lines."""

    seen: list[tuple[str, str]] = field(default_factory=list)

    def see(self, where: str, text: str) -> None:
        """Remember a text and where it stood."""
        self.seen.append((where, text))

    def find(self, *secrets: str) -> list[str]:
        """Return where any of these words was seen, however it was spaced, escaped or quoted."""
        wanted = [_plain(secret) for secret in secrets]
        return [where for where, text in self.seen if any(secret in _plain(text) for secret in wanted)]


def _plain(text: str) -> str:
    return _NOISE.sub("", html.unescape(unquote(text))).casefold()


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
