"""Files that are refused before anything in them is parsed, each with its reason."""

import io
import random
import time
import tracemalloc
import zipfile
from dataclasses import replace

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.hyperlink import Hyperlink

from portal.spreadsheets.reading import open_sheet
from portal.spreadsheets.refusals import DEFAULT_LIMITS, WORDING, Refusal, SheetRefused
from tests.spreadsheets.samples import (
    NAMESPACE,
    as_csv,
    as_grid,
    as_xlsx,
    part_of,
    saved,
    wish_lines,
    with_parts,
    with_shared_texts,
)

PLAIN = as_xlsx(as_grid(wish_lines(3)))
NOISE = random.Random(1).randbytes(300_000)
SHEET = "xl/worksheets/sheet1.xml"
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


def with_part(name: str, data: bytes) -> bytes:
    """Return the plain workbook with one part replaced or added."""
    return with_parts(PLAIN, {name: data})


def sheet_xml(body: str, head: str = "") -> bytes:
    """Return the XML of a sheet with these rows."""
    return f'{head}<worksheet xmlns="{NAMESPACE}"><sheetData>{body}</sheetData></worksheet>'.encode()


def cells_in(count: int) -> str:
    """Return cells without content that do not compress into a conspicuous ratio."""
    pick = random.Random(3)
    return "".join(f'<c s="{pick.randrange(10)}"/>' for _ in range(count))


def refusal_of(data: bytes, name: str = "名单.xlsx", **limits: int) -> Refusal:
    """Return why a file is refused."""
    with pytest.raises(SheetRefused) as caught:
        open_sheet(data, name, replace(DEFAULT_LIMITS, **limits))
    assert str(caught.value) == caught.value.kind.value
    assert caught.value.message
    assert "%(" not in caught.value.message
    return caught.value.kind


