"""The portal whose database is away: a kind page that asks for patience, and nobody is taken for somebody else."""

import pytest

from portal.accounts.session import SIGNED_IN_AT

SERVER_GONE = "postgresql://portal:very-secret@127.0.0.1:1/none"


@pytest.fixture(params=["server gone", "file gone", "file broken"])
def chosen_settings(request, tmp_path):
    """Return settings that name a database which cannot be asked."""
    if request.param == "server gone":
        return {"database_url": SERVER_GONE}
    path = tmp_path / "away.db"
    if request.param == "file broken":
        path.write_bytes(b"no longer a database" * 200)
    return {"database_url": f"sqlite:///{path}"}


@pytest.mark.parametrize("chosen_settings", ["server gone"], indirect=True)
def test_portal_is_healthy_but_not_ready_and_tells_no_secret(client):
    assert client.get("/healthz").status_code == 200
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.text == "数据库连不上。\n"
    for secret in ("very-secret", "127.0.0.1", "portal:"):
        assert secret not in answer.text


def test_every_page_asks_for_patience(client, tmp_path):
    for address in (
        "/",
        "/wishes",
        "/centres",
        "/pledges/new?wish=YB-1",
        "/campaigns",
        "/ledger",
        "/ledger/entries.jsonl",
    ):
        answer = client.get(address)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5"), address
        assert "现在有点忙" in answer.text
    assert not list(tmp_path.glob("away.db-*"))


def test_clerk_is_asked_for_patience_and_not_to_sign_in(client, clock):
    with client.session_transaction() as kept:
        kept["_user_id"] = kept["second_factor_for"] = "1:0"
        kept[SIGNED_IN_AT] = int(clock.now().timestamp())
    for address in ("/admin", "/admin/counter", "/account", "/wishes"):
        answer = client.get(address)
        assert (answer.status_code, "现在有点忙" in answer.text) == (503, True), address
