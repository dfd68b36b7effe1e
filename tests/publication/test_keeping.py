"""Whole pages are kept for strangers, never a moment longer than they are true, and never shown to anybody else."""

import gzip
import http.client
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from portal import create_app
from portal.access import Who, rule_of
from portal.accounts.rules import Role
from portal.areas.models import ServiceCentre
from portal.db import session, transaction
from portal.limits.service import set_limit
from portal.publication import keeping
from portal.publication.keeping import Page, Shelf
from portal.publication.models import Availability
from portal.publication.service import set_availability, take_down
from portal.wishes.rules import WishState
from tests import cast
from tests.plumbing.sessions import sign_in


@pytest.fixture
def wish(app):
    with app.app_context():
        return cast.wish(WishState.PUBLISHED)


@pytest.fixture
def address(wish):
    return f"/wishes/{wish.number}"


def is_kept(answer):
    """Tell whether an answer came from the shelf: only those carry the mark of their body."""
    return "ETag" in answer.headers


def ask_twice(client, address, **options):
    """Ask for a page and once more; return the second answer, which must be the first one kept."""
    first, second = client.get(address, **options), client.get(address, **options)
    assert (is_kept(first), is_kept(second)) == (False, True)
    assert first.data == second.data
    return second


@pytest.mark.parametrize("page", ["/", "/about", "/privacy", "/how", "/wishes", "/wishes?q=书包&availability=all"])
def test_a_page_is_kept_whole_with_all_its_headers(client, wish, page):
    bare = client.get(page).headers
    kept = client.get(page).headers
    assert {"ETag", "Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options"} <= set(kept.keys())
    changed = {name for name, value in kept.items() if bare.get(name) != value}
    assert changed == {"ETag", "Vary"}
    assert kept["Cache-Control"] == "no-cache"
    assert kept["Vary"] == "Cookie, Accept-Language, Accept-Encoding"


def test_nothing_kept_sets_a_cookie(client, address):
    assert "Set-Cookie" not in ask_twice(client, address).headers


class TestWithdrawal:
    """A wish that is taken down."""

    def test_is_gone_at_once(self, app, client, wish, address):
        for page in (address, "/wishes", "/"):
            assert wish.number in ask_twice(client, page).text
        with app.app_context():
            take_down(wish.number)
        assert client.get(address).status_code == 410
        assert all(wish.number not in client.get(page).text for page in ("/wishes", "/"))

    def test_would_stay_if_the_state_were_not_read_each_time(self, app, client, wish, address, monkeypatch):
        ask_twice(client, address)
        seen = keeping.read_state(app)
        monkeypatch.setattr(keeping, "read_state", lambda _app: seen)
        with app.app_context():
            take_down(wish.number)
        assert wish.number in client.get(address).text

    def test_by_another_process_is_seen_at_once(self, app, live_server, wish, address):
        host = urlsplit(live_server.url).netloc
        assert [ask(host, address)[0] for _time in range(3)] == [200, 200, 200]
        assert "ETag" in ask(host, address)[1]
        with app.app_context():
            take_down(wish.number)
        assert ask(host, address)[0] == 410
        assert wish.number not in ask(host, "/wishes")[2]

    def test_that_is_rolled_back_changes_nothing(self, app, client, wish, address):
        ask_twice(client, address)

        @transaction
        def fail():
            take_down(wish.number)
            assert client.get(address).status_code == 200
            raise LookupError

        with app.app_context(), pytest.raises(LookupError):
            fail()
        assert is_kept(client.get(address))


def ask(host, address):
    """Ask a server; return status, headers and text."""
    connection = http.client.HTTPConnection(host, timeout=30)
    try:
        connection.request("GET", address)
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read().decode()
    finally:
        connection.close()


@transaction
def move_centre():
    session().query(ServiceCentre).one().address = "新的路9号"


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        (lambda number: set_availability(number, Availability.PLEDGED), "有人认领"),
        (lambda _number: move_centre(), "新的路9号"),
        (lambda _number: set_limit(cast.administrator(), "deliver_working_days", 19), "19 个工作日"),
    ],
)
def test_whatever_the_page_tells_of_is_told_anew(app, client, wish, address, change, shown):
    assert shown not in ask_twice(client, address).text
    with app.app_context():
        change(wish.number)
    assert shown in client.get(address).text


def test_a_page_is_made_anew_after_midnight(app, client, clock, address):
    assert "今天刚发布" in ask_twice(client, address).text
    clock.advance(timedelta(days=1))
    assert "已等 1 天" in client.get(address).text


def test_readers_of_each_language_and_print_get_their_own(app, wish):
    readers = [
        {"Accept-Language": "zh-CN"},
        {"Accept-Language": "en-GB"},
        {"Accept-Language": "en", "Cookie": "language=zh; display=large"},
        {"Accept-Language": "zh", "Cookie": "language=en"},
    ]
    pages = [ask_twice(app.test_client(use_cookies=False), "/wishes", headers=reader) for reader in readers[:3]]
    assert [('<html lang="en"' in page.text, "large-print" in page.text) for page in pages] == [
        (False, False),
        (True, False),
        (False, True),
    ]
    # Whoever chose English reads the page that was kept for whoever's browser asks for it.
    assert app.test_client(use_cookies=False).get("/wishes", headers=readers[3]).data == pages[1].data


