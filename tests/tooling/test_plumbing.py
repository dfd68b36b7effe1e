"""The suite's own tools: what a test leans on must hold."""

import smtplib
import socket
from datetime import timedelta

import pytest
from sqlalchemy import create_engine, inspect, text

from portal.db import Base
from tests.plumbing.sockets import OutsideWorldIsClosed


@pytest.mark.parametrize("turn", [1, 2])
def test_every_test_begins_with_an_empty_database(app_context, turn):
    engine = app_context.extensions["portal.database"].write_engine
    with engine.begin() as connection:
        assert connection.execute(text("SELECT count(*) FROM audit_entries")).scalar_one() == 0
        connection.execute(
            text("INSERT INTO audit_entries (at, action, subject_kind, subject_ref) VALUES (:at, 'a', 'b', 'c')"),
            {"at": app_context.extensions["portal.clock"].now().replace(tzinfo=None)},
        )
        assert connection.execute(text("SELECT id FROM audit_entries")).scalar_one() == 1


def test_the_database_has_every_table_of_the_models(settings):
    engine = create_engine(settings.database_url)
    assert set(Base.metadata.tables) <= set(inspect(engine).get_table_names())
    engine.dispose()


def test_test_databases_are_what_the_option_says(settings, database_kind):
    assert settings.database_url.startswith(database_kind)


@pytest.mark.parametrize(
    "reach",
    [
        lambda: socket.create_connection(("192.0.2.1", 80), timeout=1),
        lambda: socket.getaddrinfo("example.org", 443),
    ],
)
def test_the_outside_world_cannot_be_reached(reach):
    with pytest.raises(OutsideWorldIsClosed):
        reach()


def test_a_mail_arrives_in_the_mailbox(mailbox):
    host, port = mailbox.url.removeprefix("smtp://").split(":")
    with smtplib.SMTP(host, int(port)) as server:
        server.sendmail("a@example.org", ["b@example.org"], "Subject: 你好\n\nhello".encode())
    assert [mail.get_content().strip() for mail in mailbox.mails] == ["hello"]


def test_a_live_server_answers_and_follows_the_clock(live_server, clock):
    assert live_server.process.is_alive()
    clock.advance(timedelta(days=3))
    assert clock.path.read_text() == clock.now().isoformat()


@pytest.mark.browser
def test_a_window_shows_the_live_server_in_its_language(new_page):
    for language, shown in (("zh", "zh-Hans-CN"), ("en", "en")):
        page = new_page(width=360, language=language)
        page.goto("/")
        assert page.locator("html").get_attribute("lang") == shown
