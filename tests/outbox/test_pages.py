"""The administrator sees how the outbox fares and nobody's mail; the demo's mailbox exists in a demo only."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal import create_app
from portal.accounts.rules import Role
from portal.audit.models import AuditEntry
from portal.db import session
from portal.outbox.models import Message
from portal.outbox.senders import Senders, SendFailed
from portal.outbox.service import RETRY_MINUTES, Address, enqueue, send_due
from tests import cast
from tests.plumbing.sessions import sign_in
from tests.plumbing.visitor import Visitor


class Down(Senders):
    """A way out that is closed."""

    def send(self, letter):
        """Refuse one letter."""
        raise SendFailed("SMTPServerDisconnected")


def give_up(app: Flask, clock, *keys: str) -> None:
    with app.app_context():
        for key in keys:
            enqueue(Address("mail", "lin@example.org"), "pledges.pledged", subject="你好", body="谢谢", dedupe_key=key)
        for minutes in (0, *RETRY_MINUTES):
            clock.advance(timedelta(minutes=minutes))
            send_due(Down(app.config["PORTAL"]))


def states(app):
    with app.app_context():
        return list(session().scalars(select(Message.state).order_by(Message.id)))


@pytest.fixture
def administrator(app, clock, visitor):
    """Return an administrator at their desk, where two messages were given up."""
    give_up(app, clock, "one", "two")
    with app.app_context():
        person = cast.person(Role.ADMINISTRATOR)
    return sign_in(visitor, person)


def test_the_administrator_sees_troubles_and_no_receiver(app, administrator):
    page = administrator.open("/admin/messages")
    assert "SMTPServerDisconnected" in page
    assert "pledges.pledged" in page
    assert "lin@example.org" not in page.html
    assert "谢谢" not in page.html


def test_a_message_given_up_is_tried_again_and_that_is_audited(app, administrator):
    administrator.open("/admin/messages")
    administrator.submit(form="/1/retry")
    assert states(app) == ["waiting", "dead"]
    administrator.submit(form="messages/retry")
    assert states(app) == ["waiting", "waiting"]
    with app.app_context():
        entries = session().scalars(select(AuditEntry).where(AuditEntry.action == "retry_message")).all()
    assert [entry.subject_ref for entry in entries] == ["1", "2"]
    assert all("lin" not in f"{entry.before}{entry.after}" for entry in entries)


def test_trying_again_twice_is_refused_kindly(app, administrator):
    administrator.open("/admin/messages")
    form = administrator.page.form("/1/retry", set(), None)
    answers = [administrator.client.post(form.action, data=form.values()).status_code for _press in range(2)]
    assert answers == [303, 409]


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.CENTRE_CLERK, Role.SUPERVISOR, Role.FINANCE, Role.NEED_REPORTER])
def test_no_other_role_opens_the_page(app, visitor, role):
    with app.app_context():
        person = cast.person(role, at=cast.centre())
    sign_in(visitor, person).open("/admin/messages", status=403)


@pytest.fixture
def demo(settings, clock):
    """Return a visitor of a demo."""
    app = create_app(settings.model_copy(update={"environment": "demo"}), clock=clock)
    app.config.update(TESTING=True, RAISE_FAULTS=True)
    yield Visitor(app.test_client())
    app.extensions["portal.database"].dispose()


def put(app, body, key="key", channel="mail"):
    with app.app_context():
        enqueue(Address(channel, "lin@example.org"), "test", subject="你好", body=body, dedupe_key=key)


def test_the_demos_mailbox_shows_the_newest_first_with_links_to_follow(app, settings, demo):
    put(app, "第一封", "one")
    put(app, f"请打开 {settings.base_url}/pledges/find 谢谢", "two")
    page = demo.open("/demo/messages")
    assert page.text.index("/pledges/find") < page.text.index("第一封")
    assert "找回认领页面" in demo.follow(f"{settings.base_url}/pledges/find")


def test_only_links_to_this_portal_are_links(app, settings, demo):
    others = "https://evil.example/x javascript:alert(1) http://127.0.0.1:1/x <a href='/x'>x</a>"
    put(app, f"{others} {settings.base_url}//evil.example/x {settings.base_url}.evil.example/x")
    page = demo.open("/demo/messages")
    assert not [link.address for link in page.links if "evil" in link.address or link.address.endswith("/x")]
    assert "&lt;a href=" in page.html


def test_the_guide_names_people_who_can_sign_in(demo):
    page = demo.open("/demo")
    assert "administrator@demo.example" in page
    assert "动态口令" in page


@pytest.mark.parametrize("environment", ["production", "test"])
@pytest.mark.parametrize("address", ["/demo", "/demo/messages"])
def test_outside_a_demo_its_pages_do_not_exist(settings, clock, environment, address):
    real = {"environment": environment, "mail_url": "smtp://127.0.0.1:25", "sms_url": ""}
    app = create_app(settings.model_copy(update=real), clock=clock)
    answer = app.test_client().get(address)
    app.extensions["portal.database"].dispose()
    assert answer.status_code == 404
    assert "demo.example" not in answer.text
