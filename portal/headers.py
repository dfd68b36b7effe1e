"""Tells browsers with every answer what its page may never do: run what is not ours, be framed, pass for another type.

The words are the same for all answers, so they are put in last, where they cost next to nothing.
"""

from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask

Headers = list[tuple[str, str]]

_CONTENT_SECURITY_POLICY = (
    "default-src 'self'",
    "img-src 'self' data:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
)
_FOR_ALL: Headers = [
    ("Permissions-Policy", "geolocation=(), microphone=(), camera=(self)"),
    ("X-Frame-Options", "DENY"),
    ("X-Content-Type-Options", "nosniff"),
    ("Content-Security-Policy", "; ".join(_CONTENT_SECURITY_POLICY)),
    ("Referrer-Policy", "same-origin"),
]
_STAYS_HTTPS: Headers = [("Strict-Transport-Security", "max-age=31556926; includeSubDomains")]


def install_headers(app: Flask, *, is_https: bool) -> None:
    """Put the words on every answer of the application, and where its address is https, that it stays so."""
    inner = app.wsgi_app
    said = _FOR_ALL + _STAYS_HTTPS if is_https else _FOR_ALL

    def with_headers(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        return inner(environ, lambda status, headers, *error: start_response(status, headers + said, *error))

    app.wsgi_app = with_headers  # type: ignore[method-assign]
