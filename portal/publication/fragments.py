"""Keeps pieces of public pages that are drawn again and again, each under all that it shows, so that none gets old."""

from collections.abc import Callable, Hashable, Iterable
from typing import Any, Generic, TypeVar

from flask import Flask, current_app, render_template, request
from markupsafe import Markup

from portal.i18n import language
from portal.publication.keeping import DISPLAY_COOKIE, is_for_strangers
from portal.publication.queries import PublicWish
from portal.web import address_within

MOST_CHARACTERS = 8_000_000

Piece = TypeVar("Piece", Markup, bytes)

_SHELF = "portal.publication.fragments"
_DRAWN = "portal.publication.drawn"
_BACK_HERE = "~address~"


class Fragments(Generic[Piece]):
    """Pieces of HTML by what they show; when they are too many, all of them go."""

    def __init__(self) -> None:
        self._pieces: dict[Hashable, Piece] = {}
        self._characters = 0

    def find(self, key: Hashable) -> Piece | None:
        """Return the piece that shows this."""
        return self._pieces.get(key)

    def put(self, key: Hashable, piece: Piece) -> Piece:
        """Keep a piece and return it."""
        if self._characters > MOST_CHARACTERS:
            self._pieces, self._characters = {}, 0
        self._pieces[key] = piece
        self._characters += len(piece)
        return piece


def install_fragments(app: Flask) -> None:
    """Give templates what keeps their pieces."""
    app.extensions[_SHELF], app.extensions[_DRAWN] = Fragments[Markup](), Fragments[bytes]()
    app.jinja_env.globals.update(kept_html=kept_html, wish_cards=wish_cards)


def kept_html(*shown: Hashable, caller: Callable[[], Markup]) -> Markup:
    """Return what a call block of this name holds, drawn once for each language and for all else that it shows."""
    shelf: Fragments[Markup] = current_app.extensions[_SHELF]
    key = (language(), *shown)
    return shelf.find(key) or shelf.put(key, caller())


def draw_page(template: str, *shown: Hashable, context: Callable[[], dict[str, Any]]) -> str | bytes:
    """Return a page; for strangers it is drawn once for all that it shows, whatever address asks for it.

    What it shows besides `shown` is the reader's language and print, and its own address, which is put in each time.
    """
    if not is_for_strangers():
        return render_template(template, **context())
    shelf: Fragments[bytes] = current_app.extensions[_DRAWN]
    key = (template, request.path, language(), request.cookies.get(DISPLAY_COOKIE) == "large", *shown)
    page = shelf.find(key)
    if page is None:
        page = shelf.put(key, render_template(template, **context(), back_here=_BACK_HERE).encode())
    return page.replace(_BACK_HERE.encode(), address_within().encode())


def wish_cards(wishes: Iterable[PublicWish], **look: Any) -> list[Markup]:
    """Return the notes of wishes on a wall, drawn by the macro `wish_card` with this look."""
    shelf: Fragments[Markup] = current_app.extensions[_SHELF]
    draw = current_app.jinja_env.get_template("macros/wishes.html").module.wish_card  # type: ignore[attr-defined]
    how = (language(), *look.items())
    return [shelf.find((how, wish)) or shelf.put((how, wish), draw(wish, **look)) for wish in wishes]
