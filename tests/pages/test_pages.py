"""Language, print size, health, and the plain pages."""

import io

import pytest

from tests import cast


@pytest.mark.parametrize("address", ["/", "/about", "/privacy", "/how"])
@pytest.mark.parametrize(("language", "shown"), [("zh", "zh-Hans-CN"), ("en", "en")])
def test_plain_page_speaks_the_readers_language(new_visitor, address, language, shown):
    assert new_visitor(language).open(address).language == shown


def test_browser_language_is_followed_until_somebody_chooses(client):
    assert '<html lang="en"' in client.get("/", headers={"Accept-Language": "en-GB,en;q=0.9"}).text
    assert '<html lang="zh' in client.get("/", headers={"Accept-Language": "fr"}).text
    client.get("/language/zh")
    assert '<html lang="zh' in client.get("/", headers={"Accept-Language": "en"}).text


def test_chosen_language_is_remembered_for_a_year_and_leads_back(client):
    answer = client.get("/language/en", query_string={"next": "/wishes?q=书"})
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/wishes?q=%E4%B9%A6"
    cookie = answer.headers["Set-Cookie"]
    for part in ("language=en", "Max-Age=31536000", "SameSite=Lax", "HttpOnly"):
        assert part in cookie
    assert "Secure" not in cookie
    assert answer.headers["Cache-Control"] == "no-store"


def test_large_print_is_remembered_and_given_up(visitor):
    visitor.open("/")
    assert "large-print" in visitor.follow("大字").html
    assert "large-print" not in visitor.follow("标准字").html


@pytest.mark.parametrize("address", ["/language/fr", "/language/zh_Hans_CN", "/display/huge"])
def test_unknown_choice_is_not_found(client, address):
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("target", ["https://evil.example", "//evil.example", "/\\evil.example", "evil", "\t//evil"])
def test_choosing_never_leads_off_the_site(client, target):
    for address in ("/language/en", "/display/large"):
        assert client.get(address, query_string={"next": target}).headers["Location"] == "/"


class TestBehindHttps:
    """The portal at an https address."""

    @pytest.fixture
    def chosen_settings(self):
        """Return settings with such an address."""
        return {"base_url": "https://localhost"}

    def test_cookies_are_secure(self, client):
        assert "Secure" in client.get("/language/en").headers["Set-Cookie"]
        assert "Secure" in client.get("/login").headers["Set-Cookie"]


def test_home_shows_live_figures_and_the_longest_waiting_wishes(app, visitor):
    with app.app_context():
        cast.wish(cast.WishState.PUBLISHED, item="双肩书包", days_ago=9)
        cast.wish(cast.WishState.PUBLISHED, item="保暖手套", days_ago=20)
        cast.wish(cast.WishState.CLOSED, item="台灯")
    page = visitor.open("/")
    assert page.text.index("保暖手套") < page.text.index("双肩书包")
    assert "台灯" not in page


def test_every_figure_of_home_opens_the_list_it_counts(app, visitor):
    with app.app_context():
        for category in ("study", "study", "bedding"):
            cast.wish(cast.WishState.PUBLISHED, category=category)
        cast.wish(cast.WishState.PLEDGED)
        cast.wish(cast.WishState.CLOSED)
    lists = {
        "/wishes": 3,
        "/wishes?availability=pledged": 1,
        "/wishes?availability=fulfilled": 1,
        "/wishes?category=study": 2,
        "/wishes?category=bedding": 1,
    }
    for address, count in lists.items():
        home = visitor.open("/")
        assert f'href="{address}"' in home.html
        assert visitor.open(address).html.count('class="wish-card') == count
    assert "category=sport" not in home.html


def test_process_that_answers_is_healthy(client):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok\n")


def test_migrated_database_is_ready(client):
    answer = client.get("/readyz")
    assert (answer.status_code, answer.text) == (200, "ok\n")


def test_old_schema_is_not_ready_and_says_so(app, client):
    with app.extensions["portal.database"].write_engine.begin() as connection:
        newest = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one()
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'older'")
    try:
        answer = client.get("/readyz")
        assert answer.status_code == 503
        assert "portal init" in answer.text
    finally:
        with app.extensions["portal.database"].write_engine.begin() as connection:
            connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{newest}'")


@pytest.mark.parametrize(("size", "left"), [(11_500_000, 0), (30_000_000, 30_000_000)])
def test_what_is_too_large_is_read_off_within_reason_so_that_its_sender_hears_why(client, size, left):
    body = io.BytesIO(bytes(size))
    answer = client.post(
        "/login", input_stream=body, content_type="multipart/form-data; boundary=x", content_length=size
    )
    assert answer.status_code == 413
    assert "文件太大了" in answer.text
    assert len(body.read()) == left
