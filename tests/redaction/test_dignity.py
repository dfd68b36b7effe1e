"""Words that shame, pity or ask for thanks are pointed out; plain words that look like them are left alone."""

import pytest

from portal.redaction.dignity import Tone, find_contact_offers, find_hints


@pytest.mark.parametrize(
    ("text", "piece", "tone"),
    [
        ("这个可怜的孩子想要书包", "可怜的", Tone.PITY),
        ("身世太苦，靠奶奶带大", "身世太苦", Tone.PITY),
        ("看了让人心酸不已", "让人心酸不已", Tone.PITY),
        ("救救这个家庭", "救救这个", Tone.PITY),
        ("父亲是残废", "残废", Tone.SHAME),
        ("他是个哑巴", "哑巴", Tone.SHAME),
        ("穷人家的孩子", "穷人家", Tone.SHAME),
        ("帮助贫困生", "贫困生", Tone.SHAME),
        ("家徒四壁", "家徒四壁", Tone.SHAME),
        ("孤寡老人冬天难熬", "孤寡老人", Tone.SHAME),
        ("没爹没妈的孩子", "没爹没妈的孩子", Tone.SHAME),
        ("受助的人要懂得感恩", "要懂得感恩", Tone.GRATITUDE),
        ("请孩子写一封感谢信", "请孩子写一封感谢信", Tone.GRATITUDE),
        ("不要辜负好心人", "不要辜负好心人", Tone.GRATITUDE),
        ("他们遇到了恩人", "恩人", Tone.GRATITUDE),
        ("可\u200b怜的老人", "可\u200b怜的", Tone.PITY),
        ("The poor little girl wants a doll.", "poor ", Tone.PITY),
        ("He suffers from dementia.", "suffers from", Tone.PITY),
        ("A wheelchair-bound man", "wheelchair-bound", Tone.PITY),
        ("Help for the needy", "the needy", Tone.SHAME),
        ("A crippled neighbour", "crippled", Tone.SHAME),
        ("They should be very grateful.", "should be very grateful", Tone.GRATITUDE),
        ("Please send us a thank-you video", "send us a thank-you video", Tone.GRATITUDE),
        ("showing their gratitude", "showing their gratitude", Tone.GRATITUDE),
    ],
)
def test_words_that_hurt_are_pointed_out(text, piece, tone):
    assert [(text[hint.start : hint.end], hint.tone) for hint in find_hints(text)] == [(piece, tone)]
    assert find_hints(text)[0].label


@pytest.mark.parametrize(
    "text",
    [
        "想要一本《可可西里》和一个苦瓜刨",
        "谢谢大家，书包收到了",
        "感恩节那天一起包饺子",
        "老人行动不便，想要一把扶手椅",
        "有智力障碍的孩子喜欢积木",
        "一位残疾人想要电动轮椅",
        "独居老人想要收音机",
        "神经病学的书一本",
        "感谢信请不要寄，家庭不用回礼",
        "The book is called Poor Richard's Almanack.",
        "A girl who uses a wheelchair would like a desk.",
        "Thank you, the coats arrived.",
        "The charity has a case worker.",
        "A box for the poor box",
    ],
)
def test_near_misses_are_left_alone(text):
    assert find_hints(text) == []


@pytest.mark.parametrize("text", ["帮助残废人", "A retarded boy", "贫困家庭"])
def test_a_better_wording_is_in_the_language_of_the_text(text):
    better = find_hints(text)[0].better
    assert better
    assert better.isascii() == text.isascii()


@pytest.mark.parametrize(
    "text",
    [
        "加我微信聊",
        "请加个微信",
        "能不能留个电话",
        "想和孩子见面",
        "直接联系家长吧",
        "有事打给我。",
        "我想跟老人互换联系方式",
        "加 我 微 信",
        "Please text me any time.",
        "I would love to keep in touch with the child.",
        "Could you give me their address?",
        "Let me meet the family in person.",
    ],
)
def test_an_exchange_of_contacts_is_found_and_certain(text):
    assert [mark.is_certain for mark in find_contact_offers(text)] == [True]


@pytest.mark.parametrize(
    "text",
    [
        "用微信支付或者支付宝都可以",
        "请致电服务中心",
        "给孩子一个微信读书卡",
        "需要一部老人手机",
        "孩子想和妈妈视频",
        "加湿器一台",
        "联系我们请看页脚",
        "地址在服务中心二楼",
        "Call the public line 12345.",
        "The family contacted the centre.",
        "A phone that can call grandma.",
        "Add a lamp to the desk.",
    ],
)
def test_ways_to_the_centre_and_things_are_no_exchange(text):
    assert find_contact_offers(text) == []
