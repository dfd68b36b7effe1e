"""Puts the pages of campaigns together; each kind of page lives in a module of its own."""

from flask import Flask

from portal.campaigns import (
    asking_views,
    desk_views,
    money_views,
    plan_views,
    public_views,
    question_views,
    report_views,
    telling_views,
    year_views,
)
from portal.campaigns.blueprint import blueprint

PAGES = (
    asking_views,
    desk_views,
    money_views,
    plan_views,
    public_views,
    question_views,
    report_views,
    telling_views,
    year_views,
)


def install(app: Flask) -> None:
    """Add this room's pages to the application."""
    app.register_blueprint(blueprint)
