"""The life of a campaign, the days on which it takes gifts, and the disclosure clock, as tables."""

from dataclasses import replace
from datetime import date

import pytest

from portal.accounts.rules import PLEDGER, SYSTEM, Actor, ActorKind, Grant, NotAllowed, Role
from portal.campaigns.disclosure import Disclosed, ReportKind, add_months, next_report
from portal.campaigns.plan import NEEDED_FIELDS, AddressWrong, DatesWrong, PlanIncomplete, check_filing, check_plan
from portal.campaigns.rules import (
    MOVES,
    CampaignAction,
    CampaignMovedOn,
    CampaignState,
    FiledTooLate,
    GiftWindow,
    OwnWork,
    WhyNoGift,
    check_filed_ahead,
    next_state,
    why_no_gift,
)
from tests.campaigns.stage import PLAN, filing

S, A = CampaignState, CampaignAction
ROLES = {role: Actor(ActorKind.STAFF, number, frozenset({Grant(role)})) for number, role in enumerate(Role, 1)}


@pytest.mark.parametrize(
    ("state", "action", "to", "roles"),
    [
        (S.DRAFT, A.FILE, S.FILED, {Role.FINANCE}),
        (S.FILED, A.RETURN, S.DRAFT, {Role.FINANCE, Role.MODERATOR, Role.ADMINISTRATOR}),
        (S.FILED, A.OPEN, S.OPEN, {Role.FINANCE, Role.MODERATOR, Role.ADMINISTRATOR}),
        (S.OPEN, A.END, S.ENDED, {Role.FINANCE}),
        (S.ENDED, A.ACCOUNT, S.ACCOUNTED, {Role.FINANCE, Role.MODERATOR, Role.ADMINISTRATOR}),
        (S.ACCOUNTED, A.CLOSE, S.CLOSED, {Role.FINANCE, Role.MODERATOR, Role.ADMINISTRATOR}),
    ],
)
def test_each_arrow_leads_where_the_table_says_and_belongs_to_its_roles(state, action, to, roles):
    for role, actor in ROLES.items():
        if role in roles:
            assert next_state(state, action, actor) is to
        else:
            with pytest.raises(NotAllowed):
                next_state(state, action, actor)
    with pytest.raises(NotAllowed):
        next_state(state, action, PLEDGER)


def test_what_is_not_in_the_table_cannot_happen():
    for state in S:
        for action in A:
            if (state, action) not in MOVES:
                with pytest.raises(CampaignMovedOn):
                    next_state(state, action, ROLES[Role.FINANCE])


def test_only_the_end_comes_by_the_clock():
    assert next_state(S.OPEN, A.END, SYSTEM) is S.ENDED
    for (state, action), move in MOVES.items():
        if not move.by_clock:
            with pytest.raises(NotAllowed):
                next_state(state, action, SYSTEM)


@pytest.mark.parametrize(("state", "action"), [(S.FILED, A.OPEN), (S.ENDED, A.ACCOUNT)])
def test_nobody_approves_their_own_work(state, action):
    actor = ROLES[Role.FINANCE]
    with pytest.raises(OwnWork):
        next_state(state, action, actor, frozenset({actor.person_id or 0}))
    with pytest.raises(OwnWork):
        next_state(state, action, replace(actor, person_id=None))


@pytest.mark.parametrize("name", NEEDED_FIELDS)
def test_plan_without_any_one_fact_the_law_asks_for_is_incomplete(name):
    empty = None if name in ("starts_on", "ends_on") else ""
    with pytest.raises(PlanIncomplete) as refused:
        check_plan(replace(PLAN, **{name: empty}))
    assert refused.value.missing == [name]


def test_plan_that_ends_before_it_starts_is_refused():
    check_plan(PLAN)
    with pytest.raises(DatesWrong):
        check_plan(replace(PLAN, ends_on=date(2026, 11, 19)))


@pytest.mark.parametrize("address", ["http://platform.example.org/1", "javascript:alert(1)", "https://", "https://x"])
def test_filing_needs_an_address_on_a_platform(address):
    with pytest.raises(AddressWrong):
        check_filing(replace(filing(number="A1"), platform_url=address))


def test_filing_needs_its_number():
    with pytest.raises(PlanIncomplete):
        check_filing(replace(filing(number="A1"), filing_no=""))


