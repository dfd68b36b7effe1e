"""The twin is as strict as Stripe: it refuses what the pinned version does not have, and keeps answers by key."""

import threading
from datetime import timedelta
from urllib.parse import urlencode

import pytest
import requests
import stripe

from portal.giving.gateways.stripe import API_VERSION
from tests.giving.twin.server import SECRET_KEY, Fault

SOUND = {
    "mode": "payment",
    "success_url": "https://example.org/",
    "line_items[0][quantity]": "1",
    "line_items[0][price_data][currency]": "cny",
    "line_items[0][price_data][unit_amount]": "5000",
    "line_items[0][price_data][product_data][name]": "x",
    "allowed_payment_method_types[0]": "card",
}


def post(twin, values, path="checkout/sessions", key=None, **headers):
    """Post a form as the library does; return status and body."""
    head = {"Authorization": f"Bearer {SECRET_KEY}", "Stripe-Version": API_VERSION} | headers
    if key:
        head["Idempotency-Key"] = key
    answer = requests.post(f"{twin.url}/v1/{path}", data=urlencode(values), headers=head, timeout=10)
    return answer.status_code, answer.json()


def test_the_pinned_version_is_the_one_the_library_speaks():
    assert stripe.StripeClient("sk_test_x")._requestor._options.stripe_version == API_VERSION


def test_a_sound_order_is_taken(twin):
    status, session = post(twin, SOUND)
    assert (status, session["amount_total"], session["payment_intent"]) == (200, 5_000, None)


@pytest.mark.parametrize(
    ("change", "code", "param"),
    [
        ({"payment_method_types[0]": "card"}, "parameter_unknown", "payment_method_types"),
        ({"line_items[0][amount]": "1"}, "parameter_unknown", "line_items[0][amount]"),
        ({"payment_method_options[wechat_pay][app_id]": "x"}, "parameter_missing", None),
        ({"allowed_payment_method_types[1]": "wechat_pay"}, "parameter_missing", None),
        ({"line_items[0][price_data][unit_amount]": "50.5"}, "parameter_invalid_integer", None),
        ({"line_items[0][price_data][unit_amount]": "399"}, "amount_too_small", None),
        ({"line_items[0][price_data][unit_amount]": "100000000"}, "amount_too_large", None),
        ({"mode": "pay"}, None, "mode"),
        ({"adaptive_pricing[enabled]": "yes"}, None, "adaptive_pricing[enabled]"),
        ({"success_url": ""}, "parameter_invalid_empty", "success_url"),
        ({"line_items[0][price_data][currency]": "xyz"}, None, "allowed_payment_method_types"),
        ({"metadata[key]": "x" * 501}, None, "metadata"),
        ({"expand[0]": "nothing"}, None, "expand"),
    ],
)
def test_what_the_api_does_not_have_is_refused(twin, change, code, param):
    status, said = post(twin, SOUND | change)
    assert status == 400
    assert said["error"].get("code") == code
    assert param is None or said["error"]["param"] == param
    assert not twin.account.find_all("checkout.session") or "expand[0]" in change


def test_methods_that_do_not_take_the_currency_are_not_offered(twin):
    methods = {f"allowed_payment_method_types[{place}]": name for place, name in enumerate(("card", "alipay"))}
    _status, session = post(twin, SOUND | methods | {"line_items[0][price_data][currency]": "dkk"})
    assert session["payment_method_types"] == ["card"]


def test_keys_versions_and_addresses_are_looked_at(twin):
    assert post(twin, SOUND, Authorization="Bearer sk_test_other")[0] == 401
    assert post(twin, SOUND, **{"Stripe-Version": "2024-06-20"})[0] == 400
    assert post(twin, {}, "checkout/sessions/cs_test_1/expire")[0] == 404
    assert post(twin, {}, "payment_intents")[0] == 404


def test_a_key_keeps_its_answer_a_fault_too_and_takes_no_other_order(twin, clock):
    first = post(twin, SOUND, key="a")
    assert post(twin, SOUND, key="a") == first
    status, said = post(twin, SOUND | {"locale": "en"}, key="a")
    assert (status, said["error"]["type"]) == (400, "idempotency_error")
    twin.faults.append(Fault.BROKEN)
    assert post(twin, SOUND, key="b")[0] == 500
    assert post(twin, SOUND, key="b")[0] == 500
    assert len(twin.account.find_all("checkout.session")) == 1
    clock.advance(timedelta(hours=24))
    assert post(twin, SOUND, key="b")[0] == 200
    assert post(twin, SOUND, key="a")[1]["id"] != first[1]["id"]


def test_what_is_refused_before_it_begins_does_not_use_up_the_key(twin):
    assert post(twin, SOUND | {"mode": "pay"}, key="a")[0] == 400
    assert post(twin, SOUND, key="a")[0] == 200


def test_a_key_that_is_at_work_is_in_conflict(twin):
    twin.faults.append(Fault.HELD)
    answers = []
    first = threading.Thread(target=lambda: answers.append(post(twin, SOUND, key="a")))
    first.start()
    assert twin.held.wait(10)
    status, said = post(twin, SOUND, key="a")
    assert (status, said["error"]["code"]) == (409, "idempotency_key_in_use")
    twin.gate.set()
    first.join(10)
    assert answers[0][0] == 200
