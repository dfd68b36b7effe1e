"""Puts settings into the environment of a process, where a command of the portal finds them."""

import pytest
from pydantic import SecretStr

from portal.config import PREFIX, Settings


def as_environment(settings: Settings) -> dict[str, str]:
    """Return the PORTAL_ variables of these settings."""
    return {f"{PREFIX}{name.upper()}": _as_text(value) for name, value in settings}


def put_settings(settings: Settings, patch: pytest.MonkeyPatch) -> None:
    """Set every PORTAL_ variable of these settings."""
    for name, value in as_environment(settings).items():
        patch.setenv(name, value)


def _as_text(value: object) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, list):
        return ",".join(map(_as_text, value))
    return str(value)
