"""How columns are found and how a person corrects them, on headings of a small invented list."""

import json

import pytest

from portal.spreadsheets.cells import cell_of
from portal.spreadsheets.columns import ALIKE, CONTAINED, EXACT, WITHOUT_UNIT, Heading, find_columns, restore_columns
from portal.spreadsheets.columns import rate_head as rate

HEADINGS = (
    Heading("name", "姓名", ("姓名", "受助人姓名", "Full name"), is_required=True),
    Heading("guardian", "监护人", ("监护人", "监护人姓名", "Guardian")),
    Heading("item", "物品", ("心愿物品", "心愿", "Item"), is_required=True),
    Heading("price", "单价", ("单价", "价格", "Unit price"), is_required=True),
    Heading("day", "日期", ("报送日期", "Date")),
)


def rows(*lines):
    """Return rows of cells."""
    return [tuple(cell_of(value) for value in line) for line in lines]


def found(*headers):
    """Return which column each field is read from."""
    return {field: match.index for field, match in find_columns(rows(headers), HEADINGS).matches.items()}


def test_columns_are_found_in_any_order():
    assert found("单价", "序号", "报送日期", "心愿物品", "监护人", "姓名") == {
        "price": 0,
        "day": 2,
        "item": 3,
        "guardian": 4,
        "name": 5,
    }


@pytest.mark.parametrize(
    ("header", "confidence"),
    [
        ("单价", EXACT),
        (" 单 价 ", EXACT),
        ("单\n价", EXACT),
        ("＊单价：", EXACT),
        ("UNIT  PRICE", EXACT),
        ("unit_price", EXACT),
        ("Ｕｎｉｔ Ｐｒｉｃｅ", EXACT),
        ("单价（元）", WITHOUT_UNIT),
        ("单价(元/件)", WITHOUT_UNIT),
        ("单价【必填】", WITHOUT_UNIT),
        ("市场单价约", CONTAINED),
        ("unit prise", ALIKE),
    ],
)
def test_name_of_a_column_may_be_written_in_many_ways(header, confidence):
    match = find_columns(rows([header, "姓名", "心愿"]), HEADINGS).matches["price"]
    assert (match.index, match.confidence) == (0, confidence)


def test_guessed_columns_are_named_for_a_look():
    mapping = find_columns(rows(["姓名", "心愿", "市场单价约", "报送日期"]), HEADINGS)
    assert mapping.uncertain == ("price",)


def test_two_latin_letters_inside_a_word_mean_nothing():
    headings = (*HEADINGS, Heading("id", "证件", ("ID",)))
    mapping = find_columns(rows(["resident", "姓名", "心愿", "单价"]), headings)
    assert "id" not in mapping.matches


def test_longer_name_is_not_taken_for_the_shorter_one_inside_it():
    assert found("监护人姓名", "姓名", "心愿", "单价") == {"guardian": 0, "name": 1, "item": 2, "price": 3}


def test_certain_column_wins_over_a_guessed_one_and_the_left_one_of_equals():
    assert found("市场价格约", "单价", "姓名", "心愿")["price"] == 1
    assert found("姓名", "姓名", "心愿", "单价")["name"] == 0


def test_header_row_is_found_below_title_rows():
    mapping = find_columns(rows(["2026年心愿征集表"], [], ["填报单位", "青石"], ["姓名", "心愿", "单价"]), HEADINGS)
    assert mapping.header_row == 4
    assert mapping.headers == ("姓名", "心愿", "单价")


def test_names_of_the_second_of_two_header_rows_complete_the_first():
    """A merged first row is repeated in the second by the reader, so the second one knows more."""
    lines = rows(["姓名", "监护人", "心愿物品"], ["姓名", "监护人", "心愿物品", "单价"])
    assert find_columns(lines, HEADINGS).header_row == 2


def test_sheet_without_headings_has_no_header_row():
    mapping = find_columns(rows(["江明", "书包", 100], ["林安", "台灯", 80]), HEADINGS)
    assert (mapping.header_row, mapping.is_complete, mapping.matches) == (0, False, {})
    assert find_columns([], HEADINGS).header_row == 0


def test_missing_and_unread_columns_are_named():
    mapping = find_columns(rows(["姓名", "监护人", "心愿", "民族"]), HEADINGS)
    assert mapping.missing == ("price",)
    assert not mapping.is_complete
    assert mapping.unread == (("D", "民族"),)


def test_person_can_point_at_the_header_row():
    lines = rows(["姓名", "监护人", "心愿", "单价"], ["甲", "乙", "丙", "丁"])
    assert find_columns(lines, HEADINGS, 2).headers == ("甲", "乙", "丙", "丁")
    assert find_columns(lines, HEADINGS, 9).header_row == 0


def test_person_can_choose_another_column_and_who_had_it_loses_it():
    mapping = find_columns(rows(["姓名", "心愿", "单价", "民族"]), HEADINGS)
    changed = mapping.with_choice("price", 3)
    assert (changed.letter_of("price"), changed.unread) == ("D", (("C", "单价"),))
    assert changed.with_choice("item", 3).missing == ("price",)
    assert changed.with_choice("price", None).letter_of("price") is None
    assert mapping.letter_of("price") == "C"


@pytest.mark.parametrize(("field", "index"), [("shoe", 0), ("price", 4), ("price", -1)])
def test_choice_outside_the_sheet_is_refused(field, index):
    mapping = find_columns(rows(["姓名", "心愿", "单价", "民族"]), HEADINGS)
    with pytest.raises(ValueError, match=r"unknown field|no such column"):
        mapping.with_choice(field, index)


def test_mapping_survives_a_hidden_field_of_a_form():
    lines = rows(["标题"], ["姓名", "心愿", "单价", "民族"])
    mapping = find_columns(lines, HEADINGS).with_choice("day", 3)
    kept = json.loads(json.dumps(mapping.to_dict()))
    assert kept == {"header_row": 2, "name": 0, "item": 1, "price": 2, "day": 3}
    restored = restore_columns(lines, HEADINGS, kept)
    assert restored.to_dict() == mapping.to_dict()
    assert restored.is_complete


@pytest.mark.parametrize(
    "data",
    [{"header_row": 1, "name": 9}, {"header_row": 1, "x": 0}, {"header_row": "1"}, {"header_row": 1, "name": None}],
)
def test_forged_mapping_is_refused(data):
    with pytest.raises(ValueError, match=r"column|field|mapping"):
        restore_columns(rows(["姓名", "心愿", "单价"]), HEADINGS, data)


def test_cell_of_a_short_row_or_an_absent_column_is_empty():
    mapping = find_columns(rows(["姓名", "心愿", "单价"]), HEADINGS)
    row = rows(["江明"])[0]
    assert mapping.cell(row, "name").value == "江明"
    assert mapping.cell(row, "price").is_blank
    assert mapping.cell(row, "day").is_blank


def test_list_is_rated_above_anything_else():
    assert rate(rows(["标题"], ["姓名", "心愿", "单价"]), HEADINGS) == 3
    assert rate(rows(["姓名", "部门"], ["江明", "财务"]), HEADINGS) == 0
    assert rate([], HEADINGS) == 0
