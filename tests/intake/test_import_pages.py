"""The pages of wish lists as a clerk sees them: preview, corrections, refusal, taking in, slips."""

import io
import zipfile

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import func, select

from portal import codes
from portal.accounts.rules import Role
from portal.db import session
from portal.households.models import IdentityRead
from portal.intake import service
from portal.sealing import keyed_hash
from portal.ticks import tick
from portal.wishes.models import Wish
from tests import cast
from tests.intake.office import (
    BLUE,
    CODE,
    LINES,
    NOTHING,
    WHITE,
    at_centre,
    build_district,
    centre_named,
    clerk_of,
    count_rows,
    list_of,
)
from tests.plumbing.sessions import sign_in
from tests.plumbing.visitor import Upload
from tests.spreadsheets.samples import HEADERS, as_csv, as_grid, as_xlsx, wish_lines


@pytest.fixture
def administrator(app, visitor):
    with app.app_context():
        build_district()
        return sign_in(visitor, cast.person(Role.ADMINISTRATOR))


@pytest.fixture
def clerk(app, visitor):
    with app.app_context():
        build_district()
        return sign_in(visitor, clerk_of(BLUE))


def upload(visitor, data=None, name="名单.xlsx", status=200):
    visitor.open("/admin/imports")
    return visitor.submit({"file": Upload(data or list_of(), name)}, button="读一读这份表", status=status)


def in_database(app, question):
    with app.app_context():
        return question()


def test_a_list_is_shown_masked_before_anything_comes_in(app, administrator):
    page = upload(administrator)
    line = LINES[0]
    assert "12个心愿可以收进来。" in page
    assert line["name"][0] + "*" in page.text
    for secret in (line["name"], line["id_number"], line["phone"], line["address"], line["reason"]):
        assert secret not in page.html
    assert f"{line['id_number'][:4]}**********{line['id_number'][-4:]}" in page
    assert page.headers["Cache-Control"] == "no-store"
    assert in_database(app, count_rows) == NOTHING


def test_a_list_comes_in_by_one_press_and_the_same_file_again_is_known(app, administrator):
    upload(administrator)
    page = administrator.submit(form="/take-in")
    assert "收进了12个新心愿。" in page
    assert in_database(app, count_rows)["wishes"] == 12
    page = upload(administrator)
    assert "12个心愿以前都收过了，没有新的。" in page
    assert "收进" not in [button.label for form in page.forms for button in form.fields if button.kind == "submit"]
    assert not [form for form in page.forms if form.action.endswith("/take-in")]


def test_problems_are_told_by_row_and_column_and_nothing_can_be_taken_in(app, administrator):
    wrong = [LINES[0], LINES[1] | {"quantity": "一个"}, LINES[2] | {"id_number": LINES[2]["id_number"][:-1] + "?"}]
    page = upload(administrator, list_of(wrong))
    assert "有2处要改" in page
    assert "第4行 N列" in page
    assert "第5行 F列" in page
    assert not [form for form in page.forms if form.action.endswith("/take-in")]


def test_pressing_take_in_for_a_list_with_errors_is_refused_whole(app, administrator):
    upload(administrator, list_of([LINES[0], LINES[1] | {"quantity": "一个"}]))
    with app.app_context():
        import_id = session().scalar(select(func.max(service.Import.id)))
    administrator.open(f"/admin/imports/{import_id}")
    token = next(each.value for each in administrator.page.forms[-1].fields if each.name == "csrf_token")
    answer = administrator.client.post(
        f"/admin/imports/{import_id}/take-in",
        data={"csrf_token": token},
        headers={"Referer": "http://localhost/"},
        follow_redirects=True,
    )
    assert "这份表没有收进，一行也没有。" in answer.text
    assert in_database(app, count_rows) == NOTHING


def test_a_person_corrects_which_column_is_which(app, administrator):
    headers = HEADERS | {"item": "东西", "size": "心愿"}
    page = upload(administrator, as_xlsx(as_grid(LINES, headers)))
    columns = page.form("/columns", set(), None).values()
    assert columns["item"] == ["12"]
    page = administrator.submit({"item": "11", "size": "12"}, form="/columns")
    assert "12个心愿可以收进来。" in page
    administrator.submit(form="/take-in")
    with app.app_context():
        items = set(session().scalars(select(Wish.item)))
    assert items == {line["item"] for line in LINES}


