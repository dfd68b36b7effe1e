"""What stands in the place of personal data is true of many people and reads on."""

import pytest

from portal.redaction.detect import detect
from portal.redaction.rewording import replace_mark, reword


def rewritten(text, *, is_child=True, is_older=False):
    """Return a text after every mark was reworded, the last first."""
    for mark in reversed(detect(text)):
        text = replace_mark(text, mark, reword(mark, text, is_child=is_child, is_older=is_older))
    return text


@pytest.mark.parametrize(
    ("text", "better"),
    [
        ("秦晓舟今年要上学了", "孩子今年要上学了"),
        ("就读于青屿小学四年级二班，想要书包", "就读于一所小学，想要书包"),
        ("她在海阳路幼儿园", "她在一所幼儿园"),
        ("因为白血病休学", "因为身体原因休学"),
        ("在东海路人民医院住院", "在医院住院"),
        ("喜欢画画，13711112222，想要颜料", "喜欢画画，想要颜料"),
        ("2015年2月18日出生，喜欢画画", "出生，喜欢画画"),
        ("My name is Anna Berg.", "My name is the child."),
        ("goes to Green Bay Primary School", "goes to a primary school"),
    ],
)
def test_a_piece_becomes_what_is_true_of_many(text, better):
    assert rewritten(text) == better


def test_a_name_becomes_what_its_bearers_age_says():
    assert rewritten("郝奶奶的收音机坏了", is_child=False, is_older=True) == "老人的收音机坏了"
    assert rewritten("郝淑琴说想要手机", is_child=False) == "家人说想要手机"


@pytest.mark.parametrize(
    "text", ["电话13711112222", "秦晓舟在南涧小学，微信号：qinxz_2015", "住青屿花园7号楼2单元301，有糖尿病"]
)
def test_what_was_reworded_is_marked_no_more(text):
    assert not detect(rewritten(text))
