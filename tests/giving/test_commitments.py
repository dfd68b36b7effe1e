"""Companies match gifts: two people decide, what is owed follows each gift, and only what arrived counts."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from portal import clock as portal_clock
from portal.accounts.rules import NotAllowed, Role
from portal.campaigns.rules import OwnWork
from portal.db import session
from portal.giving.commitment_queries import list_public_matches, list_running_matches
from portal.giving.commitment_rules import Share, follow_shares, left_in_steps, split_gift
from portal.giving.commitments import (
    CommitmentMovedOn,
    DayOutOfBounds,
    NotCertified,
    decide_commitment,
    request_commitment,
    tell_what_is_owed,
)
from portal.giving.making import CampaignTakesNoGifts
from portal.giving.models import BankLine, Commitment, GiftMatch
from portal.giving.refunding import request_refund, send_refund
from portal.giving.rules import RefundReason
from portal.giving.statements import NothingMatches, match_line
from portal.ledger.queries import fund_statement
from tests import cast
from tests.campaigns import stage as campaigns
from tests.giving import stage, statements
from tests.giving.commitments import MAIL, agreed, paid, promise, row_of
from tests.ledger.book import all_at_once
from tests.pledges.letterbox import letters
from tests.plumbing.sessions import sign_in


@pytest.fixture
def chosen_settings():
    """Return settings of a portal that takes bank transfers too."""
    return statements.SETTINGS


@pytest.fixture
def number(app_context):
    """Return an open campaign."""
    return campaigns.opened()


def owed(public_id):
    return row_of(public_id).owed_minor


@pytest.mark.parametrize(
    ("minor", "rooms", "shares"),
    [
        (5_000, [100_000], [5_000]),
        (5_001, [5_000], [5_000]),
        (1, [1], [1]),
        (5_001, [2_500, 2_500, 2_500], [2_500, 2_500, 1]),
        (5_000, [0, 7_000], [0, 5_000]),
        (5_000, [], []),
    ],
)
def test_a_gift_is_shared_out_to_the_fen_and_never_beyond_a_sum(minor, rooms, shares):
    assert split_gift(minor, rooms) == shares


@pytest.mark.parametrize(
    ("kept", "shares", "counts"),
    [
        (5_000, [Share(5_000, 5_000, 0)], [5_000]),
        (4_999, [Share(5_000, 5_000, 0)], [4_999]),
        (0, [Share(5_000, 5_000, 9)], [0]),
        (5_000, [Share(5_000, 0, 3_000)], [3_000]),
        (4_000, [Share(2_500, 2_500, 0), Share(2_500, 2_500, 0)], [2_500, 1_500]),
        (-1, [Share(5_000, 5_000, 0)], [0]),
    ],
)
def test_a_share_follows_what_of_its_gift_is_kept(kept, shares, counts):
    assert follow_shares(kept, shares) == counts


@pytest.mark.parametrize(("used", "left"), [(0, 1_000), (1, 900), (100, 900), (101, 800), (999, 0), (1_000, 0)])
def test_what_is_left_is_told_in_tenths(used, left):
    assert left_in_steps(1_000, used) == left


def test_one_person_records_and_another_approves(number):
    finance = cast.actor(Role.FINANCE)
    with pytest.raises(NotAllowed):
        request_commitment(cast.moderator(), promise(number))
    public_id = request_commitment(finance, promise(number))
    stage.give(number, 5_000)
    assert owed(public_id) == 0, "nothing is matched before it is approved"
    assert list_public_matches(number) == []
    with pytest.raises(OwnWork):
        decide_commitment(finance, public_id, is_approved=True)
    decide_commitment(cast.moderator(), public_id, is_approved=True)
    with pytest.raises(CommitmentMovedOn):
        decide_commitment(cast.moderator(), public_id, is_approved=False)
    stage.give(number, 5_000)
    assert owed(public_id) == 5_000


def test_what_does_not_fit_is_not_recorded(number):
    finance = cast.actor(Role.FINANCE)
    for last in (date(2026, 11, 22), date(2027, 2, 1)):
        with pytest.raises(DayOutOfBounds):
            request_commitment(finance, promise(number, until_on=last))
    with pytest.raises(NotCertified):
        request_commitment(finance, promise(number, organisation_id=4711))
    with pytest.raises(CampaignTakesNoGifts):
        request_commitment(finance, promise(campaigns.filed()))
    assert session().scalars(select(Commitment)).all() == []


def test_a_match_ends_with_its_sum_and_the_next_goes_on(number):
    first, second = agreed(number, 7_000), agreed(number, 7_000)
    stage.give(number, 5_000)
    stage.give(number, 5_000)
    assert (owed(first), owed(second)) == (7_000, 3_000)
    assert [each.is_running for each in list_public_matches(number)] == [False, True]


def test_a_match_ends_with_its_day(number, clock):
    public_id = agreed(number, until_on=date(2026, 11, 24))
    clock.advance(timedelta(days=2))
    stage.give(number, 5_000)
    assert owed(public_id) == 0
    assert list_running_matches(number) == []


def test_refunds_and_chargebacks_take_the_match_back_and_a_won_one_gives_it_again(number):
    public_id = agreed(number)
    gift = stage.give(number, 5_000)
    finance = cast.actor(Role.FINANCE)
    send_refund(request_refund(finance, gift, 700, RefundReason.DONOR, "x", public_id="REFUND0001"))
    ref = stage.payments_of(gift)[0].provider_ref
    stage.take_in(ref)
    assert owed(public_id) == 4_300
    other = stage.payments_of(stage.give(number, 3_000))[0].provider_ref
    name = stage.provider().dispute(other, portal_clock.now())
    stage.take_in(other)
    assert owed(public_id) == 4_300
    stage.provider().close_dispute(name, portal_clock.now(), is_won=True)
    stage.take_in(other)
    assert owed(public_id) == 7_300


def test_saying_a_payment_again_matches_it_once(number):
    public_id = agreed(number)
    ref = stage.payments_of(stage.give(number, 5_000))[0].provider_ref
    for _time in range(3):
        stage.take_in(ref)
    assert owed(public_id) == 5_000
    assert len(session().scalars(select(GiftMatch)).all()) == 1


def test_money_counts_only_when_it_has_arrived_and_never_more_than_is_owed(app, number):
    public_id = agreed(number)
    stage.give(number, 5_000)
    assert fund_statement(number).matching_minor == 0
    assert not paid(public_id, 5_001, serial="TOO-MUCH")
    waiting = session().scalars(select(BankLine)).one()
    with pytest.raises(NothingMatches):
        match_line(cast.actor(Role.FINANCE), waiting.id, row_of(public_id).reference)
    assert paid(public_id, 3_000)
    assert (row_of(public_id).arrived_minor, fund_statement(number).matching_minor) == (3_000, 3_000)
    assert stage.balance("bank") == 3_000
    assert [each.kind for each in letters(app) if each.receiver == MAIL] == [
        "giving.match_begun",
        "giving.match_arrived",
    ]


def test_a_company_is_told_once_a_month_and_at_the_end_what_it_owes(app, number, clock):
    public_id = agreed(number)
    stage.give(number, 5_000)
    assert tell_what_is_owed() == 0, "not gift by gift"
    for days, told in ((8, 1), (1, 0), (31, 1)):
        clock.advance(timedelta(days=days))
        assert tell_what_is_owed() == told
    letter = [each for each in letters(app) if each.kind == "giving.match_owed"][-1]
    assert "50.00" in letter.body
    assert row_of(public_id).reference in letter.body


def test_pages_say_what_is_promised_in_steps_and_what_arrived_apart(app, number, visitor, clock):
    public_id = agreed(number, 100_000)
    stage.give(number, 12_300)
    for address in (f"/campaigns/{number}", f"/campaigns/{number}/give"):
        page = visitor.open(address)
        assert "示范机械有限公司" in page
        assert "还剩 ¥1,000.00 以上" in page, "today's gifts show tomorrow"
    clock.advance(timedelta(days=1))
    page = visitor.open(f"/campaigns/{number}")
    assert "还剩 ¥800.00 以上" in page
    assert "877" not in page
    assert "还没有到账" in page
    assert paid(public_id, 2_300)
    assert "到账的有 ¥23.00" in visitor.open(f"/campaigns/{number}")


def test_finance_records_what_was_signed_on_the_desk(number, visitor):
    sign_in(visitor, cast.person(Role.FINANCE))
    visitor.open("/admin/giving/matching")
    form = {"campaign": number, "name": "", "paper": "A-1", "amount": "一千", "until_on": "2026-12-31", "email": "x"}
    page = visitor.submit(form, status=422)
    for words in ("请选一个认证过的单位", "金额没有看懂", "请填写完整的邮箱"):
        assert words in page.html
    visitor.submit(form | {"name": "示范机械有限公司", "amount": "1000", "email": MAIL})
    row = session().scalars(select(Commitment)).one()
    assert (row.state, row.limit_minor, row.contact) == ("requested", 100_000, {"email": MAIL})
    assert "请另一位同事来定" in visitor.open("/admin/giving/matching")


def test_a_moderator_agrees_on_the_desk(number, visitor):
    public_id = request_commitment(cast.actor(Role.FINANCE), promise(number))
    sign_in(visitor, cast.person(Role.MODERATOR))
    visitor.open("/admin/giving/matching")
    assert "已经同意" in visitor.submit(button="同意")
    assert row_of(public_id).state == "active"


def _race(app, minor):
    """Let gifts of one amount come in at the same moment; return what is owed and what the shares come to."""
    with app.app_context():
        number = campaigns.opened()
        public_id = agreed(number, 10_000)
        refs = [stage.start(stage.intend(number, minor)) for _gift in range(6)]
        for ref in refs:
            stage.provider().pay(ref, stage.CARD, portal_clock.now())

    def act(place):
        try:
            stage.take_in(refs[place])
        except Exception as error:
            return type(error).__name__
        return None

    outcomes = all_at_once(app, len(refs), act)
    with app.app_context():
        shares = sum(session().scalars(select(GiftMatch.counts_minor)))
        return outcomes, owed(public_id), shares


def test_gifts_at_one_moment_are_matched_to_the_fen_and_no_further(app):
    outcomes, is_owed, shares = _race(app, 3_000)
    assert outcomes == [None] * 6
    assert is_owed == shares == 10_000


@pytest.mark.only_on("postgresql")
def test_without_the_lock_gifts_at_one_moment_would_be_matched_wrongly(app, monkeypatch):
    """SQLite lets one writer in at a time, whatever is locked."""

    def hold_nothing(campaign_number):
        query = select(Commitment).where(Commitment.campaign_number == campaign_number)
        return list(session().scalars(query))

    monkeypatch.setattr("portal.giving.absorbing.hold_commitments", hold_nothing)
    outcomes, is_owed, shares = _race(app, 1_000)
    assert is_owed < shares or any(outcomes)
