"""Chooses the language of each page: Chinese first, English complete. Texts in the code are Chinese."""

from contextlib import AbstractContextManager
from functools import lru_cache

from babel import Locale
from babel.support import NullTranslations, Translations
from flask import Flask, Request, has_request_context, request
from flask_babel import Babel, force_locale, get_locale, get_translations
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header
from wtforms.i18n import messages_path

LANGUAGES = {"zh": "zh_Hans_CN", "en": "en"}
COOKIE = "language"


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
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: _catalogue(get_locale()).ugettext(text),
        lambda one, many, count: _catalogue(get_locale()).ungettext(one, many, count),
        newstyle=True,
    )


@lru_cache
def _catalogue(locale: Locale | None) -> Translations:
    """Return the texts of a language; a page asks for a hundred of them, so they are found the short way."""
    return get_translations()


def language() -> str:
    """Return the language in use as this portal's code: zh or en."""
    locale = get_locale()
    return "en" if locale is not None and locale.language == "en" else "zh"


def html_language() -> str:
    """Return the language in use as HTML writes it."""
    return str(get_locale() or Locale.parse("zh_Hans_CN")).replace("_", "-")


def in_language(code: str) -> AbstractContextManager[None]:
    """Use a language for a while, such as a receiver's for a mail."""
    return force_locale(LANGUAGES.get(code, "zh_Hans_CN"))


def choose_language(chosen: str | None, accepted: str) -> str:
    """Return a reader's language, zh or en, by the cookie that remembers a choice, else by the browser's header."""
    return chosen if chosen in LANGUAGES else _best_match(accepted)


@lru_cache(maxsize=256)
def _best_match(accepted: str) -> str:
    return parse_accept_header(accepted, LanguageAccept).best_match(LANGUAGES, default="zh")


def _chosen_locale() -> str:
    if not has_request_context():
        return LANGUAGES["zh"]
    return LANGUAGES[choose_language(request.cookies.get(COOKIE), request.headers.get("Accept-Language", ""))]
