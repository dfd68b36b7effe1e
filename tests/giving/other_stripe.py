"""Serves localstripe, somebody else's pretend Stripe; run as a program by a test, until its input ends.

Its own start listens on all interfaces, writes what it has to the disk and
waits before it sends a message; here it does none of that. Prints its port.
"""

import asyncio
import sys
from types import SimpleNamespace

from aiohttp import web
from localstripe import resources, server, webhooks


async def _at_once(_seconds: float) -> None:
    """Wait for nothing."""


async def main() -> None:
    """Serve on loopback."""
    resources.Store.dump_to_disk = lambda _store: None
    webhooks.asyncio = SimpleNamespace(sleep=_at_once, ensure_future=asyncio.ensure_future)
    runner = web.AppRunner(server.app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    sys.stdout.write(f"{runner.addresses[0][1]}\n")
    sys.stdout.flush()
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(main())
