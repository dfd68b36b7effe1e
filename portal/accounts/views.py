"""Pages of accounts."""

from flask import Blueprint, Flask

blueprint = Blueprint("accounts", __name__)


def install(app: Flask) -> None:
    """Add this room's pages to the application."""
    app.register_blueprint(blueprint)
