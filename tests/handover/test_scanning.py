"""A code's picture opens the counter: read by the phone's own camera, or by the page where the browser can."""

import pytest

from portal.accounts.rules import Role
from portal.web import counter_address
from tests import cast
from tests.handover import stage

pytestmark = [pytest.mark.browser, pytest.mark.only_on("sqlite")]


@pytest.fixture
def phone(app, visitor, new_page, live_server):
    """Return a clerk's phone, signed in."""
    with app.app_context():
        person = cast.person(Role.CENTRE_CLERK, at=cast.centre())
    stage.sign_in(visitor, person)
    page = new_page(width=360)
    name = app.config["SESSION_COOKIE_NAME"]
    page.context.add_cookies([{"name": name, "value": visitor.client.get_cookie(name).value, "url": live_server.url}])
    return page


def test_the_phones_own_camera_opens_the_counter_with_the_code(app, phone, live_server):
    with app.app_context():
        wish, pledge = stage.claimed()
    code = stage.drop_off(app, pledge)
    with app.app_context():
        address = counter_address(code)
    phone.goto(address)
    assert phone.input_value("#code") == code
    assert "#" not in phone.url
    phone.keyboard.press("Enter")
    phone.wait_for_url(f"**/admin/wishes/{wish.number}/receive")
    assert code not in live_server.log_path.read_text()
    phone.goto("/admin/counter#NOTACODE-ANYWAY")
    assert phone.input_value("#code") == ""


CAMERA = """
  navigator.mediaDevices.getUserMedia = async () => {
    const scene = document.createElement("canvas");
    const brush = scene.getContext("2d");
    setInterval(() => brush.fillRect(0, 0, scene.width, scene.height), 20);
    return scene.captureStream();
  };
"""
"""A camera in front of which nothing happens: Chromium without windows brings none and refuses the real one."""

READER = """
  window.shots = [];
  window.BarcodeDetector = class {
    async detect(view) {
      const shot = shots.shift() ?? [];
      if (shot === "blurred") throw shot;
      return shot;
    }
  };
"""
NO_READER = "window.BarcodeDetector = class { constructor() { throw new DOMException('none'); } };"


def seen(text):
    return [{"rawValue": text}]


def test_the_page_reads_a_code_with_the_camera_and_passes_over_anything_else(app, phone):
    with app.app_context():
        wish, pledge = stage.claimed()
    code = stage.drop_off(app, pledge)
    with app.app_context():
        shots = [[], "blurred", seen("https://example.org/S000"), seen(counter_address(code))]
    phone.add_init_script(CAMERA + READER)
    phone.goto("/admin/counter")
    phone.get_by_role("button", name="用相机扫码").click()
    phone.get_by_role("button", name="停止扫码").wait_for()
    assert phone.evaluate("document.featurePolicy.allowsFeature('camera')")
    phone.evaluate("window.kept = document.querySelector('video').srcObject")
    phone.get_by_role("button", name="停止扫码").click()
    assert phone.evaluate("kept.getTracks().map((track) => track.readyState)") == ["ended"]
    assert phone.locator("video").count() == 0
    phone.get_by_role("button", name="用相机扫码").click()
    phone.evaluate("(shots) => { window.shots = shots; }", shots)
    phone.wait_for_url(f"**/admin/wishes/{wish.number}/receive")


def test_where_no_camera_or_no_reader_can_be_had_the_button_says_what_to_do(phone):
    for reader in (READER, CAMERA + NO_READER):
        phone.add_init_script(reader)
        phone.goto("/admin/counter")
        phone.get_by_role("button", name="用相机扫码").click()
        phone.get_by_role("button", name="打不开相机").wait_for()
        assert phone.locator("video").count() == 0
