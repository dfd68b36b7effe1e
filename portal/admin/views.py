"""Puts the desk together; each page lives in a module named after its noun."""

from flask import Flask

from portal.admin import (
    areas,
    audit,
    blocks,
    desk,
    family_search,
    limits,
    messages,
    organisations,
    people,
    publication_piles,
    publications,
    verification,
    wish_list,
    wishes,
)
from portal.admin.blueprint import blueprint
from portal.admin.menu import desk_context

PAGES = (
    areas,
    audit,
    blocks,
    desk,
    family_search,
    limits,
    messages,
    organisations,
    people,
    publication_piles,
    publications,
    verification,
    wish_list,
    wishes,
)


def install(app: Flask) -> None:
    """Add the desk's pages and its menu to the application."""
    app.register_blueprint(blueprint)
    app.context_processor(desk_context)
