"""Which passwords are taken, and how they are kept."""

import pytest

from portal.accounts.passwords import (
    PasswordTooCommon,
    PasswordTooShort,
    check_password_rules,
    hash_password,
    is_password,
    needs_new_hash,
    new_unusable_hash,
)


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple",
        "h7Kp2mXq9wLz",
        "三月的海风吹过窗台边的绿萝",
        "Kiefer-Tasse-Regen",
        "sturdy paper lantern 7",
    ],
)
def test_password_nobody_would_try_first_is_taken(password):
    check_password_rules(password, "王明", "wangming@example.org")


@pytest.mark.parametrize("password", ["", "short", "elevenchars"])
def test_short_password_is_refused(password):
    with pytest.raises(PasswordTooShort):
        check_password_rules(password)


@pytest.mark.parametrize(
    "password",
    [
        "password1234",
        "P@ssw0rd2026!",
        "123456789012",
        "qwertyuiop12",
        "1qaz2wsx3edc",
        "aaaaaaaaaaaa",
        "abcabcabcabcd",
        "yitongxing2026",
        "Laoshan-2026-admin",
        "wangming12345",
        "iloveyou520520",
    ],
)
def test_password_others_try_first_is_refused(password):
    with pytest.raises(PasswordTooCommon):
        check_password_rules(password, "王明", "wangming@example.org")


def test_only_the_right_password_fits(app_context):
    kept = hash_password("sturdy paper lantern 7")
    assert kept.startswith("$argon2id$")
    assert "lantern" not in kept
    assert is_password(kept, "sturdy paper lantern 7")
    assert not is_password(kept, "sturdy paper lantern 8")


def test_nobody_has_the_password_of_nobody(app_context):
    assert not is_password(None, "anything")
    assert not is_password("not a hash", "anything")
    assert new_unusable_hash() != new_unusable_hash()


def test_hash_is_renewed_only_when_the_strength_changed(app):
    with app.app_context():
        kept = hash_password("sturdy paper lantern 7")
        assert not needs_new_hash(kept)
        app.config["PORTAL"] = app.config["PORTAL"].model_copy(update={"password_passes": 3})
        assert needs_new_hash(kept)