@pytest.mark.parametrize(
    ("data", "name", "reason"),
    [
        (b"", "a.xlsx", Refusal.EMPTY),
        (b"", "a.csv", Refusal.EMPTY),
        (b"\xef\xbb\xbf\n,,\n", "a.csv", Refusal.EMPTY),
        (b"%PDF-1.7 ...", "a.xlsx", Refusal.WRONG_TYPE),
        (b"a,b,c\n1,2,3\n", "a.xlsx", Refusal.WRONG_TYPE),
        (PLAIN, "a.csv", Refusal.WRONG_TYPE),
        (PLAIN, "a.zip", Refusal.WRONG_TYPE),
        (PLAIN, "xlsx", Refusal.WRONG_TYPE),
        (b"GIF89a;" + PLAIN, "a.xlsx", Refusal.WRONG_TYPE),
        (PLAIN, "a.xlsm", Refusal.MACROS),
        (COMPOUND, "a.xls", Refusal.OLD_FORMAT),
        (COMPOUND, "a.xlsx", Refusal.OLD_FORMAT),
        (COMPOUND + "EncryptedPackage".encode("utf-16-le"), "a.xlsx", Refusal.ENCRYPTED),
        (PLAIN[: len(PLAIN) // 2], "a.xlsx", Refusal.DAMAGED),
        (b"PK\x03\x04" + b"\0" * 400, "a.xlsx", Refusal.DAMAGED),
        (b"\0\1\2\3", "a.csv", Refusal.WRONG_TYPE),
        (b"a,\xff\xff\xfe\n", "a.csv", Refusal.CHARSET),
        (b'name,"half open\n', "a.csv", Refusal.DAMAGED),
    ],
)
def test_wrong_files_are_refused_with_their_reason(data, name, reason):
    assert refusal_of(data, name) is reason


def test_huge_file_is_refused_without_reading_to_its_end():
    class Endless(io.RawIOBase):
        taken = 0

        def read(self, size=-1):
            self.taken += size
            return b"P" * size

    source = Endless()
    with pytest.raises(SheetRefused) as caught:
        open_sheet(source, "a.xlsx", replace(DEFAULT_LIMITS, max_bytes=1_000_000))
    assert caught.value.kind is Refusal.TOO_LARGE
    assert "1 MB" in caught.value.message
    assert source.taken <= 1_000_001


@pytest.mark.parametrize(
    ("part", "reason"),
    [
        ("xl/vbaProject.bin", Refusal.MACROS),
        ("xl/macrosheets/sheet1.xml", Refusal.MACROS),
        ("xl/externalLinks/externalLink1.xml", Refusal.EXTERNAL_LINKS),
        ("xl/connections.xml", Refusal.EXTERNAL_LINKS),
        ("xl/queryTables/queryTable1.xml", Refusal.EXTERNAL_LINKS),
        ("xl/embeddings/oleObject1.bin", Refusal.EMBEDDED),
        ("xl/activeX/activeX1.xml", Refusal.EMBEDDED),
    ],
)
def test_workbooks_with_more_than_cells_are_refused(part, reason):
    assert refusal_of(with_part(part, b"<x/>")) is reason


@pytest.mark.parametrize("head", [b"PK\x03\x04", b"Rar!", COMPOUND[:8], b"\x1f\x8b"])
def test_archive_inside_the_archive_is_refused(head):
    assert refusal_of(with_part("xl/media/image1.png", head + b"\0" * 100)) is Refusal.EMBEDDED


def test_macro_content_type_is_refused_whatever_the_file_is_called():
    types = part_of(PLAIN, "[Content_Types].xml")
    enabled = types.replace(b"spreadsheetml.sheet.main+xml", b"ms-excel.sheet.macroEnabled.main+xml")
    assert refusal_of(with_part("[Content_Types].xml", enabled)) is Refusal.MACROS


def test_other_office_documents_are_refused():
    types = part_of(PLAIN, "[Content_Types].xml")
    document = types.replace(b"spreadsheetml.sheet.main+xml", b"wordprocessingml.document.main+xml")
    assert refusal_of(with_part("[Content_Types].xml", document)) is Refusal.WRONG_TYPE
    assert refusal_of(with_parts(PLAIN, {}, without="[Content_Types].xml")) is Refusal.WRONG_TYPE


def test_outside_target_is_refused_but_a_clickable_address_is_not():
    book = Workbook()
    book.active.append(["姓名", "地址"])
    book.active["A2"].hyperlink = Hyperlink(ref="A2", target="mailto:someone@example.org")
    assert open_sheet(saved(book), "a.xlsx").rows
    relations = (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
        b'Type="http://x/relationships/image" Target="http://example.org/a.png" TargetMode="External"/></Relationships>'
    )
    assert refusal_of(with_part("xl/drawings/_rels/drawing1.xml.rels", relations)) is Refusal.EXTERNAL_LINKS


@pytest.mark.parametrize(
    "head",
    [
        '<!DOCTYPE worksheet [<!ENTITY a "aaaaaaaaaa">]>',
        '<?xml version="1.0"?><!DOCTYPE x SYSTEM "http://example.org/x.dtd">',
        '<?xml version="1.0" encoding="cp037"?>',
        '<?xml version="1.0" encoding="UTF-7"?>',
    ],
)
def test_declarations_and_strange_encodings_are_refused(head):
    assert refusal_of(with_part(SHEET, sheet_xml("<row r='1'/>", head))) is Refusal.UNSAFE_XML


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_two_byte_xml_in_which_a_declaration_could_hide_is_refused(encoding):
    hidden = sheet_xml("", '<!DOCTYPE x [<!ENTITY a "a">]>').decode().encode(encoding)
    assert refusal_of(with_part(SHEET, hidden)) is Refusal.UNSAFE_XML


def test_declaration_across_the_border_of_two_pieces_is_found():
    padding = "<!--" + "x" * (65_536 - 4 - 3 - 6) + "-->"
    assert refusal_of(with_part(SHEET, sheet_xml("", f"{padding}<!DOCTYPE x>"))) is Refusal.UNSAFE_XML


@pytest.mark.parametrize(
    ("limits", "data"),
    [
        ({"max_inflated_bytes": 200_000}, with_part("docProps/padding.bin", NOISE)),
        ({"max_part_bytes": 100_000}, with_part("xl/styles.xml", b"<a>" + NOISE.hex().encode())),
        ({"max_strings_bytes": 10_000}, with_part("xl/sharedStrings.xml", b"<a>" + NOISE.hex().encode())),
        ({}, with_part("xl/media/blank.bmp", b"\1" * 4_000_000)),
        ({"max_entries": 20}, with_parts(PLAIN, {f"docProps/{number}.txt": b"x" for number in range(20)})),
        ({"max_tags": 9_000}, with_part(SHEET, sheet_xml(f"<row>{cells_in(10_000)}</row>"))),
    ],
    ids=["inflated", "part", "strings", "ratio", "entries", "tags"],
)  # fmt: skip
def test_bombs_are_refused_whatever_they_are_made_of(limits, data):
    assert refusal_of(data, **limits) is Refusal.BOMB


def test_bomb_that_lies_about_its_size_is_refused():
    """The directory says ten bytes; the part would inflate to fifty million."""
    honest = with_part("xl/media/blank.bmp", b"\1" * 50_000_000)
    directory = honest.rindex(b"PK\x01\x02")
    lying = bytearray(honest)
    lying[directory + 24 : directory + 28] = (10).to_bytes(4, "little")
    started = time.monotonic()
    assert refusal_of(bytes(lying)) in {Refusal.DAMAGED, Refusal.BOMB}
    assert time.monotonic() - started < 5


def test_parts_of_one_name_and_data_before_the_archive_are_refused():
    source = io.BytesIO(PLAIN)
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(source, "a") as archive:
        archive.writestr(SHEET, sheet_xml(""))
    assert refusal_of(source.getvalue()) is Refusal.DAMAGED
    assert refusal_of(b"PK\x03\x04" + b"\0" * 60 + PLAIN) is Refusal.DAMAGED


def test_encrypted_entries_are_refused():
    locked = bytearray(PLAIN)
    directory = locked.index(b"PK\x01\x02")
    locked[directory + 8] |= 1
    assert refusal_of(bytes(locked)) is Refusal.ENCRYPTED


@pytest.mark.parametrize(
    ("xml", "reason"),
    [
        ('<row r="30"><c r="A30"><v>1</v></c></row>', Refusal.TOO_MANY_ROWS),
        ('<row r="1048576"><c><v>1</v></c></row>', Refusal.TOO_MANY_ROWS),
        ('<row r="1"><c r="XFD1"><v>1</v></c></row>', Refusal.TOO_MANY_COLUMNS),
        ('<row r="1"><c t="inlineStr"><is><t>' + "长" * 200 + "</t></is></c></row>", Refusal.TOO_MUCH_TEXT),
        ('<row r="1"><c><v>1</v></c></row><row r="1"><c><v>2</v></c></row>', Refusal.DAMAGED),
        ('<row r="1"><c t="s"><v>999999</v></c></row>', Refusal.DAMAGED),
        ('<row r="1"><c><v>one</v></c></row>', Refusal.DAMAGED),
        ('<row r="1"><c><v>' + "9" * 500 + "</v></c></row>", Refusal.DAMAGED),
        ('<row r="1"><c><v>1</v>', Refusal.DAMAGED),
        ('<row r="0"><c><v>1</v></c></row>', Refusal.DAMAGED),
        ("", Refusal.EMPTY),
        ('<row r="9999999"/>', Refusal.EMPTY),
    ],
)
def test_sheets_beyond_the_limits_or_out_of_order_are_refused(xml, reason):
    data = with_part(SHEET, sheet_xml(xml))
    assert refusal_of(data, max_rows=20, max_columns=10, max_cell_characters=100) is reason


def test_one_shared_text_used_everywhere_is_refused_before_it_fills_the_memory():
    text = "心" * 20_000
    cells = "".join(f'<row><c t="s"><v>{index % 2}</v></c></row>' for index in range(400))
    strings = f'<sst xmlns="{NAMESPACE}"><si><t>{text}</t></si><si><t>x</t></si></sst>'.encode()
    shared = with_shared_texts(PLAIN)
    data = with_parts(shared, {SHEET: sheet_xml(cells), "xl/sharedStrings.xml": strings})
    assert refusal_of(data, max_characters=1_000_000) is Refusal.TOO_MUCH_TEXT


def test_endless_row_of_empty_cells_costs_no_memory():
    data = with_part(SHEET, sheet_xml(f'<row r="1">{cells_in(300_000)}</row><row r="2"><c r="A2"><v>1</v></c></row>'))
    tracemalloc.start()
    sheet = open_sheet(data, "a.xlsx")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(sheet.rows) == 2
    assert peak < 5_000_000


def test_separated_text_has_the_same_limits():
    grid = as_grid(wish_lines(30))
    assert refusal_of(as_csv(grid), "a.csv", max_rows=20) is Refusal.TOO_MANY_ROWS
    assert refusal_of(as_csv(grid), "a.csv", max_columns=5) is Refusal.TOO_MANY_COLUMNS
    assert refusal_of(as_csv([["长" * 200]]), "a.csv", max_cell_characters=100) is Refusal.TOO_MUCH_TEXT


def test_every_reason_has_its_words():
    assert set(WORDING) == set(Refusal)
