"""The public page of service centres: where to bring things, and where a family can tell its need."""

from flask import Blueprint, Flask, render_template

from portal.access import public
from portal.areas.queries import area_tree

blueprint = Blueprint("areas", __name__)


def install(app: Flask) -> None:
    """Add this room's pages to the application."""
    app.register_blueprint(blueprint)


@blueprint.get("/centres")
@public
def centres() -> str:
    """Show every open service centre with its hours and its communities' grid work stations."""
    branches = [branch for branch in area_tree() if branch.centre.is_active]
    return render_template("areas/centres.html", branches=branches)
