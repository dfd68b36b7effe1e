"""Text as it should have been typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.spreadsheets.tidying import fold, tidy


@pytest.mark.parametrize(
    ("written", "tidied"),
    [
        ("１５０００００１４０８", "15000001408"),
        ("٣٧", "37"),
        ("𝟑𝟕", "37"),
        ("ＡＢｃ", "ABc"),
        ("  书包\u3000蓝色 \n", "书包 蓝色"),
        ("书\u200b包\ufeff", "书包"),
        ("\u202e书包\u2066", "书包"),
        ("书\u00ad包\u3164", "书包"),
        ("a\x00b\x07c", "abc"),
        ("一行\r\n二行\t三", "一行 二行 三"),
        ("1.5×2m，6斤（蓝）", "1.5×2m，6斤（蓝）"),
        ("℃①《》：；", "℃①《》：；"),
        ("", ""),
    ],
)
def test_digits_and_spaces_become_ordinary_and_punctuation_stays(written, tidied):
    assert tidy(written) == tidied


@pytest.mark.parametrize(
    ("one", "other"), [("单价（元）", "单价 (元)"), ("Unit Price", "ｕｎｉｔprice"), ("张\u3000三", "张三"), ("①", "1")]
)
def test_two_spellings_of_one_thing_fold_alike(one, other):
    assert fold(one) == fold(other)


@given(st.text())
def test_tidying_twice_changes_nothing_more(text):
    assert tidy(tidy(text)) == tidy(text)
    assert fold(tidy(text)) == fold(text)
