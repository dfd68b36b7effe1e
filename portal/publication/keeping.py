"""Keeps whole public pages as they were answered, and answers with them before Flask is asked.

A page is kept for one state of everything public, and that state is read from
the database at every request: what is taken down is gone with the commit that
takes it down, whichever process made it. Only strangers get kept pages: whoever
comes with a session that names somebody, or has something to tell them, is
answered by Flask.
"""

import gzip
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property, lru_cache, partial
from hashlib import blake2b
from threading import Lock
from typing import Any, TypeVar

from flask import Flask, current_app, request
from flask_login import COOKIE_NAME as REMEMBER_COOKIE
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header, parse_cookie

from portal import i18n
from portal.accounts.session import is_strangers
from portal.db import DatabaseBusy
from portal.publication.freshness import STATE, State, read_state

View = TypeVar("View", bound=Callable[..., Any])
Environ = dict[str, Any]
Headers = list[tuple[str, str]]
Key = tuple[str | bool, ...]

MOST_BYTES = 32_000_000
LARGEST_BYTES = 1_000_000
DISPLAY_COOKIE = "display"

_SHELF = "portal.publication.pages"
_ASKED = "portal.publication.asked"
_WANTED = "portal.publication.wanted"


def kept_page(view: View) -> View:
    """Keep the pages of a public view: they tell of nothing but what freshness counts, and are the same for all."""
    view.is_kept_page = True  # type: ignore[attr-defined]
    return view


def install_keeping(app: Flask) -> None:
    """Put kept pages in front of the application; call when all other checks of a request are in place."""
    app.extensions[_SHELF] = Shelf()
    app.before_request(_ask_to_keep)
    app.wsgi_app = FrontDoor(app)  # type: ignore[method-assign]


class Page:
    """One answer, and what is made of it when it is asked for again: its mark and its compressed twin."""

    def __init__(self, headers: Headers, body: bytes) -> None:
        left_out = ("content-length", "vary")
        self._headers = [(name, value) for name, value in headers if name.lower() not in left_out]
        self._headers.append(("Vary", "Cookie, Accept-Language, Accept-Encoding"))
        self.body = body

    @property
    def weight_bytes(self) -> int:
        """How much memory the page takes, its compressed twin included."""
        return len(self.body) * 5 // 4

    @cached_property
    def etag(self) -> str:
        """The mark by which a browser knows the page again."""
        return f'W/"{blake2b(self.body, digest_size=12).hexdigest()}"'

    @cached_property
    def compressed(self) -> bytes:
        """The body in fewer bytes."""
        return gzip.compress(self.body, 6, mtime=0)

    def answer(self, environ: Environ) -> tuple[str, Headers, bytes]:
        """Return status, headers and body for one request: nothing new, few bytes or all of them."""
        headers = [*self._headers, ("ETag", self.etag)]
        if self.etag in environ.get("HTTP_IF_NONE_MATCH", ""):
            return "304 Not Modified", [each for each in headers if each[0] != "Content-Type"], b""
        body = self.body
        if _takes_gzip(environ.get("HTTP_ACCEPT_ENCODING", "")):
            body = self.compressed
            headers.append(("Content-Encoding", "gzip"))
        headers.append(("Content-Length", str(len(body))))
        return "200 OK", headers, b"" if environ["REQUEST_METHOD"] == "HEAD" else body


class Shelf:
    """Pages by what was asked and in which state, as many as memory allows; those kept first go first."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._state: State | None = None
        self._pages: dict[tuple[State, Key], Page] = {}
        self._bytes = 0

    def find(self, key: Key, state: State) -> Page | None:
        """Return the page kept for a key in a state."""
        return self._pages.get((state, key))

    def put(self, key: Key, state: State, page: Page) -> None:
        """Keep a page that was made while the state was this one; pages of another state go."""
        with self._lock:
            if state != self._state:
                self._state, self._pages, self._bytes = state, {}, 0
            if (state, key) not in self._pages:
                self._pages[state, key] = page
                self._bytes += page.weight_bytes
            while self._bytes > MOST_BYTES:
                self._bytes -= self._pages.pop(next(iter(self._pages))).weight_bytes


class FrontDoor:
    """The first to hear a request: answers strangers with what is kept, and keeps what Flask wants kept."""

    def __init__(self, app: Flask) -> None:
        self._app, self._inner = app, app.wsgi_app
        self._shelf: Shelf = app.extensions[_SHELF]
        self._session_cookie: str = app.config["SESSION_COOKIE_NAME"]
        # The same cookie says the same for good, and a visitor brings it with each page.
        self._is_strangers = lru_cache(maxsize=1024)(partial(is_strangers, app))

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request."""
        page = self._find(environ)
        if page is None:
            return self._ask_flask(environ, start_response)
        status, headers, body = page.answer(environ)
        start_response(status, headers)
        return (body,)

    def _find(self, environ: Environ) -> Page | None:
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return None
        cookies = _cookies(environ)
        own = cookies.get(self._session_cookie)
        if (own and not self._is_strangers(own)) or REMEMBER_COOKIE in cookies:
            return None
        try:
            state = environ[STATE] = read_state(self._app)
        except DatabaseBusy:
            return None
        key = _key(environ, cookies)
        environ[_ASKED] = key, state
        return self._shelf.find(key, state)

    def _ask_flask(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        given: list[Any] = []

        def note(status: str, headers: Headers, *error: Any) -> Any:
            given[:] = status, headers
            return start_response(status, headers, *error)

        parts: Any = self._inner(environ, note)
        if _WANTED not in environ or not _is_for_all(*given):
            return parts
        try:
            body = b"".join(parts)
        finally:
            parts.close()
        if len(body) <= LARGEST_BYTES:
            key, state = environ[_WANTED]
            self._shelf.put(key, state, Page(given[1], body))
        return (body,)


def _ask_to_keep() -> None:
    """Ask the front door to keep the page that is now made, if it is one for everybody and made for a stranger."""
    environ = request.environ
    if request.method == "GET" and _ASKED in environ and hasattr(_view(), "is_kept_page"):
        environ[_WANTED] = environ[_ASKED]


def _view() -> Callable[..., Any] | None:
    return current_app.view_functions.get(request.endpoint or "")


def is_for_strangers() -> bool:
    """Tell whether the page that is now made is for nobody in particular, so that it may serve everybody."""
    return _WANTED in request.environ


def _key(environ: Environ, cookies: Mapping[str, str]) -> Key:
    """Return all of a request that a public page depends on."""
    return (
        environ["wsgi.url_scheme"],
        environ.get("HTTP_HOST", ""),
        environ.get("SCRIPT_NAME", ""),
        environ["PATH_INFO"],
        environ.get("QUERY_STRING", ""),
        i18n.choose_language(cookies.get(i18n.COOKIE), environ.get("HTTP_ACCEPT_LANGUAGE", "")),
        cookies.get(DISPLAY_COOKIE) == "large",
    )


def _cookies(environ: Environ) -> Mapping[str, str]:
    header = environ.get("HTTP_COOKIE")
    return parse_cookie(header) if header else {}


def _is_for_all(status: str, headers: Headers) -> bool:
    """Tell whether an answer is a whole page that was made for nobody in particular."""
    named = {name.lower(): value for name, value in headers}
    return status.startswith("200") and "set-cookie" not in named and "no-store" not in named.get("cache-control", "")


@lru_cache(maxsize=256)
def _takes_gzip(accepted: str) -> bool:
    return parse_accept_header(accepted, Accept).quality("gzip") > 0
