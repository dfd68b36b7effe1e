"""What a sheet says once it is opened: cells, sheets, encodings."""

import io
from datetime import date, datetime

import pytest
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.formula import ArrayFormula

from portal.spreadsheets.cells import EMPTY_CELL, Cell, CellKind, cell_of, column_letter
from portal.spreadsheets.reading import open_sheet
from portal.spreadsheets.refusals import Refusal, SheetRefused
from tests.spreadsheets.samples import (
    NAMESPACE,
    as_csv,
    as_grid,
    as_xlsx,
    part_of,
    saved,
    wish_lines,
    with_parts,
    with_shared_texts,
)

NAIVE = datetime(2026, 9, 10, 8, 30)  # noqa: DTZ001 (the file format knows no time zones)


def cells_of(*values, number_format: str = "") -> tuple[Cell, ...]:
    """Return what is read from a row with these values."""
    book = Workbook()
    book.active.append(values)
    for cell in book.active[1]:
        cell.number_format = number_format or cell.number_format
    return open_sheet(saved(book), "a.xlsx").row(1)


def test_each_kind_of_cell_is_told_apart():
    cells = cells_of("字", 3, 2.5, date(2026, 9, 10), NAIVE, True, "#N/A", "=1+1")
    day = Cell(date(2026, 9, 10), CellKind.DATE)
    assert cells == (
        Cell("字", CellKind.TEXT),
        Cell(3, CellKind.NUMBER),
        Cell(2.5, CellKind.NUMBER),
        day,
        day,
        Cell(True, CellKind.BOOLEAN),
        Cell(None, CellKind.ERROR),
        Cell(None, CellKind.FORMULA),
    )


def test_formula_is_never_computed_and_its_kept_result_never_read():
    book = Workbook()
    book.active["A1"] = ArrayFormula("A1:A1", "=SUM(B1:B2)")
    book.active["B1"] = '=HYPERLINK("x")'
    assert [cell.is_formula for cell in open_sheet(saved(book), "a.xlsx").row(1)] == [True, True]


@pytest.mark.parametrize("text", ["=1+1", "+86", "-5℃", "@某人"])
def test_text_that_only_looks_like_a_formula_stays_text(text):
    book = Workbook()
    book.active["A1"] = text
    book.active["A1"].data_type = "s"
    assert open_sheet(saved(book), "a.xlsx").row(1) == (Cell(text, CellKind.TEXT),)


@pytest.mark.parametrize("number_format", ["yyyy-mm-dd", 'yyyy"年"m"月"d"日"', "m/d/yy", '[$-804]yyyy"年"m"月"d"日";@'])
def test_day_numbers_in_date_formats_are_days(number_format):
    assert cells_of(46275, number_format=number_format) == (Cell(date(2026, 9, 10), CellKind.DATE),)


def test_date_formats_that_chinese_programs_name_by_number_only_are_known():
    book = Workbook()
    book.active["A1"] = 46275
    book.active["A1"].number_format = "0.00"
    plain = saved(book)
    assert open_sheet(plain, "a.xlsx").row(1)[0].kind is CellKind.NUMBER
    styles = part_of(plain, "xl/styles.xml").replace(b'numFmtId="2"', b'numFmtId="31"')
    chinese = with_parts(plain, {"xl/styles.xml": styles})
    assert open_sheet(chinese, "a.xlsx").row(1) == (Cell(date(2026, 9, 10), CellKind.DATE),)


def test_telephone_number_in_a_date_format_stays_a_number():
    assert cells_of(15000001408, number_format="yyyy-mm-dd") == (Cell(15000001408, CellKind.NUMBER),)


def test_days_are_right_in_files_that_count_from_1904():
    book = Workbook()
    book.epoch = CALENDAR_MAC_1904
    book.active["A1"] = date(2026, 9, 10)
    assert open_sheet(saved(book), "a.xlsx").row(1) == (Cell(date(2026, 9, 10), CellKind.DATE),)


def test_line_ends_spelled_by_the_format_become_spaces():
    assert cells_of("一行_x000D_\n二行")[0].value == "一行 \n二行"


def test_rows_keep_the_numbers_the_sheet_shows():
    sheet = open_sheet(as_xlsx([["a"], [], [], ["b", None, "c", None]]), "a.xlsx")
    assert len(sheet.rows) == 4
    assert sheet.row(2) == ()
    assert sheet.row(4) == (cell_of("b"), EMPTY_CELL, cell_of("c"))
    assert sheet.row(99) == ()


