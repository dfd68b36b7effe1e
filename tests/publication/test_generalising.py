"""Nobody stands alone in what is shown of wishes, on no day and in no difference between two days."""

import random
from collections import Counter
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.publication.generalising import PREFERRED, Shown, Traits, coarsen, refine

K = 5
GROUPS = ["dibao", "dibao_margin", "child_in_difficulty", "extreme_hardship"]
BANDS = ["7-13", "14-17", "60-69", "70-79", "80+"]
ALL = Shown.GROUP | Shown.AGE_BAND | Shown.CENTRE


def wish(number, group="dibao", band="70-79", centre=1, shown=Shown.NOTHING):
    return Traits(f"W{number:05d}", group, band, centre, shown)


def refined(wishes, k=K, fallen=()):
    """Return the wishes with what they show after those that wait were brought together."""
    waiting = [each for each in wishes if each.shown is Shown.NOTHING and each.number not in fallen]
    shown = refine(waiting, k)
    return [replace(each, shown=shown.get(each.number, each.shown)) for each in wishes]


def without(wishes, leaver, k=K):
    """Return the wishes that stay when one leaves, and the numbers of those that show nothing with it."""
    stay = [each for each in wishes if each is not leaver]
    if leaver.shown is Shown.NOTHING:
        return stay, set()
    cell = leaver.cell(leaver.shown)
    fallen = set(coarsen([each for each in stay if each.cell(each.shown) == cell], k, gone=1))
    return [replace(each, shown=Shown.NOTHING) if each.number in fallen else each for each in stay], fallen


def what_a_reader_counts(wishes):
    """Count every combination a reader can filter by: each subset of what each wish shows."""
    counted = Counter()
    for each in wishes:
        for chosen in (Shown.NOTHING, *PREFERRED):
            if chosen in each.shown:
                counted[each.cell(chosen)] += 1
    del counted[wish(0).cell(Shown.NOTHING)]
    return counted


def test_five_alike_show_all_and_four_show_nothing():
    assert {each.shown for each in refined([wish(n) for n in range(5)])} == {ALL}
    assert {each.shown for each in refined([wish(n) for n in range(4)])} == {Shown.NOTHING}


def test_wishes_that_differ_in_one_trait_share_the_others():
    wishes = [wish(n, group=GROUPS[n % 4]) for n in range(5)]
    assert {each.shown for each in refined(wishes)} == {Shown.CENTRE | Shown.AGE_BAND}


def test_a_single_newcomer_waits_until_enough_are_like_it():
    shown = refined([*refined([wish(n) for n in range(9)]), wish(10)])
    assert shown[-1].shown is Shown.NOTHING
    for number in range(11, 15):
        shown = refined([*shown, wish(number)])
    assert {each.shown for each in shown} == {ALL}


def test_a_cell_that_becomes_too_small_falls_apart():
    shown = refined([wish(n) for n in range(5)])
    left, fallen = without(shown, shown[0])
    assert {each.shown for each in left} == {Shown.NOTHING}
    assert len(fallen) == 4


def test_one_that_leaves_a_large_cell_leaves_among_others():
    shown = refined([wish(n) for n in range(12)])
    left, _fallen = without(shown, shown[0])
    assert Counter(each.shown for each in left) == {ALL: 7, Shown.NOTHING: 4}


histories = st.lists(
    st.one_of(
        st.tuples(
            st.just("add"),
            st.integers(1, 12),
            st.sampled_from(GROUPS),
            st.sampled_from(BANDS),
            st.integers(1, 4),
        ),
        st.tuples(st.just("leave"), st.integers(0, 400)),
    ),
    max_size=25,
)


def play(history, k):
    """Yield what a reader counts on the evening of each day, one step of the history a day."""
    wishes, number = [], 0
    for step in history:
        fallen = set()
        if step[0] == "add":
            _add, count, group, band, centre = step
            wishes += [wish(number + n, group, band, centre) for n in range(count)]
            number += count
        elif wishes:
            wishes, fallen = without(wishes, wishes[step[1] % len(wishes)], k)
        wishes = refined(wishes, k, fallen)
        yield what_a_reader_counts(wishes)


@given(histories)
@settings(max_examples=200)
def test_no_combination_a_reader_can_filter_by_ever_holds_fewer_than_k(history):
    for now in play(history, K):
        assert all(count >= K for count in now.values()), now


@given(histories)
@settings(max_examples=200)
def test_the_cells_of_two_days_differ_by_nothing_or_by_k_and_more(history):
    for before, now in pairwise([Counter(), *play(history, K)]):
        finest = [cell for cell in before.keys() | now.keys() if cell[0] == ALL]
        assert all(now[cell] == before[cell] or abs(now[cell] - before[cell]) >= K for cell in finest)


def test_a_reader_finds_somebody_where_nothing_is_generalised():
    history = [("add", 1, group, band, 1) for group in GROUPS for band in BANDS]
    assert any(count < K for now in play(history, 1) for count in now.values())


@pytest.mark.parametrize("seed", range(3))
def test_of_a_district_of_six_hundred_most_keep_age_or_centre(seed):
    chance = random.Random(seed)
    wishes = [wish(n, chance.choice(GROUPS), chance.choice(BANDS), chance.randint(1, 30)) for n in range(600)]
    kept = [each for each in refined(wishes) if each.shown & (Shown.AGE_BAND | Shown.CENTRE)]
    assert len(kept) >= 0.7 * 600
