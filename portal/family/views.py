"""Pages of family."""

from flask import Blueprint, Flask

blueprint = Blueprint("family", __name__, url_prefix="/family")


def install(app: Flask) -> None:
    """Add this room's pages to the application."""
    app.register_blueprint(blueprint)
