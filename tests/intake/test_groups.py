"""Groups and kinds as lists write them."""

import pytest

from portal.intake.groups import find_groups, read_groups, read_kind
from portal.spreadsheets.cells import cell_of
from portal.spreadsheets.problems import FieldWrong
from portal.wishes.kinds import GROUP_LABELS, WishKind
from portal.wishes.kinds import BeneficiaryGroup as G


@pytest.mark.parametrize(
    ("written", "group"),
    [
        ("低保", G.DIBAO),
        ("低保户", G.DIBAO),
        ("城乡低保家庭", G.DIBAO),
        ("最低生活保障家庭", G.DIBAO),
        ("低保边缘", G.DIBAO_MARGIN),
        ("最低生活保障边缘家庭", G.DIBAO_MARGIN),
        ("低收入家庭", G.DIBAO_MARGIN),
        ("特困", G.EXTREME_HARDSHIP),
        ("特困供养人员", G.EXTREME_HARDSHIP),
        ("特困人员（分散供养）", G.EXTREME_HARDSHIP),
        ("刚性支出困难", G.RIGID_EXPENDITURE),
        ("刚性支出困难家庭成员", G.RIGID_EXPENDITURE),
        ("支出型困难家庭", G.RIGID_EXPENDITURE),
        ("受灾人员", G.DISASTER),
        ("基本生活暂时出现严重困难的人员", G.TEMPORARY_HARDSHIP),
        ("临时困难", G.TEMPORARY_HARDSHIP),
        ("疾病应急救助人员", G.MEDICAL_EMERGENCY),
        ("生活无着的流散人员", G.HOMELESS),
        ("孤儿", G.ORPHAN),
        ("事实无人抚养儿童", G.DE_FACTO_UNATTENDED_CHILD),
        ("困境儿童", G.CHILD_IN_DIFFICULTY),
        ("重点困境儿童", G.CHILD_IN_DIFFICULTY),
        ("农村留守儿童", G.LEFT_BEHIND_CHILD),
        (" 留守 儿童 ", G.LEFT_BEHIND_CHILD),
        ("Orphan", G.ORPHAN),
        ("de facto unattended child", G.DE_FACTO_UNATTENDED_CHILD),
        ("left-behind child", G.LEFT_BEHIND_CHILD),
    ],
)
def test_groups_of_the_law_are_known_under_their_usual_names(written, group):
    assert read_groups(cell_of(written)) == [group]


@pytest.mark.parametrize("group", G)
def test_every_group_is_known_by_its_own_label(group):
    assert find_groups(str(GROUP_LABELS[group])) == [group]


def test_several_groups_keep_their_order():
    assert find_groups("困境儿童、低保，残疾") == [G.CHILD_IN_DIFFICULTY, G.DIBAO]


@pytest.mark.parametrize("written", ["残疾", "困难", "低保吗", "其他"])
def test_unknown_groups_are_refused(written):
    with pytest.raises(FieldWrong) as caught:
        read_groups(cell_of(written))
    assert (caught.value.code, caught.value.params) == ("group_unknown", {"value": written})


@pytest.mark.parametrize(
    ("written", "kind"),
    [("物品", WishKind.GOODS), ("实物类", WishKind.GOODS), ("服务", WishKind.SERVICE), ("-", None), (None, None)],
)
def test_kind_is_read_where_it_is_given(written, kind):
    assert read_kind(cell_of(written)) is kind


def test_unclear_kind_is_refused():
    with pytest.raises(FieldWrong) as caught:
        read_kind(cell_of("钱"))
    assert caught.value.code == "kind_unclear"
