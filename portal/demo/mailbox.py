"""Reads the demo's messages for its mailbox page: plain texts in which only links to this portal can be followed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from flask import current_app, request

from portal.outbox.queries import ShownMessage, list_shown
from portal.web import safe_next

_LINK = re.compile(r"https?://[^\s<>\"']+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a message's text; `address` is a path on this portal where it is a link."""

    text: str
    address: str | None = None


@dataclass(frozen=True, slots=True)
class OpenMessage:
    """One message as the mailbox page shows it."""

    id: int
    channel: str
    receiver: str
    subject: str
    pieces: tuple[Piece, ...]
    at: datetime
    is_sent: bool


def list_open_messages() -> list[OpenMessage]:
    """Return the newest messages of a demo, newest first."""
    return [_open(message) for message in list_shown()]


def _open(message: ShownMessage) -> OpenMessage:
    return OpenMessage(
        id=message.id,
        channel=message.channel,
        receiver=message.receiver,
        subject=message.subject,
        pieces=tuple(_pieces(message.body)),
        at=message.sent_at or message.created_at,
        is_sent=message.sent_at is not None,
    )


def _pieces(text: str) -> Iterator[Piece]:
    end = 0
    for found in _LINK.finditer(text):
        yield Piece(text[end : found.start()])
        yield Piece(found.group(), _path_here(found.group()))
        end = found.end()
    yield Piece(text[end:])


def _path_here(link: str) -> str | None:
    """Return the path of a link to this portal, by its public address or the one it is read at; None for others."""
    parts = urlsplit(link)
    here = {urlsplit(current_app.config["PORTAL"].base_url).netloc, request.host}
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    return path if parts.netloc in here and safe_next(path, "") == path else None
