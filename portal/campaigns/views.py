"""The public page of campaigns."""

from flask import Blueprint, Flask, render_template

from portal.access import public

blueprint = Blueprint("campaigns", __name__, url_prefix="/campaigns")


@blueprint.get("")
@public
def index() -> str:
    """Say which campaigns are open: none, until the foundation has filed one (慈善法 22-24)."""
    return render_template("campaigns/index.html")


def install(app: Flask) -> None:
    """Add this room's pages to the application."""
    app.register_blueprint(blueprint)