def test_cells_merged_downwards_count_in_every_row_they_span():
    book = Workbook()
    for row in (["中心", "姓名"], ["青石", "甲"], [None, "乙"], [None, "丙"], [None, None, "x"]):
        book.active.append(row)
    book.active.merge_cells("A2:A4")
    book.active.merge_cells("A1:B1")
    sheet = open_sheet(saved(book), "a.xlsx")
    assert [row[0].value for row in sheet.rows] == ["中心", "青石", "青石", "青石", None]


def test_sheet_with_the_best_headings_is_chosen_and_a_person_may_choose_another():
    data = as_xlsx(
        [["说明"], ["请先读"]], [["甲", "乙", "丙"]], [["丁"]], names=("填表说明", "名单", "旧表"), hidden=(2,)
    )
    sheet = open_sheet(data, "a.xlsx", fit=lambda rows: len(rows[0]))
    assert (sheet.name, sheet.names, sheet.hidden_names) == ("名单", ("填表说明", "名单"), ("旧表",))
    assert open_sheet(data, "a.xlsx", name="填表说明").row(2)[0].value == "请先读"
    for hidden_or_unknown in ("旧表", "没有的表"):
        with pytest.raises(SheetRefused) as caught:
            open_sheet(data, "a.xlsx", name=hidden_or_unknown)
        assert caught.value.kind is Refusal.NO_SUCH_SHEET


def test_first_filled_sheet_is_taken_where_nothing_tells_them_apart():
    data = as_xlsx([], [["甲"]], [["乙"]])
    assert open_sheet(data, "a.xlsx").name == "表2"


def test_workbook_whose_only_sheet_is_hidden_has_nothing_to_read():
    data = as_xlsx([["甲"]])
    book = part_of(data, "xl/workbook.xml").replace(b'state="visible"', b'state="veryHidden"')
    data = with_parts(data, {"xl/workbook.xml": book})
    with pytest.raises(SheetRefused) as caught:
        open_sheet(data, "a.xlsx")
    assert caught.value.kind is Refusal.EMPTY


def test_stream_and_bytes_are_read_alike():
    data = as_xlsx(as_grid(wish_lines(3)))
    assert open_sheet(io.BytesIO(data), "名单.XLSX") == open_sheet(data, "名单.xlsx")


def test_texts_kept_in_a_part_of_their_own_are_read_alike():
    data = as_xlsx(as_grid(wish_lines(5)))
    assert open_sheet(with_shared_texts(data), "a.xlsx") == open_sheet(data, "a.xlsx")


def test_text_in_several_styles_is_read_without_its_pronunciation():
    data = with_shared_texts(as_xlsx([["x"]]))
    rich = "<r><t>蓝</t></r><r><rPr><b/></rPr><t>书包</t></r><rPh sb='0' eb='1'><t>ランドセル</t></rPh>"
    strings = f"<sst xmlns='{NAMESPACE}'><si>{rich}</si></sst>".encode()
    assert open_sheet(with_parts(data, {"xl/sharedStrings.xml": strings}), "a.xlsx").row(1) == (cell_of("蓝书包"),)


def test_elements_may_carry_any_prefix_and_cells_no_position():
    body = "<x:row><x:c t='str'><x:v>甲</x:v></x:c><x:c/><x:c t='b'><x:v>1</x:v></x:c></x:row>"
    xml = f"<x:worksheet xmlns:x='{NAMESPACE}'><x:sheetData>{body}</x:sheetData></x:worksheet>".encode()
    data = with_parts(as_xlsx([["x"]]), {"xl/worksheets/sheet1.xml": xml})
    assert open_sheet(data, "a.xlsx").row(1) == (cell_of("甲"), EMPTY_CELL, cell_of(True))


def test_progress_is_told_on_the_way_and_at_the_end():
    told = []
    open_sheet(
        as_xlsx([[n] for n in range(1, 1201)]), "a.xlsx", progress=lambda done, total: told.append((done, total))
    )
    assert told == [(500, 1200), (1000, 1200), (1200, 1200)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "gbk"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_separated_text_is_read_in_the_encodings_people_use(encoding, delimiter):
    grid = [["姓名", "心愿"], ["江明", "书包，蓝色"], ["林·安", '说"好"\n第二行']]
    sheet = open_sheet(as_csv(grid, encoding, delimiter), "名单.csv")
    assert [[cell.value for cell in row] for row in sheet.rows] == grid
    assert sheet.name == "名单"


def test_numbers_wrapped_as_text_formula_are_unwrapped_in_separated_text():
    cells = open_sheet(b'="370299199001010013",=1+1\n', "a.csv").row(1)
    assert cells == (Cell("370299199001010013", CellKind.TEXT), Cell("=1+1", CellKind.TEXT))


@pytest.mark.parametrize(("index", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (59, "BH"), (701, "ZZ"), (702, "AAA")])
def test_columns_are_named_as_spreadsheets_name_them(index, letters):
    assert column_letter(index) == letters
