"""Signing in for the first time in a real browser, on a phone and on a desk."""

import pyotp
import pytest
from axe_playwright_python.sync_playwright import Axe

from portal.accounts.rules import Role
from tests import cast

pytestmark = pytest.mark.browser


def test_moderator_enrols_and_reaches_the_desk(app, new_page, clock, screen):
    with app.app_context():
        moderator = cast.person(Role.MODERATOR, enrolled=False)
    page = new_page(**screen)
    page.goto("/admin/organisations")
    assert not serious_problems(page)
    page.fill("#email", moderator.email)
    page.fill("#password", cast.PASSWORD)
    page.click("main form button[type=submit]")
    assert page.locator(".qr-box svg").is_visible()
    assert not serious_problems(page)
    assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    key = page.inner_text("#typed-key").replace(" ", "").replace("\n", "")
    page.fill("#code", "000000")
    page.click("main form button[type=submit]")
    assert page.locator("[role=alert]").is_visible()
    page.fill("#code", pyotp.TOTP(key).at(clock.now()))
    page.click("main form button[type=submit]")
    page.wait_for_url("**/admin/organisations")
    assert not serious_problems(page)


def serious_problems(page):
    """Return what keeps people with disabilities out."""
    found = Axe().run(page).response["violations"]
    return [each["id"] for each in found if each["impact"] in ("serious", "critical")]
