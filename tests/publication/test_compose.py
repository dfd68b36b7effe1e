"""The system's suggestion is made of plain fields, in both languages, and tells nobody's story."""

import pytest

from portal.publication.compose import Facts, compose, size_in_english, without_marked_clauses
from portal.publication.phrases import CATEGORY_PHRASES, ITEM_PHRASES, SERVICE_PHRASES
from portal.redaction.detect import detect
from portal.wishes.kinds import Category


def suggestion(item="双肩书包", size="蓝色，高年级款", kind="goods", category="study", reason=""):
    return compose(Facts(item, size, kind, category, reason))


def test_a_known_thing_is_composed_in_both_languages():
    text = suggestion().text
    assert (text.item, text.item_en) == ("双肩书包", "School backpack")
    assert (text.size, text.size_en) == ("蓝色，高年级款", "Blue, for older pupils")
    assert text.reason == "想要一个结实的书包上学用。"
    assert text.is_complete


def test_an_unknown_thing_takes_the_words_of_its_category():
    text = suggestion(item="浑天仪", size=None).text
    assert text.item_en == CATEGORY_PHRASES[Category.STUDY].item_en
    assert text.is_complete


def test_what_has_no_english_is_left_for_a_person_to_write():
    assert not suggestion(item="老物件", category="other", size=None).text.is_complete
    assert not suggestion(size="要奶奶看得惯的").text.is_complete


def test_a_service_is_not_taken_for_a_thing_of_like_name():
    assert suggestion(item="理发上门", kind="service", category="home_service").text.item_en == "Haircut at home"


@pytest.mark.parametrize(
    ("size", "english"),
    [
        ("37码", "Size 37 (EU)"),
        ("身高140cm", "For 140 cm"),
        ("1.5×2m，6斤", "1.5×2m, 3 kg"),
        ("3升，大按键", "3 litres, large keys"),
        ("每月一次，共三次", "Monthly, 3 times"),
        ("XL", "XL"),
        ("", ""),
        ("蓝色，外婆选的", ""),
    ],
)
def test_sizes_are_put_into_english_whole_or_not_at_all(size, english):
    assert size_in_english(size) == english


@pytest.mark.parametrize(
    ("reason", "left"),
    [
        ("家里光线暗，可打奶奶电话17400006098", "家里光线暗。"),
        ("住青屿花园7号楼2单元，喜欢画画", "喜欢画画。"),
        ("秦可说，喜欢画画，得过社区三等奖", "喜欢画画，得过社区三等奖。"),
        ("被子用了十多年", "被子用了十多年。"),
        ("秦可，13711112222", ""),
        ("", ""),
    ],
)
def test_of_the_familys_words_only_clauses_without_marks_are_offered(reason, left):
    assert without_marked_clauses(reason) == left


def test_no_composed_words_look_like_personal_data():
    phrases = [*ITEM_PHRASES, *SERVICE_PHRASES, *CATEGORY_PHRASES.values()]
    words = [text for phrase in phrases for text in (phrase.item_en, phrase.reason, phrase.reason_en)]
    assert [text for text in words if detect(text)] == []
