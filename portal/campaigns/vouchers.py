"""Vouchers of what was paid: the original is sealed as it came, and a redacted picture of it is for everybody."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flask import current_app
from flask_babel import lazy_gettext

from portal.config import Settings
from portal.files import discard_file, keep_file
from portal.photos import SIGNATURES, keep_picture

PDF_TYPE = "application/pdf"
_PDF = b"%PDF-"
_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}


class WhyNoVoucher(StrEnum):
    """Why a file cannot be taken as a voucher."""

    MISSING = "missing"
    TOO_LARGE = "too_large"
    NOT_A_VOUCHER = "not_a_voucher"


_WORDS: dict[WhyNoVoucher, Any] = {
    WhyNoVoucher.MISSING: lazy_gettext("请选一个文件。"),
    WhyNoVoucher.TOO_LARGE: lazy_gettext("文件太大了，请换一个小一些的。"),
    WhyNoVoucher.NOT_A_VOUCHER: lazy_gettext("凭证原件要 PDF、JPG、PNG 或 WebP 格式的。"),
}


class VoucherRefused(ValueError):
    """A file cannot be taken as a voucher; `words` says why."""

    def __init__(self, why: WhyNoVoucher) -> None:
        super().__init__(why)
        self.why = why

    @property
    def words(self) -> str:
        """The reason as a person reads it."""
        return str(_WORDS[self.why])


@dataclass(frozen=True, slots=True)
class Voucher:
    """The names under which the sealed original and the public copy are kept."""

    original: str
    copy: str


@contextmanager
def keeping_voucher(original: bytes | None, copy: bytes | None) -> Iterator[Voucher]:
    """Keep both files while a verb stores their names, and drop them again where the verb fails.

    Raises VoucherRefused for the original, PictureRefused for the copy.
    """
    voucher_type(original)
    if not copy:
        raise VoucherRefused(WhyNoVoucher.MISSING)
    kept = [keep_picture(copy)]
    try:
        kept.append(keep_file(original or b""))
        yield Voucher(original=kept[1], copy=kept[0])
    except BaseException:
        for name in kept:
            discard_file(name)
        raise


def voucher_type(content: bytes | None) -> str:
    """Return the media type of an original, told by how it begins.

    Raises VoucherRefused.
    """
    settings: Settings = current_app.config["PORTAL"]
    if not content:
        raise VoucherRefused(WhyNoVoucher.MISSING)
    if len(content) > settings.upload_bytes:
        raise VoucherRefused(WhyNoVoucher.TOO_LARGE)
    if content.startswith(_PDF):
        return PDF_TYPE
    for kind, signature in SIGNATURES.items():
        if signature.match(content):
            return _TYPES[kind]
    raise VoucherRefused(WhyNoVoucher.NOT_A_VOUCHER)
