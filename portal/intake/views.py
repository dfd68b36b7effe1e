"""Puts the pages of intake together; each kind of page lives in a module of its own."""

from flask import Flask

from portal.intake import filing_views, household_views, import_views
from portal.intake.blueprint import blueprint

PAGES = (filing_views, household_views, import_views)


def install(app: Flask) -> None:
    """Add this room's pages to the application."""
    app.register_blueprint(blueprint)
