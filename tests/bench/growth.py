"""What a page costs with 100,000 wishes in the database, beside the same page with 1,000; both in one run.

The wishes stand in every state, as after years. Each page is made anew for
somebody who is signed in, so that no kept page answers, and with the counts
thrown away as after any public change.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from time import perf_counter, thread_time

from sqlalchemy import select

from portal import clock
from portal.accounts.models import Person
from portal.accounts.rules import Role
from portal.accounts.session import SECOND_FACTOR, SIGNED_IN_AT
from portal.db import session
from portal.publication.models import Publication
from portal.publication.paging import Mark
from portal.wishes.models import Wish
from portal.wishes.rules import WishState
from tests.bench.callers import Caller
from tests.bench.stage import Ground, Stage
from tests.bench.timing import Case, Ratio, measure
from tests.bench.years import fill_years

TITLE = "Growth: 100,000 wishes beside 1,000, inside the process"
FEW, MANY = 1_000, 100_000
AT_MOST = 1.2
ROLES = (Role.MODERATOR, Role.CENTRE_CLERK, Role.NEED_REPORTER, Role.FINANCE, Role.ADMINISTRATOR)
KEPT_COUNTS, KEPT_CARDS = "portal.publication.kept", "portal.publication.live"

Get = Callable[[str], Caller]


@dataclass(frozen=True)
class Reader:
    """Somebody at a stage and the cookie that lets them in."""

    stage: Stage
    cookie: str

    def get(self, address: str) -> Caller:
        """Return a request for an address."""
        return Caller(self.stage.app.wsgi_app, address, {"Cookie": self.cookie, "Accept-Language": "zh-CN"})


def compare(ground: Ground, kind: str) -> Iterator[Ratio]:
    """Yield how pages grow."""
    with ExitStack() as closing:
        stages = {size: closing.enter_context(ground.stage(kind, size, fill_years)) for size in (FEW, MANY)}
        pages = {size: dict(_pages(stage)) for size, stage in stages.items()}
        cases = [Case(f"{name} {size}", act) for size, acts in pages.items() for name, act in acts.items()]
        # All of SQLite is in this thread, so what else the machine does can be left out.
        costs = measure(cases, rounds=20, now=thread_time if kind == "sqlite" else perf_counter)
        for name in pages[FEW]:
            yield costs.growth(f"{name} {MANY}", f"{name} {FEW}", at_most=AT_MOST)


def _pages(stage: Stage) -> Iterator[tuple[str, Callable[[], object]]]:
    with stage.app.app_context():
        moderator, clerk, reporter, finance, administrator = (Reader(stage, _staff(stage, role)) for role in ROLES)
        family, middle = Reader(stage, _family(stage)), _middle()
    everything = "/wishes?availability=all"
    for name, query in {
        "list": "",
        "list, deep in it": f"&after={middle}",
        "filter": "&category=daily_care",
        "three filters": "&kind=goods&price=200&waiting=30",
        "search 冬天": "&q=冬天",
        "search 口琴": "&q=口琴",
        "search 竹马 (nowhere)": "&q=竹马",
    }.items():
        yield name, partial(_anew, stage, moderator.get(everything + query))
    yield "search 冬天, asked first", partial(_unasked, stage, moderator.get(everything + "&q=冬天"), "冬天")
    yield "family", family.get("/family/wish")
    for name, reader, addresses in (
        ("moderator", moderator, ("", "/wishes", "/wishes?state=published", "/wishes?overdue=1", "/publications")),
        ("moderator", moderator, ("/wishes?sort=deadline", "/wishes?q=双肩书包", "/publications?pile=approve")),
        ("clerk", clerk, ("", "/wishes", "/wishes?state=closed", "/counter", "/deliveries")),
        ("grid worker", reporter, ("", "/wishes", "/deliveries")),
        ("finance", finance, ("",)),
        ("administrator", administrator, ("", "/audit", "/audit?q=clerk", "/messages")),
    ):
        for address in addresses:
            yield f"{name} /admin{address}", reader.get("/admin" + address)


def _anew(stage: Stage, ask: Caller) -> None:
    """Ask after the counts that are kept were thrown away."""
    stage.app.extensions.pop(KEPT_COUNTS, None)
    ask()


def _unasked(stage: Stage, ask: Caller, word: str) -> None:
    """Ask as if nobody had asked for the word before."""
    stage.app.extensions[KEPT_CARDS].index.forget_word(word)
    _anew(stage, ask)


def _staff(stage: Stage, role: Role) -> str:
    person = session().scalars(select(Person).where(Person.email == f"{role}@bench.example")).one()
    known = person.get_id()
    return _cookie(stage, **{"_user_id": known, SECOND_FACTOR: known, SIGNED_IN_AT: int(clock.now().timestamp())})


def _family(stage: Stage) -> str:
    key = session().scalar(select(Wish.family_code_hash).where(Wish.state == WishState.RECEIVED).limit(1))
    until = (clock.now() + timedelta(days=1)).timestamp()
    return _cookie(stage, family={"key": key, "viewed": None, "until": until})


def _cookie(stage: Stage, **kept: object) -> str:
    app = stage.app
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    return f"{app.config['SESSION_COOKIE_NAME']}={serializer.dumps(kept)}"


def _middle() -> str:
    """Return the mark of a wish in the middle of the list."""
    live = select(Publication.waiting_since, Publication.number).where(Publication.status == "live")
    ordered = session().execute(live.order_by(Publication.waiting_since, Publication.number)).all()
    return Mark(*ordered[len(ordered) // 2]).write()
