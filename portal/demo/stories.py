"""Which wishes the demo tells of: how many end in which state, by which steps, over how many days."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from portal.demo.areas import STEMS
from portal.demo.catalogue import ITEMS, DemoItem
from portal.wishes.kinds import BeneficiaryGroup
from portal.wishes.rules import WishState

S, G = WishState, BeneficiaryGroup

WISHES_IN_STATE: dict[WishState, int] = {
    S.SUBMITTED: 38,
    S.RETURNED: 8,
    S.REJECTED: 5,
    S.REFERRED: 9,
    S.VERIFIED: 40,
    S.PUBLISHED: 365,
    S.SUSPENDED: 3,
    S.WITHDRAWN: 4,
    S.PLEDGED: 22,
    S.PROCURING: 20,
    S.RECEIVED: 10,
    S.HANDED_OVER: 8,
    S.CONFIRMED: 6,
    S.REOPENED: 2,
    S.CLOSED: 60,
}
"""600 wishes; the last seven states hold the 128 that were pledged."""

STEPS: dict[WishState, tuple[str, ...]] = {
    S.SUBMITTED: (),
    S.RETURNED: ("send_back",),
    S.REJECTED: ("reject",),
    S.REFERRED: ("refer",),
    S.VERIFIED: ("verify",),
    S.PUBLISHED: ("verify", "publish"),
    S.SUSPENDED: ("verify", "publish", "suspend"),
    S.WITHDRAWN: ("verify", "publish", "withdraw"),
    S.PLEDGED: ("verify", "publish", "pledge"),
    S.PROCURING: ("verify", "publish", "pledge", "procure"),
    S.RECEIVED: ("verify", "publish", "pledge", "procure", "receive"),
    S.HANDED_OVER: ("verify", "publish", "pledge", "procure", "receive", "hand_over"),
    S.CONFIRMED: ("verify", "publish", "pledge", "procure", "receive", "hand_over", "confirm"),
    S.REOPENED: ("verify", "publish", "pledge", "procure", "receive", "hand_over", "complain"),
    S.CLOSED: ("verify", "publish", "pledge", "procure", "receive", "hand_over", "confirm", "close"),
}
"""The steps that bring a filed wish to each state; a service goes from procuring to handed over at once."""

RESTS_AT_MOST_DAYS: dict[WishState, float] = {
    S.SUBMITTED: 9,
    S.RETURNED: 12,
    S.REFERRED: 28,
    S.VERIFIED: 9,
    S.PUBLISHED: 36,
    S.SUSPENDED: 9,
    S.PLEDGED: 4.5,
    S.PROCURING: 11,
    S.RECEIVED: 16,
    S.HANDED_OVER: 15,
    S.CONFIRMED: 6,
    S.REOPENED: 4,
}
"""How long a wish has been resting in its state at most; most are inside their deadline, some are late."""

GROUPS = {
    "child": (G.CHILD_IN_DIFFICULTY, G.DE_FACTO_UNATTENDED_CHILD, G.ORPHAN, G.LEFT_BEHIND_CHILD, G.DIBAO),
    "teen": (G.CHILD_IN_DIFFICULTY, G.DE_FACTO_UNATTENDED_CHILD, G.LEFT_BEHIND_CHILD, G.DIBAO_MARGIN),
    "adult": (G.DIBAO, G.DIBAO_MARGIN, G.RIGID_EXPENDITURE, G.TEMPORARY_HARDSHIP),
    "old": (G.EXTREME_HARDSHIP, G.DIBAO, G.DIBAO_MARGIN, G.RIGID_EXPENDITURE),
}


@dataclass(frozen=True)
class Story:
    """One wish of the demo and how far it has come."""

    serial: int
    stem: str
    item: DemoItem
    age_group: str
    group: BeneficiaryGroup
    end: WishState
    steps: tuple[str, ...]
    gaps_days: tuple[float, ...]
    rest_days: float

    @property
    def days_ago(self) -> float:
        """How many days ago the wish was handed in."""
        return self.rest_days + sum(self.gaps_days)


def demo_stories() -> Iterator[Story]:
    """Yield the 600 wishes, the same at each call."""
    draw = Random(600)
    ends = [state for state, count in WISHES_IN_STATE.items() for _ in range(count)]
    draw.shuffle(ends)
    for serial, end in enumerate(ends, 1):
        yield _story(draw, serial, end)


def _story(draw: Random, serial: int, end: WishState) -> Story:
    item = draw.choice(ITEMS)
    age_group = draw.choice(item.ages)
    steps = STEPS[end]
    if item.kind == "service":
        if end is S.RECEIVED:
            return _story(draw, serial, end)
        steps = tuple("serve" if step == "hand_over" else step for step in steps if step != "receive")
    return Story(
        serial=serial,
        stem=_stem(serial, end, draw.choice(STEMS[:10] * 3 + STEMS)),
        item=item,
        age_group=age_group,
        group=draw.choice(GROUPS[age_group]),
        end=end,
        steps=steps,
        gaps_days=tuple(draw.uniform(0.2, 3.5) for _ in steps),
        rest_days=draw.uniform(0.1, RESTS_AT_MOST_DAYS.get(end, 30)),
    )


def _stem(serial: int, end: WishState, drawn: str) -> str:
    """Return where a wish is told; the people the demo's front page names find some to correct and to bring home."""
    return STEMS[0] if end in (S.RETURNED, S.RECEIVED) and serial % 2 else drawn
