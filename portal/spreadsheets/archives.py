"""Looks an .xlsx file over before any parser sees it: size, bombs, macros, links, hostile XML.

Inflates every part once in small pieces and keeps none of it. Never trusts a
declared size, name or file type.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from portal.spreadsheets.refusals import Refusal, SheetLimits, SheetRefused

_PIECE_BYTES = 65_536
_RATIO_FROM_BYTES = 1_000_000
_TAIL_BYTES = 16
_ENCRYPTED_FLAG = 0x1
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_CONTENT_TYPES = "[Content_Types].xml"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_ARCHIVE_HEADS = (b"PK\x03\x04", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"\xd0\xcf\x11\xe0")
_WIDE_XML_HEADS = (b"\xff\xfe", b"\xfe\xff", b"\x00<")
_DECLARED_ENCODING = re.compile(rb"""<\?xml[^>]*?encoding\s*=\s*["']([^"']+)["']""")
_HOSTILE_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_PLAIN_ENCODINGS = frozenset({b"utf-8", b"utf8", b"us-ascii"})

_REFUSED_PARTS = (
    (re.compile(r"vbaproject|macrosheets/|vbadata"), Refusal.MACROS),
    (re.compile(r"externallinks/|connections\.xml$|querytables/"), Refusal.EXTERNAL_LINKS),
    (re.compile(r"embeddings/|activex/|oleobject"), Refusal.EMBEDDED),
)


def check_archive(data: bytes, limits: SheetLimits) -> None:
    """Refuse an .xlsx file that is not a plain workbook of bearable size.

    Raises SheetRefused.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            _check_directory(entries, limits)
            _check_parts(archive, entries, limits)
            _check_content_types(archive)
            _check_relationships(archive, entries)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError):
        raise SheetRefused(Refusal.DAMAGED) from None
    except (DefusedXmlException, ParseError):
        raise SheetRefused(Refusal.UNSAFE_XML) from None


def _check_directory(entries: list[zipfile.ZipInfo], limits: SheetLimits) -> None:
    if any(entry.flag_bits & _ENCRYPTED_FLAG for entry in entries):
        raise SheetRefused(Refusal.ENCRYPTED)
    if len(entries) > limits.max_entries:
        raise SheetRefused(Refusal.BOMB)
    names = [entry.filename for entry in entries]
    # Two parts of one name, or bytes before the first part, would let another reader see another workbook.
    if len({name.lower() for name in names}) != len(names) or min(e.header_offset for e in entries) != 0:
        raise SheetRefused(Refusal.DAMAGED)
    if _CONTENT_TYPES not in names:
        raise SheetRefused(Refusal.WRONG_TYPE)
    for name in names:
        _check_name(name.lower())
    if sum(entry.file_size for entry in entries) > limits.max_inflated_bytes:
        raise SheetRefused(Refusal.BOMB)
    if any(entry.compress_type not in _METHODS for entry in entries):
        raise SheetRefused(Refusal.DAMAGED)


def _check_name(name: str) -> None:
    for pattern, refusal in _REFUSED_PARTS:
        if pattern.search(name):
            raise SheetRefused(refusal)


def _check_parts(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], limits: SheetLimits) -> None:
    inflated = tags = 0
    for entry in entries:
        size = 0
        xml = _XmlWatch()
        for piece in _pieces(archive, entry):
            if size == 0 and piece.startswith(_ARCHIVE_HEADS):
                raise SheetRefused(Refusal.EMBEDDED)
            size += len(piece)
            _check_size(entry, size, inflated + size, limits)
            tags += xml.watch(piece)
            if tags > limits.max_tags:
                raise SheetRefused(Refusal.BOMB)
        inflated += size


def _pieces(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    with archive.open(entry) as part:
        while piece := part.read(_PIECE_BYTES):
            yield piece


def _check_size(entry: zipfile.ZipInfo, size: int, inflated: int, limits: SheetLimits) -> None:
    name = entry.filename.lower()
    too_large = inflated > limits.max_inflated_bytes
    too_dense = size > _RATIO_FROM_BYTES and size > limits.max_ratio * max(entry.compress_size, 1)
    if "worksheets/" in name:
        part_limit = limits.max_inflated_bytes
    elif "sharedstrings" in name:
        part_limit = limits.max_strings_bytes
    else:
        part_limit = limits.max_part_bytes
    if too_large or too_dense or size > part_limit:
        raise SheetRefused(Refusal.BOMB)


class _XmlWatch:
    """Follows one part piece by piece; counts tags and refuses what no spreadsheet program writes."""

    def __init__(self) -> None:
        self._tail = b""
        self._is_first = True
        self._is_xml = False

    def watch(self, piece: bytes) -> int:
        """Return how many tags the piece opens or closes; 0 for parts that are not XML."""
        if self._is_first:
            self._look_at_head(piece)
        if not self._is_xml:
            return 0
        # A NUL means two-byte text, in which the declarations below would hide from a search for bytes.
        if b"\0" in piece or _HOSTILE_DECLARATION.search(self._tail + piece):
            raise SheetRefused(Refusal.UNSAFE_XML)
        self._tail = piece[-_TAIL_BYTES:]
        return piece.count(b"<")

    def _look_at_head(self, piece: bytes) -> None:
        self._is_first = False
        if piece.startswith(_WIDE_XML_HEADS):
            raise SheetRefused(Refusal.UNSAFE_XML)
        self._is_xml = piece.removeprefix(_BYTE_ORDER_MARK).lstrip().startswith(b"<")
        declared = _DECLARED_ENCODING.search(piece[:1024])
        if self._is_xml and declared and declared.group(1).lower() not in _PLAIN_ENCODINGS:
            raise SheetRefused(Refusal.UNSAFE_XML)


def _check_content_types(archive: zipfile.ZipFile) -> None:
    types = archive.read(_CONTENT_TYPES).lower()
    if b"macroenabled" in types or b"vbaproject" in types:
        raise SheetRefused(Refusal.MACROS)
    if b"spreadsheetml.sheet.main+xml" not in types and b"spreadsheetml.template.main+xml" not in types:
        raise SheetRefused(Refusal.WRONG_TYPE)


def _check_relationships(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> None:
    for entry in entries:
        if not entry.filename.lower().endswith(".rels"):
            continue
        for relation in fromstring(archive.read(entry), forbid_dtd=True):
            kind = relation.get("Type", "")
            # A clickable address in a cell is never followed here; every other outside target is data from elsewhere.
            if relation.get("TargetMode") == "External" and not kind.endswith("/hyperlink"):
                raise SheetRefused(Refusal.EXTERNAL_LINKS)
