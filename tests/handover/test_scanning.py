"""A code's picture opens the counter with the code filled in, for phones whose browser cannot scan by itself."""

import pytest

from portal.accounts.rules import Role
from portal.web import counter_address
from tests import cast
from tests.handover import stage

pytestmark = pytest.mark.browser


@pytest.fixture
def phone(app, visitor, new_page, live_server):
    """Return a clerk's phone, signed in."""
    with app.app_context():
        person = cast.person(Role.CENTRE_CLERK, at=cast.centre())
    stage.sign_in(visitor, person)
    page = new_page(width=360)
    name = app.config["SESSION_COOKIE_NAME"]
    page.context.add_cookies([{"name": name, "value": visitor.client.get_cookie(name).value, "url": live_server.url}])
    return page


def test_the_phones_own_camera_opens_the_counter_with_the_code(app, phone, live_server):
    with app.app_context():
        wish, pledge = stage.claimed()
    code = stage.drop_off(app, pledge)
    with app.app_context():
        address = counter_address(code)
    phone.goto(address)
    assert phone.input_value("#code") == code
    assert "#" not in phone.url
    phone.keyboard.press("Enter")
    phone.wait_for_url(f"**/admin/wishes/{wish.number}/receive")
    assert code not in live_server.log_path.read_text()
    phone.goto("/admin/counter#NOTACODE-ANYWAY")
    assert phone.input_value("#code") == ""
