"""益同行: micro-wishes and campaigns of a district, from a household's need to a closed wish."""

import logging
from datetime import timedelta
from importlib import import_module
from urllib.parse import urlsplit

from flask import Flask, g
from flask_bootstrap import Bootstrap5
from werkzeug.middleware.proxy_fix import ProxyFix
from whitenoise import WhiteNoise

from portal.access import install_access
from portal.accounts.session import install_session
from portal.clock import Clock, SystemClock
from portal.config import ROOT, Settings, load_settings
from portal.db import Database
from portal.formats import install_formats
from portal.gate.service import install_gate
from portal.headers import install_headers
from portal.households.recognising import find_registered
from portal.i18n import install_babel
from portal.outbox.senders import Senders
from portal.publication.fragments import install_fragments
from portal.publication.keeping import install_keeping
from portal.publication.live import install_live_cards
from portal.sealing import KeyRing
from portal.web import Portal, install_web

ROOMS_WITH_PAGES = (
    "accounts",
    "admin",
    "areas",
    "buying",
    "campaigns",
    "demo",
    "family",
    "giving",
    "handover",
    "households",
    "intake",
    "ledger",
    "pages",
    "pledges",
    "wishes",
)


def create_app(settings: Settings | None = None, *, clock: Clock | None = None) -> Flask:
    """Build the application.

    Raises SettingsWrong when the environment cannot be started with.
    """
    settings = settings or load_settings()
    is_https = settings.base_url.startswith("https://")
    app = Portal(__name__, template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static"))
    app.config.update(
        PORTAL=settings,
        SECRET_KEY=settings.secret_key.get_secret_value(),
        MAX_CONTENT_LENGTH=settings.upload_bytes + 1_000_000,
        MAX_FORM_MEMORY_SIZE=2_000_000,
        PERMANENT_SESSION_LIFETIME=timedelta(hours=settings.session_hours),
        SESSION_REFRESH_EACH_REQUEST=False,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=is_https,
        SESSION_COOKIE_NAME="portal",
        WTF_CSRF_TIME_LIMIT=None,
        TRUSTED_HOSTS=_trusted_hosts(settings),
        BABEL_TRANSLATION_DIRECTORIES=str(ROOT / "translations"),
        BOOTSTRAP_SERVE_LOCAL=True,
    )
    app.extensions["portal.clock"] = clock or SystemClock()
    app.extensions["portal.key_ring"] = KeyRing(settings)
    app.extensions["portal.database"] = Database(settings.database_url)
    app.extensions["portal.senders"] = Senders(settings)
    install_live_cards(app)
    app.teardown_appcontext(_close_reads)
    logging.getLogger("portal").setLevel(settings.log_level)
    install_session(app)
    install_babel(app)
    install_formats(app)
    Bootstrap5(app)
    install_web(app)
    _install_rooms(app)
    install_gate(app, find_registered)
    install_access(app)
    install_headers(app, is_https=is_https)
    install_keeping(app)
    install_fragments(app)
    _serve_static(app, settings)
    return app


def _install_rooms(app: Flask) -> None:
    # Tables refer to each other across rooms, so all of them are known before the first row is written.
    import_module("portal.models")
    for room in ROOMS_WITH_PAGES:
        import_module(f"portal.{room}.views").install(app)


def _trusted_hosts(settings: Settings) -> list[str]:
    return settings.trusted_hosts or [urlsplit(settings.base_url).hostname or "localhost", "127.0.0.1", "localhost"]


def _serve_static(app: Flask, settings: Settings) -> None:
    static = WhiteNoise(
        app.wsgi_app,
        root=str(ROOT / "static"),
        prefix="static/",
        max_age=3600,
        allow_all_origins=False,
        add_headers_function=_static_headers,
    )
    app.wsgi_app = static  # type: ignore[method-assign]
    if settings.proxy_count:
        count = settings.proxy_count
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=0)  # type: ignore[method-assign]
    version = _static_version()
    app.url_defaults(lambda endpoint, values: _version_static(endpoint, values, version))


def _static_version() -> str:
    newest = max((path.stat().st_mtime_ns for path in (ROOT / "static").rglob("*")), default=0)
    return f"{newest // 1_000_000:x}"


def _static_headers(headers: dict[str, str], path: str, url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"


def _version_static(endpoint: str, values: dict[str, object], version: str) -> None:
    if endpoint in ("static", "bootstrap.static"):
        values.setdefault("v", version)


def _close_reads(_error: BaseException | None) -> None:
    reading = g.pop("reading_session", None)
    if reading is not None:
        reading.close()
