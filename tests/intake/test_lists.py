"""A whole list: all or nothing, people compared, rows that hold no wish left aside."""

import pytest

from portal.intake.columns import read_columns
from portal.intake.lists import read_list
from portal.intake.rules import ADDRESS_SHARED, ID_SHARED
from portal.spreadsheets.cells import CellKind, Sheet, cell_of
from portal.spreadsheets.reading import open_sheet
from tests.intake.readings import ADULT, AREAS, CHILD_ID, LIMITS, read_lines, sheet_of
from tests.spreadsheets.samples import HEADERS, TODAY, as_grid, as_xlsx, wish_line, wish_lines


def found(report):
    """Return what is said about a list, as row, code and whether it is an error."""
    return [(problem.row, problem.code, problem.is_error) for problem in report.problems]


def flagged(report, flag):
    """Return the rows that carry a flag."""
    return [wish.row for wish in report.wishes if flag in wish.flags]


def test_sound_list_comes_in_whole():
    report = read_lines(*wish_lines(60))
    assert found(report) == []
    assert report.is_accepted
    assert [wish.row for wish in report.accepted_wishes] == list(range(3, 63))


def test_one_wrong_row_keeps_all_out_and_the_others_are_still_checked():
    lines = wish_lines(10)
    lines[4] |= {"quantity": -1}
    lines[8] |= {"consent_publish": None}
    report = read_lines(*lines)
    assert found(report) == [(7, "quantity_negative", True), (11, "consent_missing", True)]
    assert (report.row_count, len(report.wishes), report.accepted_wishes) == (10, 8, ())


def test_warnings_alone_let_the_list_in():
    lines = wish_lines(5)
    lines[2] |= {"reason": None}
    report = read_lines(*lines)
    assert found(report) == [(5, "reason_missing", False)]
    assert report.is_accepted
    assert (report.errors, len(report.warnings)) == ((), 1)


def test_same_person_twice_is_an_error_that_names_both_rows():
    report = read_lines(ADULT, *wish_lines(2), ADULT | {"item": "书包", "unit_price": 50, "name": "江 明 远"})
    assert [p.code for p in report.errors] == ["same_person"]
    problem = report.errors[0]
    assert (problem.row, problem.column) == (6, "F")
    assert "第3行和第6行" in problem.message


def test_same_person_is_found_even_where_another_cell_is_wrong():
    report = read_lines(ADULT, ADULT | {"quantity": "一个"})
    assert found(report) == [(4, "same_person", True), (4, "quantity_word", True)]


def test_person_three_times_is_told_twice():
    report = read_lines(ADULT, ADULT, ADULT)
    assert [(problem.row, dict(problem.params)) for problem in report.errors] == [
        (4, {"first": 3, "second": 4}),
        (5, {"first": 3, "second": 5}),
    ]


def test_one_identity_number_under_two_names_is_flagged_for_verification():
    stranger = ADULT | {"name": "林安", "address": "望潮小区9号楼1单元9"}
    report = read_lines(*wish_lines(2), ADULT, stranger)
    assert found(report) == [(6, "id_shared", False)]
    assert "第5行和第6行" in report.warnings[0].message
    assert flagged(report, ID_SHARED) == [5, 6]
    assert report.is_accepted
    assert len({wish.row_key for wish in report.wishes}) == 4


def test_neighbours_behind_one_door_are_flagged_for_verification():
    door = {"address": "望潮小区9号楼1单元902"}
    spelled = {"address": "青岛市崂山区望潮小区 九栋一单元902室"}
    report = read_lines(wish_line(1) | door, wish_line(2), wish_line(5) | spelled)
    assert found(report) == [(5, "address_shared", False)]
    assert flagged(report, ADDRESS_SHARED) == [3, 5]
    assert report.is_accepted


def test_one_person_under_one_address_is_no_neighbour():
    assert flagged(read_lines(ADULT, ADULT), ADDRESS_SHARED) == []


def test_problems_come_in_the_order_of_the_sheet():
    lines = wish_lines(4)
    lines[3] |= {"quantity": 0, "name": None}
    lines[0] |= {"consent_publish": "也许"}
    assert found(read_lines(*lines)) == [
        (3, "consent_unclear", True),
        (6, "missing", True),
        (6, "quantity_zero", True),
    ]


