"""Addresses as keys of households."""

import pytest

from portal.intake.addresses import names_a_flat, normalise_address
from portal.intake.numerals import read_number, read_numerals


@pytest.mark.parametrize(
    "spelling",
    [
        "望潮花园19号楼1单元1282",
        "望潮花园19号楼1单元1282室",
        "望潮花园 19 号楼 1 单元 1282 户",
        "望潮花园１９号楼１单元１２８２",
        "望潮花园19-1-1282",
        "望潮花园19#1-1282",
        "望潮花园19栋1单元1282号",
        "望潮花园19幢1单元，1282室。",
        "望潮花园十九号楼一单元1282室",
        "青岛市崂山区望潮花园19号楼1单元1282",
        "山东省青岛市崂山区望潮花园19号楼1单元1282",
        "望潮花园19号楼1单元－1282",
    ],
)
def test_spellings_of_one_flat_are_one_key(spelling):
    assert normalise_address(spelling) == "望潮花园19-1-1282"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("望潮花园19号楼1单元1282", "望潮花园19号楼1单元1283"),
        ("望潮花园1号楼11单元2", "望潮花园11号楼1单元2"),
        ("望潮花园1号楼2单元3", "望潮家园1号楼2单元3"),
        ("和风路1号", "和风路11号"),
        ("三里河小区3号楼", "二里河小区3号楼"),
    ],
)
def test_different_flats_are_different_keys(one, other):
    assert normalise_address(one) != normalise_address(other)


def test_estate_is_not_taken_for_a_district():
    assert normalise_address("望潮小区3号楼2单元").startswith("望潮小区")
    assert normalise_address("青岛市望潮小区3号楼2单元").startswith("望潮小区")


def test_address_without_a_number_names_no_flat():
    assert not names_a_flat(normalise_address("望潮社区"))
    assert names_a_flat(normalise_address("望潮社区三号院"))


@pytest.mark.parametrize(
    ("text", "read"),
    [("十号楼", "10号楼"), ("二十一层", "21层"), ("一二单元", "12单元"), ("三里屯", "三里屯"), ("第三网格", "第3网格")],
)
def test_numerals_that_count_become_digits_and_names_stay(text, read):
    assert read_numerals(text) == read


@pytest.mark.parametrize(
    ("text", "number"), [("12", 12), ("十二", 12), ("二〇", 20), ("A", None), ("", None), ("1a", None)]
)
def test_text_that_is_a_number_is_read_as_one(text, number):
    assert read_number(text) == number
