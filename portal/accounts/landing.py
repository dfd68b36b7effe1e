"""Where somebody goes once signed in: to the second factor first, then to where they wanted to be."""

from flask import current_app, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from portal.access import has_given_second_factor
from portal.accounts.rules import SECOND_FACTOR_ROLES, Role
from portal.web import safe_next


def needs_second_factor() -> bool:
    """Tell whether whoever is signed in has yet to give the second factor their roles ask for."""
    return current_user.actor.has_role(*SECOND_FACTOR_ROLES) and not has_given_second_factor()


def to_second_factor() -> Response:
    """Lead to the code, and from there on to the page that was asked for."""
    return redirect(url_for("accounts.second_factor", next=request.full_path.rstrip("?")))


def onward() -> Response:
    """Lead on after a step of signing in: to the code if it is due, else to the page that was asked for."""
    wanted = request.args.get("next")
    if needs_second_factor():
        return redirect(url_for("accounts.second_factor", next=wanted))
    is_staff = current_user.actor.has_role(*Role) and "admin.desk" in current_app.view_functions
    return redirect(safe_next(wanted, url_for("admin.desk" if is_staff else "accounts.account")))
