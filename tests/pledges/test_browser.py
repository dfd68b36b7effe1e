"""A guest pledges in a real browser, on a phone and at a desk, in both languages."""

import json

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.pledges.letterbox import letters, link_in


def held_to_account(page):
    """Hold a page to what everybody needs: nothing runs out of the screen, and no serious barrier."""
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"], page.url
    faults = Axe().run(page).response["violations"]
    serious = [fault for fault in faults if fault["impact"] in ("serious", "critical")]
    assert not serious, json.dumps([(fault["id"], fault["nodes"][0]["html"]) for fault in serious], ensure_ascii=False)


@pytest.mark.browser
def test_a_guest_pledges_and_extends(app, new_page, publish, screen):
    numbers = [publish("双肩书包"), publish("理发", kind="service", category="home_service")]
    page = new_page(**screen)
    page.goto("/wishes")
    page.evaluate("basket => localStorage.setItem('basket', basket)", json.dumps(dict.fromkeys(numbers, "")))
    page.goto("/pledges/new")
    page.fill("#numbers", "，".join(numbers))
    page.click("#add button")
    held_to_account(page)
    page.click("#promise .btn-primary")
    held_to_account(page)
    page.fill("#contact", "lin@example.org")
    page.check("#agree")
    page.click("#promise .btn-primary")
    held_to_account(page)
    page.wait_for_load_state()
    assert page.evaluate("localStorage.getItem('basket')") == "{}", "what is pledged has left the basket"
    page.goto(link_in(letters(app)[0]))
    held_to_account(page)
    page.click("main .btn-primary")
    held_to_account(page)
    page.click("main h3 a >> nth=0")
    page.click("main .btn-primary")
    page.click("form[action$=extend] button")
    page.click("summary")
    held_to_account(page)
    assert page.locator("svg.qr").is_visible()
