"""Every address says who may open it, and the stored list says the same."""

from portal.access import Who, rule_of
from portal.accounts.rules import Role
from tests.access.routes import list_routes, read_stored


def lawless(app):
    """Return the endpoints that have no rule, or one that lets nobody in."""
    rules = {rule.endpoint: rule_of(app, rule.endpoint) for rule in app.url_map.iter_rules()}
    return sorted(
        endpoint
        for endpoint, rule in rules.items()
        if rule is None or (rule.who is Who.STAFF and not rule.roles) or not rule.roles <= set(Role)
    )


def test_every_address_declares_who_may_open_it(app):
    assert not lawless(app)


def test_address_without_a_rule_is_found_and_closed(app):
    app.add_url_rule("/planted", "planted", lambda: "open to all")
    assert lawless(app) == ["planted"]
    assert app.test_client().get("/planted").status_code == 403


def test_addresses_are_those_of_the_stored_list(app):
    def lines(routes):
        return {(each["path"], *each["methods"], each["endpoint"], each["who"], *each["roles"]) for each in routes}

    now, stored = lines(list_routes(app)), lines(read_stored())
    assert now == stored, (
        f"new or changed: {sorted(now - stored, key=str)}; gone: {sorted(stored - now, key=str)}. "
        "Look at each, then renew the list with .venv/bin/python -m tests.access.routes"
    )


def test_addresses_that_were_promised_are_there(app):
    paths = {rule.rule for rule in app.url_map.iter_rules()}
    promised = {
        "/",
        "/wishes",
        "/wishes/<number>",
        "/pledges/<token>",
        "/family",
        "/campaigns",
        "/admin",
        "/healthz",
        "/readyz",
    }
    assert promised <= paths


def test_every_change_is_a_post(app):
    """A form that changes something is never sent with GET, so no link or picture can set it off."""
    for route in list_routes(app):
        assert set(route["methods"]) <= {"GET", "POST"}, route["path"]
