"""Chooses the language of each page: Chinese first, English complete. Texts in the code are Chinese."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from babel import Locale
from babel.support import NullTranslations, Translations
from flask import Flask, Request, g, has_request_context, request
from flask_babel import Babel, force_locale, get_locale, get_translations
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header
from wtforms.i18n import messages_path

LANGUAGES = {"zh": "zh_Hans_CN", "en": "en"}
COOKIE = "language"
_LOCALES = {code: Locale.parse(name) for code, name in LANGUAGES.items()}


class ReadersRequest(Request):
    """A request that knows the words of forms in its reader's language; Flask-WTF would read their file each time."""

    @property
    def wtforms_translations(self) -> NullTranslations:
        """The words of forms in the reader's language."""
        return _words_of_forms(str(get_locale()))


@lru_cache
def _words_of_forms(locale: str) -> NullTranslations:
    return Translations.load(messages_path(), [locale], domain="wtforms")


def install_babel(app: Flask) -> None:
    """Set up catalogues, locale and time zone."""
    app.request_class = ReadersRequest
    app.config.setdefault("BABEL_DEFAULT_LOCALE", "zh_Hans_CN")
    app.config.setdefault("BABEL_DEFAULT_TIMEZONE", "Asia/Shanghai")
    Babel(app, locale_selector=_chosen_locale)
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    app.jinja_env.newstyle_gettext = True  # type: ignore[attr-defined]
    app.jinja_env.globals.update(gettext=_translate, ngettext=_translate_counted, _=_translate)


@pass_eval_context
def _translate(where: EvalContext, text: str, /, **values: Any) -> str:
    """Return a template's text in the language in use, as Jinja's own function does, the short way."""
    texts = _in_use()[0]
    if where.autoescape:
        return _marked_up(texts, text) % values if values else _said(texts, text)
    return texts.ugettext(text) % values


@pass_eval_context
def _translate_counted(where: EvalContext, one: str, many: str, num: int, /, **values: Any) -> str:
    """Return a template's text for a number of things."""
    found = _in_use()[0].ungettext(one, many, num)
    # Our own words; what is put into them is escaped.
    return (Markup(found) if where.autoescape else found) % {"num": num, **values}  # noqa: S704


@lru_cache(maxsize=4000)
def _said(texts: Translations, text: str) -> Markup:
    """Return a text in which nothing is left open."""
    return _marked_up(texts, text) % {}


@lru_cache(maxsize=4000)
def _marked_up(texts: Translations, text: str) -> Markup:
    return Markup(texts.ugettext(text))  # noqa: S704 (our own words; what is put into them is escaped)


def _in_use() -> tuple[Translations, str]:
    """Return texts and code of the language in use; a page asks a hundred times, so this context remembers them."""
    if not g:
        return _texts_of(None)
    if "texts" not in g:
        g.texts = _texts_of(get_locale())
    found: tuple[Translations, str] = g.texts
    return found


@lru_cache
def _texts_of(locale: Locale | None) -> tuple[Translations, str]:
    return get_translations(), "en" if locale is not None and locale.language == "en" else "zh"


def language() -> str:
    """Return the language in use as this portal's code: zh or en."""
    return _in_use()[1]


def html_language() -> str:
    """Return the language in use as HTML writes it."""
    return LANGUAGES[language()].replace("_", "-")


@contextmanager
def in_language(code: str) -> Iterator[None]:
    """Use a language for a while, such as a receiver's for a mail."""
    _forget_texts()
    try:
        with force_locale(LANGUAGES.get(code, "zh_Hans_CN")):
            yield
    finally:
        _forget_texts()


def _forget_texts() -> None:
    if g:
        g.pop("texts", None)


def choose_language(chosen: str | None, accepted: str) -> str:
    """Return a reader's language, zh or en, by the cookie that remembers a choice, else by the browser's header."""
    return chosen if chosen in LANGUAGES else _best_match(accepted)


@lru_cache(maxsize=256)
def _best_match(accepted: str) -> str:
    return parse_accept_header(accepted, LanguageAccept).best_match(LANGUAGES, default="zh")


def _chosen_locale() -> Locale:
    if not has_request_context():
        return _LOCALES["zh"]
    return _LOCALES[choose_language(request.cookies.get(COOKIE), request.headers.get("Accept-Language", ""))]
