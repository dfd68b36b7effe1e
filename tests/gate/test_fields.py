"""Every text the schema can hold is declared, and every declared public text is refused where it holds an ID number."""

from dataclasses import replace
from datetime import date, timedelta
from functools import partial

import pytest
from sqlalchemy import JSON, String

import portal.models
from portal import clock
from portal.accounts.organisations import certify_organisation, refuse_organisation
from portal.accounts.rules import Role
from portal.areas.service import import_areas, update_centre
from portal.areas.sheet import CentreEntry
from portal.campaigns.budget import Aim, BudgetItem, correct_budget_line, set_budget, set_milestones
from portal.campaigns.disclosure import ReportKind
from portal.campaigns.pausing import pause_gifts
from portal.campaigns.paying import return_disbursement
from portal.campaigns.plan import PLAN_FIELDS
from portal.campaigns.questions import QuestionKind, answer_question, ask, let_through
from portal.campaigns.reports import write_report
from portal.campaigns.service import create_campaign, file_campaign
from portal.campaigns.telling import NewPicture, News, Note, correct_plan, write_update
from portal.db import Base, session, transaction
from portal.gate.fields import CODES, COPIES, PRIVATE, PUBLIC, Gate
from portal.gate.forms import GatedRow
from portal.gate.rules import HoldsPersonalData, guard_of
from portal.giving.commitments import request_commitment
from portal.giving.making import Words
from portal.giving.moderating import decide_words
from portal.giving.refunding import refuse_refund
from portal.giving.rules import Visibility
from portal.handover.rules import Fault
from portal.handover.service import arrange_service, refuse_goods
from portal.sealing import SealedJSON, SealedText
from tests import cast
from tests.campaigns import stage
from tests.giving import stage as gifts
from tests.giving.commitments import promise
from tests.handover import stage as counter

ID = "370211198305199998"
PLANTED = f"核对号 {ID}"
PLAN_TEXTS = [f"campaigns.{name}" for name in PLAN_FIELDS if f"campaigns.{name}" in PUBLIC]


def is_text(column):
    return isinstance(column.type, String | JSON | SealedText | SealedJSON)


def declarations(table, name):
    """Return how often a column is declared as public, copied, private or a code."""
    column = f"{table}.{name.removesuffix('_en')}"
    lists = (column in PUBLIC, column in COPIES, name in PRIVATE.get(table, ()), name in CODES.get(table, "").split())
    return sum(lists)


def test_every_text_of_the_schema_is_declared_once():
    assert portal.models
    texts = {
        (table.name, each.name) for table in Base.metadata.sorted_tables for each in table.columns if is_text(each)
    }
    assert sorted(text for text in texts if declarations(*text) != 1) == []
    assert declarations("campaigns", "a_new_text") == 0


def test_nothing_is_declared_that_the_schema_lacks():
    known = {f"{table.name}.{each.name}" for table in Base.metadata.sorted_tables for each in table.columns}
    named = {f"{table}.{name}" for table, names in PRIVATE.items() for name in names}
    named |= {f"{table}.{name}" for table, names in CODES.items() for name in names.split()}
    assert (PUBLIC.keys() | COPIES.keys() | named) <= known


def test_every_form_of_public_texts_names_declared_ones():
    for form in _below(GatedRow):
        for field, column in form.GUARDED.items():
            assert hasattr(form, field), (form, field)
            assert guard_of(column)


def test_whatever_is_allowed_says_by_which_law_or_why():
    assert [field for field, text in PUBLIC.items() if text.allowed and not text.because] == []


def _below(kind):
    for child in kind.__subclasses__():
        yield child
        yield from _below(child)


def _note(*_given):
    return Note(PLANTED, "Why")


def _plan(name):
    create_campaign(stage.finance(), replace(stage.PLAN, **{name: PLANTED}))


def _filing():
    file_campaign(stage.finance(), stage.draft(), replace(stage.filing(), platform_name=PLANTED))


def _budget(**words):
    set_budget(stage.finance(), stage.draft(), [replace(BudgetItem("被子", "Quilts", 100), **words)])


def _update(title="被子到了", body="一百床。", caption="被子"):
    pictures = [NewPicture("none.jpg", caption, "Quilts")]
    write_update(stage.finance(), stage.opened(), News(title, "Quilts", body, "A hundred."), pictures)


def _question():
    number = stage.opened()
    return ask(number, QuestionKind.QUESTION, "被子薄吗？", None, "zh")


def _answer():
    question = _question()
    let_through(cast.moderator(), question, "被子薄吗？")
    answer_question(cast.moderator(), question, PLANTED)


def _payment(**words):
    number = stage.opened()
    stage.request(number, 100, **words)


