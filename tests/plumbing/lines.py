"""Asks a server over one connection at a time, at little cost, so that many can ask at once from a small machine."""

import socket
import time
from collections.abc import Mapping
from urllib.parse import urlencode

IDLE_SECONDS = 0.5
PATIENCE_SECONDS = 60


class NoAnswer(Exception):
    """A server broke a connection off."""


class Line:
    """One connection to a server on this machine, kept open while it is in use."""

    def __init__(self, port: int) -> None:
        self._port, self._rest = port, b""
        self._open()

    def _open(self) -> None:
        self._socket = socket.create_connection(("127.0.0.1", self._port), timeout=PATIENCE_SECONDS)
        self._used_at = time.monotonic()

    def ask(self, request: bytes) -> tuple[int, bytes, bytes]:
        """Send a request; return status, head and body of the answer."""
        if time.monotonic() - self._used_at > IDLE_SECONDS:
            # Gunicorn hangs up soon on who says nothing.
            self.close()
            self._open()
        self._socket.sendall(request)
        head, _, rest = self._until(b"\r\n\r\n").partition(b"\r\n\r\n")
        length = next(
            int(line.partition(b":")[2]) for line in head.split(b"\r\n") if line[:15].lower() == b"content-length:"
        )
        while len(rest) < length:
            rest += self._more()
        self._rest, self._used_at = rest[length:], time.monotonic()
        return int(head[9:12]), head, rest[:length]

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def _until(self, mark: bytes) -> bytes:
        got, self._rest = self._rest, b""
        while mark not in got:
            got += self._more()
        return got

    def _more(self) -> bytes:
        got = self._socket.recv(262_144)
        if not got:
            raise NoAnswer(f"port {self._port} hung up")
        return got


def get(address: str, headers: Mapping[str, str] | None = None) -> bytes:
    """Return a request for a page as it goes over the line."""
    return _request("GET", address, headers or {})


def post(address: str, form: Mapping[str, object], headers: Mapping[str, str] | None = None) -> bytes:
    """Return a request that sends a form; a field may have several values."""
    body = urlencode(form, doseq=True)
    kind = {"Content-Type": "application/x-www-form-urlencoded", "Content-Length": str(len(body))}
    return _request("POST", address, {**(headers or {}), **kind}) + body.encode()


def read_cookie(head: bytes) -> str:
    """Return the cookie that an answer sets, as a browser sends it back."""
    given = next(line for line in head.decode().split("\r\n") if line.lower().startswith("set-cookie:"))
    return given.partition(":")[2].partition(";")[0].strip()


def _request(method: str, address: str, headers: Mapping[str, str]) -> bytes:
    more = [f"{name}: {text}" for name, text in headers.items()]
    return "\r\n".join([f"{method} {address} HTTP/1.1", "Host: 127.0.0.1", *more, "", ""]).encode()