def test_filters_and_marks_are_pages_of_their_own(app, client, wish):
    assert wish.number in ask_twice(client, "/wishes?category=study").text
    assert wish.number not in ask_twice(client, "/wishes?category=sport").text


class TestWhoIsKnown:
    """Somebody whom the portal knows."""

    def test_is_never_shown_a_strangers_page(self, app, client, visitor, wish):
        ask_twice(client, "/wishes")
        with app.app_context():
            person = cast.person(Role.CENTRE_CLERK, at=cast.centre())
        page = sign_in(visitor, person).open("/wishes")
        assert "工作台" in page
        assert page.headers["Cache-Control"] == "no-store"
        assert not is_kept(page.response)

    def test_leaves_no_page_behind(self, app, client, visitor, wish):
        with app.app_context():
            person = cast.person(Role.CENTRE_CLERK, at=cast.centre())
        sign_in(visitor, person).open("/wishes")
        assert "工作台" not in client.get("/wishes").text

    def test_is_told_what_was_said_to_them_alone(self, app, client, visitor, wish):
        ask_twice(client, "/wishes")
        with visitor.client.session_transaction() as session_of_visitor:
            session_of_visitor["_flashes"] = [("info", "心愿已经放回去了")]
        assert "心愿已经放回去了" in visitor.open("/wishes")
        assert "心愿已经放回去了" not in client.get("/wishes").text

    def test_gets_a_kept_page_while_only_a_form_of_theirs_is_open(self, client, visitor, wish):
        visitor.open(f"/pledges/new?wish={wish.number}")
        kept = ask_twice(client, "/wishes")
        page = visitor.open("/wishes")
        assert is_kept(page.response)
        assert page.response.data == kept.data
        assert "Set-Cookie" not in page.headers


@pytest.mark.parametrize("cookie", ["portal=nobody.signed.this", "portal=", "counter=7"])
def test_a_cookie_that_says_nothing_of_anybody_changes_nothing(client, app, wish, cookie):
    kept = ask_twice(client, "/wishes")
    answer = app.test_client(use_cookies=False).get("/wishes", headers={"Cookie": cookie})
    assert (is_kept(answer), answer.data) == (True, kept.data)


def test_a_browser_that_has_the_page_is_told_so(app, client, wish, address):
    mark = ask_twice(client, address).headers["ETag"]
    answer = client.get(address, headers={"If-None-Match": mark})
    assert (answer.status_code, answer.data, answer.headers["ETag"]) == (304, b"", mark)
    with app.app_context():
        set_availability(wish.number, Availability.PLEDGED)
    assert client.get(address, headers={"If-None-Match": mark}).status_code == 200
    assert client.get(address, headers={"If-None-Match": mark}).status_code == 200


def test_whoever_can_gets_the_same_page_in_fewer_bytes(client, address):
    plain = ask_twice(client, address)
    small = client.get(address, headers={"Accept-Encoding": "br, gzip"})
    assert small.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(small.data) == plain.data
    assert int(small.headers["Content-Length"]) == len(small.data) < len(plain.data) / 3
    assert "Content-Encoding" not in client.get(address, headers={"Accept-Encoding": "gzip;q=0"}).headers


def test_asking_for_the_head_sends_no_body(client, address):
    whole = ask_twice(client, address)
    head = client.head(address)
    assert head.data == b""
    assert head.headers["Content-Length"] == whole.headers["Content-Length"]


def test_what_is_not_a_whole_page_is_not_kept(app, client, wish):
    with app.app_context():
        take_down(wish.number)
    for page in (f"/wishes/{wish.number}", "/wishes/ZZZZZZZ", f"/wishes/{wish.number.lower()}", "/healthz", "/login"):
        assert not any(is_kept(client.get(page)) for _time in range(3))


def test_a_host_that_is_not_ours_gets_nothing_that_is_kept(client, address):
    ask_twice(client, address)
    assert client.get(address, headers={"Host": "evil.example"}).status_code == 400


def test_every_page_that_is_kept_is_public(app):
    kept = {name for name, view in app.view_functions.items() if hasattr(view, "is_kept_page")}
    assert {"pages.home", "wishes.index", "wishes.detail"} <= kept
    assert all(rule_of(app, name).who is Who.PUBLIC for name in kept)


def test_a_page_that_was_overtaken_while_it_was_made_is_never_shown(app_context):
    shelf, before = Shelf(), (1, None)
    shelf.put(("/",), (2, None), Page([], b"new"))
    shelf.put(("/",), before, Page([], b"old"))
    assert shelf.find(("/",), (2, None)) is None
    assert shelf.find(("/",), before).body == b"old"


def test_strangers_cannot_fill_the_memory(client, wish, monkeypatch):
    size = len(client.get("/wishes").data)
    monkeypatch.setattr(keeping, "MOST_BYTES", size * 5)
    for number in range(12):
        client.get(f"/wishes?nothing={number}")
    assert [is_kept(client.get(f"/wishes?nothing={number}")) for number in (0, 11)] == [False, True]


def test_a_database_that_is_away_is_told_kindly(settings, clock):
    gone = settings.model_copy(update={"database_url": "sqlite:////nowhere/portal.db"})
    app = create_app(gone, clock=clock)
    assert app.test_client().get("/wishes").status_code == 503
    app.extensions["portal.database"].dispose()
