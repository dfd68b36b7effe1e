"""Pays what was approved, with its voucher, and posts it to the book; a surplus moves on, a supplier gives money back.

Never pays more than the fund holds: the database itself refuses it.
"""

from collections.abc import Mapping
from datetime import date

from portal import clock
from portal.accounts.rules import Actor
from portal.campaigns.models import Campaign, Disbursement
from portal.campaigns.rules import APPROVERS, WRITERS, check_role, check_second_person
from portal.campaigns.service import needed
from portal.campaigns.spending import DisbursementMovedOn, get_disbursement, payment_subject, step
from portal.campaigns.spending_models import DisbursementState
from portal.campaigns.vouchers import Voucher
from portal.db import session, transaction
from portal.gate.service import check_published
from portal.ledger.queries import entry_reference
from portal.ledger.rules import BANK, EntryKind, Line, Part, fund
from portal.ledger.service import post_entry

D = DisbursementState


class DayWrong(ValueError):
    """Nothing is paid before it was asked for, or tomorrow."""


@transaction
def pay_disbursement(actor: Actor, public_id: str, paid_on: date, voucher: Voucher) -> None:
    """Record that an approved payment was made, and post it: debit fund.<n>.disbursed, credit bank.

    Locks the payment's row, then the book's head.

    Raises NotAllowed, DayWrong, FundShort, DisbursementMovedOn, DisbursementNotFound.
    """
    check_role(actor, WRITERS)
    row = get_disbursement(public_id)
    if row.to_campaign_id is not None:
        raise DisbursementMovedOn("a transfer has no voucher")
    if not clock.local_date(row.requested_at) <= paid_on <= clock.today():
        raise DayWrong
    campaign = session().get_one(Campaign, row.campaign_id)
    spent = fund(campaign.number, Part.DISBURSED)
    lines = [Line(spent, row.amount_minor), Line(BANK, -row.amount_minor)]
    values = {"paid_on": paid_on, "voucher": voucher.original, "voucher_copy": voucher.copy}
    _pay(actor, row, EntryKind.DISBURSEMENT, lines, values)


@transaction
def pay_transfer(actor: Actor, public_id: str) -> None:
    """Move an approved surplus: debit fund.<n>.transferred, credit fund.<m>.transferred of the like campaign.

    Locks the payment's row, then the book's head.

    Raises NotAllowed, FundShort, DisbursementMovedOn, DisbursementNotFound.
    """
    check_role(actor, WRITERS)
    row = get_disbursement(public_id)
    if row.to_campaign_id is None:
        raise DisbursementMovedOn("no transfer")
    campaign = session().get_one(Campaign, row.campaign_id)
    other = session().get_one(Campaign, row.to_campaign_id)
    lines = [
        Line(fund(campaign.number, Part.TRANSFERRED), row.amount_minor),
        Line(fund(other.number, Part.TRANSFERRED), -row.amount_minor),
    ]
    _pay(actor, row, EntryKind.TRANSFER, lines, {"paid_on": clock.today()})


@transaction
def return_disbursement(actor: Actor, public_id: str, note: str, note_en: str, excuse: str | None = None) -> None:
    """Record that a supplier gave a payment back, and post it: debit bank, credit fund.<n>.disbursed.

    Another person does it than the one who paid. Locks the payment's row, then the book's head.

    Raises NotAllowed, OwnWork, ReasonNeeded, HoldsPersonalData, ExcuseNeeded,
    ModeratorNeeded, DisbursementMovedOn, DisbursementNotFound.
    """
    check_role(actor, APPROVERS)
    row = get_disbursement(public_id)
    words = [("disbursements.return_note", note), ("disbursements.return_note_en", note_en)]
    check_published(actor, payment_subject(row), words, excuse)
    check_second_person(actor, frozenset({row.paid_by_id}) if row.paid_by_id else frozenset())
    if row.to_campaign_id is not None:
        raise DisbursementMovedOn("a transfer goes back by another transfer")
    campaign = session().get_one(Campaign, row.campaign_id)
    reference = entry_reference("disbursement-return", row.public_id)
    values = {
        "returned_on": clock.today(),
        "return_reference": reference,
        "return_note": needed(note),
        "return_note_en": needed(note_en),
    }
    step(actor, row, D.PAID, D.RETURNED, values)
    lines = [Line(BANK, row.amount_minor), Line(fund(campaign.number, Part.DISBURSED), -row.amount_minor)]
    post_entry(EntryKind.SUPPLIER_RETURN, lines, reference=reference, currency=row.currency)


def _pay(actor: Actor, row: Disbursement, kind: EntryKind, lines: list[Line], values: Mapping[str, object]) -> None:
    reference = entry_reference("disbursement", row.public_id)
    step(actor, row, D.APPROVED, D.PAID, {**values, "paid_by_id": actor.person_id, "reference": reference})
    post_entry(kind, lines, reference=reference, currency=row.currency)
