"""Reads what the portal has told somebody, out of the outbox."""

import re

from flask import Flask
from sqlalchemy import select

from portal.db import session
from portal.outbox.models import Message


def letters(app: Flask, receiver: str | None = None) -> list[Message]:
    """Return the messages to somebody, or all of them, oldest first."""
    with app.app_context():
        found = session().scalars(select(Message).order_by(Message.id)).all()
        return [each for each in found if receiver in (None, each.receiver)]


def kinds(app: Flask, receiver: str | None = None) -> list[str]:
    """Return what those messages were about."""
    return [each.kind.removeprefix("pledges.") for each in letters(app, receiver)]


def link_in(message: Message) -> str:
    """Return the first link of a message as a path on the portal."""
    found = re.search(r"https?://[^/\s]+(/\S+)", message.body or "")
    assert found, message.body
    return found.group(1)


def code_in(message: Message) -> str:
    """Return the six digits of a short message."""
    found = re.search(r"\b\d{6}\b", message.body or "")
    assert found, message.body
    return found.group()