def _return():
    number = stage.opened()
    stage.give(number, 500_00)
    payment = stage.approved(number, 100_00)
    stage.pay(payment)
    return_disbursement(cast.moderator(), payment, PLANTED, "Why")


def _gift(**words):
    number = stage.opened()
    gift = gifts.give(number, words=Words(name_visibility=Visibility.SHOWN, **{"shown_name": "海风"} | words))
    decide_words(cast.moderator(), gift, is_approved=True, excuse="已核对")


@transaction
def _organisation(**changes):
    row = cast.organisation()
    row.status = "registered"
    for name, value in changes.items():
        setattr(row, name, value)
    session().flush()
    return row.id


def _centre(**changes):
    now = {"address": "南涧路1号", "phone": "0532-55500001", "hours": "周一至周五"}
    update_centre(cast.administrator(), cast.centre().id, **now | changes)


def _goods():
    wish, _pledge = counter.claimed()
    refuse_goods(counter.clerk_of(wish), wish.id, Fault.OTHER, note=PLANTED, excuse="已核对")


def _service():
    wish, _pledge = counter.claimed(kind="service")
    arrange_service(counter.clerk_of(wish), wish.id, clock.now() + timedelta(days=3), PLANTED, "已核对")


DOORS = {
    **{field: partial(_plan, field.partition(".")[2]) for field in PLAN_TEXTS},
    "campaigns.platform_name": _filing,
    "campaigns.pause_note": lambda: pause_gifts(cast.moderator(), stage.opened(), PLANTED, "Why"),
    "budget_lines.name": lambda: _budget(name=PLANTED),
    "budget_lines.unit_name": lambda: _budget(unit_name=PLANTED, unit_name_en="A quilt", unit_minor=10),
    "milestones.name": lambda: set_milestones(
        stage.finance(), stage.draft(), [Aim(PLANTED, "Quilts", date(2026, 12, 1))]
    ),
    "campaign_updates.title": lambda: _update(title=PLANTED),
    "campaign_updates.body": lambda: _update(body=PLANTED),
    "campaign_pictures.caption": lambda: _update(caption=PLANTED),
    "disclosure_reports.body": lambda: write_report(
        stage.finance(), stage.opened(), ReportKind.QUARTERLY, PLANTED, "All is well."
    ),
    "campaign_corrections.note": lambda: correct_plan(
        stage.finance(), stage.opened(), "use", "买被子", "Buying quilts", _note()
    ),
    "campaign_questions.public_body": lambda: let_through(cast.moderator(), _question(), PLANTED),
    "campaign_questions.answer": _answer,
    "disbursements.purpose": lambda: _payment(purpose=PLANTED),
    "disbursements.supplier": lambda: _payment(supplier=PLANTED),
    "disbursements.return_note": _return,
    "commitments.name": lambda: request_commitment(stage.finance(), promise(stage.opened(), name=PLANTED)),
    "gifts.shown_name": lambda: _gift(shown_name=PLANTED),
    "gifts.message": lambda: _gift(message=PLANTED),
    "gifts.honour": lambda: _gift(honour=PLANTED),
    "organisations.name": lambda: certify_organisation(cast.moderator(), _organisation(name=PLANTED)),
    "organisations.status_note": lambda: refuse_organisation(cast.moderator(), _organisation(), PLANTED),
    "service_centres.name": lambda: import_areas(
        cast.actor(Role.ADMINISTRATOR), [CentreEntry(2, PLANTED, "南涧路1号", "0532-55500001", "周一至周五", ())]
    ),
    "service_centres.address": lambda: _centre(address=PLANTED),
    "service_centres.phone": lambda: _centre(phone=ID),
    "service_centres.hours": lambda: _centre(hours=PLANTED),
    "pledges.refused_because": _goods,
    "pledges.appointment_note": _service,
    "refund_requests.answer": lambda: refuse_refund(stage.finance(), "none", PLANTED),
}
"""By public text, the act by which it would go on its way with an ID number in it."""


def test_every_public_text_has_a_door_that_is_tried():
    assert DOORS.keys() == {field for field, text in PUBLIC.items() if text.gate is not Gate.WISH}


@pytest.mark.usefixtures("app_context")
@pytest.mark.parametrize("field", DOORS)
def test_no_door_lets_an_id_number_through(field):
    with pytest.raises(HoldsPersonalData) as held:
        DOORS[field]()
    assert [(each.field, each.piece) for each in held.value.findings] == [(field, ID)]


@pytest.mark.usefixtures("app_context")
def test_corrected_budget_line_says_why_without_an_id_number():
    number = stage.opened()
    with pytest.raises(HoldsPersonalData):
        correct_budget_line(stage.finance(), number, stage.line_of(number), 700_00, _note())
