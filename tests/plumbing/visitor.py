"""Somebody with a simple browser: opens pages, follows links, fills forms as they stand there, CSRF token included."""

from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from typing import Any
from urllib.parse import urljoin

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.plumbing.forms import Form, Link, PageReader


@dataclass
class Upload:
    """A file a visitor chooses in a form."""

    content: bytes
    name: str


class Page:
    """One page a visitor looks at."""

    def __init__(self, response: TestResponse) -> None:
        self.response = response
        self.status = response.status_code
        self.headers = response.headers
        self.address = response.request.full_path.rstrip("?")
        self.html = response.get_data(as_text=True) if response.mimetype == "text/html" else ""

    @cached_property
    def _read(self) -> PageReader:
        return PageReader(self.html)

    @cached_property
    def text(self) -> str:
        """The text of the page with single spaces."""
        return self._read.text

    @property
    def forms(self) -> list[Form]:
        """The forms, from the top."""
        return self._read.forms

    @property
    def links(self) -> list[Link]:
        """The links, from the top."""
        return self._read.links

    @property
    def language(self) -> str:
        """The language the page says it is in."""
        return self._read.language

    def __contains__(self, text: str) -> bool:
        return text in self.text

    def form(self, wanted: str | None, names: set[str], button: str | None) -> Form:
        """Return the form with this id or this end of its address; else the only one with these fields and button."""
        if wanted is not None:
            found = [form for form in self.forms if wanted == form.id or form.action.split("?")[0].endswith(wanted)]
        else:
            found = [form for form in self.forms if names <= form.all_names() and _has_button(form, button)]
        names_of_all = [(form.id or form.action, sorted(form.names())) for form in self.forms]
        assert len(found) == 1, f"{len(found)} forms fit on {self.address} ({self.status}); there are {names_of_all}"
        return found[0]


class Visitor:
    """A person at a browser without JavaScript. Each answer must have the status that is expected of it."""

    def __init__(self, client: FlaskClient, language: str | None = None) -> None:
        self.client = client
        self.page: Page | None = None
        if language:
            client.set_cookie("language", language)

    def open(self, address: str, *, status: int = 200) -> Page:
        """Open an address, following redirects."""
        return self._arrive(self.client.get(address, follow_redirects=True), status)

    def follow(self, text: str, *, status: int = 200) -> Page:
        """Follow the first link with this text on the page."""
        page = self._current()
        for link in page.links:
            if link.text == text:
                return self.open(urljoin(page.address, link.address), status=status)
        raise AssertionError(f"no link {text!r} on {page.address}, only {[link.text for link in page.links]}")

    def submit(
        self,
        values: dict[str, Any] | None = None,
        *,
        form: str | None = None,
        button: str | None = None,
        status: int = 200,
    ) -> Page:
        """Fill the form with values by field name, press a button, follow redirects.

        A value is a text, a number, True or False for a single check box, a list for several boxes or options,
        or an Upload. What is not given is sent as it stands on the page.
        """
        page = self._current()
        values = values or {}
        chosen = page.form(form, set(values), button)
        sent: dict[str, Any] = chosen.values()
        for name, value in values.items():
            sent[name] = _as_sent(chosen, name, value)
        address = chosen.action
        if button is not None:
            pressed = chosen.button(button)
            address = pressed.action or address
            if pressed.name:
                sent[pressed.name] = [pressed.value]
        address = urljoin(page.address, address) if address else page.address
        headers = {"Referer": urljoin("http://localhost/", page.address)}
        if chosen.method == "get":
            return self._arrive(
                self.client.get(address.split("?")[0], query_string=sent, headers=headers, follow_redirects=True),
                status,
            )
        return self._arrive(self.client.post(address, data=sent, headers=headers, follow_redirects=True), status)

    def _current(self) -> Page:
        assert self.page is not None, "open a page first"
        return self.page

    def _arrive(self, response: TestResponse, status: int) -> Page:
        self.page = Page(response)
        assert self.page.status == status, f"{self.page.address} answered {self.page.status}: {self.page.text[:500]}"
        return self.page


def _has_button(form: Form, button: str | None) -> bool:
    buttons = [each for each in form.fields if each.kind == "submit"]
    return button is None or any(button in (each.label, each.name, each.value) for each in buttons)


def _as_sent(form: Form, name: str, value: Any) -> list[Any]:
    if isinstance(value, Upload):
        form.accepts(name, [])
        return [(BytesIO(value.content), value.name)]
    if isinstance(value, bool):
        boxes = [each.value for each in form.fields if each.name == name and each.kind == "checkbox"]
        assert len(boxes) == 1, f"{name!r} is not a single check box"
        return boxes if value else []
    values = [str(each) for each in (value if isinstance(value, list | tuple | set) else [value])]
    form.accepts(name, values)
    return values
