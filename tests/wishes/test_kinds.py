"""First guesses at kind and category, and how old somebody may be called."""

from datetime import date

import pytest

from portal.wishes.kinds import (
    AGE_BAND_LABELS,
    CATEGORY_LABELS,
    GROUP_LABELS,
    KIND_LABELS,
    AgeBand,
    BeneficiaryGroup,
    Category,
    WishKind,
    age_band,
    age_on,
    guess_category,
    guess_kind,
)

GOODS, SERVICE = WishKind.GOODS, WishKind.SERVICE


@pytest.mark.parametrize(
    ("item", "kind", "category"),
    [
        ("双肩书包", GOODS, Category.STUDY),
        ("护眼台灯", GOODS, Category.STUDY),
        ("课桌椅", GOODS, Category.STUDY),
        ("《昆虫记》", GOODS, Category.BOOKS),
        ("课外书一套", GOODS, Category.BOOKS),
        ("运动鞋", GOODS, Category.CLOTHING),
        ("羽绒服", GOODS, Category.CLOTHING),
        ("棉被", GOODS, Category.BEDDING),
        ("电热毯", GOODS, Category.HOME_APPLIANCE),
        ("洗衣机", GOODS, Category.HOME_APPLIANCE),
        ("收音机", GOODS, Category.HOME_APPLIANCE),
        ("助行器", GOODS, Category.MOBILITY),
        ("轮椅坐垫", GOODS, Category.MOBILITY),
        ("坐便椅", GOODS, Category.DAILY_CARE),
        ("理发推子", GOODS, Category.DAILY_CARE),
        ("足球", GOODS, Category.SPORT),
        ("水彩笔", GOODS, Category.ARTS),
        ("一块石头", GOODS, Category.OTHER),
        ("理发上门", SERVICE, Category.HOME_SERVICE),
        ("家电维修", SERVICE, Category.HOME_SERVICE),
        ("陪同就医一次", SERVICE, Category.COMPANY),
        ("每周陪伴聊天", SERVICE, Category.COMPANY),
        ("吉他启蒙课", SERVICE, Category.ARTS),
        ("数学辅导", SERVICE, Category.STUDY),
        ("游泳课", SERVICE, Category.SPORT),
    ],
)
def test_item_says_what_it_is(item, kind, category):
    assert (guess_kind(item), guess_category(item)) == (kind, category)


def test_a_person_may_know_better_than_the_guess():
    assert guess_category("书包清洗", GOODS) is Category.STUDY


@pytest.mark.parametrize(
    ("age", "band"),
    [
        (0, AgeBand.TODDLER),
        (6, AgeBand.TODDLER),
        (7, AgeBand.CHILD),
        (13, AgeBand.CHILD),
        (14, AgeBand.TEENAGER),
        (17, AgeBand.TEENAGER),
        (18, AgeBand.ADULT),
        (59, AgeBand.ADULT),
        (60, AgeBand.SIXTIES),
        (79, AgeBand.SEVENTIES),
        (80, AgeBand.OLD),
        (104, AgeBand.OLD),
    ],
)
def test_age_band_begins_on_the_birthday(age, band):
    born = date(1920, 3, 15)
    assert age_on(born, date(1920 + age, 3, 15)) == age
    assert age_band(born, date(1920 + age, 3, 15)) is band
    assert age_on(born, date(1921 + age, 3, 14)) == age


def test_everything_has_a_label():
    for labels, members in (
        (KIND_LABELS, WishKind),
        (CATEGORY_LABELS, Category),
        (GROUP_LABELS, BeneficiaryGroup),
        (AGE_BAND_LABELS, AgeBand),
    ):
        assert set(labels) == set(members)
