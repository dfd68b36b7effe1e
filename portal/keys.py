"""Keys as settings hold them: 32 bytes in URL-safe base64. Never logs one."""

import base64
import binascii

KEY_BYTES = 32


def decode_key(text: str) -> bytes:
    """Return the 32 bytes of a URL-safe base64 key.

    Raises ValueError when it is not one.
    """
    try:
        key = base64.urlsafe_b64decode(text)
    except (binascii.Error, ValueError):
        raise ValueError("must be URL-safe base64 of 32 bytes") from None
    if len(key) != KEY_BYTES:
        raise ValueError("must be URL-safe base64 of 32 bytes")
    return key
