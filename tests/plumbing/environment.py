"""Puts a test's settings into the environment, where a command of the portal finds them."""

import pytest
from pydantic import SecretStr

from portal.config import PREFIX, Settings


def put_settings(settings: Settings, patch: pytest.MonkeyPatch) -> None:
    """Set every PORTAL_ variable of these settings."""
    for name, value in settings:
        patch.setenv(f"{PREFIX}{name.upper()}", _as_text(value))


def _as_text(value: object) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, list):
        return ",".join(map(_as_text, value))
    return str(value)