def test_one_column_for_two_fields_is_told_and_the_choice_stays(administrator):
    upload(administrator)
    page = administrator.submit({"item": "4"}, form="/columns", status=422)
    assert "“心愿人姓名”和“心愿物品”选了同一列" in page
    assert page.form("/columns", set(), None).values()["item"] == ["4"]


def test_a_person_points_at_the_header_row(administrator):
    grid = [["没有列名的说明"], *as_grid(LINES, HEADERS, titles=("标题", "第二个标题"))]
    page = upload(administrator, as_csv(grid), "名单.csv")
    assert "列名在第4行" in page
    page = administrator.submit({"header_row": "2"}, form="/columns")
    assert "找不到表头" in page
    page = administrator.submit({"header_row": "4"}, form="/columns")
    assert "12个心愿可以收进来。" in page


def bomb():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 120_000_000)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (bomb(), "名单.xlsx", "文件展开后大得不正常"),
        (b"%PDF-1.7 ...", "名单.pdf", "这不是能读的表格文件"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "名单.xls", "这是旧版 .xls 格式"),
        (b"PK\x03\x04 broken", "名单.xlsx", "文件已损坏"),
        (b" ", "名单.csv", "这个文件里没有内容"),
    ],
)
def test_what_is_no_list_is_refused_beside_the_field(app, administrator, data, name, words):
    page = upload(administrator, data, name, status=422)
    assert words in page
    assert in_database(app, lambda: session().scalar(select(func.count(service.Import.id)))) == 0


def test_no_file_at_all_is_told_beside_the_field(administrator):
    administrator.open("/admin/imports")
    assert "请先选一个文件。" in administrator.submit(button="读一读这份表", status=422)


def test_a_huge_file_is_refused_by_its_announced_size(administrator):
    administrator.open("/admin/imports")
    answer = administrator.client.post(
        "/admin/imports",
        input_stream=io.BytesIO(b"--x"),
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"CONTENT_LENGTH": "20000000"},
    )
    assert answer.status_code == 413
    assert "文件太大了" in answer.text


def test_a_long_list_is_taken_in_by_the_clock_while_a_page_shows_progress(app, administrator):
    upload(administrator, list_of(wish_lines(service.AT_ONCE_ROWS + 1)))
    page = administrator.submit(form="/take-in")
    assert '<meta http-equiv="refresh" content="2">' in page.html
    assert "共1,001行，已准备好0行（0%）" in page
    assert in_database(app, count_rows) == NOTHING
    assert in_database(app, tick)["lists_taken_in"] == 1
    assert "收进了1001个新心愿。" in administrator.open(page.address)


def test_slips_show_each_code_once_with_number_and_qr(app, clerk):
    upload(clerk, list_of(at_centre(BLUE)))
    clerk.submit(form="/take-in")
    page = clerk.submit(form="/slips", button="打印小票")
    shown = CODE.findall(page.html)
    assert len(shown) == 12
    assert page.html.count('class="qr"') == 12
    assert page.headers["Cache-Control"] == "no-store"
    with app.app_context():
        hashes = set(session().scalars(select(Wish.family_code_hash)))
        assert hashes == {keyed_hash("family-code", codes.read_family_code(each)) for each in shown}
        assert all(number in page.text for number in session().scalars(select(Wish.number)))
        assert session().scalar(select(func.count(IdentityRead.id))) == 12
    for line in LINES:
        assert line["name"] not in page.html


def test_new_codes_come_only_after_a_warning(app, clerk):
    upload(clerk, list_of(at_centre(BLUE)))
    done = clerk.submit(form="/take-in").address
    first = CODE.findall(clerk.submit(form="/slips").html)
    clerk.open(done)
    page = clerk.submit(form="/slips", button="重新发码")
    assert not CODE.findall(page.html)
    assert "旧小票就打不开了" in page
    second = CODE.findall(clerk.submit(form="/slips").html)
    assert len(second) == 12
    assert not set(first) & set(second)


