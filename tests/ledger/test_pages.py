"""The ledger's pages and files, as anybody meets them."""

import json
import re
import xml.etree.ElementTree as ET
from datetime import timedelta

import pytest

from portal.ledger import verifier
from portal.ledger.checks import record_check
from portal.ledger.labels import KIND_LABELS, PART_LABELS
from portal.ledger.log import sign_checkpoint, signers
from portal.ledger.publishing import SCRIPT
from portal.ledger.rules import EntryKind, Part
from portal.ledger.service import reverse_entry
from portal.ledger.views import DAYS_SHOWN, PAGE_SIZE
from tests.ledger.book import FUND, OTHER_FUND, give, new_reference, open_funds, spend, transfer

HAN = re.compile("[\u4e00-\u9fff]")
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def written(app):
    """Write a small signed book and return its references in order."""
    with app.app_context():
        open_funds()
        posted = [give(123_456), give(5_000), spend(2_000), transfer(1_000)]
        posted.append(reverse_entry(posted[1].reference, new_reference=new_reference()))
        sign_checkpoint()
        return [each.reference for each in posted]


def keys(app):
    with app.app_context():
        return [verifier.read_key(signer.verifier_key) for signer in signers()]


def test_an_empty_ledger_says_so(visitor):
    page = visitor.open("/ledger")
    assert "还没有记下一笔" in page
    assert "entries.jsonl" not in [link.text for link in page.links]
    assert "还没有检查点" in visitor.open("/ledger/checkpoints")
    for address in ("entries.jsonl", "checkpoint.txt", "growth/1.txt", "proof/x.tlog-proof", "checkpoints/today.txt"):
        visitor.open(f"/ledger/{address}", status=404)


def test_the_front_page_says_how_far_the_ledger_goes_and_what_is_new(app, written, visitor):
    with app.app_context():
        record_check(40, 0.1, {})
    page = visitor.open("/ledger")
    for words in ("5 笔", "前 5 笔", "40 条规则全部符合", "冲正", "¥1,234.56", FUND, keys(app)[0].key_id):
        assert words in page
    assert written[0] not in page.text, "a list shows what moved, not every number"


def test_a_failed_check_is_told_to_everybody(app, written, visitor):
    with app.app_context():
        record_check(40, 0.1, {"entries_balance": 3})
    assert "发现不一致" in visitor.open("/ledger")


@pytest.mark.parametrize(
    "write",
    [str, "  {}  ".format, str.lower, lambda text: f"{text[:10]}-{text[10:]}", lambda text: text.replace("0", "o")],
)
def test_an_entry_is_found_by_its_reference_however_it_is_typed(written, visitor, write):
    reference, typed = written[1], write(written[1])
    visitor.open("/ledger")
    page = visitor.submit({"reference": typed})
    assert page.address == f"/ledger/entries/{reference}"
    for words in ("第 2 笔", "¥50.00", "支付通道（sandbox）", "收到的捐款", "已经由另一笔撤销"):
        assert words in page
    assert "第 5 笔" in visitor.follow(written[4])
    assert "这一笔撤销了" in visitor.page


@pytest.mark.parametrize("typed", ["不是凭证号", "0" * 20, "<script>", "' OR 1=1 --"])
def test_an_unknown_reference_is_said_beside_its_field_and_kept(written, visitor, typed):
    visitor.open("/ledger")
    page = visitor.submit({"reference": typed}, status=404)
    assert "账本里没有这个凭证号" in page
    assert page.form(None, {"reference"}, None).values()["reference"] == [typed]


def test_every_entry_can_be_reached(app, visitor):
    with app.app_context():
        open_funds()
        for number in range(PAGE_SIZE + 3):
            give(100 + number)
    visitor.open("/ledger")
    page = visitor.follow("从头看每一笔")
    assert page.html.count("/ledger/entries/") == PAGE_SIZE
    page = visitor.follow("更早的")
    assert page.html.count("/ledger/entries/") == 3
    assert visitor.follow("最新的").html.count("/ledger/entries/") == PAGE_SIZE
    for odd in ("x", "-1", "9" * 30):
        visitor.open(f"/ledger/entries?before={odd}")


