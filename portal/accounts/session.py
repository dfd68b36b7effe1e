"""Loads the signed-in person for each request."""

from flask import Flask
from flask_login import LoginManager

from portal.accounts.models import Person
from portal.db import session


def install_session(app: Flask) -> None:
    """Set up Flask-Login; a changed session epoch signs a person out everywhere."""
    manager = LoginManager()
    manager.session_protection = None
    manager.init_app(app)
    manager.user_loader(_load_person)


def _load_person(key: str) -> Person | None:
    person_id, _, epoch = key.partition(":")
    if not (person_id.isdigit() and epoch.isdigit()):
        return None
    person = session().get(Person, int(person_id))
    return person if person and person.is_active and person.session_epoch == int(epoch) else None
