"""A visitor sends what a browser would send, and cannot do what a person could not."""

import json

import pytest
from flask import Flask, jsonify, request

from tests.plumbing.visitor import Upload, Visitor

PAGE = """<!doctype html><html lang="en"><body>
<form id="search" action="/echo"><input name="q" value="book"><button>Search</button></form>
<form id="wish" action="/echo" method="post" enctype="multipart/form-data">
  <input type="hidden" name="csrf_token" value="t0k3n">
  <input name="item" value="coat &amp; hat"><textarea name="reason">
as it was</textarea>
  <select name="size"><option value="s">S</option><option value="m" selected>M</option></select>
  <label><input type="checkbox" name="publish" value="yes" checked>publish</label>
  <input type="checkbox" name="day" value="mon"><input type="checkbox" name="day" value="tue">
  <input type="radio" name="kind" value="goods"><input type="radio" name="kind" value="service">
  <input name="closed" value="x" disabled><input type="file" name="photo">
  <button name="act" value="save">Save</button><button name="act" value="drop" formaction="/gone">Drop</button>
</form>
<a href="/page?again=1">Again</a><input name="note" form="wish" value="outside"></body></html>"""


@pytest.fixture
def guest():
    """Return a visitor on a page with two forms, whose answers say what was sent."""
    app = Flask(__name__)
    app.add_url_rule("/page", "page", lambda: PAGE)
    app.add_url_rule("/echo", "echo", _echo, methods=["GET", "POST"])
    app.add_url_rule("/gone", "gone", lambda: ("gone", 410), methods=["POST"])
    guest = Visitor(app.test_client())
    guest.open("/page")
    return guest


def _echo():
    files = {name: file.filename for name, file in request.files.items() if file.filename}
    return jsonify(dict(request.values.lists()) | files)


def _sent(page):
    return json.loads(page.response.get_data())


def test_what_is_not_touched_is_sent_as_it_stands(guest):
    assert _sent(guest.submit(form="wish", button="Save")) == {
        "csrf_token": ["t0k3n"],
        "item": ["coat & hat"],
        "reason": ["as it was"],
        "size": ["m"],
        "publish": ["yes"],
        "note": ["outside"],
        "act": ["save"],
    }


def test_what_is_filled_in_is_sent(guest):
    values = {"size": "s", "publish": False, "day": ["mon", "tue"], "kind": "goods", "photo": Upload(b"x", "a.jpg")}
    sent = _sent(guest.submit(values, button="Save"))
    assert (sent["size"], sent["day"], sent["kind"], sent["photo"]) == (["s"], ["mon", "tue"], ["goods"], "a.jpg")
    assert "publish" not in sent


def test_a_search_form_sends_its_values_in_the_address(guest):
    assert guest.submit({"q": "coat"}).address == "/echo?q=coat"


def test_a_button_may_lead_elsewhere(guest):
    assert guest.submit(form="wish", button="Drop", status=410).address == "/gone"


def test_a_link_is_followed_by_its_text(guest):
    assert guest.follow("Again").address == "/page?again=1"


@pytest.mark.parametrize(
    "impossible",
    [{"size": "xl"}, {"kind": "money"}, {"closed": "y"}, {"no_such_field": "y"}, {"day": True}],
)
def test_what_a_person_could_not_enter_is_refused(guest, impossible):
    with pytest.raises(AssertionError):
        guest.submit(impossible, form="wish")


def test_an_unexpected_answer_is_refused(guest):
    with pytest.raises(AssertionError, match="404"):
        guest.open("/nowhere")
