"""Calls a WSGI application without a server, as a worker of gunicorn would, and looks that the answer is right."""

from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any

from werkzeug.test import EnvironBuilder

Wsgi = Callable[..., Any]


class WrongAnswer(Exception):
    """An application answered something else than what is measured."""


class Caller:
    """One request, asked again and again."""

    def __init__(self, app: Wsgi, address: str, headers: Mapping[str, str] | None = None, status: int = 200) -> None:
        self._app, self._status = app, str(status)
        builder = EnvironBuilder(path=address, headers=list((headers or {}).items()))
        self._environ = builder.get_environ()
        builder.close()

    def __call__(self) -> bytes:
        """Ask once and return the body."""
        return call(self._app, self._environ.copy(), self._status)[1]


def call(app: Wsgi, environ: dict[str, Any], status: str, body: bytes = b"") -> tuple[dict[str, str], bytes]:
    """Hand one request to an application; return headers and body.

    Raises WrongAnswer where the status is another.
    """
    answered: list[Any] = []
    environ["wsgi.input"] = BytesIO(body)

    def start_response(given: str, headers: list[tuple[str, str]], _error: object = None) -> Callable[[bytes], None]:
        answered[:] = given, headers
        return _refuse_write

    parts = app(environ, start_response)
    try:
        content = b"".join(parts)
    finally:
        if hasattr(parts, "close"):
            parts.close()
    if not answered[0].startswith(status):
        raise WrongAnswer(f"{environ['PATH_INFO']}: {answered[0]} instead of {status}")
    return dict(answered[1]), content


def _refuse_write(_data: bytes) -> None:
    raise WrongAnswer("nothing is written before its time")
