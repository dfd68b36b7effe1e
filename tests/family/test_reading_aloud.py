"""The family's page reads itself aloud where the browser can, in the page's language, and stops when it is told to."""

import pytest

from portal.wishes.rules import WishState
from tests import cast
from tests.handover import stage

pytestmark = [pytest.mark.browser, pytest.mark.only_on("sqlite")]

VOICE = """
  window.said = [];
  Object.defineProperty(speechSynthesis, "speaking", { get: () => said.length > 0 && !said.at(-1).isOver });
  speechSynthesis.speak = (words) => said.push(words);
  speechSynthesis.cancel = () => said.forEach((words) => { words.isOver = true; });
"""


def test_the_page_is_read_aloud_in_its_language_until_told_to_stop(app, new_page):
    with app.app_context():
        code = stage.family_code(cast.wish(WishState.PUBLISHED))
    for language, read, stop, tongue in (
        ("zh", "读给我听", "停止朗读", "zh-CN"),
        ("en", "Read it to me", "Stop reading", "en"),
    ):
        page = new_page(width=360, language=language)
        page.add_init_script(VOICE)
        page.goto("/family")
        page.fill("[name=code]", code)
        page.keyboard.press("Enter")
        page.wait_for_url("**/family/wish")
        page.get_by_role("button", name=read).click()
        assert page.evaluate("said.map((words) => words.lang)") == [tongue]
        assert page.evaluate("said[0].text") == page.inner_text("#status")
        page.get_by_role("button", name=stop).click()
        assert page.evaluate("said[0].isOver")
        page.get_by_role("button", name=read).click()
        page.evaluate("said[1].isOver = true; said[1].dispatchEvent(new Event('error'))")
        page.get_by_role("button", name=read).wait_for()
