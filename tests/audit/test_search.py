"""The audit trail is searched, exported, and never changed."""

import csv
import io
from datetime import date, timedelta

import pytest
from openpyxl import load_workbook
from sqlalchemy.exc import DBAPIError

from portal.accounts.rules import SYSTEM, Grant, Role
from portal.accounts.service import change_grants
from portal.audit import service as audit
from portal.audit.queries import AuditFilters, iterate_audit, list_known_actions, search_audit
from portal.db import session, transaction
from portal.households.models import ConsentUse
from portal.households.service import open_identity, record_consent
from tests import cast
from tests.plumbing.sessions import sign_in


def write(count, action="wish.verify", actor=SYSTEM, kind="wish"):
    """Write some acts."""
    for number in range(count):
        audit.record(actor, action, kind, f"N{number}", before={"state": "submitted"}, after={"state": "verified"})


def refs(page):
    """Return the subjects of a page."""
    return [line.subject_ref for line in page.lines]


def test_pages_by_key_lose_and_repeat_nothing(app_context):
    write(7)
    first = search_audit(AuditFilters(), limit=3)
    assert refs(first) == ["N6", "N5", "N4"]
    assert first.newer is None
    second = search_audit(AuditFilters(), older_than=first.older, limit=3)
    third = search_audit(AuditFilters(), older_than=second.older, limit=3)
    assert (refs(second), refs(third)) == (["N3", "N2", "N1"], ["N0"])
    assert third.older is None
    assert refs(search_audit(AuditFilters(), newer_than=third.newer, limit=3)) == refs(second)
    back = search_audit(AuditFilters(), newer_than=second.newer, limit=3)
    assert (refs(back), back.newer) == (refs(first), None)


def test_acts_are_found_by_person_action_subject_and_day(app_context, clock):
    clerk = cast.clerk()
    write(1, actor=clerk)
    write(1, "person.add", kind="person")
    clock.advance(timedelta(days=1))
    write(1, "wish.return", actor=clerk)
    tomorrow = date(2026, 11, 24)
    for filters, count in (
        (AuditFilters(person_ids=frozenset({clerk.person_id})), 2),
        (AuditFilters(person_ids=frozenset()), 0),
        (AuditFilters(action="person.add"), 1),
        (AuditFilters(subject_kind="wish"), 2),
        (AuditFilters(subject_ref="N0"), 3),
        (AuditFilters(since=tomorrow), 1),
        (AuditFilters(until=tomorrow - timedelta(days=1)), 2),
        (AuditFilters(since=tomorrow, until=tomorrow, action="wish.return"), 1),
    ):
        assert len(search_audit(filters).lines) == count, filters
    assert list_known_actions() == ["person.add", "wish.return", "wish.verify"]
    assert len(list(iterate_audit(AuditFilters()))) == 3


def test_day_begins_at_midnight_in_china(app_context, clock):
    clock.set(clock.now().replace(hour=15, minute=59))
    write(1)
    clock.advance(timedelta(minutes=1))
    write(1)
    assert len(search_audit(AuditFilters(until=date(2026, 11, 23))).lines) == 1
    assert len(search_audit(AuditFilters(since=date(2026, 11, 24))).lines) == 1


@pytest.mark.parametrize("statement", ["UPDATE audit_entries SET action = 'x'", "DELETE FROM audit_entries"])
def test_database_itself_refuses_to_change_the_trail(app_context, statement):
    write(1)

    @transaction
    def tamper():
        session().connection().exec_driver_sql(statement)

    with pytest.raises(DBAPIError):
        tamper()


def test_identity_never_enters_the_trail(app_context):
    audit.record(SYSTEM, "household.correct", "household", 1, after={"phone": "13900000000", "name": "许怡宁"})
    (line,) = search_audit(AuditFilters()).lines
    assert line.after == {"phone": "***", "name": "***"}


@pytest.fixture
def desk(app, visitor):
    """Return a supervisor at the desk."""
    with app.app_context():
        supervisor = cast.person(Role.SUPERVISOR, name="督导甲")
        clerk = cast.person(Role.CENTRE_CLERK, at=cast.centre(), name="陆秋")
        write(2, actor=clerk.actor)
        audit.record(clerk.actor, "wish.return", "wish", "=HYPERLINK(1)", after={"note": "x", "roles": ["a", "b"]})
    return sign_in(visitor, supervisor)


def test_supervisor_searches_by_page(desk):
    page = desk.open("/admin/audit")
    assert "陆秋" in page
    assert "状态：待核实 → 已核实，待公开" in page
    assert "说明：***" in page
    assert "没有符合条件的记录" in desk.open("/admin/audit?q=没有这个人")
    page = desk.open("/admin/audit?q=陆&action=wish.return&subject=wish&since=2026-11-23&until=2026-11-23&ref=")
    assert "=HYPERLINK(1)" in page
    assert "状态：待核实 → 已核实，待公开" not in page
    desk.open("/admin/audit?since=yesterday&until=&older=x&newer=-1&subject=x")


def test_acts_are_told_in_words_with_names_for_keys(app, visitor):
    with app.app_context():
        supervisor = cast.person(Role.SUPERVISOR)
        clerk = cast.person(Role.CENTRE_CLERK, at=cast.centre("北港服务中心"), name="陆秋")
        wish = cast.wish(at=cast.centre("北港服务中心"))
        record_consent(clerk.actor, wish.id, ConsentUse.PHOTO, True, given_by="guardian", through="paper")
        open_identity(clerk.actor, wish.household_id, "电话核实")
        change_grants(cast.administrator(), clerk.id, add={Grant(Role.NEED_REPORTER, cast.centre("北港服务中心").id)})
        number = wish.number
    page = sign_in(visitor, supervisor).open("/admin/audit")
    assert f"微心愿 {number} 用途：拍照留存 同意：是 谁的意思：监护人 怎样记下的：纸上签字" in page
    assert f"家庭 {number}" in page
    assert (
        "账号 陆秋 岗位：服务中心工作人员 北港服务中心 → 服务中心工作人员 北港服务中心、需求上报人 北港服务中心" in page
    )
    pages = {link.text: link.address for link in page.links}
    assert pages[number] == f"/admin/wishes/{number}"
    assert "陆秋" not in pages


def test_exports_hold_what_was_found_and_evaluate_nothing(desk):
    page = desk.open("/admin/audit?action=wish.return")
    links = {link.text: link.address for link in page.links}
    rows = list(csv.reader(io.StringIO(desk.client.get(links["CSV"]).data.decode("utf-8-sig"))))
    assert len(rows) == 2
    assert rows[1][1] == "陆秋"
    assert rows[1][4] == "'=HYPERLINK(1)"
    sheet = load_workbook(io.BytesIO(desk.client.get(links["XLSX"]).data)).active
    assert sheet.max_row == 2
    cell = sheet.cell(2, 5)
    assert (cell.value, cell.data_type) == ("=HYPERLINK(1)", "s")
    assert "导出操作记录" in desk.open("/admin/audit")
    assert desk.client.get("/admin/audit/export.pdf").status_code == 404


@pytest.mark.parametrize("role", [Role.NEED_REPORTER, Role.CENTRE_CLERK, Role.MODERATOR, Role.FINANCE])
def test_trail_is_closed_to_other_staff(app, visitor, role):
    with app.app_context():
        person = cast.person(role, at=cast.centre())
    sign_in(visitor, person).open("/admin/audit", status=403)
    visitor.open("/admin/audit/export.csv", status=403)
