"""Begins and ends a browser's session, and loads the signed-in person for each request."""

from datetime import timedelta

from flask import Flask, Response, current_app, g
from flask import session as cookie
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_login import LoginManager, current_user, login_user, logout_user
from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy.exc import SQLAlchemyError

from portal import clock
from portal.accounts.models import Person
from portal.db import session
from portal.engines import is_away

SIGNED_IN_AT = "signed_in_at"
SECOND_FACTOR = "second_factor_for"
_OF_SOMEBODY = frozenset({"_user_id", "_flashes"})


class Sessions(SecureCookieSessionInterface):
    """Flask's sessions in a signed cookie; their reader and writer is made once, not twice a request."""

    def __init__(self, app: Flask) -> None:
        self._serializer = super().get_signing_serializer(app)

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """Return what reads and writes the cookie."""
        return self._serializer

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write the cookie where the session changed; sessions are never renewed by time, so nothing else is to do."""
        if session.modified:
            super().save_session(app, session, response)
        elif session.accessed and "Cookie" not in response.headers.get("Vary", ""):
            response.vary.add("Cookie")


def is_strangers(app: Flask, value: str) -> bool:
    """Tell whether a session's cookie names nobody and has nothing to tell them; needs no context of Flask.

    Whether it is too old is not asked: that only makes a stranger of somebody.
    """
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    try:
        return _OF_SOMEBODY.isdisjoint(serializer.loads(value))
    except BadSignature:
        return True


def install_session(app: Flask) -> None:
    """Set up sessions and Flask-Login; a changed session epoch signs a person out everywhere."""
    app.session_interface = Sessions(app)
    manager = LoginManager()
    manager.session_protection = None
    manager.user_loader(_load_person)
    # What init_app does besides is for browsers that are remembered, and ours are not; who is signed in is looked up
    # only where a template asks.
    app.login_manager = manager  # type: ignore[attr-defined]
    app.context_processor(lambda: {"current_user": current_user})


def begin_session(person: Person, *, with_second_factor: bool = False) -> None:
    """Sign a person in with a cookie that shares nothing with the one before."""
    cookie.clear()
    cookie.permanent = True
    cookie[SIGNED_IN_AT] = int(clock.now().timestamp())
    login_user(person)
    if with_second_factor:
        pass_second_factor(person)


def pass_second_factor(person: Person) -> None:
    """Remember that this session's person gave the second factor."""
    cookie[SECOND_FACTOR] = person.get_id()


def end_session() -> None:
    """Sign out and leave nothing behind."""
    logout_user()
    cookie.clear()


def _load_person(key: str) -> Person | None:
    person_id, _, epoch = key.partition(":")
    if not (person_id.isdigit() and epoch.isdigit()) or _is_over():
        return None
    try:
        person = session().get(Person, int(person_id))
    except SQLAlchemyError as error:
        if not is_away(error):
            raise
        # Without its database the portal knows nobody; the page for that must still render,
        # and portal/access.py asks nobody to sign in because of it.
        g.knows_nobody = True
        return None
    return person if person and person.is_active and person.session_epoch == int(epoch) else None


def _is_over() -> bool:
    """Tell whether the session began too long ago, however busy it was since."""
    began = cookie.get(SIGNED_IN_AT)
    hours: int = current_app.config["PORTAL"].session_hours
    return not isinstance(began, int) or clock.now().timestamp() - began >= timedelta(hours=hours).total_seconds()
