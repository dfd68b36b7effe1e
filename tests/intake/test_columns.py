"""The columns of wish lists, as communities head them."""

import pytest

from portal.intake.columns import FIELD_LABELS, HEADINGS, REQUIRED, WishField, read_columns, restore_wish_columns
from portal.spreadsheets.cells import Sheet, cell_of
from tests.intake.readings import sheet_of
from tests.spreadsheets.samples import ENGLISH_HEADERS, HEADERS, OTHER_HEADERS, wish_lines


def mapped(*headers):
    """Return which field each header is read as."""
    mapping = read_columns(Sheet("表", (tuple(map(cell_of, headers)),)))
    return {match.header: str(field) for field, match in mapping.matches.items()}


@pytest.mark.parametrize("headers", [HEADERS, ENGLISH_HEADERS, OTHER_HEADERS], ids=["plain", "english", "other"])
def test_every_column_is_found_with_certainty(headers):
    mapping = read_columns(sheet_of(wish_lines(2), headers))
    assert mapping.header_row == 2
    assert {str(f): m.index for f, m in mapping.matches.items()} == {f: i for i, f in enumerate(headers)}
    assert (mapping.is_complete, mapping.uncertain, mapping.unread) == (True, (), ())


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("受助人姓名", "name"),
        ("孩子姓名", "name"),
        ("身份证", "id_number"),
        ("身份证号码", "id_number"),
        ("证件号", "id_number"),
        ("价格", "unit_price"),
        ("预算(元)", "unit_price"),
        ("金额", "unit_price"),
        ("单价（元/件）", "unit_price"),
        ("件数", "quantity"),
        ("同意公开", "consent_publish"),
        ("授权公开", "consent_publish"),
        ("是否同意公开匿名信息（是/否）", "consent_publish"),
        ("监护人电话", "guardian_phone"),
        ("同意拍照", "consent_photo"),
        ("心愿类型", "kind"),
    ],
)
def test_usual_names_are_known(header, field):
    assert mapped(header, "服务中心", "社区", "家庭住址")[header] == field


def test_alike_names_are_told_apart():
    headers = ("姓名", "监护人姓名", "联系电话", "监护人联系电话", "报送人姓名", "心愿类型", "困难类型")
    assert mapped(*headers) == dict(
        zip(headers, ("name", "guardian", "phone", "guardian_phone", "reporter", "kind", "group"), strict=True)
    )


def test_no_name_means_two_fields():
    names = [alias.casefold() for heading in HEADINGS for alias in heading.aliases]
    assert len(names) == len(set(names))


def test_every_field_has_label_and_heading():
    assert set(FIELD_LABELS) == set(WishField)
    assert [heading.field for heading in HEADINGS] == list(WishField)
    assert {heading.field for heading in HEADINGS if heading.is_required} == REQUIRED


def test_corrected_mapping_comes_back_from_the_form():
    sheet = sheet_of(wish_lines(2))
    mapping = read_columns(sheet).with_choice("size", None)
    assert restore_wish_columns(sheet, mapping.to_dict()).to_dict() == mapping.to_dict()
