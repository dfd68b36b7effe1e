"""The administrator sees how the outbox fares and nobody's mail; the demo's mailbox exists in a demo only."""

import ast
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from portal import create_app
from portal.accounts.rules import Role
from portal.admin.message_labels import KIND_LABELS
from portal.audit.models import AuditEntry
from portal.db import session
from portal.giving.commitment_rules import CommitmentNews
from portal.giving.monthly_rules import MonthlyNews
from portal.giving.rules import News as GiftNews
from portal.outbox.models import Message
from portal.outbox.senders import Senders, SendFailed
from portal.outbox.service import RETRY_MINUTES, Address, enqueue, send_due
from portal.pledges.rules import News
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
    assert "给认领人：认领已确认" in page
    assert "lin@example.org" not in page.html
    assert "谢谢" not in page.html


def test_messages_given_up_are_tried_again_and_that_is_audited(app, administrator):
    administrator.open("/admin/messages")
    administrator.submit({"pick": [1]}, button="再试一次")
    assert states(app) == ["waiting", "dead"]
    administrator.submit(button="没能发出的全部再试")
    assert states(app) == ["waiting", "waiting"]
    with app.app_context():
        entries = (
            session()
            .scalars(select(AuditEntry).where(AuditEntry.action == "retry_message").order_by(AuditEntry.id))
            .all()
        )
    assert [entry.subject_ref for entry in entries] == ["1", "2"]
    assert all("lin" not in f"{entry.before}{entry.after}" for entry in entries)


def test_trying_again_what_was_tried_already_changes_nothing(app, administrator):
    administrator.open("/admin/messages")
    form = administrator.page.form(None, {"pick"}, "再试一次")
    for _press in range(2):
        administrator.client.post(form.action, data=form.values() | {"pick": ["1", "9", "x"]})
    assert "没有能再试的消息" in administrator.open("/admin/messages")
    assert states(app) == ["waiting", "dead"]


def test_messages_are_found_by_state_channel_and_kind_and_exported_without_receivers(app, administrator):
    with app.app_context():
        enqueue(Address("sms", "13900000000"), "family_goods_here", subject="", body="取货码", dedupe_key="three")
    assert "给家庭：物品到了 等着发" not in administrator.open("/admin/messages")
    page = administrator.open("/admin/messages?state=waiting&channel=sms&kind=family_goods_here")
    assert "给家庭：物品到了 等着发 短信" in page
    text = administrator.client.get("/admin/messages/export.csv?state=all").get_data().decode("utf-8-sig")
    assert len(text.splitlines()) == 4
    assert "取货码" not in text
    assert "13900000000" not in text
    administrator.open("/admin/messages?state=x&channel=x&kind=x&older=x")


def written_kinds():
    """Return the kinds of messages that the code writes out."""
    kinds = set()
    for path in (Path(__file__).parents[2] / "portal").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in {"enqueue", "_post", "_tell"}:
                kinds |= {part.value for part in node.args[1:2] if isinstance(part, ast.Constant)}
    return kinds


def test_every_kind_of_message_has_a_name(app_context):
    of_gifts = (*GiftNews, *MonthlyNews, *CommitmentNews)
    kinds = {f"pledges.{news}" for news in News} | {f"giving.{news}" for news in of_gifts}
    written = {kind for kind in written_kinds() if isinstance(kind, str)}
    assert {"welcome", "overdue", "family_goods_here"} <= written
    assert {kind for kind in kinds | written if kind not in KIND_LABELS} == set()
    assert set(KIND_LABELS) <= kinds | written


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