def test_slips_of_another_centre_are_refused(app, clerk):
    with app.app_context():
        other_id = centre_named(WHITE).id
    upload(clerk, list_of(at_centre(BLUE)))
    page = clerk.submit(form="/take-in")
    sent = page.form("/slips", set(), None).values() | {"centre": [str(other_id)]}
    answer = clerk.client.post(
        page.form("/slips", set(), None).action, data=sent, headers={"Referer": "http://localhost/"}
    )
    assert answer.status_code == 403


def test_a_clerk_sees_only_their_own_lists(app, clerk, new_visitor):
    upload(clerk, list_of(at_centre(BLUE)))
    address = clerk.page.address
    with app.app_context():
        colleague = sign_in(new_visitor(), clerk_of(BLUE))
        chief = sign_in(new_visitor(), cast.person(Role.ADMINISTRATOR))
    colleague.open(address, status=404)
    assert "名单.xlsx" not in colleague.open("/admin/imports")
    assert "名单.xlsx" in chief.open("/admin/imports")


def test_dropping_a_list_is_final(clerk):
    upload(clerk, list_of(at_centre(BLUE)))
    address = clerk.page.address
    assert "文件已经删除" in clerk.submit(form="/drop")
    assert "已放弃" in clerk.page
    clerk.open(address)
    assert not clerk.page.form("/logout", set(), None).action.endswith("take-in")


def test_the_pages_read_in_english(app, new_visitor):
    with app.app_context():
        build_district()
        reader = sign_in(new_visitor("en"), cast.person(Role.ADMINISTRATOR))
    reader.open("/admin/imports")
    assert reader.page.language == "en"


def two_lists():
    """Return a workbook with a list of two families in each of two sheets, and one sheet that is no list."""
    book = Workbook()
    book.active.title = "说明"
    book.active.append(["请按要求填写"])
    for name, lines in (("东片", LINES[:2]), ("西片", LINES[2:5])):
        sheet = book.create_sheet(name)
        for row in as_grid(lines, HEADERS):
            sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_a_second_list_in_the_same_file_is_not_passed_over_in_silence(app, administrator):
    page = upload(administrator, two_lists())
    assert "现在读的是工作表“东片”；“西片”看样子也是心愿表，这次没有读" in page
    assert "2个心愿可以收进来。" in page
    page = administrator.submit({"sheet": "西片"}, form="/columns")
    assert "3个心愿可以收进来。" in page
    administrator.submit(form="/take-in")
    with app.app_context():
        assert sorted(session().scalars(select(Wish.item))) == sorted(line["item"] for line in LINES[2:5])


def test_a_sheet_that_is_not_there_is_refused_kindly(administrator):
    page = upload(administrator, two_lists())
    form = page.form("/columns", set(), None)
    answer = administrator.client.post(
        form.action, data=form.values() | {"sheet": "没有的"}, headers={"Referer": "http://localhost/"}
    )
    assert answer.status_code == 422
    assert "文件里没有这张工作表" in answer.text


def test_what_is_wrong_is_handed_back_to_the_community_as_a_spreadsheet(app, administrator):
    wrong = [LINES[0], LINES[1] | {"quantity": "一个"}]
    page = upload(administrator, list_of(wrong))
    links = {link.text: link.address for link in page.links}
    text = administrator.client.get(links["CSV"]).get_data().decode("utf-8-sig")
    assert '"N","数量","必须改","数量“一个”看不懂。请只写数字，例如1。"' in text
    assert LINES[1]["id_number"] not in text
    sheet = load_workbook(io.BytesIO(administrator.client.get(links["XLSX"]).get_data())).active
    assert sheet.cell(2, 1).value == 4
    assert administrator.client.get(links["CSV"].replace(".csv", ".pdf")).status_code == 404


def test_families_that_do_not_agree_are_counted_before_the_list_comes_in(administrator):
    page = upload(administrator, list_of([LINES[0], LINES[1] | {"consent_publish": "否"}]))
    assert "其中1户不同意公开" in page


def test_from_a_list_taken_in_one_gets_to_its_wishes_and_no_others(app, administrator):
    with app.app_context():
        other = cast.wish().number
    upload(administrator)
    administrator.submit(form="/take-in")
    page = administrator.follow("看这份表的心愿")
    assert "符合条件的有 12 个。 只看一份心愿表收进来的。" in page
    assert other not in page
