"""Every state, step and owner has a name, and every state says in plain words what comes next and by when."""

from datetime import datetime

import pytest

from portal.accounts.rules import ActorKind, Role
from portal.clock import LOCAL_ZONE
from portal.i18n import in_language
from portal.wishes.labels import (
    action_label,
    event_label,
    owner_label,
    state_label,
    state_tone,
    words_for_family,
    words_for_pledger,
    words_for_staff,
)
from portal.wishes.rules import STAYS, WishAction, WishState

MIDNIGHT = datetime(2026, 12, 1, 0, 0, tzinfo=LOCAL_ZONE)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_all_states_actions_and_owners_have_names(app_context, language):
    with in_language(language):
        assert len({state_label(state) for state in WishState}) == len(WishState)
        assert all(action_label(action) for action in WishAction)
        assert all(owner_label(owner) for owner in (*Role, *ActorKind))


def test_every_state_has_a_tone_of_the_badges(app_context):
    assert {state_tone(state) for state in WishState} == {"open", "waiting", "active", "done", "stopped", "alert"}


def test_an_action_is_named_as_the_trail_writes_it_too(app_context):
    assert action_label("wish.verify") == action_label(WishAction.VERIFY)


def test_a_step_without_a_name_keeps_its_code(app_context):
    assert event_label("nobody_home") != "nobody_home"
    assert event_label("never_heard_of") == "never_heard_of"


@pytest.mark.parametrize("state", STAYS)
@pytest.mark.parametrize("kind", ["goods", "service"])
def test_a_family_is_told_the_last_day_in_every_state_it_may_wait_in(app_context, state, kind):
    words = words_for_family(state, MIDNIGHT, kind)
    assert words.now
    assert "11月30日周一" in words.next_step


@pytest.mark.parametrize("state", sorted(set(WishState) - set(STAYS)))
def test_a_family_is_told_at_the_end_of_the_way_without_a_date(app_context, state):
    words = words_for_family(state, None)
    assert words.now
    assert "%(" not in words.next_step


@pytest.mark.parametrize("state", STAYS)
def test_staff_are_told_whose_task_it_is_until_when_and_what_then(app_context, state):
    words = words_for_staff(state, MIDNIGHT)
    assert owner_label(STAYS[state].owner) in words.next_step
    assert "2026年11月30日" in words.next_step
    assert words.next_step.endswith("。")


def test_a_pledger_learns_nothing_of_how_a_wish_was_taken_away(app_context):
    hidden = (WishState.WITHDRAWN, WishState.REJECTED, WishState.REFERRED, WishState.SUSPENDED)
    assert len({words_for_pledger(state) for state in hidden}) == 1


def test_no_words_are_missing_in_english(app_context):
    with in_language("en"):
        said = [words_for_family(state, MIDNIGHT).next_step for state in WishState]
    assert not [text for text in said if any("\u4e00" <= char <= "\u9fff" for char in text)]
