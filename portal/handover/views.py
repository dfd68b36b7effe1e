"""Puts the counter's pages together; each lives in a module named after what it does."""

from flask import Flask

from portal.handover import closing_views, counter_views, delivery_views, picture_views, service_views
from portal.handover.blueprint import blueprint
from portal.handover.rules import ANSWER_LABELS, FAULT_LABELS, THROUGH_LABELS

PAGES = (closing_views, counter_views, delivery_views, picture_views, service_views)


def install(app: Flask) -> None:
    """Add this room's pages to the application, and its words to all templates."""
    app.register_blueprint(blueprint)
    app.jinja_env.globals.update(answer_labels=ANSWER_LABELS, fault_labels=FAULT_LABELS, through_labels=THROUGH_LABELS)
