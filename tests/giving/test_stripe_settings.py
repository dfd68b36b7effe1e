"""A portal with Stripe starts only whole, and never with keys of the wrong mode."""

import pytest

from portal.config import SettingsWrong, load_settings
from tests.plumbing.environment import put_settings

SOUND = {
    "PORTAL_GATEWAYS": "stripe",
    "PORTAL_STRIPE_SECRET_KEY": "sk_test_1",
    "PORTAL_STRIPE_WEBHOOK_SECRET": "whsec_1",
}
LIVE = {"PORTAL_ENVIRONMENT": "production", "PORTAL_STRIPE_SECRET_KEY": "rk_live_1", "PORTAL_MAIL_URL": "smtp://x"}
LIVE |= {"PORTAL_SMS_URL": "", "PORTAL_SMALLEST_CELL": "5"}


@pytest.fixture
def load(settings, monkeypatch):
    """Return a function that loads the settings of this test with some changed."""
    put_settings(settings, monkeypatch)

    def changed(values):
        for name, value in values.items():
            monkeypatch.setenv(name, value)
        return load_settings()

    return changed


@pytest.mark.parametrize("change", [{}, LIVE])
def test_whole_settings_are_taken_and_keep_their_secrets(load, change):
    settings = load(SOUND | change)
    assert settings.chosen_gateways == ["stripe"]
    assert "whsec_" not in repr(settings)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"PORTAL_STRIPE_SECRET_KEY": ""}, "must be a key of test mode in test"),
        ({"PORTAL_STRIPE_SECRET_KEY": "pk_test_1"}, "must be a key of test mode in test"),
        ({"PORTAL_STRIPE_SECRET_KEY": "sk_live_1"}, "must be a key of test mode in test"),
        (LIVE | {"PORTAL_STRIPE_SECRET_KEY": "sk_test_1"}, "must be a key of live mode in production"),
        ({"PORTAL_STRIPE_WEBHOOK_SECRET": "sk_test_1"}, "must begin with whsec_"),
        (LIVE | {"PORTAL_STRIPE_API_URL": "http://127.0.0.1:1"}, "cannot be changed in production"),
    ],
)
def test_what_is_missing_or_mixed_stops_the_start(load, change, told):
    with pytest.raises(SettingsWrong, match=told) as wrong:
        load(SOUND | change)
    assert "_1" not in str(wrong.value)
