"""A pasted list of wish numbers is read whatever stands between them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.codes import new_wish_number, read_wish_number
from portal.pledges.numbers import Mistake, Mistyped, read_numbers

A, B = "14ZWQQS", "XKM8JXB"


@pytest.mark.parametrize(
    "text",
    [
        f"{A} {B}",
        f"{A},{B}",
        f"{A}，{B}。",
        f"{A}\n\n{B}\n",
        f"{A}\t{B}",
        f"{A}、{B}；{A}",
        f"1. {A}\n2. {B}",
        f"1、{A} 书包\n12）{B} 台灯",
        f"{A[:4]}-{A[4:]} {B[:4]} {B[4:]}",
        f"{A.lower()}/{B.lower()}",
        f"https://portal.example/wishes/{A}?from=list https://portal.example/wishes/{B}",
        f"<{A}>({B})",
    ],
)
def test_any_separators_are_understood(text):
    assert read_numbers(text).numbers == (A, B)
    assert read_numbers(text).mistyped == ()


def test_wide_letters_and_confused_ones_are_the_same_number():
    number = next(number for number in iter(new_wish_number, "") if "0" in number[:-1] or "1" in number[:-1])
    wide = "".join(chr(ord(char) + 0xFEE0) for char in number)
    assert read_numbers(wide).numbers == (number,)
    assert read_numbers(number.replace("0", "O").replace("1", "l")).numbers == (number,)


def test_one_wrong_character_is_named_as_such():
    wrong = ("2" if A[0] != "2" else "3") + A[1:]
    assert read_numbers(f"{wrong} ABC {A}") == type(read_numbers(""))(
        (A,), (Mistyped(wrong, Mistake.CHECK), Mistyped("ABC", Mistake.LENGTH))
    )


@given(st.text(max_size=300))
def test_anything_can_be_pasted(text):
    for number in read_numbers(text).numbers:
        assert read_wish_number(number) == number


@given(st.lists(st.builds(new_wish_number), max_size=20), st.sampled_from([" ", ",", "，", "\n", "; ", " / ", "\r\n"]))
def test_every_number_of_a_list_is_found_once(numbers, separator):
    assert read_numbers(separator.join(numbers)).numbers == tuple(dict.fromkeys(numbers))
