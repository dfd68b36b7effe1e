"""The form for one wish keeps itself as a sealed draft while a helper types, and says so when it cannot."""

import re

import pytest
from sqlalchemy import func, select

from portal.db import session
from portal.intake.models import FilingDraft
from portal.wishes.models import Wish

pytestmark = [pytest.mark.browser, pytest.mark.only_on("sqlite")]

DRAFT = re.compile(r"/admin/filing/[0-9A-Za-z]+$")


@pytest.fixture
def form(app, new_page, live_server, reporter):
    """Return a phone on which the reporter has opened the form."""
    page = new_page(width=360)
    name = app.config["SESSION_COOKIE_NAME"]
    cookie = reporter.client.get_cookie(name)
    page.context.add_cookies([{"name": name, "value": cookie.value, "url": live_server.url}])
    page.goto("/admin/filing")
    return page


def type_and_go_on(page, **words):
    for name, text in words.items():
        page.fill(f"[name={name}]", text)
        page.press(f"[name={name}]", "Tab")


def count(app, table):
    with app.app_context():
        return session().scalar(select(func.count(table.id)))


def test_what_is_typed_is_there_again_after_the_page_was_lost(app, form):
    type_and_go_on(form, name="江明远", item="双肩书包")
    form.get_by_text("草稿自动存好了").wait_for()
    type_and_go_on(form, size="蓝色")
    form.wait_for_function("() => document.querySelector('[data-autosave]').textContent")
    assert DRAFT.search(form.url)
    assert form.evaluate("localStorage.length + sessionStorage.length") == 0
    form.click("button[value=check]")
    form.wait_for_load_state()
    assert form.input_value("[name=size]") == "蓝色", "the button sends the newest state"
    form.goto(DRAFT.search(form.url).group())
    assert [form.input_value(f"[name={name}]") for name in ("name", "item", "size")] == ["江明远", "双肩书包", "蓝色"]
    assert (count(app, FilingDraft), count(app, Wish)) == (1, 0)


def test_a_helper_without_a_signal_is_told_and_keeps_what_was_typed(app, form):
    form.route("**/admin/filing", lambda route: route.abort())
    type_and_go_on(form, name="江明远")
    form.get_by_text("没有存上").wait_for()
    assert form.input_value("[name=name]") == "江明远"
    assert count(app, FilingDraft) == 0
    form.unroute("**/admin/filing")
    type_and_go_on(form, item="双肩书包")
    form.get_by_text("草稿自动存好了").wait_for()
    assert count(app, FilingDraft) == 1


def test_the_button_keeps_one_draft_and_the_page_that_is_left_no_second(app, form):
    form.fill("[name=name]", "江明远")
    form.click("button[value=check]")
    form.get_by_text("您填的内容都还在").wait_for()
    form.fill("[name=item]", "双肩书包")
    form.click("button[value=draft]")
    form.wait_for_url(DRAFT)
    form.goto("/admin/filing")
    assert count(app, FilingDraft) == 1
