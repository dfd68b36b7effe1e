"""Everybody can use the pages: no serious barrier on a phone or at a desk, and nothing runs out of a narrow window."""

import json
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Page

from portal.accounts.rules import Role
from portal.codes import private_token
from portal.db import session, transaction
from portal.pledges.models import Pledge, Promise
from portal.wishes.rules import WishState
from tests import cast
from tests.campaigns import stage as campaigns
from tests.giving import stage as giving
from tests.giving import statements
from tests.handover import stage
from tests.intake.office import BLUE, LINES, at_centre, centre_named, list_of
from tests.journeys.walker import OVERFLOW
from tests.plumbing.sessions import sign_in
from tests.plumbing.visitor import Upload, Visitor

pytestmark = pytest.mark.browser

PHONE, DESK = 360, 1440
WIDTHS = (320, 768, DESK)
READERS = {"sqlite": ("zh", PHONE), "postgresql": ("en", DESK)}
"""Whose pages axe looks at, and how wide: it takes most of the time, and what it sees does not come from the database.

English words are longer, so they run out of a window before Chinese ones do.
"""
Look = Callable[[Page], list[str]]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}


@transaction
def _promise_together(promise_id: int, pledge_id: int) -> None:
    """Make a pledge part of another promise, since a promise of one wish has no page of its own."""
    session().get_one(Pledge, pledge_id).promise_id = promise_id


@pytest.fixture
def wishes(app: Flask, office) -> dict[str, str]:
    """Wishes that stand at different places, by the name of the place, with what opens their private pages."""
    with app.app_context():
        blue = centre_named(BLUE)
        cast.wish(WishState.PUBLISHED, at=blue, item="理发", kind="service", category="home_service")
        coming, pledge = stage.claimed(centre=blue)
        _promise_together(pledge.promise_id, stage.claimed(centre=blue)[1].id)
        promise = session().get_one(Promise, pledge.promise_id)
        arrived, handed_over = stage.arrived(centre=blue), stage.handed_over(centre=blue)
        found = {
            "open": cast.wish(WishState.PUBLISHED, at=blue).number,
            "new": cast.wish(at=blue, consents=()).number,
            "verified": cast.wish(WishState.VERIFIED, at=blue).number,
            "written": cast.wish(WishState.VERIFIED, at=blue).number,
            "coming": coming.number,
            "arrived": arrived.number,
            "arrived code": stage.family_code(arrived),
            "handed over code": stage.family_code(handed_over),
            "pledge": private_token("pledge", pledge.public_id),
            "promise": private_token("promise", promise.public_id),
        }
    office.writer.write(found["written"])
    return found


@pytest.fixture
def new_window(database_kind: str, new_page) -> Callable[[], Page]:
    """Return a function that opens a window of the reader whose language this database's run looks at."""
    return lambda: new_page(language=READERS[database_kind][0])


@pytest.fixture
def find_barriers(database_kind: str) -> Look:
    """Return what tells what is wrong with a page: on a phone in one database's run, at a desk in the other's."""
    width = READERS[database_kind][1]

    def look(page: Page) -> list[str]:
        found = find_overflow(page)
        page.set_viewport_size({"width": width, "height": 800})
        faults = Axe().run(page, options=RULES).response["violations"]
        return found + [_told(page, width, fault) for fault in faults if fault["impact"] in ("serious", "critical")]

    return look


def find_overflow(page: Page) -> list[str]:
    """Return at which widths a page runs out of its window."""
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        overflow = page.evaluate(OVERFLOW)
        if overflow > 0:
            found.append(f"{page.url} is {overflow} pixels too wide at {width}")
    return found


def _told(page: Page, width: int, fault: dict) -> str:
    node = fault["nodes"][0]
    why = "; ".join(each["message"] for each in node["any"] + node["all"] + node["none"])
    return f"{page.url} at {width}: {fault['id']} on {len(fault['nodes'])}, first {json.dumps(node['html'])} {why}"


def on_each(page: Page, addresses: list[str], look: Look) -> list[str]:
    """Return what somebody finds who opens these addresses and looks."""
    found = []
    for address in addresses:
        answer = page.goto(address)
        assert answer is not None
        assert (answer.status, page.url.endswith(address)) == (200, True), f"{address} led to {page.url}"
        found += look(page)
    return found


def at_desk(app: Flask, page: Page, visitor: Visitor, url: str) -> Page:
    """Sign a window in as somebody who is signed in already."""
    name = app.config["SESSION_COOKIE_NAME"]
    cookie = visitor.client.get_cookie(name)
    assert cookie is not None
    page.context.add_cookies([{"name": name, "value": cookie.value, "url": url}])
    return page


