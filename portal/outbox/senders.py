"""The ways out: SMTP for mail, a signed HTTP request for short messages, and the demo's mailbox page.

Nothing here logs a receiver or a text. A message whose sending broke off may
be sent again: a mail then carries the same Message-ID, so that mail programs
fold the two, and a short message the same `id`, which the gateway drops.
"""

import hashlib
import hmac
import json
import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import SplitResult, unquote, urlsplit

from portal.config import Settings

TIMEOUT_SECONDS = 15


class SendFailed(Exception):
    """A message did not go out; the text names the kind of fault and nobody."""


@dataclass(frozen=True)
class Letter:
    """A message ready to go; `key` is the same each time it is tried."""

    channel: str
    receiver: str
    subject: str
    body: str
    key: str

    @property
    def name(self) -> str:
        """What the outside knows the message by; it says nothing about what it is for."""
        return hashlib.sha256(self.key.encode()).hexdigest()[:32]


class Senders:
    """The ways out that the settings open."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def send(self, letter: Letter) -> None:
        """Send one message by its channel.

        Raises SendFailed.
        """
        if letter.channel == "mail":
            self._send_mail(letter)
        else:
            self._send_sms(letter)

    def _send_mail(self, letter: Letter) -> None:
        if self._settings.mail_url == "demo:":
            return
        try:
            send_by_smtp(self._settings.mail_url, self._settings.mail_from, letter)
        except smtplib.SMTPResponseException as error:
            raise SendFailed(f"{type(error).__name__} {error.smtp_code}") from error
        except (OSError, smtplib.SMTPException, ValueError) as error:
            # ValueError is a receiver or text that no mail can carry; it must not stop the mails behind it.
            raise SendFailed(type(error).__name__) from error

    def _send_sms(self, letter: Letter) -> None:
        if self._settings.sms_url == "demo:":
            return
        if not self._settings.sms_url:
            raise SendFailed("no SMS gateway is set")
        post_signed(self._settings.sms_url, self._settings.sms_key.get_secret_value(), letter)


def send_by_smtp(url: str, sender: str, letter: Letter) -> None:
    """Hand a mail to an SMTP server, with STARTTLS where the server offers it.

    Raises OSError, smtplib.SMTPException, ValueError.
    """
    parts = urlsplit(url)
    context = ssl.create_default_context()
    host, port = parts.hostname or "127.0.0.1", parts.port or (465 if parts.scheme == "smtps" else 25)
    server = (
        smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_SECONDS, context=context)
        if parts.scheme == "smtps"
        else smtplib.SMTP(host, port, timeout=TIMEOUT_SECONDS)
    )
    with server:
        server.ehlo_or_helo_if_needed()
        if parts.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls(context=context)
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.send_message(compose(sender, letter))


def compose(sender: str, letter: Letter) -> EmailMessage:
    """Return the mail of a letter; a subject stays one line, whatever it was made of."""
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = sender, letter.receiver, " ".join(letter.subject.split())
    mail["Date"] = formatdate(localtime=False)
    mail["Message-ID"] = f"<{letter.name}@{sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(letter.body)
    return mail


def signature(key: str, body: bytes) -> str:
    """Return the HMAC-SHA256 of a request body, as the gateway checks it."""
    return hmac.new(key.encode(), body, hashlib.sha256).hexdigest()


def post_signed(url: str, key: str, letter: Letter) -> None:
    """Post one short message as signed JSON; the gateway drops a repeated `id`.

    Only an answer of the 200s counts: a redirect would lose the message.

    Raises SendFailed.
    """
    text = json.dumps({"id": letter.name, "to": letter.receiver, "text": letter.body}, ensure_ascii=False)
    body = text.encode(errors="replace")
    headers = {"Content-Type": "application/json; charset=utf-8", "X-Signature": signature(key, body)}
    parts = urlsplit(url)
    connection = _connect(parts)
    try:
        connection.request("POST", (parts.path or "/") + (f"?{parts.query}" if parts.query else ""), body, headers)
        status = connection.getresponse().status
    except (OSError, HTTPException) as error:
        raise SendFailed(type(error).__name__) from error
    finally:
        connection.close()
    if not 200 <= status < 300:
        raise SendFailed(f"gateway answered {status}")


def _connect(parts: SplitResult) -> HTTPConnection:
    if parts.scheme == "https":
        context = ssl.create_default_context()
        return HTTPSConnection(parts.hostname or "", parts.port, timeout=TIMEOUT_SECONDS, context=context)
    return HTTPConnection(parts.hostname or "", parts.port, timeout=TIMEOUT_SECONDS)