def test_plan_is_filed_ten_days_ahead_but_in_an_emergency():
    start = date(2026, 12, 1)
    check_filed_ahead(date(2026, 11, 21), start, is_emergency=False)
    with pytest.raises(FiledTooLate):
        check_filed_ahead(date(2026, 11, 22), start, is_emergency=False)
    check_filed_ahead(date(2026, 12, 5), start, is_emergency=True)


OPEN = GiftWindow(S.OPEN, date(2026, 11, 1), date(2026, 12, 31), False, date(2027, 3, 31), 14)


@pytest.mark.parametrize(
    ("changes", "day", "why"),
    [
        ({}, date(2026, 10, 31), WhyNoGift.NOT_YET),
        ({}, date(2026, 11, 1), None),
        ({}, date(2026, 12, 31), None),
        ({}, date(2027, 1, 1), WhyNoGift.OVER),
        ({"is_paused": True}, date(2026, 11, 5), WhyNoGift.PAUSED),
        ({"report_due_on": date(2026, 11, 5)}, date(2026, 11, 19), None),
        ({"report_due_on": date(2026, 11, 5)}, date(2026, 11, 20), WhyNoGift.REPORT_OVERDUE),
        ({"report_due_on": date(2026, 11, 5), "is_paused": True}, date(2026, 11, 20), WhyNoGift.REPORT_OVERDUE),
        ({"report_due_on": None}, date(2026, 11, 5), None),
        ({"state": S.DRAFT}, date(2026, 11, 5), WhyNoGift.NOT_OPEN),
        ({"state": S.FILED}, date(2026, 11, 5), WhyNoGift.NOT_OPEN),
        ({"state": S.ENDED}, date(2026, 11, 5), WhyNoGift.OVER),
        ({"state": S.ACCOUNTED}, date(2026, 11, 5), WhyNoGift.OVER),
        ({"state": S.CLOSED}, date(2026, 11, 5), WhyNoGift.OVER),
        ({"starts_on": None}, date(2026, 11, 5), WhyNoGift.OVER),
    ],
)
def test_gifts_are_taken_only_while_open_within_the_dates_and_reported(changes, day, why):
    assert why_no_gift(replace(OPEN, **changes), day) is why


LONG = Disclosed(S.OPEN, False, date(2026, 1, 1), date(2026, 12, 31), None, None)


@pytest.mark.parametrize(
    ("changes", "kind", "due_on"),
    [
        ({}, ReportKind.QUARTERLY, date(2026, 4, 1)),
        ({"last_report_on": date(2026, 3, 20)}, ReportKind.QUARTERLY, date(2026, 6, 20)),
        ({"last_report_on": date(2026, 12, 31)}, ReportKind.QUARTERLY, date(2027, 3, 31)),
        ({"starts_on": date(2026, 7, 1)}, ReportKind.FINAL, date(2027, 3, 31)),
        ({"starts_on": date(2026, 6, 30)}, ReportKind.QUARTERLY, date(2026, 9, 30)),
        ({"is_emergency": True}, ReportKind.EMERGENCY, date(2026, 1, 6)),
        ({"is_emergency": True, "last_report_on": date(2026, 1, 4)}, ReportKind.EMERGENCY, date(2026, 1, 9)),
        ({"state": S.ENDED, "ended_on": date(2026, 12, 31)}, ReportKind.FINAL, date(2027, 3, 31)),
        ({"state": S.ENDED, "ended_on": date(2026, 11, 30)}, ReportKind.FINAL, date(2027, 2, 28)),
        ({"state": S.ACCOUNTED, "last_report_on": date(2027, 2, 1)}, ReportKind.QUARTERLY, date(2027, 5, 1)),
    ],
)
def test_the_next_report_is_due_when_the_law_says(changes, kind, due_on):
    due = next_report(replace(LONG, **changes))
    assert due is not None
    assert (due.kind, due.due_on) == (kind, due_on)


@pytest.mark.parametrize("changes", [{"state": S.DRAFT}, {"state": S.FILED}, {"state": S.CLOSED}, {"starts_on": None}])
def test_campaigns_that_ask_for_nothing_owe_no_report(changes):
    assert next_report(replace(LONG, **changes)) is None


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2026, 10, 31), 3, date(2027, 1, 31)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2026, 1, 31), 12, date(2027, 1, 31)),
    ],
)
def test_months_end_on_days_that_exist(day, months, then):
    assert add_months(day, months) == then
