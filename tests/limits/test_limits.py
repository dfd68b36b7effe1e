"""Limits and deadlines: their bounds, who sets them, and the page."""

import re
from dataclasses import fields

import pytest
from sqlalchemy import select

from portal.accounts.rules import NotAllowed, Role
from portal.audit.models import AuditEntry
from portal.db import session
from portal.limits.rules import NAMES, TOPIC_LABELS, LimitOutOfBounds, Limits, check_limit
from portal.limits.service import get_limits, set_limit
from tests import cast
from tests.plumbing.sessions import sign_in


@pytest.mark.parametrize("item", fields(Limits), ids=NAMES)
def test_default_lies_within_bounds_and_bounds_are_held(item):
    low, high = item.metadata["low"], item.metadata["high"]
    assert check_limit(item.name, item.default) == item.default
    assert (check_limit(item.name, low), check_limit(item.name, high)) == (low, high)
    for beyond in (low - 1, high + 1):
        with pytest.raises(LimitOutOfBounds):
            check_limit(item.name, beyond)


def test_price_and_number_of_wishes_follow_practice():
    limits = Limits()
    assert (limits.wish_price_minor, limits.open_wishes_per_household) == (50_000, 1)
    assert (limits.contact_days, limits.deliver_working_days) == (7, 10)
    assert (limits.lapses_to_block, limits.block_days, limits.rescue_days) == (2, 90, 30)


def test_changed_limit_is_in_force_at_once_and_audited(app_context):
    set_limit(cast.administrator(), "contact_days", 9)
    assert get_limits().contact_days == 9
    act = session().scalars(select(AuditEntry)).one()
    assert (act.subject_ref, act.before, act.after) == ("contact_days", {"value": 7}, {"value": 9})


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_only_administrators_set_limits(app_context, role):
    with pytest.raises(NotAllowed):
        set_limit(cast.actor(role), "contact_days", 9)


def test_unknown_limit_is_refused(app_context):
    with pytest.raises(KeyError):
        set_limit(cast.administrator(), "nonsense", 9)


@pytest.fixture
def desk(app, visitor):
    """Return an administrator at the page of limits."""
    with app.app_context():
        administrator = cast.person(Role.ADMINISTRATOR)
    sign_in(visitor, administrator).open("/admin/limits")
    return visitor


def test_page_shows_every_limit_by_topic_with_bounds_default_and_unit(desk):
    for item in fields(Limits):
        assert f'id="{item.name}"' in desk.page.html
        assert f'for="{item.name}"' in desk.page.html
    assert re.findall(r"<legend.*?><h2>(.+?)</h2>", desk.page.html) == list(map(str, TOPIC_LABELS.values()))
    assert "1 到 100000 元，默认 500" in desk.page
    assert "1 到 60 天，默认 7" in desk.page


def test_administrator_changes_some_limits_at_once(app, desk):
    page = desk.submit({"wish_price_minor": "６00.50", "contact_days": " 9 "})
    assert "已改 2 项" in page
    assert 'value="600.50"' in page.html
    with app.app_context():
        assert (get_limits().wish_price_minor, get_limits().contact_days) == (60_050, 9)
        assert len(session().scalars(select(AuditEntry)).all()) == 2
    assert "没有改动" in desk.submit({"contact_days": "9"})


@pytest.mark.parametrize("typed", ["", "abc", "7.5", "0", "61", "-3", "1e400", "NaN", "Infinity"])
def test_one_wrong_value_keeps_all_from_being_saved(app, desk, typed):
    page = desk.submit({"contact_days": typed, "block_days": "30"}, status=422)
    assert re.search(r'id="contact_days-error"', page.html)
    assert f'value="{typed}"' in page.html
    assert 'name="block_days" value="30"' in page.html
    with app.app_context():
        assert get_limits() == Limits()


def test_price_in_parts_of_a_fen_is_refused(desk):
    assert "请填一个数字" in desk.submit({"wish_price_minor": "500.005"}, status=422)
