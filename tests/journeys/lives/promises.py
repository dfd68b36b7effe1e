"""What holds of every wish at every moment, said once more and apart from the code that keeps it."""

from itertools import pairwise
from typing import Any

from portal.accounts.rules import ActorKind, Role
from portal.wishes import rules
from portal.wishes.rules import OnOverdue, Stay, WishAction, WishState
from tests.journeys.lives.sight import Sight
from tests.wishes.arrows import ARROWS

S = WishState

ENDS = {S.CLOSED, S.REJECTED, S.WITHDRAWN}

PLEDGES: dict[WishState, set[str | None]] = {
    S.PLEDGED: {"held", "pledged"},
    S.PROCURING: {"procuring"},
    S.RECEIVED: {"received"},
    S.HANDED_OVER: {"received", "procuring"},
    S.CONFIRMED: {"received", "procuring", None},
    S.REOPENED: {"received", "procuring", None},
}
"""How the live pledge of a wish stands (None where there may be none); in every other state there is none."""

SHOWN = {
    S.PUBLISHED: "open",
    **dict.fromkeys((S.PLEDGED, S.PROCURING, S.RECEIVED, S.REOPENED), "pledged"),
    **dict.fromkeys((S.HANDED_OVER, S.CONFIRMED, S.CLOSED), "fulfilled"),
}
"""What the public reads of a wish; in every other state it reads nothing."""

ENDED = {"fulfilled", "expired", "cancelled", "lapsed", "ended"}

STEPS = {
    "held": {"pledged", "procuring", "received", "expired", "cancelled", "ended"},
    "pledged": {"procuring", "received", "cancelled", "lapsed", "ended"},
    "procuring": {"received", "cancelled", "lapsed", "ended", "fulfilled"},
    "received": {"procuring", "fulfilled", "ended"},
}
"""Where a pledge may stand one step of the machine later."""

HANDS = {ActorKind.PLEDGER: "pledger", ActorKind.FAMILY: "family", ActorKind.SYSTEM: "clock"}
KEPT_FOR_EVER = ("audit_entries", "consents", "identity_reads", "promises", "pledges", "messages", "wishes")
KEPT_AS_WRITTEN = ("audit_entries", "consents", "identity_reads")


def check_nothing_is_overdue(now: Sight) -> None:
    """After the clocks have moved no deadline lies in the past: something happened at each."""
    late = [wish.number for wish in now.rows("wishes") if wish.state not in ENDS and wish.deadline_at <= now.at]
    assert not late, f"stuck: {late}"
    waiting = [each for each in now.rows("pledges") if each.state in ("held", "pledged", "procuring")]
    arranged = [each for each in waiting if each.proposed_times or each.appointment_at]
    assert all(now["wishes"][each.wish_id].kind == "service" for each in arranged), "a thing waits for an appointment"
    late = [each for each in waiting if each.due_at is not None and each.due_at <= now.at and each not in arranged]
    assert not late, f"stuck: {late}"


def check_states(before: Sight, now: Sight) -> None:
    """Each wish stands in a known state with an owner, a deadline and a consequence, or has come to its end."""
    people: dict[str, int] = {}
    for wish in now.rows("wishes"):
        state = S(wish.state)
        assert (wish.deadline_at is None) == (state in ENDS), f"{state} and due {wish.deadline_at}"
        assert (state in rules.STAYS) == (state not in ENDS), f"{state} is nobody's task"
        if state not in ENDS:
            stay: Stay = rules.STAYS[state]
            assert stay.owner in {*Role, *ActorKind}
            assert stay.on_overdue in OnOverdue
            person = now["households"][wish.household_id].person_hash
            people[person] = people.get(person, 0) + 1
        assert (wish.closed_at is not None) == (state is S.CLOSED), f"{state} and closed {wish.closed_at}"
    assert max(people.values(), default=0) <= 1, "somebody has two open wishes"


def check_history(before: Sight, now: Sight, roles: dict[int, str]) -> None:
    """A history only grows, has no gap, ends where the wish stands, and took arrows of the table by the right hands."""
    for table in KEPT_FOR_EVER:
        assert before[table].keys() <= now[table].keys(), f"{table} lost rows"
    for table in KEPT_AS_WRITTEN:
        assert all(now[table][key] == row for key, row in before[table].items()), f"{table} was written over"
    for wish in now.rows("wishes"):
        events = now.of_wish("wish_events", wish.id)
        earlier = before.of_wish("wish_events", wish.id)
        assert list(map(_without_note, events[: len(earlier)])) == list(map(_without_note, earlier)), "rewritten"
        assert [each.sequence for each in events] == list(range(1, len(events) + 1)), "the history has gaps"
        assert all(after.from_state == this.to_state for this, after in pairwise(events)), "the history has gaps"
        assert [each.to_state for each in events[-1:]] == [wish.state], "the history does not lead here"
        for event in events[max(1, len(earlier)) :]:
            _check_arrow(event, roles)


def _without_note(event: Any) -> tuple[Any, ...]:
    return tuple(value for name, value in event._mapping.items() if name != "note")