def test_an_entry_is_waiting_for_its_proof_for_a_moment_only(app, written, visitor):
    with app.app_context():
        reference = give(700).reference
    page = visitor.open(f"/ledger/entries/{reference}")
    assert "还没有签名" in page
    visitor.open(f"/ledger/proof/{reference}.tlog-proof", status=404)
    with app.app_context():
        sign_checkpoint()
    assert "下载证明文件" in visitor.open(f"/ledger/entries/{reference}")


def test_files_are_what_the_script_takes(app, written, client, clock):
    known = keys(app)
    old = client.get("/ledger/checkpoint.txt").text
    with app.app_context():
        clock.advance(timedelta(days=1))
        give(77)
        sign_checkpoint()
    newest = verifier.open_checkpoint(client.get("/ledger/checkpoint.txt").text, known)
    export = client.get("/ledger/entries.jsonl")
    book = verifier.check_export(export.data.splitlines(keepends=True), [newest, verifier.open_checkpoint(old, known)])
    assert book.funds() == {(FUND, "CNY"): 123_456 + 77 - 3_000, (OTHER_FUND, "CNY"): 1_000}
    for reference in written:
        entry, _checkpoint = verifier.check_receipt(client.get(f"/ledger/proof/{reference}.tlog-proof").text, known)
        assert entry["reference"] == reference
    assert verifier.check_growth(old, client.get("/ledger/growth/5.txt").text, known)
    assert client.get("/ledger/checkpoints/2026-11-23.txt").text == old
    assert verifier.read_key(client.get("/ledger/key.txt").text) == known[0]
    assert client.get("/ledger/verify.py").data == SCRIPT.read_bytes()


def test_files_have_plain_names_and_kinds(written, client):
    for address, kind, name in (
        ("entries.jsonl", "application/jsonl", "entries.jsonl"),
        ("verify.py", "text/plain", "verify.py"),
        (f"proof/{written[0]}.tlog-proof", "text/plain", f"{written[0]}.tlog-proof"),
        ("checkpoint.txt", "text/plain", None),
        ("key.txt", "text/plain", None),
    ):
        answer = client.get(f"/ledger/{address}")
        assert (answer.status_code, answer.mimetype) == (200, kind)
        assert answer.headers.get("Content-Disposition") == (f'attachment; filename="{name}"' if name else None)
        assert "Set-Cookie" not in answer.headers


def test_the_feed_carries_each_days_checkpoint(app, written, client, clock, settings):
    with app.app_context():
        clock.advance(timedelta(days=1))
        sign_checkpoint()
    feed = ET.fromstring(client.get("/ledger/checkpoints.atom").data)
    entries = feed.findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}updated")[:10] for entry in entries] == ["2026-11-24", "2026-11-23"]
    for entry in entries:
        address = entry.find(f"{ATOM}link").get("href")
        assert address.startswith(settings.base_url)
        assert client.get(address.removeprefix(settings.base_url)).text == entry.findtext(f"{ATOM}content")
    assert feed.find(f"{ATOM}link[@rel='self']").get("href").startswith(settings.base_url)


def test_daily_checkpoints_are_listed_with_their_files(app, written, visitor, clock):
    with app.app_context():
        for _day in range(DAYS_SHOWN):
            clock.advance(timedelta(days=1))
            sign_checkpoint()
    page = visitor.open("/ledger/checkpoints")
    assert page.html.count(".txt") >= DAYS_SHOWN
    assert "growth 2027-01-22.txt" in page
    assert "/ledger/checkpoints/2026-11-23.txt" in visitor.follow("更早的").html
    visitor.open("/ledger/checkpoints?before=someday")


def test_pages_speak_english_as_well(app, written, new_visitor):
    english = new_visitor("en")
    for address in ("", "/entries", f"/entries/{written[4]}", "/checkpoints", "?reference=x"):
        page = english.open(f"/ledger{address}", status=404 if "?" in address else 200)
        main = page.html.split("<main", 1)[1].split("</main", 1)[0]
        assert not HAN.search(main), address


def test_nothing_published_holds_more_than_an_entry(app, written, client):
    """Whatever a room books, what leaves is these fields: nobody's name has a place in them."""
    for line in client.get("/ledger/entries.jsonl").text.splitlines():
        entry = json.loads(line)
        assert sorted(entry) == verifier.ENTRY_FIELDS
        assert all(sorted(posting) == ["account", "amount_minor"] for posting in entry["postings"])


def test_every_kind_and_part_has_its_words(app):
    assert KIND_LABELS.keys() == set(EntryKind)
    assert PART_LABELS.keys() == set(Part)
