"""Pages of pledges."""

from flask import Blueprint, Flask

blueprint = Blueprint("pledges", __name__, url_prefix="/pledges")


def install(app: Flask) -> None:
    """Add this room's pages to the application."""
    app.register_blueprint(blueprint)
