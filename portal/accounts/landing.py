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


def has_second_factor() -> bool:
    """Tell whether whoever is signed in holds a role that asks for the second factor, and has set it up."""
    is_asked = current_user.actor.has_role(*SECOND_FACTOR_ROLES)
    return is_asked and current_user.second_factor_enrolled_at is not None


def to_second_factor() -> Response:
    """Lead to the code, and from there on to the page that was asked for."""
    return redirect(url_for("accounts.second_factor", next=request.full_path.rstrip("?")))


def onward() -> Response:
    """Lead on after a step of signing in: to the code if it is due, else to the page that was asked for."""
    if needs_second_factor():
        return redirect(url_for("accounts.second_factor", next=request.args.get("next")))
    return redirect(landing_address())


def landing_address() -> str:
    """Return where somebody lands who is signed in: the page that was asked for, else the desk or their account."""
    is_staff = current_user.actor.has_role(*Role) and "admin.desk" in current_app.view_functions
    return safe_next(request.args.get("next"), url_for("admin.desk" if is_staff else "accounts.account"))
