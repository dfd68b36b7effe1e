"""Mail goes out over real SMTP: readable, one line of subject, the same Message-ID each time, TLS where offered."""

import ssl
from datetime import timedelta

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from flask import Flask

from portal.clock import SystemClock
from portal.outbox.senders import Letter, Senders, SendFailed, compose, send_by_smtp
from portal.outbox.service import Address, enqueue, send_due
from tests.plumbing.mailbox import Mailbox
from tests.plumbing.processes import find_free_port

SENDER = "noreply@yitongxing.example"
LETTER = Letter("mail", "lin@example.org", "认领已确认", "您好：\n\n谢谢。\n", "key-1")


def put(app: Flask, key: str = "key", **changed: str) -> None:
    values = {"subject": "认领已确认", "body": "您好：\n\n谢谢。\n"} | changed
    with app.app_context():
        receiver = values.pop("receiver", "lin@example.org")
        enqueue(Address("mail", receiver), "test", dedupe_key=key, **values)


def send(app: Flask) -> int:
    with app.app_context():
        return send_due(app.extensions["portal.senders"])


def test_a_mail_arrives_as_it_was_written(mailbox, app):
    put(app)
    assert send(app) == 1
    [mail] = mailbox.mails
    assert (mail["To"], mail["From"], mail["Subject"]) == ("lin@example.org", SENDER, "认领已确认")
    assert mail.get_content().splitlines() == ["您好：", "", "谢谢。"]
    assert mail["Auto-Submitted"] == "auto-generated"
    assert send(app) == 0


def test_a_mail_tried_again_has_the_same_message_id(mailbox, app, clock):
    put(app)
    mailbox.refuses = "451 4.3.0 later"
    assert send(app) == 0
    mailbox.refuses = None
    clock.advance(timedelta(minutes=1))
    assert send(app) == 1
    assert mailbox.mails[0]["Message-ID"] == compose(SENDER, Letter("mail", "", "", "", "key"))["Message-ID"]


@pytest.mark.parametrize("break_", ["\n", "\r\n", "\r", "\x0b", "\u2028", "\n "])
def test_a_subject_stays_one_line(mailbox, app, break_):
    put(app, subject=f"认领{break_}Bcc: all@example.org")
    assert send(app) == 1
    [mail] = mailbox.mails
    assert mail["Bcc"] is None
    assert mail["Subject"] == "认领 Bcc: all@example.org"


@pytest.mark.parametrize("receiver", ["lin@example.org\nBcc: all@example.org", ""])
def test_a_receiver_no_mail_can_have_does_not_stop_the_others(mailbox, app, receiver):
    put(app, "bad", receiver=receiver)
    put(app, "good")
    assert send(app) == 1
    assert [mail["To"] for mail in mailbox.mails] == ["lin@example.org"]


@pytest.fixture
def certificate(tmp_path):
    """Return a certificate for 127.0.0.1, with its key in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    at = SystemClock().now()
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "localhost.pem"
    pem = serialization.Encoding.PEM
    plain = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(plain + built.public_bytes(pem))
    return path


class TlsServer(Controller):
    """An SMTP server that takes mail only after STARTTLS."""

    def factory(self):
        """Return the server for one connection."""
        return SMTP(self.handler, hostname="localhost", tls_context=self.tls_context, require_starttls=True)


@pytest.fixture
def tls_mailbox(certificate):
    """Return a mailbox whose server takes mail only after STARTTLS."""
    mailbox, port = Mailbox(), find_free_port()
    server = TlsServer(mailbox, hostname="127.0.0.1", port=port)
    server.tls_context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.tls_context.load_cert_chain(certificate)
    server.start()
    mailbox.url = f"smtp://localhost:{port}"
    yield mailbox
    server.stop()


def test_tls_is_used_where_the_server_offers_it(tls_mailbox, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    send_by_smtp(tls_mailbox.url, SENDER, LETTER)
    assert tls_mailbox.mails[0]["Subject"] == "认领已确认"


def test_a_server_with_an_unknown_certificate_gets_nothing(tls_mailbox, settings):
    settings = settings.model_copy(update={"mail_url": tls_mailbox.url})
    with pytest.raises(SendFailed, match=r"^SSLCertVerificationError$"):
        Senders(settings).send(LETTER)
    assert tls_mailbox.mails == []


def test_a_failure_is_named_without_naming_anybody(mailbox, app, settings):
    mailbox.refuses = "554 5.7.1 lin@example.org is not welcome"
    with pytest.raises(SendFailed) as failure:
        Senders(settings).send(LETTER)
    assert str(failure.value) == "SMTPDataError 554"
