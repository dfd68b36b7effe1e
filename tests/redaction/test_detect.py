"""What looks like personal data is found however it is written, and ordinary wishes are left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.redaction.detect import detect
from portal.redaction.folding import fold
from portal.redaction.marks import KnownIdentity, MarkKind, segments

FAMILY = KnownIdentity(
    names=("秦晓舟", "郝淑琴"),
    numbers=("13711112222", "370213201502307777"),
    addresses=("青屿花园7号楼2单元301",),
)


def found(text, kind):
    return [text[mark.start : mark.end] for mark in detect(text) if mark.kind == kind]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("有事打13711112222找我", "13711112222"),
        ("电话：137-1111-2222", "137-1111-2222"),
        ("电话１３７１１１１２２２２", "１３７１１１１２２２２"),
        ("打1 3 7 1 1 1 1 2 2 2 2就行", "1 3 7 1 1 1 1 2 2 2 2"),
        ("号码一三七一一一一二二二二", "一三七一一一一二二二二"),
        ("幺三七幺幺幺幺二二二二", "幺三七幺幺幺幺二二二二"),
        ("137\u200b1111\u200b2222", "137\u200b1111\u200b2222"),
        ("座机0532-66667777转8", "0532-66667777转8"),
        ("call +86 137 1111 2222 please", "+86 137 1111 2222"),
    ],
)
def test_telephone_numbers_are_found_in_every_disguise(text, number):
    assert found(text, MarkKind.PHONE) == [number]
    assert all(mark.is_certain for mark in detect(text))


@pytest.mark.parametrize(
    ("text", "kind", "what"),
    [
        ("身份证370213201502187771", MarkKind.ID_CARD, "370213201502187771"),
        ("证号 370213 20150218 777x", MarkKind.ID_CARD, "370213 20150218 777x"),
        ("证件号码：370213150218777", MarkKind.ID_CARD, "370213150218777"),
        ("汇到6222 0000 0000 0000 018", MarkKind.BANK_CARD, "6222 0000 0000 0000 018"),
        ("写信到 qin.xz@mail.example", MarkKind.EMAIL, "qin.xz@mail.example"),
        ("微信号：qinxz_2015", MarkKind.WECHAT, "qinxz_2015"),
        ("加她微信xiaozhou-mama", MarkKind.WECHAT, "xiaozhou-mama"),
        ("QQ 88776655", MarkKind.QQ, "88776655"),
        ("车牌鲁B·6X88Y", MarkKind.PLATE, "鲁B·6X88Y"),
    ],
)
def test_numbers_and_accounts_are_certain(text, kind, what):
    assert found(text, kind) == [what]
    assert [mark.is_certain for mark in detect(text)] == [True]


@pytest.mark.parametrize(
    ("text", "kind", "what"),
    [
        ("秦晓舟今年要上学了", MarkKind.PERSON, "秦晓舟"),
        ("我叫郝淑琴，一个人过", MarkKind.PERSON, "郝淑琴"),
        ("心愿人：欧阳明月", MarkKind.PERSON, "欧阳明月"),
        ("姓名：秦　晓", MarkKind.PERSON, "秦　晓"),
        ("郝奶奶的收音机坏了", MarkKind.PERSON, "郝奶奶"),
        ("孩子秦晓舟喜欢画画", MarkKind.PERSON, "秦晓舟"),
        ("秦可说，书包带断了", MarkKind.PERSON, "秦可"),
        ("秦某想要一床被子", MarkKind.PERSON, "秦某"),
        ("住青屿花园7号楼2单元301", MarkKind.ADDRESS, "青屿花园7号楼2单元301"),
        ("家在石门村南头胡同3号", MarkKind.ADDRESS, "石门村南头胡同3号"),
        ("送到六号楼三单元就行", MarkKind.ADDRESS, "六号楼三单元"),
        ("在青屿社区", MarkKind.ADDRESS, "青屿社区"),
        ("就读于青屿小学四年级二班", MarkKind.SCHOOL, "青屿小学四年级二班"),
        ("她在海阳路幼儿园", MarkKind.SCHOOL, "海阳路幼儿园"),
        ("在东海路人民医院住院", MarkKind.HOSPITAL, "东海路人民医院"),
        ("因为白血病休学", MarkKind.DIAGNOSIS, "白血病"),
        ("肢体三级残疾", MarkKind.DIAGNOSIS, "肢体三级残疾"),
        ("2015年2月18日出生", MarkKind.DATE_OF_BIRTH, "2015年2月18日"),
        ("生日是二〇一五年二月十八", MarkKind.DATE_OF_BIRTH, "二〇一五年二月十八"),
        ("今年九岁了", MarkKind.AGE, "九岁"),
        ("Qin Xiaozhou likes to draw, says Wang Shuqin", MarkKind.PERSON, "Wang Shuqin"),
        ("My name is Anna Berg", MarkKind.PERSON, "Anna Berg"),
        ("at 22 Harbour Hill Road, Room 301", MarkKind.ADDRESS, "22 Harbour Hill Road, Room 301"),
        ("goes to Green Bay Primary School, Class 4", MarkKind.SCHOOL, "Green Bay Primary School, Class 4"),
        ("was diagnosed with severe asthma and coughs", MarkKind.DIAGNOSIS, "severe asthma"),
        ("Mei, 9 years old", MarkKind.AGE, "9 years old"),
    ],
)
def test_what_may_point_at_somebody_is_marked_but_left_to_people(text, kind, what):
    assert what in found(text, kind)
    assert not any(mark.is_certain for mark in detect(text) if mark.kind == kind)


@pytest.mark.parametrize(
    "text",
    [
        "家里光线暗，晚上写作业看不清",
        "参加校足球队，只有一双布鞋",
        "喜欢问为什么，学校图书角只有一本",
        "得过社区三等奖",
        "想要一套《安妮日记》和《林海雪原》",
        "想要孙膑拳的练功服",
        "单人床，1.5×2米，6斤",
        "7号球一个，5号电池四节",
        "第三单元测试卷两本",
        "预算三百元，市场价13800元以下都行",
        "适合3岁以上的积木",
        "用微信支付也可以",
        "QQ糖两袋",
        "社区医院旁边的公园",
        "小林（化名）想要一个地球仪",
        "平时自己做饭，方便安全最要紧",
        "许多同学都有，他也想要一个",
        "夏天屋里闷热，想要一台风扇",
        "A sturdy bag for school is wished for.",
        "LEGO set 60271, size 10/12, and a Harry Potter book",
        "ISBN 978-7-02-000220-7",
    ],
)
def test_ordinary_wishes_are_left_alone(text):
    assert detect(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "晓舟妈妈说，秦晓舟想要书包",
        "秦 晓 舟的书包",
        "找１３７１１１１２２２２",
        "证号370213-20150230-7777",
        "郝\u200b淑琴",
    ],
)
def test_the_households_own_words_are_certain_however_they_are_spaced(text):
    assert any(mark.is_known and mark.is_certain for mark in detect(text, FAMILY))


def test_a_given_name_or_place_of_the_household_is_marked_for_people_to_judge():
    marks = detect("晓舟在青屿花园门口等", FAMILY)
    assert [(mark.kind, mark.is_known, mark.is_certain) for mark in marks] == [
        (MarkKind.PERSON, True, False),
        (MarkKind.ADDRESS, True, False),
    ]


def test_a_certain_mark_wins_over_a_weaker_one_in_the_same_place():
    [mark] = detect("电话13711112222", FAMILY)
    assert mark.is_known


def test_the_households_words_are_in_no_representation():
    assert "秦晓舟" not in repr(FAMILY)


def test_pieces_put_together_are_the_text_again():
    text = "郝奶奶，电话13711112222，想要收音机"
    pieces = segments(text, detect(text))
    assert "".join(piece.text for piece in pieces) == text
    assert [piece.text for piece in pieces if piece.label] == ["郝奶奶", "13711112222"]


@given(st.text(max_size=200))
def test_any_text_gives_marks_that_lie_in_it_in_order(text):
    marks = detect(text, FAMILY)
    edges = [edge for mark in marks for edge in (mark.start, mark.end)]
    assert edges == sorted(edges)
    assert all(0 <= mark.start < mark.end <= len(text) for mark in marks)


@given(st.text(max_size=60), st.sampled_from(["", "\u200b", " ", "-"]), st.booleans())
def test_a_telephone_number_is_never_lost_in_what_surrounds_it(around, gap, is_wide):
    number = gap.join("13711112222")
    if is_wide:
        number = number.translate({ord("0") + digit: ord("０") + digit for digit in range(10)})
    text = f"{around}电话{number}。"
    start = text.index(number, len(around))
    assert any(mark.start <= start and mark.end >= start + len(number) for mark in detect(text))


def test_folding_keeps_the_way_back():
    folded = fold("ａ\u200b㎏b")
    assert folded.text == "akgb"
    assert folded.origin(1, 3) == (2, 3)


@pytest.mark.parametrize("unit", ["村", "小学", "一", "1", "王", "单元", "1 ", "楼138医院", "Li", "a1"])
def test_a_hostile_text_costs_no_more_than_a_moment(unit, recwarn):
    detect((unit * 400)[:400], FAMILY)
