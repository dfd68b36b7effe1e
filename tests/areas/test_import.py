"""Areas come in from a sheet: by verb, by page, by command."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from portal.accounts.rules import SYSTEM, NotAllowed, Role
from portal.areas.carrying import SheetLost, pack_sheet, unpack_sheet
from portal.areas.commands import import_areas_command
from portal.areas.models import Community, Grid, ServiceCentre
from portal.areas.queries import CentreNotFound, area_tree, get_centre, list_centres
from portal.areas.service import compare_areas, import_areas, update_centre
from portal.areas.sheet import CentreEntry, CommunityEntry
from portal.audit.models import AuditEntry
from portal.db import session
from portal.spreadsheets.cells import Cell, CellKind, Sheet, cell_of
from tests import cast
from tests.plumbing.environment import put_settings
from tests.plumbing.sessions import sign_in
from tests.plumbing.visitor import Upload

SAMPLE = Path(__file__).parent.parent / "samples" / "areas.xlsx"
GRIDS = ("第1网格", "第2网格")


def entry(name="海云服务中心", address="海云路1号", communities=(("海云东社区", "海云东街1号", GRIDS),)):
    """Return one centre as a sheet gives it."""
    places = tuple(CommunityEntry(3, *place) for place in communities)
    return CentreEntry(3, name, address, "0532-55500001", "周一至周五 8:30-17:00", places)


def counts():
    """Return how many centres, communities and grids there are."""
    return tuple(
        session().scalar(select(func.count()).select_from(table)) for table in (ServiceCentre, Community, Grid)
    )


def test_district_comes_in_once_however_often_its_sheet_does(app_context):
    first = import_areas(SYSTEM, [entry(), entry("松岭服务中心", communities=(("松岭东社区", "松岭东街1号", GRIDS),))])
    assert counts() == (2, 2, 4)
    assert (len(first.added_centres), len(first.added_communities), first.added_grids) == (2, 2, 4)
    again = import_areas(SYSTEM, [entry(), entry("松岭服务中心", communities=(("松岭东社区", "松岭东街1号", GRIDS),))])
    assert again.is_empty
    assert counts() == (2, 2, 4)
    acts = session().scalars(select(AuditEntry.action)).all()
    assert acts == ["areas.import"]


def test_changed_particulars_follow_the_sheet(app_context):
    import_areas(SYSTEM, [entry()])
    changes = import_areas(SYSTEM, [entry(address="海云路9号", communities=(("海云东社区", "海云东街8号", GRIDS),))])
    assert [(c.field, c.before, c.after) for c in changes.changes] == [
        ("address", "海云路1号", "海云路9号"),
        ("station_address", "海云东街1号", "海云东街8号"),
    ]
    assert get_centre(1).address == "海云路9号"
    assert area_tree()[0].communities[0].station_address == "海云东街8号"


def test_what_the_sheet_leaves_out_stays_and_is_listed(app_context):
    import_areas(
        SYSTEM,
        [
            entry(communities=(("海云东社区", "海云东街1号", GRIDS), ("海云西社区", "海云西街1号", GRIDS))),
            entry("松岭服务中心", communities=()),
        ],
    )
    changes = import_areas(SYSTEM, [entry(communities=(("海云东社区", "海云东街1号", GRIDS[:1]),))])
    assert changes.is_empty
    assert changes.absent_centres == ["松岭服务中心"]
    assert changes.absent_communities == [("海云服务中心", "海云西社区")]
    assert changes.absent_grids == [("海云服务中心", "海云东社区", "第2网格")]
    assert counts() == (2, 2, 4)


def test_hours_left_out_stay_as_they_were(app_context):
    import_areas(SYSTEM, [entry()])
    without = CentreEntry(3, "海云服务中心", "海云路1号", "0532-55500001", "", ())
    assert import_areas(SYSTEM, [without]).is_empty
    assert get_centre(1).hours == "周一至周五 8:30-17:00"


def test_comparing_changes_nothing(app_context):
    changes = compare_areas([entry()])
    assert changes.added_centres == ["海云服务中心"]
    assert counts() == (0, 0, 0)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_only_administrators_bring_areas_in(app_context, role):
    with pytest.raises(NotAllowed):
        import_areas(cast.actor(role), [entry()])


def test_clerk_keeps_their_own_centre_up_to_date_and_no_other(app_context):
    here, there = cast.centre("南涧服务中心"), cast.centre("松岭服务中心")
    clerk = cast.clerk(here)
    update_centre(clerk, here.id, address="南涧路9号", phone="0532-55500009", hours="每天 9:00-17:00")
    assert get_centre(here.id).address == "南涧路9号"
    with pytest.raises(NotAllowed):
        update_centre(clerk, there.id, address="x", phone="x", hours="x")
    with pytest.raises(NotAllowed):
        update_centre(clerk, here.id, address="x", phone="x", hours="x", is_active=False)
    act = session().scalars(select(AuditEntry)).one()
    assert act.before["centre_address"] == "南涧路1号"
    assert act.after["centre_address"] == "南涧路9号"


def test_closed_centre_is_offered_no_more_but_still_known(app_context):
    place = cast.centre()
    update_centre(cast.administrator(), place.id, address="a", phone="b", hours="c", name_en="Nanjian", is_active=False)
    assert list_centres() == []
    assert [centre.name_en for centre in list_centres(with_closed=True)] == ["Nanjian"]
    with pytest.raises(CentreNotFound):
        get_centre(4711)


def test_sheet_survives_its_way_through_the_form(app_context):
    row = (cell_of("文字"), cell_of(3), cell_of(None), Cell("=1+1", CellKind.FORMULA), Cell("#REF!", CellKind.ERROR))
    sheet = Sheet("名录", (row, ()))
    assert unpack_sheet(pack_sheet(sheet)) == sheet
    with pytest.raises(SheetLost):
        unpack_sheet(pack_sheet(sheet)[:-1])


@pytest.fixture
def desk(app, visitor):
    """Return an administrator at the page of areas."""
    with app.app_context():
        administrator = cast.person(Role.ADMINISTRATOR)
    sign_in(visitor, administrator).open("/admin/areas")
    return visitor


def upload(desk, content, name="areas.xlsx", status=200):
    """Hand a file in."""
    desk.open("/admin/areas/import")
    return desk.submit({"file": Upload(content, name)}, status=status)


def test_sheet_is_previewed_and_then_brought_in(app, desk):
    assert "可以导入" in upload(desk, SAMPLE.read_bytes())
    with app.app_context():
        assert counts() == (0, 0, 0)
    assert "已导入" in desk.submit(button="导入")
    with app.app_context():
        assert counts()[0] > 0
    page = upload(desk, SAMPLE.read_bytes())
    assert "和现在一样" in page
    assert 'value="import"' not in page.html


def test_wrong_row_keeps_the_whole_sheet_out_and_is_named(app, desk):
    head = "服务中心,中心地址,中心电话,开放时间,社区,网格工作站地址,网格数\n"
    centre = "海云服务中心,海云路1号,0532-55500001,"
    rows = f"{centre},海云东社区,海云东街1号,2\n{centre},海云西社区,海云西街1号,两三\n"
    page = upload(desk, (head + rows).encode(), "areas.csv", status=422)
    assert "整张表都没有导入" in page
    assert "网格数“两三”看不懂" in page
    page = desk.submit(button="read", status=422)
    token = {"csrf_token": page.forms[-1].values()["csrf_token"][0]}
    sent = page.forms[-1].values() | {"verb": ["import"]} | token
    assert desk.client.post("/admin/areas/import/preview", data=sent).status_code == 422
    with app.app_context():
        assert counts() == (0, 0, 0)


def test_person_points_at_the_right_columns(app, desk):
    sheet = "甲,乙,丙,丁,服务中心,社区,网格数\n海云东街1号,海云服务中心,海云路1号,0532-55500001,海云东社区,x,2\n"
    upload(desk, sheet.encode(), "areas.csv", status=422)
    chosen = {
        "column-service_centre": 1,
        "column-address": 2,
        "column-phone": 3,
        "column-community": 4,
        "column-station_address": 0,
        "column-grid_count": 6,
    }
    assert "可以导入" in desk.submit(chosen, button="read")
    desk.submit(button="导入")
    with app.app_context():
        (branch,) = area_tree()
        assert (branch.centre.address, branch.communities[0].station_address) == ("海云路1号", "海云东街1号")


@pytest.mark.parametrize(
    ("content", "name"), [(b"x", "areas.pdf"), (b"", "areas.xlsx"), (b"PK\x03\x04x", "areas.xlsx")]
)
def test_file_that_is_no_sheet_is_refused_beside_its_field(desk, content, name):
    page = upload(desk, content, name, status=422)
    assert 'id="file-error"' in page.html


def test_sheet_changed_on_the_way_is_refused(desk):
    page = upload(desk, SAMPLE.read_bytes())
    sent = page.forms[-1].values()
    sent["sheet"] = [sent["sheet"][0][:-3] + "xyz"]
    assert desk.client.post("/admin/areas/import/preview", data=sent).status_code == 400


def test_clerk_changes_their_centre_by_page(app, visitor):
    with app.app_context():
        here, there = cast.centre("南涧服务中心"), cast.centre("松岭服务中心")
        clerk = cast.person(Role.CENTRE_CLERK, at=here)
    page = sign_in(visitor, clerk).open("/admin/areas")
    assert "导入名录" not in page
    assert f"/admin/areas/{there.id}" not in page.html
    visitor.open(f"/admin/areas/{here.id}")
    page = visitor.submit({"phone": "555", "address": "南涧路 9号"}, status=422)
    assert "座机请带区号" in page
    assert 'value="南涧路 9号"' in page.html
    assert "已保存" in visitor.submit({"phone": "0532-55500009"})
    visitor.open(f"/admin/areas/{there.id}", status=403)
    visitor.open("/admin/areas/import", status=403)


def test_command_brings_areas_in_and_lists_what_is_absent(app, settings, monkeypatch, tmp_path):
    put_settings(settings, monkeypatch)
    with app.app_context():
        cast.centre("不在表里服务中心")
    dry = CliRunner().invoke(import_areas_command, [str(SAMPLE), "--dry-run"])
    assert dry.exit_code == 0, dry.output
    assert "Would add" in dry.output
    with app.app_context():
        assert counts()[0] == 1
    done = CliRunner().invoke(import_areas_command, [str(SAMPLE)])
    assert "not in the sheet, kept: 不在表里服务中心" in done.output
    with app.app_context():
        assert counts()[0] > 1
    again = CliRunner().invoke(import_areas_command, [str(SAMPLE)])
    assert "Added 0 service centres, 0 communities, 0 grids; changed 0" in again.output
    bad = tmp_path / "bad.csv"
    bad.write_text("服务中心,社区,网格数\n海云服务中心,海云东社区,=1\n")
    refused = CliRunner().invoke(import_areas_command, [str(bad)])
    assert refused.exit_code == 1
    assert "Nothing came in" in refused.output
