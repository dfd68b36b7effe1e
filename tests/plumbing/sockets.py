"""Keeps tests off the network: whatever is not this machine cannot be reached from the test process."""

import ipaddress
import socket
import sys

LOCAL_NAMES = {"localhost", "127.0.0.1", "::1", ""}


class OutsideWorldIsClosed(RuntimeError):
    """A test tried to reach another machine."""


def close_outside_world() -> None:
    """Refuse, from now on and for good, look-ups of and connections to anything but loopback and Unix sockets."""
    sys.addaudithook(_refuse)


def _refuse(event: str, arguments: tuple) -> None:
    if event == "socket.connect":
        connection, address = arguments
        if connection.family in (socket.AF_INET, socket.AF_INET6) and not _is_local(address[0]):
            raise OutsideWorldIsClosed(f"connection to {address[0]}")
    elif event == "socket.getaddrinfo" and not _is_local(arguments[0]):
        raise OutsideWorldIsClosed(f"look-up of {arguments[0]}")


def _is_local(host: str | bytes | None) -> bool:
    name = host.decode() if isinstance(host, bytes) else host or ""
    if name in LOCAL_NAMES:
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