def test_the_pages_of_donors_and_families_hold_no_barrier(new_window, wishes, find_barriers):
    page = new_window()
    found = on_each(
        page,
        [
            *("/", "/wishes", "/wishes?q=%E4%B9%A6%E5%8C%85", "/wishes?q=%E6%B2%A1%E6%9C%89", "/login"),
            f"/wishes/{wishes['open']}",
            f"/pledges/new?wish={wishes['open']}",
            f"/pledges/{wishes['pledge']}",
            f"/pledges/promises/{wishes['promise']}",
        ],
        find_barriers,
    )
    ways = {"arrived code": ("collect", "contact", "consents", "withdraw"), "handed over code": ("answer",)}
    for code, pages in ways.items():
        found += on_each(page, ["/family"], find_barriers)
        page.fill("#code", wishes[code])
        with page.expect_navigation():
            page.keyboard.press("Enter")
        found += find_barriers(page)
        found += on_each(page, [f"/family/wish/{each}" for each in pages], find_barriers)
    assert not found, "\n".join(found)
    page.evaluate("document.body.innerHTML += '<p><input></p>'")
    assert find_barriers(page), "barriers that are there are found"


def test_the_pages_of_staff_hold_no_barrier(app, new_window, office, wishes, live_server, find_barriers):
    clerk = office.clerk.visitor
    clerk.open("/admin/imports")
    preview = clerk.submit({"file": Upload(list_of(at_centre(BLUE, LINES)), "名单.xlsx")}, form="/admin/imports")
    for_clerks = [
        *("/admin", "/admin/wishes", "/admin/imports", preview.address, "/admin/filing", "/admin/counter"),
        f"/admin/wishes/{wishes['arrived']}",
        f"/admin/wishes/{wishes['new']}/verification",
        f"/admin/wishes/{wishes['coming']}/receive",
        f"/admin/wishes/{wishes['arrived']}/hand-over",
    ]
    for_moderators = [
        *("/admin/publications", "/admin/publications?pile=approve"),
        f"/admin/wishes/{wishes['open']}",
        f"/admin/wishes/{wishes['verified']}/publication",
        f"/admin/wishes/{wishes['written']}/publication",
    ]
    found = []
    for visitor, addresses in ((clerk, for_clerks), (office.approver.visitor, for_moderators)):
        found += on_each(at_desk(app, new_window(), visitor, live_server.url), addresses, find_barriers)
    assert not found, "\n".join(found)


def test_the_pages_of_campaigns_hold_no_barrier(app, new_window, new_visitor, live_server, find_barriers):
    with app.app_context():
        told, draft, filed = campaigns.told_and_paid(), campaigns.draft(), campaigns.filed()
        wanted = campaigns.request(told["number"], 100_00)
        people = [cast.person(role) for role in (Role.FINANCE, Role.MODERATOR)]
    number = told["number"]
    for_everybody = [
        *("/campaigns", f"/campaigns/{number}", f"/campaigns/{number}/statement", "/campaigns/statement"),
        f"/campaigns/{number}/ask",
    ]
    found = on_each(new_window(), for_everybody, find_barriers)
    desk = f"/admin/campaigns/{number}"
    for_finance = [
        *("/admin/campaigns", desk, f"/admin/campaigns/{draft}/plan", f"/admin/campaigns/{draft}/budget"),
        *(f"/admin/campaigns/{draft}/filing", f"{desk}/updates/new", f"{desk}/payments/new", f"{desk}/acts/pause"),
        "/admin/foundation-years",
    ]
    for_moderators = [
        *(f"/admin/campaigns/{filed}/decision", f"{desk}/payments/{wanted}", f"{desk}/updates/{told['update']}"),
        f"/admin/campaigns/questions/{told['question']}",
    ]
    for person, addresses in zip(people, (for_finance, for_moderators), strict=True):
        visitor = sign_in(new_visitor(), person)
        found += on_each(at_desk(app, new_window(), visitor, live_server.url), addresses, find_barriers)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("chosen_settings", [statements.SETTINGS], ids=["bank_transfer"])
def test_the_pages_of_giving_hold_no_barrier(app, new_window, new_visitor, live_server, find_barriers):
    with app.app_context():
        number = campaigns.opened()
        given, (waiting, _reference) = giving.give(number), statements.waiting_transfer(number)
        statements.take(statements.csv_of(statements.line(77, "利息")))
        finance = cast.person(Role.FINANCE)
        pages = [giving.page_of(given), f"{giving.page_of(given)}/receipt", f"{giving.page_of(waiting)}/transfer"]
    for_everybody = [f"/campaigns/{number}/give", *pages]
    found = on_each(new_window(), for_everybody, find_barriers)
    desk = "/admin/giving"
    for_finance = [desk, *(f"{desk}/{name}" for name in (f"gifts/{given}", "holds", "payouts", "bank", "platform"))]
    visitor = sign_in(new_visitor(), finance)
    found += on_each(at_desk(app, new_window(), visitor, live_server.url), for_finance, find_barriers)
    assert not found, "\n".join(found)
