"""Pages of pledges."""

from flask import Blueprint, Flask
from flask.typing import ResponseReturnValue

from portal.access import private_link

blueprint = Blueprint("pledges", __name__, url_prefix="/pledges")


def install(app: Flask) -> None:
    """Add this room's pages to the application."""
    app.register_blueprint(blueprint)


@blueprint.get("/<token>")
@private_link
def show(token: str) -> ResponseReturnValue:
    """Show one pledge to its pledger."""
    return token


@blueprint.get("/promises/<token>")
@private_link
def promise(token: str) -> ResponseReturnValue:
    """Show a promise with all of its pledges."""
    return token


@blueprint.get("/confirm/<token>")
@private_link
def confirm(token: str) -> ResponseReturnValue:
    """Ask for the button press that confirms a promise."""
    return token
