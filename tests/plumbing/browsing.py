"""Opens browser windows for a test and holds each page to what the portal promises of all of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from tests.plumbing.chromium import ADVICE, ARGUMENTS, find_chromium

LOCALES = {"zh": "zh-CN", "en": "en-US"}
# The browser itself reports answers such as 404 and 409 this way, which tests ask for on purpose.
EXPECTED_IN_CONSOLE = "Failed to load resource"


@contextmanager
def run_chromium() -> Iterator[Browser]:
    """Yield a headless Chromium."""
    program = find_chromium()
    assert program, ADVICE
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


class Windows:
    """The windows one test opens. Script errors, broken content policy and outside addresses count as faults."""

    def __init__(self, browser: Browser, url: str) -> None:
        self._browser = browser
        self._url = url
        self.pages: list[Page] = []
        self.faults: list[str] = []

    def __call__(self, *, width: int = 1280, height: int = 900, language: str = "zh", **options: Any) -> Page:
        """Open a window of a size in CSS pixels for a person of a language, with cookies of its own."""
        context = self._browser.new_context(
            base_url=self._url, viewport={"width": width, "height": height}, locale=LOCALES[language], **options
        )
        context.on("request", lambda request: self._check_address(request.url))
        page = context.new_page()
        page.on("pageerror", lambda error: self.faults.append(f"script error on {page.url}: {error}"))
        page.on("console", lambda message: self._check_console(page, message))
        self.pages.append(page)
        return page

    def _check_address(self, address: str) -> None:
        if not address.startswith((self._url, "data:", "blob:", "about:")):
            self.faults.append(f"outside address {address}")

    def _check_console(self, page: Page, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(EXPECTED_IN_CONSOLE):
            self.faults.append(f"console on {page.url}: {message.text}")

    def keep_pictures(self, folder: Path, name: str) -> None:
        """Keep what each window shows, for whoever looks into a failure."""
        folder.mkdir(exist_ok=True)
        for number, page in enumerate(self.pages):
            page.screenshot(path=folder / f"{name}-{number}.png", full_page=True)

    def close(self) -> None:
        """Close all windows."""
        for page in self.pages:
            page.context.close()
