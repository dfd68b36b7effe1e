"""Who somebody is: names, identity numbers, telephones, gender."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric

from portal.intake.identity import Gender, read_gender, read_id_number, read_name, read_phones, tidy_name, tidy_phone
from portal.spreadsheets.cells import cell_of
from portal.spreadsheets.problems import FieldWrong
from tests.spreadsheets.samples import id_number

ON = date(2026, 11, 1)
SOUND = id_number(date(1950, 3, 7), 1)
WITH_X = id_number(date(2015, 5, 5), 1)


def wrong(read, value, *further):
    """Return the code with which a value is refused."""
    with pytest.raises(FieldWrong) as caught:
        read(cell_of(value), *further)
    return caught.value.code


def test_sound_number_tells_birthday_and_gender():
    read = read_id_number(cell_of(SOUND), ON)
    assert (read.number, read.birth_on, read.gender) == (SOUND, date(1950, 3, 7), Gender.MALE)
    assert read_id_number(cell_of(id_number(date(1950, 3, 7), 2)), ON).gender is Gender.FEMALE


@pytest.mark.parametrize("sign", ["X", "x", "Ｘ", "×", "х", "Х", "✕"])
def test_check_sign_may_be_typed_in_many_ways(sign):
    assert WITH_X.endswith("X")
    assert read_id_number(cell_of(WITH_X[:-1] + sign), ON).number == WITH_X


@pytest.mark.parametrize("spelling", ["{0}", " {0} ", "'{0}", "{0}\u200b", "\u202d{0}\u202c"])
def test_stray_signs_around_a_number_do_not_matter(spelling):
    assert read_id_number(cell_of(spelling.format(SOUND)), ON).number == SOUND
    grouped = f"{SOUND[:6]} {SOUND[6:14]}-{SOUND[14:]}"
    assert read_id_number(cell_of(grouped), ON).number == SOUND


@given(st.integers(min_value=0, max_value=17), st.integers(min_value=1, max_value=9))
def test_any_single_wrong_digit_is_found(place, shift):
    digits = list(SOUND)
    digits[place] = str((int(digits[place]) + shift) % 10)
    with pytest.raises(FieldWrong):
        read_id_number(cell_of("".join(digits)), ON)


@given(st.integers(min_value=0, max_value=16))
def test_any_two_neighbours_swapped_are_found(place):
    digits = list(SOUND)
    digits[place], digits[place + 1] = digits[place + 1], digits[place]
    if "".join(digits) != SOUND:
        with pytest.raises(FieldWrong):
            read_id_number(cell_of("".join(digits)), ON)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        (None, "missing"),
        ("无", "missing"),
        (SOUND[:-1], "id_length"),
        (SOUND + "1", "id_length"),
        ("370299500307001", "id_old"),
        ("37029919500307001A", "id_characters"),
        ("X" + SOUND[1:], "id_characters"),
        (SOUND[:-1] + str((int(SOUND[-1]) + 1) % 10), "id_check_digit"),
        (int(SOUND), "id_as_number"),
        (3.70299195003070e17, "id_as_number"),
        ("3.70299E+17", "id_as_number"),
        ("3.70299e17", "id_as_number"),
        ("=A1", "formula"),
        ("9" * 100, "too_long"),
    ],
)
def test_unsound_numbers_are_refused_with_their_reason(written, code):
    assert wrong(read_id_number, written, ON) == code


def with_birthday(text: str) -> str:
    """Return a number with a sound check digit and these eight digits for the birthday."""
    body = f"370299{text}001"
    return body + ric.calc_check_digit(f"{body}0")


@pytest.mark.parametrize("birthday", ["19500230", "20261102", "18991231", "00000000", "20271301"])
def test_impossible_birthdays_are_refused_even_with_a_sound_check_digit(birthday):
    assert wrong(read_id_number, with_birthday(birthday), ON) == "id_birth_date"


def test_number_from_a_district_that_no_longer_exists_is_sound():
    assert read_id_number(cell_of(id_number(date(1950, 3, 7), 1, region="999999")), ON)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("江明", "江明"),
        ("江\u3000明", "江明"),
        (" 江 明 远 ", "江明远"),
        ("阿依古丽•买买提", "阿依古丽·买买提"),
        ("阿依古丽 · 买买提", "阿依古丽·买买提"),
        ("阿依古丽・买买提", "阿依古丽·买买提"),
        ("John  Smith-Jones", "John Smith-Jones"),
        ("Ｊｏｈｎ", "John"),
        ("江\u200b明", "江明"),
        ("𠮷田", "𠮷田"),
    ],
)
def test_names_are_brought_to_one_form(written, name):
    assert read_name(cell_of(written)) == name
    assert tidy_name(written) == name


@pytest.mark.parametrize("written", ["江*", "江3", "江某(女)", "？？", "·", "江明、林安", "370299"])
def test_masked_or_mixed_names_are_refused(written):
    assert wrong(read_name, written) == "name_unreadable"


@pytest.mark.parametrize(
    ("written", "digits"),
    [
        ("15000001408", "15000001408"),
        (15000001408, "15000001408"),
        (15000001408.0, "15000001408"),
        ("150 0000 1408", "15000001408"),
        ("150-0000-1408", "15000001408"),
        ("１５０００００１４０８", "15000001408"),
        ("+86 150 0000 1408", "15000001408"),
        ("0086-15000001408", "15000001408"),
        ("8615000001408", "15000001408"),
        ("19600000642", "19600000642"),
        ("15400005691", "15400005691"),
        ("0532-55505738", "053255505738"),
        ("（0532）55505738", "053255505738"),
        ("010-65550000", "01065550000"),
        ("0532-55505738转12", "053255505738"),
        ("+86 532 5550 5738", "053255505738"),
    ],
)
def test_mainland_numbers_are_read_in_many_spellings(written, digits):
    assert read_phones(cell_of(written)) == (digits,)


@pytest.mark.parametrize(
    "written", ["12000001408", "1500000140", "150000014088", "55505738", "110", "电话", "+1 212 5550123"]
)
def test_other_numbers_are_refused(written):
    assert wrong(read_phones, written) == "phone_wrong"


@pytest.mark.parametrize("between", ["/", "、", "；", "，", " 或 ", " "])
def test_several_numbers_are_told_apart(between):
    text = f"15000001408{between}13900002871"
    assert read_phones(cell_of(text)) == ("15000001408", "13900002871")


def test_one_number_written_twice_is_one():
    assert read_phones(cell_of("15000001408/150 0000 1408")) == ("15000001408",)


@pytest.mark.parametrize(
    ("written", "gender"), [("男", Gender.MALE), ("女性", Gender.FEMALE), ("F", Gender.FEMALE), (None, None)]
)
def test_gender_is_read_where_it_is_given(written, gender):
    assert read_gender(cell_of(written)) is gender


def test_unclear_gender_is_said_so():
    assert wrong(read_gender, "未知") == "gender_unclear"


@given(st.text())
def test_no_text_breaks_a_reader(text):
    for read in (read_name, read_phones, read_gender, lambda cell: read_id_number(cell, ON)):
        with suppress(FieldWrong):
            read(cell_of(text))
    with suppress(FieldWrong):
        assert tidy_phone(text).isdecimal()
