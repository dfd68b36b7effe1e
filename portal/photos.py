"""Takes in pictures that people upload and keeps nothing of them but what can be seen.

A file is looked at before it is decoded, drawn anew on a fresh image without
any metadata, sealed, and stored outside everything that is served. Never
keeps, shows or logs the name a file came with.
"""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Any

from flask import current_app
from flask_babel import lazy_gettext
from PIL import Image, ImageOps

from portal.config import Settings
from portal.files import FileMissing, discard_file, keep_file, open_file

SIGNATURES = {
    "JPEG": re.compile(rb"\xff\xd8\xff"),
    "PNG": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "WEBP": re.compile(rb"RIFF....WEBP", re.DOTALL),
}
MAX_PIXELS = {"JPEG": 60_000_000, "PNG": 25_000_000, "WEBP": 25_000_000}
"""A JPEG may be larger because it is decoded at a fraction of its size."""

LONGEST_SIDE = 2000
QUALITY = 85
_PHONE_FORMAT = re.compile(rb"....ftyp(hei|hev|mif1|msf1|avif)", re.DOTALL)

Image.MAX_IMAGE_PIXELS = max(MAX_PIXELS.values())


class WhyRefused(StrEnum):
    """Why a picture cannot be taken."""

    TOO_LARGE = "too_large"
    TOO_MANY_PIXELS = "too_many_pixels"
    PHONE_FORMAT = "phone_format"
    NOT_A_PICTURE = "not_a_picture"


WORDS: dict[WhyRefused, Any] = {
    WhyRefused.TOO_LARGE: lazy_gettext("照片文件太大了，请换一张小一些的再传。"),
    WhyRefused.TOO_MANY_PIXELS: lazy_gettext("照片的尺寸太大了，请把它缩小或截一张图再传。"),
    WhyRefused.PHONE_FORMAT: lazy_gettext(
        "这是手机专用的 HEIC 照片，这里打不开。请在手机相机设置里选“兼容性最佳”，或截一张图再传。"
    ),
    WhyRefused.NOT_A_PICTURE: lazy_gettext("这个文件不是能打开的照片，请传 JPG、PNG 或 WebP 格式的照片。"),
}


class PictureRefused(ValueError):
    """A file cannot be taken as a picture; `why` says which kind of fault."""

    def __init__(self, why: WhyRefused) -> None:
        super().__init__(why)
        self.why = why

    @property
    def words(self) -> str:
        """The reason as a person reads it."""
        return str(WORDS[self.why])


class PictureMissing(LookupError):
    """There is no such picture any more."""


def keep_picture(content: bytes) -> str:
    """Store a picture drawn anew and sealed; return its random name.

    Raises PictureRefused.
    """
    return keep_file(redraw(content))


@contextmanager
def keeping(content: bytes | None) -> Iterator[str | None]:
    """Keep a picture while a verb stores its name, and drop it again where the verb fails; None stays None.

    Raises PictureRefused.
    """
    name = keep_picture(content) if content else None
    try:
        yield name
    except BaseException:
        if name is not None:
            discard_picture(name)
        raise


def open_picture(name: str) -> bytes:
    """Return a stored picture as JPEG.

    Raises PictureMissing, SealBroken.
    """
    try:
        return open_file(name)
    except FileMissing:
        raise PictureMissing from None


def discard_picture(name: str) -> None:
    """Remove a stored picture; one that is gone already is no fault."""
    discard_file(name)


def redraw(content: bytes) -> bytes:
    """Return a picture as a JPEG of at most LONGEST_SIDE pixels that holds no metadata.

    Raises PictureRefused before anything large is decoded.
    """
    settings: Settings = current_app.config["PORTAL"]
    if len(content) > settings.upload_bytes:
        raise PictureRefused(WhyRefused.TOO_LARGE)
    kind = _kind_of(content)
    try:
        return _drawn_anew(content, kind)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise PictureRefused(WhyRefused.TOO_MANY_PIXELS) from None
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        if isinstance(error, PictureRefused):
            raise
        raise PictureRefused(WhyRefused.NOT_A_PICTURE) from None


def _kind_of(content: bytes) -> str:
    for kind, signature in SIGNATURES.items():
        if signature.match(content):
            return kind
    raise PictureRefused(WhyRefused.PHONE_FORMAT if _PHONE_FORMAT.match(content) else WhyRefused.NOT_A_PICTURE)


def _drawn_anew(content: bytes, kind: str) -> bytes:
    with Image.open(io.BytesIO(content), formats=[kind]) as picture:
        if picture.width * picture.height > MAX_PIXELS[kind]:
            raise PictureRefused(WhyRefused.TOO_MANY_PIXELS)
        picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        upright = ImageOps.exif_transpose(picture)
        upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        return _as_jpeg(upright.convert("RGBA"))


def _as_jpeg(picture: Image.Image) -> bytes:
    """Paste the visible pixels on white paper, so that nothing else of the file can come along."""
    paper = Image.new("RGB", picture.size, "white")
    paper.paste(picture, mask=picture.getchannel("A"))
    out = io.BytesIO()
    paper.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()
