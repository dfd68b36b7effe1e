"""Who may open which address. A view without a rule is closed to everybody, and the suite fails for it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, TypeVar

from flask import Flask, Response, abort, current_app, g, redirect, request, session, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from portal.accounts.rules import PLEDGER, SECOND_FACTOR_ROLES, Actor, Role
from portal.db import DatabaseBusy

View = TypeVar("View", bound=Callable[..., Any])


class Who(StrEnum):
    """The kinds of people an address opens for."""

    PUBLIC = "public"
    PRIVATE_LINK = "private_link"
    SIGNED_IN = "signed_in"
    STAFF = "staff"
    DEMO = "demo"


@dataclass(frozen=True)
class Rule:
    """Who may open an address; for staff, which roles."""

    who: Who
    roles: frozenset[Role] = frozenset()
    needs_second_factor: bool = True


def public(view: View) -> View:
    """Open an address to everybody; its page holds nothing private and sets no cookie."""
    return _mark(view, Rule(Who.PUBLIC))


def private_link(view: View) -> View:
    """Open an address to whoever holds a secret the view itself checks; never stored by browsers or caches."""
    return _mark(view, Rule(Who.PRIVATE_LINK))


def signed_in(view: View) -> View:
    """Open an address to whoever is signed in, before the second factor too."""
    return _mark(view, Rule(Who.SIGNED_IN, needs_second_factor=False))


def staff(*roles: Role) -> Callable[[View], View]:
    """Open an address to these roles (administrators too), their second factor given."""
    return lambda view: _mark(view, Rule(Who.STAFF, frozenset(roles)))


def demo_only(view: View) -> View:
    """Open an address in a demo only; elsewhere it does not exist."""
    return _mark(view, Rule(Who.DEMO))


def rule_of(app: Flask, endpoint: str) -> Rule | None:
    """Return the rule of an endpoint, or None where it has none."""
    view = app.view_functions[endpoint]
    if endpoint in ("static", "bootstrap.static"):
        return Rule(Who.PUBLIC)
    found: Rule | None = getattr(view, "access_rule", None)
    return found


def current_actor() -> Actor:
    """Return who acts in this request: the signed-in person, or a nameless pledger.

    Roles that need the second factor do not count before it is given, on public pages either.
    """
    if not current_user.is_authenticated:
        return PLEDGER
    actor: Actor = current_user.actor
    if has_given_second_factor():
        return actor
    return replace(actor, grants=frozenset(grant for grant in actor.grants if grant.role not in SECOND_FACTOR_ROLES))


def has_given_second_factor() -> bool:
    """Tell whether this session may use roles that need a second factor."""
    return bool(session.get("second_factor_for") == current_user.get_id())


def install_access(app: Flask) -> None:
    """Check each request against its address's rule and mark all private answers as not to be stored."""
    app.before_request(_check)
    app.after_request(_forbid_storing)


def _check() -> AnyResponse | None:
    if request.endpoint is None:
        return None
    rule = rule_of(current_app, request.endpoint)
    if rule is None:
        abort(403)
    if rule.who is Who.DEMO and not current_app.config["PORTAL"].is_demo:
        abort(404)
    if rule.who in (Who.SIGNED_IN, Who.STAFF):
        return _check_person(rule)
    return None


def _check_person(rule: Rule) -> AnyResponse | None:
    if not current_user.is_authenticated:
        if "knows_nobody" in g:
            raise DatabaseBusy
        back = request.full_path.rstrip("?") if request.method == "GET" else None
        return redirect(url_for("accounts.sign_in", next=back))
    actor = current_user.actor
    if rule.needs_second_factor and actor.has_role(*SECOND_FACTOR_ROLES) and not has_given_second_factor():
        return redirect(url_for("accounts.second_factor", next=request.full_path if request.method == "GET" else None))
    if rule.who is Who.STAFF and not actor.has_role(*rule.roles, Role.ADMINISTRATOR):
        abort(403)
    return None


def _forbid_storing(response: Response) -> Response:
    endpoint = request.endpoint
    rule = rule_of(current_app, endpoint) if endpoint else None
    if endpoint in ("static", "bootstrap.static"):
        return response
    # A page with a form holds a token of its reader's own, so no cache may share it either.
    is_own = "csrf_token" in g or session.modified or ("_user_id" in session and current_user.is_authenticated)
    if rule is not None and rule.who is Who.PUBLIC and not is_own:
        response.headers.setdefault("Cache-Control", "no-cache")
        if "Vary" in response.headers:
            response.vary.update(["Cookie", "Accept-Language"])
        else:
            response.headers["Vary"] = "Cookie, Accept-Language"
    else:
        response.headers["Cache-Control"] = "no-store"
    return response


def _mark(view: View, rule: Rule) -> View:
    view.access_rule = rule  # type: ignore[attr-defined]
    return view
