"""What pledgers are told: in their own language, short on the phone, never who the family is."""

from dataclasses import replace
from datetime import timedelta
from itertools import product

from portal.accounts.rules import PLEDGER
from portal.i18n import in_language
from portal.pledges.clocks import release_overdue, remind_pledgers
from portal.pledges.contacts import read_contact
from portal.pledges.letters import WORDS, Facts
from portal.pledges.pledgers import contact_hash
from portal.pledges.promising import confirm_promise, make_promise
from portal.pledges.rules import News, Pledger
from portal.pledges.service import begin_procuring, mark_received, propose_times, say_sent
from portal.wishes.rules import WishAction
from portal.wishes.service import move_wish
from tests import cast
from tests.pledges.letterbox import kinds, letters
from tests.plumbing.clocks import MONDAY_MORNING

FACTS = Facts(
    link="http://portal.example/x",
    item="书包",
    centre="南涧服务中心",
    phone="0532-1",
    due_at=MONDAY_MORNING,
    at=MONDAY_MORNING,
    code="S1234567",
    reason="尺码不对",
)


def test_every_piece_of_news_has_words_without_holes(app_context):
    for news, channel, count, language in product(News, ("mail", "sms"), (1, 3), ("zh", "en")):
        with in_language(language):
            subject, text = WORDS[news](replace(FACTS, count=count), channel)
        assert subject, news
        assert "\n" not in subject, news
        assert "%(" not in text, news
        assert "None" not in text, news


def test_a_short_message_is_short(app, clock, pledge):
    _wish_id, pledge_id = pledge(contact="13800138000")
    with app.app_context():
        clock.advance(timedelta(days=4))
        remind_pledgers()
        say_sent(PLEDGER, pledge_id, "SF1029384756")
        clock.advance(timedelta(days=40))
        release_overdue()
    assert kinds(app) == ["confirm", "pledged", "reminder", "procuring", "lapsed"]
    for letter in letters(app):
        assert letter.body.startswith("【益同行】")
        assert "\n" not in letter.body
        assert len(letter.body) <= 210, "three parts of a long short message"


def test_the_language_is_the_one_of_the_promise_whatever_the_clock_speaks(app, clock, pledge):
    pledge(contact="emma@example.org", locale="en")
    pledge(contact="lin@example.org", locale="zh")
    with app.app_context():
        clock.advance(timedelta(days=4))
        remind_pledgers()
    english, chinese = (letters(app, f"{name}@example.org")[-1] for name in ("emma", "lin"))
    assert "School backpack" in english.body
    assert "双肩书包" in chinese.body
    assert "崂山区公益基金会" in chinese.body
    assert "Laoshan Public Welfare Foundation" in english.body


def test_no_letter_knows_the_family(app, clock, pledge):
    wish_id, pledge_id = pledge("goods", "service")
    with app.app_context():
        begin_procuring(PLEDGER, pledge_id)
        move_wish(wish_id, WishAction.RECEIVE, cast.clerk(), note=cast.FAMILY_NAME)
        mark_received(pledge_id)
        clock.advance(timedelta(days=9))
        release_overdue()
    told = "".join(f"{letter.subject} {letter.body}" for letter in letters(app))
    for secret in (cast.FAMILY_NAME, cast.FAMILY_PHONE, cast.FAMILY_ADDRESS, cast.GUARDIAN, cast.REASON):
        assert secret not in told


def test_a_name_cannot_reach_into_the_subject(app, publish):
    with app.app_context():
        pledger = Pledger(read_contact("lin@example.org"), "小林\r\nBcc: all@example.org")
        made = make_promise(PLEDGER, pledger, [publish()])
        confirm_promise(made.public_id)
    assert all("Bcc" not in (letter.subject or "") for letter in letters(app))


def test_what_a_pledger_proposes_stays_out_of_the_letters(app, pledge):
    _wish_id, pledge_id = pledge("service")
    with app.app_context():
        propose_times(PLEDGER, pledge_id, "周六上午，打我电话13900000000")
    assert "13900000000" not in "".join(letter.body for letter in letters(app))


def test_a_contact_is_kept_under_a_keyed_hash(app):
    with app.app_context():
        assert contact_hash("lin@example.org") == contact_hash("lin@example.org") != contact_hash("lim@example.org")
        assert "lin" not in contact_hash("lin@example.org")
