"""Pages of wishes."""

from flask import Blueprint, Flask

blueprint = Blueprint("wishes", __name__, url_prefix="/wishes")


def install(app: Flask) -> None:
    """Add this room's pages to the application."""
    app.register_blueprint(blueprint)
