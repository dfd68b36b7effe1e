"""Draws QR codes into pages and onto paper."""

import segno
from markupsafe import Markup


def qr_svg(text: str) -> Markup:
    """Return a QR code as inline SVG without a size of its own; styles give it one."""
    drawing = segno.make(text, error="m", micro=False)
    # Drawn here from modules; the text itself does not stand in it.
    return Markup(drawing.svg_inline(border=2, omitsize=True, svgclass="qr", lineclass=None))  # noqa: S704
