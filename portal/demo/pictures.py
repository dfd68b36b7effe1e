"""Draws the demo's pictures and vouchers, so that no photograph of anybody is needed."""

import io
from random import Random

from PIL import Image, ImageDraw

PAPER, INK, SOFT, LINE = (245, 242, 237), (33, 31, 28), (85, 81, 74), (216, 212, 204)
COLOURS = ((39, 72, 107), (111, 143, 174), (180, 42, 28), (138, 133, 123), (199, 178, 146), (94, 117, 101))


def draw_goods(serial: int) -> bytes:
    """Return a picture of things on a shelf, another one for each serial."""
    draw = Random(serial)
    picture = Image.new("RGB", (960, 720), PAPER)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 520, 960, 720), fill=LINE)
    left = 70
    while left < 830:
        width, height = draw.randint(90, 190), draw.randint(120, 330)
        colour = draw.choice(COLOURS)
        pen.rounded_rectangle((left, 520 - height, left + width, 520), radius=14, fill=colour)
        for stripe in range(520 - height + 30, 510, 44):
            pen.line((left + 14, stripe, left + width - 14, stripe), fill=PAPER, width=3)
        left += width + draw.randint(18, 46)
    pen.line((0, 522, 960, 522), fill=INK, width=5)
    return _png(picture)


def draw_voucher(serial: int, minor: int, *, redacted: bool) -> bytes:
    """Return a picture of an invoice; on the redacted one everything personal is covered."""
    picture = Image.new("RGB", (760, 480), "white")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((16, 16, 744, 464), outline=INK, width=3)
    pen.text((40, 36), f"DEMO INVOICE No. {serial:08d}", fill=INK, font_size=30)
    pen.text((40, 380), f"TOTAL  CNY {minor / 100:,.2f}", fill=INK, font_size=34)
    for row in range(5):
        top = 110 + row * 48
        pen.line((40, top + 36, 720, top + 36), fill=LINE, width=2)
        if redacted and row in (0, 1, 4):
            pen.rectangle((40, top, 420, top + 28), fill=INK)
        else:
            pen.text((40, top), f"ITEM {row + 1}   x   {(serial * (row + 3)) % 40 + 1}", fill=SOFT, font_size=24)
    return _png(picture)


def _png(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