def test_rows_that_hold_no_wish_are_left_aside():
    total = {"sequence": "合计", "quantity": 7, "unit_price": 900}
    signature = {"sequence": "填表人：江明", "name": "审核：林安"}
    only_number = {"sequence": 9}
    repeated = dict(HEADERS)
    lines = [*wish_lines(2), {}, repeated, *wish_lines(4)[2:], only_number, total, signature]
    report = read_lines(*lines)
    assert found(report) == []
    assert [wish.row for wish in report.wishes] == [3, 4, 7, 8]
    assert report.skipped == (6, 9, 10, 11)


def test_a_list_that_names_no_centres_is_read_by_its_communities():
    headers = {field: name for field, name in HEADERS.items() if field != "service_centre"}
    lines = wish_lines(3)
    report = read_lines(*lines, headers=headers)
    assert found(report) == []
    assert [wish.service_centre for wish in report.wishes] == [line["service_centre"] for line in lines]
    report = read_lines(lines[0] | {"community": "没有的社区"}, headers=headers)
    assert [problem.code for problem in report.problems] == ["community_nowhere"]


def test_half_filled_row_is_not_mistaken_for_an_empty_one():
    half = {"sequence": 3, "service_centre": "青石服务中心", "community": "青石东社区"}
    report = read_lines(*wish_lines(2), half)
    assert {problem.row for problem in report.errors} == {5}
    assert report.row_count == 3


def test_list_without_wishes_is_not_accepted():
    report = read_lines()
    assert found(report) == [(0, "rows_missing", True)]
    assert not report.is_accepted


def test_list_without_headings_says_so():
    sheet = Sheet("表", tuple(tuple(map(cell_of, row)) for row in [["江明", "书包"], ["林安", "台灯"]]))
    report = read_list(sheet, read_columns(sheet), AREAS, LIMITS, TODAY)
    assert found(report) == [(0, "header_not_found", True)]
    assert report.problems[0].message


def test_missing_columns_are_named_by_their_labels():
    headers = {field: name for field, name in HEADERS.items() if field not in {"consent_publish", "phone"}}
    report = read_lines(*wish_lines(3), headers=headers)
    assert found(report) == [(2, "columns_missing", True)]
    assert "联系电话、同意公开匿名信息" in report.problems[0].message
    assert report.row_count == 0


def test_missing_column_can_be_pointed_at():
    headers = HEADERS | {"consent_publish": "家长意见"}
    sheet = sheet_of(wish_lines(3), headers)
    mapping = read_columns(sheet)
    assert mapping.missing == ("consent_publish",)
    report = read_list(sheet, mapping.with_choice("consent_publish", 18), AREAS, LIMITS, TODAY)
    assert report.is_accepted


def test_list_without_guardian_column_is_fine_for_adults_only():
    headers = {field: name for field, name in HEADERS.items() if field != "guardian"}
    assert read_lines(ADULT, headers=headers).is_accepted
    report = read_lines(ADULT | {"id_number": CHILD_ID}, headers=headers)
    assert [(problem.column, problem.code) for problem in report.errors] == [(None, "guardian_missing")]


def test_formula_cell_is_found_in_a_real_workbook():
    lines = wish_lines(3)
    lines[1] |= {"item": '=HYPERLINK("x")'}
    lines[2] |= {"sequence": "=ROW()-2"}
    sheet = open_sheet(as_xlsx(as_grid(lines)), "名单.xlsx")
    assert sheet.row(4)[11].kind is CellKind.FORMULA
    report = read_list(sheet, read_columns(sheet), AREAS, LIMITS, TODAY)
    assert [(p.row, p.column, p.code) for p in report.problems] == [(4, "L", "formula")]


def test_progress_ends_at_the_number_of_rows():
    told = []
    sheet = sheet_of(wish_lines(450))
    read_list(sheet, read_columns(sheet), AREAS, LIMITS, TODAY, progress=lambda *each: told.append(each))
    assert told == [(200, 450), (400, 450), (450, 450)]


@pytest.mark.parametrize("seed", range(3))
def test_same_list_read_twice_has_the_same_keys(seed):
    first, second = (read_lines(*wish_lines(40, seed)) for _ in range(2))
    assert [wish.row_key for wish in first.wishes] == [wish.row_key for wish in second.wishes]
    assert len({wish.row_key for wish in first.wishes}) == 40
