"""A real SMTP server on loopback that keeps what it is sent."""

import email
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import default

from aiosmtpd.controller import Controller

from tests.plumbing.processes import find_free_port


class Mailbox:
    """Every mail sent to the server, oldest first. Set `refuses` to an SMTP answer to have mails refused."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.refuses: str | None = None
        self.url = ""

    async def handle_DATA(self, server: object, session: object, envelope: object) -> str:  # noqa: N802
        """Take one mail; the name is the one the SMTP server calls."""
        if self.refuses:
            return self.refuses
        message = email.message_from_bytes(envelope.content, policy=default)  # type: ignore[attr-defined]
        assert isinstance(message, EmailMessage)
        self.mails.append(message)
        return "250 OK"


@contextmanager
def run_mailbox() -> Iterator[Mailbox]:
    """Yield a mailbox with its server running at `mailbox.url`."""
    mailbox = Mailbox()
    port = find_free_port()
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    mailbox.url = f"smtp://127.0.0.1:{port}"
    try:
        yield mailbox
    finally:
        controller.stop()
