"""A small SMS gateway on loopback that keeps the protocol: it checks the signature and drops a repeated id."""

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

KEY = "the secret both sides know"


class Gateway:
    """What reached the gateway. Set `status` to have everything answered that way, `redirect` to send it elsewhere."""

    def __init__(self) -> None:
        self.delivered: list[dict[str, str]] = []
        self.requests = 0
        self.refused = 0
        self.status: int | None = None
        self.redirect: str | None = None
        self.url = ""

    def take(self, body: bytes, given: str) -> int:
        """Take one request and return the status it is answered with."""
        self.requests += 1
        if not hmac.compare_digest(given, hmac.new(KEY.encode(), body, hashlib.sha256).hexdigest()):
            self.refused += 1
            return 403
        if self.status:
            return self.status
        message = json.loads(body)
        if message["id"] not in {each["id"] for each in self.delivered}:
            self.delivered.append(message)
        return 200


@contextmanager
def run_gateway() -> Iterator[Gateway]:
    """Yield a gateway that listens at `gateway.url`."""
    gateway = Gateway()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = gateway.take(body, self.headers.get("X-Signature", ""))
            self.send_response(302 if gateway.redirect else status)
            if gateway.redirect:
                self.send_header("Location", gateway.redirect)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *arguments: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    gateway.url = f"http://127.0.0.1:{server.server_port}/send"
    try:
        yield gateway
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
