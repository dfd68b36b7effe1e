"""Home, about, privacy, how it works, language and display choices, health."""

from flask import Blueprint, Flask, Response, abort, current_app, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portal.access import public
from portal.i18n import COOKIE, LANGUAGES
from portal.limits.service import get_limits
from portal.pages.health import find_troubles
from portal.publication.filters import WishFilters
from portal.publication.keeping import DISPLAY_COOKIE, kept_page
from portal.publication.queries import get_figures, list_public_wishes
from portal.web import safe_next

WISHES_ON_HOME = 6
YEAR_SECONDS = 365 * 24 * 3600
DISPLAY_SIZES = ("normal", "large")

blueprint = Blueprint("pages", __name__)


def install(app: Flask) -> None:
    """Add this room's pages to the application."""
    app.register_blueprint(blueprint)


@blueprint.get("/")
@public
@kept_page
def home() -> ResponseReturnValue:
    """Say in five seconds what this is and what to do."""
    longest_waiting = list_public_wishes(WishFilters(), limit=WISHES_ON_HOME).wishes
    return render_template("pages/home.html", figures=get_figures(), wishes=longest_waiting)


@blueprint.get("/about")
@public
@kept_page
def about() -> ResponseReturnValue:
    """Say who runs the portal."""
    return render_template("pages/about.html")


@blueprint.get("/privacy")
@public
@kept_page
def privacy() -> ResponseReturnValue:
    """Say how privacy is kept."""
    return render_template("pages/privacy.html", limits=get_limits())


@blueprint.get("/how")
@public
@kept_page
def how() -> ResponseReturnValue:
    """Say how a wish goes its way."""
    return render_template("pages/how.html", limits=get_limits())


@blueprint.get("/language/<code>")
@public
def set_language(code: str) -> ResponseReturnValue:
    """Remember a language and go back to where the reader was."""
    if code not in LANGUAGES:
        abort(404)
    return _remember(COOKIE, code)


@blueprint.get("/display/<size>")
@public
def set_display(size: str) -> ResponseReturnValue:
    """Remember large or normal print and go back to where the reader was."""
    if size not in DISPLAY_SIZES:
        abort(404)
    return _remember(DISPLAY_COOKIE, size)


@blueprint.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    """Say that the process answers."""
    return _plain("ok\n", 200)


@blueprint.get("/readyz")
@public
def readyz() -> ResponseReturnValue:
    """Say whether pages can be served, and if not, why."""
    troubles = find_troubles()
    return _plain("\n".join(troubles or ["ok"]) + "\n", 503 if troubles else 200)


def _remember(cookie: str, value: str) -> Response:
    response = make_response(redirect(safe_next(request.args.get("next"))))
    response.headers["Cache-Control"] = "no-store"
    is_https = current_app.config["PORTAL"].base_url.startswith("https://")
    response.set_cookie(cookie, value, max_age=YEAR_SECONDS, secure=is_https, httponly=True, samesite="Lax")
    return response


def _plain(text: str, status: int) -> Response:
    response = make_response(text, status)
    response.mimetype = "text/plain"
    response.headers["Cache-Control"] = "no-store"
    return response
