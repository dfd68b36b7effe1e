"""What every page shares: safe redirects, template context, error pages."""

from collections.abc import Callable, MutableMapping
from typing import Any
from urllib.parse import quote, urlsplit

from flask import Flask, abort, current_app, render_template, request
from flask.templating import Environment
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from flask_wtf.csrf import CSRFError, CSRFProtect
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from werkzeug.exceptions import HTTPException
from werkzeug.routing import IntegerConverter, Map
from werkzeug.wrappers import Response

from portal.accounts.rules import NotAllowed
from portal.config import Settings
from portal.db import DatabaseBusy
from portal.engines import is_away, is_passing
from portal.faults import without_values
from portal.i18n import html_language, language
from portal.throttle.service import TooManyTries

LARGEST_KEY = 2**63 - 1
READING = ("GET", "HEAD", "OPTIONS")
"""The methods that change nothing and bring no form."""


class KeyConverter(IntegerConverter):
    """A number in an address, no larger than a key in the database can be."""

    def __init__(self, url_map: Map, **options: Any) -> None:
        super().__init__(url_map, **({"max": LARGEST_KEY} | options))


class Templates(Environment):
    """Flask's templates with one set of global names; to chain it to each template's own makes every import slow."""

    def make_globals(self, own: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return the names a template knows beside its context."""
        return super().make_globals(own) if own else self.globals


class Portal(Flask):
    """Flask with the portal's templates; no view or hook of it is a coroutine, so that is not asked at each call."""

    jinja_environment = Templates

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function itself."""
        return func


def install_web(app: Flask) -> None:
    """Set up CSRF, template context and error pages."""
    app.url_map.converters["int"] = KeyConverter
    app.before_request(_refuse_zero_bytes)
    CSRFProtect(app)
    app.context_processor(_context)
    app.register_error_handler(HTTPException, _on_http_error)
    app.register_error_handler(CSRFError, _on_csrf_error)
    app.register_error_handler(NotAllowed, _on_not_allowed)
    app.register_error_handler(TooManyTries, _on_too_many_tries)
    app.register_error_handler(DatabaseBusy, _on_database_busy)
    app.register_error_handler(SQLAlchemyError, _on_database_error)
    app.register_error_handler(Exception, _on_fault)


def _refuse_zero_bytes() -> None:
    """Refuse a request with a character that no text has and that PostgreSQL does not take."""
    # An address says it in one way only, so its query need not be read for this.
    query = request.query_string
    is_there = "\0" in request.path or b"%00" in query or b"\0" in query
    if not is_there and request.method not in READING:
        is_there = any("\0" in text for texts in request.form.listvalues() for text in texts)
    if is_there:
        abort(400)


def as_key(text: str) -> int:
    """Return a number of an address's query that may be a key in the database.

    Raises ValueError.
    """
    number = int(text)
    if not 0 <= number <= LARGEST_KEY:
        raise ValueError("no key is like that")
    return number


def safe_next(target: str | None, default: str = "/") -> str:
    """Return a wished-for address when it lies on this site, else the default."""
    if not target or "\\" in target or any(ord(char) < 33 for char in target):
        return default
    parts = urlsplit(target)
    on_this_site = not parts.scheme and not parts.netloc and target.startswith("/") and not target.startswith("//")
    return target if on_this_site else default


def absolute_url(endpoint: str, **values: Any) -> str:
    """Return the full public address of a page, for mails and QR codes."""
    settings: Settings = current_app.config["PORTAL"]
    # Bound by hand, because clocks compose mails where no request is open.
    return settings.base_url.rstrip("/") + current_app.url_map.bind("").build(endpoint, values)


def counter_address(code: str) -> str:
    """Return what a code's picture at the counter says: the counter's page with the code behind the #.

    Any phone's camera opens the page with it, and no server or log learns the code that way.
    """
    return absolute_url("handover.counter") + "#" + code.replace("-", "")


def _context() -> dict[str, Any]:
    return {
        "html_lang": html_language(),
        "language": language(),
        "large_print": request.cookies.get("display") == "large",
        "back_here": address_within(),
        "site": _site(current_app.config["PORTAL"], language() == "en"),
    }


def address_within() -> str:
    """Return this page's own address, as it stands in another's query to lead back."""
    return quote(request.full_path if request.query_string else request.path)


def _site(settings: Settings, is_english: bool) -> dict[str, Any]:
    return {
        "district_name": settings.district_name_en if is_english else settings.district_name,
        "foundation_name": settings.foundation_name_en if is_english else settings.foundation_name,
        "bureau_name": settings.bureau_name_en if is_english else settings.bureau_name,
        "contact_phone": settings.contact_phone,
        "demo": settings.is_demo,
    }


def error_page(code: int, title: str, message: str) -> tuple[str, int]:
    """Return the kind page for an error."""
    return render_template("errors/error.html", code=code, title=title, message=message), code


def _on_http_error(error: HTTPException) -> Any:
    code = error.code or 500
    if error.response is not None or code < 400:
        return error
    if code == 413:
        _read_off_body()
    title, message = _words(code)
    response = current_app.make_response(error_page(code, title, message))
    for name, value in error.get_headers():
        if name.lower() in ("allow", "retry-after", "www-authenticate"):
            response.headers[name] = value
    return response


def _read_off_body() -> None:
    """Take in what is left of an upload that is not far too large: hanging up on its sender cuts off the answer too."""
    left = request.content_length or 0
    if left > 2 * current_app.config["MAX_CONTENT_LENGTH"]:
        return
    body = request.environ["wsgi.input"]
    while left > 0 and (part := body.read(min(left, 65_536))):
        left -= len(part)


def _words(code: int) -> tuple[str, str]:
    words = {
        400: (_("这次提交没有看懂"), _("请返回上一页检查后再提交一次，您的信息没有被改动。")),
        403: (_("这一页不对您开放"), _("如果您认为应当能看到，请联系管理员。")),
        404: (_("没有找到这一页"), _("地址可能有误，或者内容已经撤下。")),
        405: (_("这个操作不能这样进行"), _("请从页面上的按钮操作。")),
        409: (_("情况刚刚有了变化"), _("您操作的同时，别人也动了同一项内容。请刷新后再看。")),
        410: (_("这一页已经不在了"), _("内容已经撤下。")),
        413: (_("文件太大了"), _("请换一个小一些的文件再试。")),
        429: (_("请稍等一会儿"), _("短时间内尝试的次数太多了，请过一会儿再试。")),
        503: (_("现在有点忙"), _("请稍等片刻再试，您的信息没有丢失。")),
    }
    if code in words:
        return words[code]
    if code < 500:
        return words[400]
    return _("出了点问题"), _("是我们这边的问题，已经记录下来。请稍后再试。")


def _on_csrf_error(error: CSRFError) -> tuple[str, int]:
    return error_page(400, _("页面放得太久了"), _("为了安全，请返回上一页刷新后再提交一次。"))


def _on_not_allowed(error: NotAllowed) -> tuple[str, int]:
    return error_page(403, *_words(403))


def _on_too_many_tries(error: TooManyTries) -> Response:
    minutes = -(-error.retry_seconds // 60)
    wait = ngettext("试的次数太多了，请过 %(num)s 分钟再试。", "试的次数太多了，请过 %(num)s 分钟再试。", minutes)
    response = current_app.make_response(error_page(429, _words(429)[0], wait))
    response.headers["Retry-After"] = str(error.retry_seconds)
    return response


def _on_database_error(error: SQLAlchemyError) -> Any:
    """Ask for patience where the database is away; anything else it says is a fault of ours."""
    if not (is_away(error) or (isinstance(error, DBAPIError) and is_passing(error))):
        return _on_fault(error)
    current_app.logger.error("database away in %s: %s", request.endpoint, type(error).__name__)
    return _on_database_busy(error)


def _on_database_busy(error: Exception) -> Response:
    response = current_app.make_response(error_page(503, *_words(503)))
    response.headers["Retry-After"] = "5"
    return response


def _on_fault(error: Exception) -> tuple[str, int]:
    current_app.logger.error("fault in %s: %s", request.endpoint, type(error).__name__, exc_info=without_values(error))
    if current_app.testing and current_app.config.get("RAISE_FAULTS"):
        raise error
    return error_page(500, *_words(500))


def signed_in_name() -> str | None:
    """Return the name of whoever is signed in, for the header."""
    return current_user.name if current_user.is_authenticated else None
