"""The ways out: SMTP for mail, a signed HTTP request for short messages, and the demo's mailbox page.

Nothing here logs a receiver or a text.
"""

import hashlib
import hmac
import json
import smtplib
import ssl
import urllib.error
import urllib.request
from dataclasses import asdict, dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate
from urllib.parse import unquote, urlsplit

from portal.config import Settings

TIMEOUT_SECONDS = 15


class SendFailed(Exception):
    """A message did not go out; the text names the kind of fault and nobody."""


@dataclass(frozen=True)
class Letter:
    """A message ready to go."""

    channel: str
    receiver: str
    subject: str
    body: str
    key: str


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
        except (OSError, smtplib.SMTPException) as error:
            raise SendFailed(type(error).__name__) from error

    def _send_sms(self, letter: Letter) -> None:
        if self._settings.sms_url == "demo:":
            return
        if not self._settings.sms_url:
            raise SendFailed("no SMS gateway is set")
        post_signed(self._settings.sms_url, self._settings.sms_key.get_secret_value(), letter)


def send_by_smtp(url: str, sender: str, letter: Letter) -> None:
    """Hand a mail to an SMTP server, with STARTTLS where the server offers it."""
    parts = urlsplit(url)
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = sender, letter.receiver, letter.subject
    mail["Date"] = formatdate(localtime=False)
    mail["Message-ID"] = f"<{hashlib.sha256(letter.key.encode()).hexdigest()[:32]}@{sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(letter.body)
    context = ssl.create_default_context()
    host, port = parts.hostname or "127.0.0.1", parts.port or (465 if parts.scheme == "smtps" else 25)
    server = (
        smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_SECONDS, context=context)
        if parts.scheme == "smtps"
        else smtplib.SMTP(host, port, timeout=TIMEOUT_SECONDS)
    )
    with server:
        if parts.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls(context=context)
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.send_message(mail)


def signature(key: str, body: bytes) -> str:
    """Return the HMAC-SHA256 of a request body, as the gateway checks it."""
    return hmac.new(key.encode(), body, hashlib.sha256).hexdigest()


def post_signed(url: str, key: str, letter: Letter) -> None:
    """Post one short message as signed JSON; the gateway drops a repeated `id`.

    Raises SendFailed.
    """
    body = json.dumps(
        {"id": letter.key, "to": asdict(letter)["receiver"], "text": letter.body}, ensure_ascii=False
    ).encode()
    headers = {"Content-Type": "application/json", "X-Signature": signature(key, body)}
    request = urllib.request.Request(url, data=body, headers=headers, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:
            if answer.status >= 300:
                raise SendFailed(f"gateway answered {answer.status}")
    except (urllib.error.URLError, OSError, ValueError) as error:
        raise SendFailed(type(error).__name__) from error
