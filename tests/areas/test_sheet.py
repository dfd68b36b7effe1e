"""The sheet of service centres, communities and grids."""

import pytest

from portal.areas.sheet import WORDING, rate_area_sheet, read_area_columns, read_areas, restore_area_columns
from portal.spreadsheets.cells import Sheet, cell_of
from tests.spreadsheets.samples import DISTRICT, area_grid, as_grid, wish_lines


def sheet_of(grid):
    """Return a sheet with these rows."""
    return Sheet("名录", tuple(tuple(map(cell_of, row)) for row in grid))


def changed(row, column, value):
    """Return what the sheet comes to with one cell changed; row as the sheet shows it, column from 0."""
    grid = area_grid()
    grid[row - 1][column] = value
    return read_areas(sheet_of(grid))


def found(report):
    """Return what is said about a sheet."""
    assert all(problem.message and "%(" not in problem.message for problem in report.problems)
    return [(problem.row, problem.column, problem.code, problem.is_error) for problem in report.problems]


def test_sound_sheet_is_the_district():
    report = read_areas(sheet_of(area_grid()))
    assert found(report) == []
    assert report.is_accepted
    assert report.tree == DISTRICT
    first = report.centres[0]
    assert (first.address, first.phone, first.hours) == ("和风路1号", "0532-55500001", "周一至周五 9:00-17:00")
    assert [(c.row, c.station_address) for c in first.communities] == [(3, "青石东社区街2号"), (4, "青石西社区街3号")]


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        (0, None, "missing"),
        (1, None, "missing"),
        (2, " ", "missing"),
        (4, None, "missing"),
        (5, None, "missing"),
        (6, None, "missing"),
        (6, "两", "count_wrong"),
        (6, 0, "count_wrong"),
        (6, -2, "count_wrong"),
        (6, 2.5, "count_wrong"),
        (6, 1000, "count_wrong"),
        (4, "=A1", "formula"),
        (5, "长" * 200, "too_long"),
    ],
)
def test_wrong_cell_keeps_the_whole_sheet_out(column, value, code):
    report = changed(4, column, value)
    assert [(row, name) for row, _, name, is_error in found(report) if is_error] == [(4, code)]
    assert not report.is_accepted


@pytest.mark.parametrize("value", ["3", "３", "3个", 3.0])
def test_number_of_grids_may_be_written_in_many_ways(value):
    assert changed(3, 6, value).centres[0].communities[0].grids == ("第1网格", "第2网格", "第3网格")


def test_hours_may_be_absent():
    report = changed(7, 3, None)
    assert found(report) == []
    assert report.centres[2].hours == ""


def test_first_row_of_a_centre_counts_and_one_warning_names_the_others():
    grid = area_grid()
    grid.insert(4, ["青石服务中心", "和风路9号", "0532-55500009", None, "青石新社区", "新街1号", 2])
    grid[3][1] = "和风路8号"
    report = read_areas(sheet_of(grid))
    assert found(report) == [(3, "B", "centre_differs", False), (3, "C", "centre_differs", False)]
    assert "第4、5行" in report.warnings[0].message
    assert report.is_accepted
    assert report.centres[0].address == "和风路1号"


def test_rows_of_a_centre_need_not_stand_together():
    grid = area_grid()
    grid.append(grid.pop(2))
    assert set(read_areas(sheet_of(grid)).tree) == set(DISTRICT)


def test_community_written_twice_in_one_centre_is_an_error():
    report = changed(4, 4, "青石 东社区")
    assert found(report) == [(4, "E", "community_twice", True)]


def test_community_of_one_name_in_two_centres_is_worth_a_look():
    report = changed(7, 4, "青石东社区")
    assert found(report) == [(7, "E", "community_elsewhere", False)]
    assert "第3行" in report.problems[0].message


def test_headings_may_have_other_names_and_order():
    grid = area_grid()
    grid[1] = ["中心名称", "服务中心地址", "电话", "办公时间", "社区名称", "工作站地址", "网格数量（个）"]
    shuffled = [[row[0]] if len(row) == 1 else row[::-1] for row in grid]
    assert read_areas(sheet_of(shuffled)).tree == DISTRICT


def test_blank_lines_repeated_headings_and_remarks_are_left_aside():
    grid = area_grid()
    grid[4:4] = [[], list(grid[1])]
    grid.append(["注：以上为2026年数据"])
    report = read_areas(sheet_of(grid))
    assert found(report) == []
    assert report.tree == DISTRICT


def test_sheet_without_headings_or_rows_says_so():
    assert found(read_areas(sheet_of([["甲", "乙"]]))) == [(0, None, "header_not_found", True)]
    assert found(read_areas(sheet_of(area_grid()[:2]))) == [(0, None, "rows_missing", True)]
    without = [row[:5] for row in area_grid()]
    report = read_areas(sheet_of(without))
    assert found(report) == [(2, None, "columns_missing", True)]
    assert "网格工作站地址、网格数" in report.problems[0].message


def test_columns_can_be_corrected_by_a_person():
    grid = area_grid()
    grid[1][6] = "备注"
    sheet = sheet_of(grid)
    mapping = read_area_columns(sheet).with_choice("grid_count", 6)
    assert read_areas(sheet, restore_area_columns(sheet, mapping.to_dict())).tree == DISTRICT


def test_sheet_of_areas_is_rated_above_a_wish_list():
    wishes = sheet_of(as_grid(wish_lines(3)))
    assert rate_area_sheet(sheet_of(area_grid()).rows) > rate_area_sheet(wishes.rows)
    assert set(WORDING)
