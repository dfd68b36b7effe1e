"""The twin's HTTP server: keys, versions, idempotency, and faults on demand."""

import json
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from typing import Any
from urllib.parse import urlsplit

from tests.giving.twin.account import Account
from tests.giving.twin.answers import Refused
from tests.giving.twin.api import call, find_endpoint
from tests.giving.twin.params import ParameterWrong, decode

SECRET_KEY = "sk_test_twin"
WEBHOOK_SECRET = "whsec_twin"
VERSION = "2026-10-28.endive"
KEYS_KEPT = timedelta(hours=24)


class Fault(StrEnum):
    """What may happen to a request."""

    LOST = "lost"  # done, and the answer does not arrive
    BROKEN = "broken"  # not done, and answered with a fault
    BROKEN_AFTER = "broken_after"  # done, and answered with a fault
    HELD = "held"  # waits for the gate


@dataclass(frozen=True, slots=True)
class Answer:
    """A status and a body."""

    status: int
    body: dict[str, Any]


@dataclass(slots=True)
class Kept:
    """What is known of an idempotency key; no answer while the first request is at it."""

    request: tuple[str, str]
    at: datetime
    answer: Answer | None = None


class Twin:
    """The server's mind."""

    def __init__(self, now: Callable[[], datetime], kinds: tuple[str, ...]) -> None:
        self.account = Account(now, kinds)
        self.faults: deque[Fault] = deque()
        self.draw: Random | None = None
        self.has_keys = True
        self.gate = threading.Event()
        self.held = threading.Event()
        self.url = ""
        self.seen: list[str] = []
        self._keys: dict[str, Kept] = {}

    def answer(self, method: str, address: str, headers: Any, body: str) -> Answer | None:
        """Answer a request, or None where the connection is to be cut."""
        self.seen.append(f"{method} {urlsplit(address).path}")
        fault = self._next_fault(method)
        answer = self._answer(method, address, headers, body, fault)
        return None if fault is Fault.LOST else answer

    def _answer(self, method: str, address: str, headers: Any, body: str, fault: Fault | None) -> Answer:
        if headers.get("Authorization") != f"Bearer {SECRET_KEY}":
            return _error(401, "invalid_request_error", "Invalid API Key provided: sk_test_****", None, None)
        if headers.get("Stripe-Version") != VERSION:
            return _error(400, "invalid_request_error", "Invalid Stripe API version", None, None)
        key = headers.get("Idempotency-Key") if method == "POST" and self.has_keys else None
        if key is None:
            return self._act(method, address, body, fault)[0]
        return self._act_once(key, (address, body), method, fault)

    def _act_once(self, key: str, request: tuple[str, str], method: str, fault: Fault | None) -> Answer:
        with self.account.lock:
            kept = self._keys.get(key)
            if kept is not None and self.account.now() - kept.at < KEYS_KEPT:
                return _repeat(kept, request)
            kept = self._keys[key] = Kept(request, self.account.now())
        answer, is_begun = self._act(method, *request, fault)
        with self.account.lock:
            if is_begun:
                kept.answer = answer
            else:
                # What was refused before anything began may be asked again under the same key.
                del self._keys[key]
        return answer

    def _act(self, method: str, address: str, body: str, fault: Fault | None) -> tuple[Answer, bool]:
        """Return the answer, and whether the endpoint had begun to work."""
        if fault is Fault.HELD:
            self.held.set()
            self.gate.wait(20)
        if fault is Fault.BROKEN:
            return _error(500, "api_error", "An unknown error occurred", None, None), True
        parts = urlsplit(address)
        try:
            endpoint, name = find_endpoint(method, parts.path)
            answer = Answer(200, call(self.account, endpoint, name, decode(body or parts.query)))
        except ParameterWrong as wrong:
            return _error(400, "invalid_request_error", str(wrong), wrong.code, wrong.param), False
        except Refused as refused:
            return _error(refused.status, "invalid_request_error", str(refused), refused.code, refused.param), True
        if fault is Fault.BROKEN_AFTER:
            return _error(500, "api_error", "An unknown error occurred", None, None), True
        return answer, True

    def _next_fault(self, method: str) -> Fault | None:
        if self.faults:
            return self.faults.popleft()
        if self.draw is None or self.draw.random() > 0.05:
            return None
        return self.draw.choice((Fault.LOST, Fault.BROKEN, Fault.BROKEN_AFTER) if method == "POST" else (Fault.LOST,))


def _repeat(kept: Kept, request: tuple[str, str]) -> Answer:
    if kept.request != request:
        message = "Keys for idempotent requests can only be used with the same parameters they were first used with."
        return _error(400, "idempotency_error", message, None, None)
    if kept.answer is None:
        message = "There is currently another in-progress request using this Idempotency Key."
        return _error(409, "invalid_request_error", message, "idempotency_key_in_use", None)
    return kept.answer


def _error(status: int, kind: str, message: str, code: str | None, param: str | None) -> Answer:
    said = {"type": kind, "message": message, "code": code, "param": param}
    return Answer(status, {"error": {name: value for name, value in said.items() if value is not None}})


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    twin: Twin

    def do_GET(self) -> None:
        self._do("GET")

    def do_DELETE(self) -> None:
        self._do("DELETE")

    def do_POST(self) -> None:
        self._do("POST")

    def _do(self, method: str) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        answer = self.twin.answer(method, self.path, self.headers, body)
        if answer is None:
            self.close_connection = True
            return
        said = json.dumps(answer.body).encode()
        self.send_response(answer.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(said)))
        self.send_header("Request-Id", "req_twin")
        self._headers_buffer.append(b"\r\n" + said)  # type: ignore[attr-defined]
        self.flush_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True


@contextmanager
def run_twin(now: Callable[[], datetime], kinds: tuple[str, ...]) -> Iterator[Twin]:
    """Serve a twin on a free port of this machine."""
    twin = Twin(now, kinds)
    handler = type("Handler", (_Handler,), {"twin": twin})
    with _Server(("127.0.0.1", 0), handler) as server:
        twin.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield twin
        finally:
            server.shutdown()
            thread.join()
