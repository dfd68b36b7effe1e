"""Keeps pieces of public pages that are drawn again and again, each under all that it shows, so that none gets old."""

from collections.abc import Callable, Hashable, Iterable
from typing import Any

from flask import Flask, current_app
from markupsafe import Markup

from portal.i18n import language
from portal.publication.queries import PublicWish

MOST_CHARACTERS = 8_000_000

_SHELF = "portal.publication.fragments"


class Fragments:
    """Pieces of HTML by what they show; when they are too many, all of them go."""

    def __init__(self) -> None:
        self._pieces: dict[Hashable, Markup] = {}
        self._characters = 0

    def find(self, key: Hashable) -> Markup | None:
        """Return the piece that shows this."""
        return self._pieces.get(key)

    def put(self, key: Hashable, piece: Markup) -> Markup:
        """Keep a piece and return it."""
        if self._characters > MOST_CHARACTERS:
            self._pieces, self._characters = {}, 0
        self._pieces[key] = piece
        self._characters += len(piece)
        return piece


def install_fragments(app: Flask) -> None:
    """Give templates what keeps their pieces."""
    app.extensions[_SHELF] = Fragments()
    app.jinja_env.globals.update(kept_html=kept_html, wish_cards=wish_cards)


def kept_html(*shown: Hashable, caller: Callable[[], Markup]) -> Markup:
    """Return what a call block of this name holds, drawn once for each language and for all else that it shows."""
    shelf: Fragments = current_app.extensions[_SHELF]
    key = (language(), *shown)
    return shelf.find(key) or shelf.put(key, caller())


def wish_cards(wishes: Iterable[PublicWish], **look: Any) -> list[Markup]:
    """Return the notes of wishes on a wall, drawn by the macro `wish_card` with this look."""
    shelf: Fragments = current_app.extensions[_SHELF]
    draw = current_app.jinja_env.get_template("macros/wishes.html").module.wish_card  # type: ignore[attr-defined]
    how = (language(), *look.items())
    return [shelf.find((how, wish)) or shelf.put((how, wish), draw(wish, **look)) for wish in wishes]