def _check_arrow(event: Any, roles: dict[int, str]) -> None:
    if event.action not in set(WishAction):
        assert event.from_state == event.to_state, event.action
        return
    to, hands = ARROWS.get((S(event.from_state), WishAction(event.action)), (None, frozenset()))
    hand = HANDS.get(ActorKind(event.actor_kind)) or roles.get(event.person_id or 0)
    told = f"{event.action} from {event.from_state} by {hand}"
    assert event.to_state == to, f"no such arrow: {told}"
    assert hand in hands, f"not a hand for it: {told}"


def check_pledges(before: Sight, now: Sight) -> None:
    """A wish has one live pledge where it counts as claimed and none where not; none is lost or comes back to life."""
    for wish in now.rows("wishes"):
        live = now.live_pledges(wish.id)
        assert len(live) <= 1, f"{wish.number} was promised twice"
        stands = live[0].state if live else None
        assert stands in PLEDGES.get(S(wish.state), {None}), f"a {wish.state} wish with a {stands} pledge"
        if live and wish.state in (S.PLEDGED, S.PROCURING):
            is_arranged = live[0].proposed_times or live[0].appointment_at
            assert live[0].due_at == wish.deadline_at or is_arranged, "wish and pledge are due at different times"
    for key, was in before["pledges"].items():
        is_now = now["pledges"][key]
        assert is_now.state == was.state or is_now.state in STEPS.get(was.state, set()), (
            f"a {was.state} pledge is now {is_now.state}"
        )
        assert was.state not in ENDED or (is_now.ended_at, is_now.due_at) == (was.ended_at, None), (
            "an end that was none"
        )


def check_pledgers(before: Sight, now: Sight) -> None:
    """Who lapsed twice is paused, who is paused pledges nothing, and who was confirmed hears of each end."""
    for promise in now.rows("promises"):
        lapsed = [
            each
            for each in now.rows("pledges")
            if each.state == "lapsed" and now["promises"][each.promise_id].contact_hash == promise.contact_hash
        ]
        if len(lapsed) >= 2 and promise.organisation_id is None:
            assert _blocks(now, promise.contact_hash), "two lapses and no pause"
    for promise in now.new_rows(before, "promises"):
        if promise.organisation_id is None:
            blocks = _blocks(before, promise.contact_hash)
            running = [each for each in blocks if each.until > now.at and each.lifted_at is None]
            assert not running, "somebody who is paused pledged"
    told = {message.receiver for message in now.new_rows(before, "messages")}
    for key, was in before["pledges"].items():
        is_now, contact = now["pledges"][key], now["promises"][was.promise_id].contact
        if was.state not in ENDED | {"held"} and is_now.state in ENDED and contact is not None:
            assert (contact["email"] or contact["phone"]) in told, f"nobody told the pledger: {is_now.state}"


def _blocks(sight: Sight, contact_hash: str) -> list[Any]:
    return [each for each in sight.rows("pledger_blocks") if each.contact_hash == contact_hash]


def check_counter(now: Sight) -> None:
    """Goods that wait for a family have one open way to it, and no other wish has one."""
    for wish in now.rows("wishes"):
        is_open = [each for each in now.of_wish("deliveries", wish.id) if each.ended_at is None]
        assert len(is_open) == (wish.state == S.RECEIVED), f"a {wish.state} wish has {len(is_open)} open ways"
        if is_open and is_open[0].way == "home":
            assert now.agrees(wish.id, "share_with_deliverer"), "brought home without consent"
        if not now.agrees(wish.id, "photo"):
            slips = [each.slip for name in ("deliveries", "acknowledgements") for each in now.of_wish(name, wish.id)]
            assert not any(slips), "a picture of a slip without consent"
    for wish in now.rows("wishes"):
        answers = now.of_wish("acknowledgements", wish.id)
        if wish.state in (S.CONFIRMED, S.CLOSED):
            assert answers[-1].answer == "received", "the family did not say yes"
        if wish.state == S.CLOSED:
            [closing] = [each for each in now.of_wish("wish_events", wish.id) if each.action == "close"]
            assert closing.person_id != answers[-1].person_id, "one person turned both keys"


def check_publication(before: Sight, now: Sight) -> None:
    """What is public was approved by another, agreed to by the family and fits the state; nothing else is."""
    for wish in now.rows("wishes"):
        live = now.texts(wish.number, "live")
        assert len(live) <= 1, "two texts are public"
        if live:
            shown = live[0].availability
            assert shown == SHOWN.get(S(wish.state)), f"a {wish.state} wish is shown as {shown}"
            assert live[0].approved_by_id not in (None, live[0].written_by_id), "approved by nobody else"
            assert now.agrees(wish.id, "publish"), "public without consent"
        elif S(wish.state) in SHOWN:
            assert wish.state != S.PUBLISHED, "in the pool and not to be seen"
            was_referred = any(each.to_state == S.REFERRED for each in now.of_wish("wish_events", wish.id))
            words = [each for each in now.of_wish("consents", wish.id) if each.use == "publish"]
            assert was_referred or any(not each.is_given for each in words), "hidden though the family agrees"
    if _public(before) != _public(now):
        assert _version(now) > _version(before), "kept pages would go on showing what changed"


def _public(sight: Sight) -> list[Any]:
    return [row for row in sight.rows("publications") if row.status == "live"]


def _version(sight: Sight) -> int:
    return max((row.version for row in sight.rows("public_versions")), default=0)
