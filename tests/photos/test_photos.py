"""What becomes of an uploaded picture: seen as before, and nothing else left of it."""

import io
import struct
import zlib

import pytest
from PIL import Image, PngImagePlugin

from portal.photos import (
    LONGEST_SIDE,
    PictureMissing,
    PictureRefused,
    WhyRefused,
    discard_picture,
    keep_picture,
    keeping,
    open_picture,
    redraw,
)
from portal.sealing import key_ring

PLACE_TAKEN = "36.1234N 120.4567E"
COMMENT = b"taken by Xu Yining at home"


def picture(kind="JPEG", size=(640, 480), **options):
    out = io.BytesIO()
    Image.new("RGB", size, (200, 40, 30)).save(out, kind, **options)
    return out.getvalue()


def tagged_jpeg():
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = PLACE_TAKEN
    return picture(exif=exif.tobytes(), comment=COMMENT)


def png_bomb():
    """Return a tiny file that says it is 60,000 by 60,000 pixels."""

    def chunk(name, body):
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_common_pictures_are_taken(app_context, kind):
    with Image.open(io.BytesIO(redraw(picture(kind)))) as seen:
        assert (seen.format, seen.size) == ("JPEG", (640, 480))


def test_nothing_but_the_picture_is_kept(app_context):
    content = tagged_jpeg()
    assert COMMENT in content
    drawn = redraw(content)
    assert PLACE_TAKEN.encode() not in drawn
    assert COMMENT not in drawn
    with Image.open(io.BytesIO(drawn)) as seen:
        assert not seen.getexif()
        assert "comment" not in seen.info


def test_a_picture_stands_upright_after_its_turning_mark_is_gone(app_context):
    with Image.open(io.BytesIO(redraw(tagged_jpeg()))) as seen:
        assert seen.size == (480, 640)


def test_texts_hidden_in_a_png_are_gone(app_context):
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Author", "许怡宁".encode().hex())
    assert "许怡宁".encode().hex().encode() not in redraw(picture("PNG", pnginfo=notes))


def test_a_file_that_is_two_things_at_once_becomes_a_picture_only(app_context):
    assert b"<script>" not in redraw(picture() + b"<script>alert(1)</script>PK\x03\x04")


def test_large_pictures_become_smaller(app_context):
    with Image.open(io.BytesIO(redraw(picture(size=(4000, 3000))))) as seen:
        assert max(seen.size) == LONGEST_SIDE


def test_see_through_pictures_lie_on_white_paper(app_context):
    out = io.BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(out, "PNG")
    with Image.open(io.BytesIO(redraw(out.getvalue()))) as seen:
        assert seen.getpixel((10, 10)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", WhyRefused.NOT_A_PICTURE),
        (b"GIF89a\x01\x00\x01\x00", WhyRefused.NOT_A_PICTURE),
        (b"%PDF-1.7", WhyRefused.NOT_A_PICTURE),
        (b"", WhyRefused.NOT_A_PICTURE),
        (b"\xff\xd8\xff\xe0 and then nothing", WhyRefused.NOT_A_PICTURE),
        (picture()[:2000], WhyRefused.NOT_A_PICTURE),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", WhyRefused.PHONE_FORMAT),
        (png_bomb(), WhyRefused.TOO_MANY_PIXELS),
        (picture("PNG", size=(6000, 5000)), WhyRefused.TOO_MANY_PIXELS),
    ],
)
def test_what_is_no_safe_picture_is_refused_in_words(app_context, content, why):
    with pytest.raises(PictureRefused) as refusal:
        redraw(content)
    assert refusal.value.why is why
    assert refusal.value.words


def test_a_file_above_the_limit_is_not_even_looked_at(app_context):
    limit = app_context.config["PORTAL"].upload_bytes
    with pytest.raises(PictureRefused) as refusal:
        redraw(picture() + b"\0" * limit)
    assert refusal.value.why is WhyRefused.TOO_LARGE


def test_on_disk_a_picture_is_sealed_and_bears_no_name(app_context):
    name = keep_picture(picture())
    files = [path for path in app_context.config["PORTAL"].files_path.rglob("*") if path.is_file()]
    assert [path.name for path in files] == [name]
    assert not files[0].read_bytes().startswith(b"\xff\xd8")
    assert files[0].stat().st_mode & 0o077 == 0
    assert key_ring().open(files[0].read_text())
    assert open_picture(name).startswith(b"\xff\xd8\xff")


def test_a_discarded_picture_is_gone(app_context):
    name = keep_picture(picture())
    discard_picture(name)
    discard_picture(name)
    with pytest.raises(PictureMissing):
        open_picture(name)


@pytest.mark.parametrize("name", ["../../portal.env", "", "0" * 31, "0" * 32 + "/x", "Z" * 32])
def test_no_name_leads_out_of_the_folder(app_context, name):
    with pytest.raises(PictureMissing):
        open_picture(name)


def test_a_picture_whose_verb_fails_does_not_stay(app_context):
    names = []

    def fail():
        with keeping(picture()) as name:
            names.append(name)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with pytest.raises(PictureMissing):
        open_picture(names[0])
