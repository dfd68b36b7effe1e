"""Somebody at a real browser, who finds everything by the words they read.

Each page must fit the window; what somebody outside sees is remembered by
their witness.
"""

import re

from flask import Flask
from flask_babel import gettext
from playwright.sync_api import Locator, Page, Request

from portal.i18n import in_language
from tests.journeys.witness import Witness

CHINESE_TEXTS = """() => {
  const found = [], texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode;
    if (/[\u4e00-\u9fff]/.test(text.data) && !text.parentElement.closest("[lang^=zh]")) found.push(text.data.trim());
  }
  return found;
}"""
OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


class Walker:
    """One person in one window. Labels are given in Chinese and looked for in the language of the window."""

    def __init__(self, app: Flask, page: Page, language: str = "zh", witness: Witness | None = None) -> None:
        self.app = app
        self.page = page
        self.language = language
        self.witness = witness or Witness()
        self.untranslated: set[str] = set()
        page.context.on("request", self._remember_request)

    def say(self, text: str, **values: object) -> str:
        """Return a Chinese text of the portal as this person reads it."""
        with self.app.app_context(), in_language(self.language):
            said: str = gettext(text, **values)
        return said

    def open(self, address: str) -> None:
        """Go to an address."""
        self.page.goto(address)
        self.look()

    def press(self, label: str, *, within: Locator | None = None, **values: object) -> None:
        """Press the first button with this label."""
        self._go((within or self.page).get_by_role("button", name=self.say(label, **values), exact=True).first)

    def follow(self, label: str, *, exact: bool = True) -> None:
        """Follow the first link with this label."""
        self._go(self.page.get_by_role("link", name=self.say(label), exact=exact).first)

    def fill(self, label: str, value: str) -> None:
        """Write into the field with this label."""
        self._field(label).fill(value)

    def tick(self, label: str, *, under: str | None = None) -> None:
        """Tick the box or choose the choice with this label, under a question where several have the same."""
        if under is None:
            self._field(label).check()
        else:
            question = self.page.get_by_role("group", name=re.compile(rf"^\s*{re.escape(self.say(under))}"))
            question.get_by_label(self.say(label), exact=True).check()

    def select(self, label: str, choice: str) -> None:
        """Choose the option of a list that begins with these words; a count may follow them."""
        field = self._field(label)
        option = field.locator("option", has_text=re.compile(rf"^\s*{re.escape(self.say(choice))}"))
        field.select_option(value=option.first.get_attribute("value"))

    def unfold(self, label: str) -> None:
        """Open what is folded away under a label."""
        self.page.locator("summary", has_text=self.say(label)).first.click()

    def reads(self, text: str, **values: object) -> bool:
        """Tell whether a text of the portal stands on the page."""
        return self.say(text, **values) in self.text

    @property
    def text(self) -> str:
        """What is written on the page, with single spaces."""
        return " ".join(self.page.locator("body").inner_text().split())

    @property
    def path(self) -> str:
        """The address without the portal's own part."""
        return "/" + self.page.url.split("/", 3)[3]

    def look(self) -> None:
        """Look at the page: it must fit the window."""
        self.witness.see(self.page.url, f"{self.page.url}\n{self.page.content()}")
        if self.language == "en":
            self.untranslated.update(self.page.evaluate(CHINESE_TEXTS))
        overflow = self.page.evaluate(OVERFLOW)
        assert overflow <= 0, f"{self.page.url} is {overflow} pixels wider than the window"

    def _field(self, label: str) -> Locator:
        return self.page.get_by_label(re.compile(rf"^\s*{re.escape(self.say(label))}")).first

    def _go(self, target: Locator) -> None:
        # A script that rewrites the address also counts as a navigation, but loads nothing.
        with self.page.expect_event("load"):
            target.click()
        self.look()

    def _remember_request(self, request: Request) -> None:
        self.witness.see("request", f"{request.url}\n{request.headers}")
