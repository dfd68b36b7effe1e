"""The sample files beside the tests are what their generator makes, and all of them tell the same story."""

import io

import pytest

from portal.areas.sheet import read_areas
from portal.intake.columns import rate_wish_list, read_columns
from portal.intake.lists import read_list
from portal.intake.places import AreaIndex
from portal.limits.rules import Limits
from portal.spreadsheets.reading import open_sheet
from portal.spreadsheets.writing import write_xlsx
from tests.spreadsheets.samples import DISTRICT, SAMPLES, TODAY, as_grid, sample_files, wish_lines

LISTS = ("plain.xlsx", "other_columns.xlsx", "english.csv", "gb18030.csv")


@pytest.mark.parametrize("name", sample_files())
def test_sample_on_disk_says_what_its_generator_says(name):
    kept = open_sheet((SAMPLES / name).read_bytes(), name)
    assert kept.rows == open_sheet(sample_files()[name], name).rows


@pytest.mark.parametrize("name", LISTS)
def test_every_spelling_of_a_list_comes_to_the_same_wishes(name):
    areas = AreaIndex(read_areas(open_sheet((SAMPLES / "areas.xlsx").read_bytes(), "areas.xlsx")).tree)
    sheet = open_sheet((SAMPLES / name).read_bytes(), name, fit=rate_wish_list)
    report = read_list(sheet, read_columns(sheet), areas, Limits(), TODAY)
    assert not report.problems
    assert [wish.id_number for wish in report.accepted_wishes] == [line["id_number"] for line in wish_lines(12)]
    told = [(w.name, w.phone, w.quantity, w.unit_price_minor, w.reported_on, w.grid) for w in report.wishes]
    assert told == [
        (x["name"], x["phone"], x["quantity"], x["unit_price"] * 100, x["reported_on"], x["grid"])
        for x in wish_lines(12)
    ]
    assert [wish.consent_publish for wish in report.wishes] == [x["consent_publish"] == "是" for x in wish_lines(12)]


def test_a_long_list_is_read_to_its_last_row():
    stream = io.BytesIO()
    grid = as_grid(wish_lines(1_500), titles=())
    write_xlsx(stream, "名单", grid[0], grid[1:])
    sheet = open_sheet(stream.getvalue(), "名单.xlsx", fit=rate_wish_list)
    report = read_list(sheet, read_columns(sheet), AreaIndex(DISTRICT), Limits(), TODAY)
    assert (report.row_count, len(report.wishes)) == (1_500, 1_500)


def test_areas_of_the_sample_are_the_district():
    report = read_areas(open_sheet((SAMPLES / "areas.xlsx").read_bytes(), "areas.xlsx"))
    assert report.is_accepted
    assert report.tree == DISTRICT
