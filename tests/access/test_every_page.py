"""Every address is opened by everybody: right answers, no faults, nothing private kept, no needless cookie."""

import pytest

from portal.access import Who, rule_of
from portal.accounts.rules import Role
from tests.access.world import addresses, build_world, impossible_addresses
from tests.plumbing.sessions import sign_in

QUERY_NAMES = (
    *("after", "before", "older", "newer", "page", "next", "q", "sort"),
    *("category", "group", "centre", "price", "kind", "waiting", "availability", "state", "status", "role"),
    *("action", "subject", "ref", "since", "until", "wish", "numbers", "number", "person", "overdue", "error"),
)
"""Names that queries of this portal use."""

CHOICES = {"pages.set_language", "pages.set_display"}
"""Addresses that exist to set a cookie."""

FORM_WITH_QUERY = {"pledges.new"}
"""Addresses that hold a form only for some queries; they are never kept either way."""


@pytest.fixture
def world(app):
    """Return a world with something behind every address."""
    app.config["RAISE_FAULTS"] = False
    return build_world(app)


def visits(app, client, world):
    """Open every address; yield its endpoint and rule, whether it is about something there, and the answer."""
    for rule, address, is_real in addresses(app, world):
        yield rule.endpoint, rule_of(app, rule.endpoint), is_real, client.get(address)


def told(endpoint, answer):
    """Return one line about an answer."""
    return f"{endpoint} ({answer.request.full_path}): {answer.status_code} {answer.headers.get('Location', '')}"


def is_stored(answer):
    """Tell whether a cache might keep an answer."""
    return answer.headers.get("Cache-Control") != "no-store"


def test_stranger_sees_what_is_public_and_nothing_that_may_be_kept_is_anybodys_own(app, client, world):
    wrong = []
    for endpoint, rule, _is_real, answer in visits(app, client, world):
        client.delete_cookie("portal")
        fits = is_right_for_a_stranger(rule, answer) and (rule.who is Who.PUBLIC or not is_stored(answer))
        if is_stored(answer):
            fits = fits and {"Cookie", "Accept-Language"} <= set(answer.vary)
        if rule.who is Who.PUBLIC and endpoint not in CHOICES and "Set-Cookie" in answer.headers:
            has_form = 'name="csrf_token"' in answer.text or endpoint in FORM_WITH_QUERY
            fits = fits and has_form and not is_stored(answer)
        if not fits or not has_security_headers(answer):
            wrong.append(told(endpoint, answer))
    assert not wrong


def is_right_for_a_stranger(rule, answer):
    """Tell whether an address that opens for whom its rule says answered a stranger as it must."""
    if rule.who in (Who.SIGNED_IN, Who.STAFF):
        return answer.status_code == 302 and answer.headers["Location"].startswith("/login?next=")
    if rule.who is Who.DEMO:
        return answer.status_code == 404
    return answer.status_code < 500 and answer.status_code not in (401, 403)


def has_security_headers(answer):
    """Tell whether an answer tells the browser what a page may do."""
    policy = answer.headers["Content-Security-Policy"]
    named = ("X-Frame-Options", "X-Content-Type-Options", "Referrer-Policy")
    chosen = [answer.headers[name] for name in named] == ["DENY", "nosniff", "same-origin"]
    return chosen and "default-src 'self'" in policy and "unsafe-inline" not in policy


def test_clerk_of_another_centre_gets_no_private_page_of_this_one(app, visitor, world):
    client = sign_in(visitor, world.stranger_clerk).client
    wrong = []
    for endpoint, rule, is_real, answer in visits(app, client, world):
        fits = answer.status_code < 500 and not is_stored(answer)
        if rule.who is Who.STAFF:
            if Role.CENTRE_CLERK not in rule.roles:
                fits = fits and answer.status_code == 403
            elif is_real and "/" + world.parts["number"] in answer.request.path:
                fits = fits and answer.status_code in (403, 404)
        if not fits:
            wrong.append(told(endpoint, answer))
    assert not wrong


def test_moderator_without_second_factor_gets_no_page_of_the_desk(app, visitor, world):
    sign_in(visitor, world.moderator)
    with visitor.client.session_transaction() as kept:
        del kept["second_factor_for"]
    wrong = []
    for endpoint, rule, _is_real, answer in visits(app, visitor.client, world):
        fits = answer.status_code < 500 and not is_stored(answer)
        if rule.who is Who.STAFF:
            fits = fits and answer.status_code == 302 and answer.headers["Location"].startswith("/login/code?next=")
        if not fits:
            wrong.append(told(endpoint, answer))
    assert not wrong


def test_administrator_gets_an_answer_everywhere_and_no_fault(app, visitor, world):
    client = sign_in(visitor, world.administrator).client
    wrong = []
    for endpoint, rule, _is_real, answer in visits(app, client, world):
        fits = answer.status_code < 500 and not is_stored(answer)
        if rule.who is Who.STAFF:
            fits = fits and not answer.headers.get("Location", "").startswith("/login")
        if not fits:
            wrong.append(told(endpoint, answer))
    assert not wrong


@pytest.mark.parametrize("value", [str(10**30), "\u202e'; --%"])
def test_no_query_brings_a_page_down(app, visitor, world, value):
    client = sign_in(visitor, world.administrator).client
    query = dict.fromkeys(QUERY_NAMES, value)
    wrong = []
    for rule, address, is_real in addresses(app, world):
        answer = client.get(address, query_string=query) if is_real else None
        if answer is not None and answer.status_code >= 500:
            wrong.append(told(rule.endpoint, answer))
    assert not wrong


def test_impossible_address_is_refused_politely(app, visitor, world):
    client = sign_in(visitor, world.administrator).client
    answers = [client.get(address) for address in impossible_addresses(app)]
    assert {answer.status_code for answer in answers} <= {400, 404}
