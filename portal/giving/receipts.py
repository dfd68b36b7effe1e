"""Official donation receipts: asked for by donors, issued by the finance bureau's system, recorded here by finance."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from portal import clock
from portal.accounts.rules import Actor, Role
from portal.audit import service as audit
from portal.db import session, transaction
from portal.giving.aftermath import left_minor
from portal.giving.letters import tell
from portal.giving.making import lock_gift
from portal.giving.models import Gift, Payment, Receipt
from portal.giving.rules import KEPT_STATES, News, PaymentState


class ReceiptNotDue(Exception):
    """There is nothing to give a receipt for: the gift is not paid, or went back."""


class ReceiptMovedOn(Exception):
    """The receipt is not in the state this act starts from."""


class ReceiptNumberTaken(Exception):
    """Another receipt has this code and number."""


@dataclass(frozen=True, slots=True)
class Issued:
    """What stands on an official receipt (捐赠票据), as the finance bureau's system gave it out."""

    receipt_code: str
    receipt_no: str
    check_code: str
    issued_on: date


@transaction
def ask_for_receipt(gift_public_id: str, title: str, tax_number: str | None) -> bool:
    """Note that a donor wants an official receipt (慈善法 38); asked again, the newest words count.

    Tells whether it is new. Raises GiftNotFound, ReceiptNotDue, ReceiptMovedOn when one is issued already.
    """
    gift = lock_gift(gift_public_id)
    payment = session().scalar(
        select(Payment).where(Payment.gift_id == gift.id, Payment.state == PaymentState.SUCCEEDED)
    )
    left = left_minor(payment) if payment is not None and gift.state in KEPT_STATES else 0
    if left <= 0:
        raise ReceiptNotDue
    live = _live(gift)
    if live is not None and live.state != "requested":
        raise ReceiptMovedOn
    asked = {"title": title, "tax_number": tax_number}
    if live is not None:
        live.asked, live.amount_minor = asked, left
        return False
    session().add(Receipt(gift_id=gift.id, state="requested", asked=asked, amount_minor=left, created_at=clock.now()))
    return True


@transaction
def issue_receipt(actor: Actor, receipt_id: int, issued: Issued) -> None:
    """Record the numbers of a receipt that was issued, and tell the donor.

    Raises NotAllowed, ReceiptMovedOn, ReceiptNumberTaken.
    """
    actor.require({Role.FINANCE})
    gift, receipt = _lock(receipt_id)
    if receipt.state != "requested":
        raise ReceiptMovedOn
    taken = session().scalar(
        select(Receipt.id).where(Receipt.receipt_code == issued.receipt_code, Receipt.receipt_no == issued.receipt_no)
    )
    if taken is not None:
        raise ReceiptNumberTaken
    receipt.state, receipt.issued_by_id, receipt.issued_on = "issued", actor.person_id, issued.issued_on
    receipt.receipt_code, receipt.receipt_no, receipt.check_code = (
        issued.receipt_code,
        issued.receipt_no,
        issued.check_code,
    )
    audit.record(actor, "receipt.issue", "receipt", receipt.id, after={"receipt_no": issued.receipt_no})
    tell(gift, News.RECEIPT_ISSUED, key=str(receipt.id))


@transaction
def void_receipt(actor: Actor, receipt_id: int, reason: str, *, reissue: bool = False) -> None:
    """Record that an issued receipt is void and why; with `reissue` it waits to be issued anew.

    Raises NotAllowed, ReceiptMovedOn.
    """
    actor.require({Role.FINANCE})
    gift, receipt = _lock(receipt_id)
    if receipt.state != "issued":
        raise ReceiptMovedOn
    receipt.state, receipt.void_reason = "voided", reason
    receipt.voided_at, receipt.voided_by_id = clock.now(), actor.person_id
    session().flush()
    audit.record(actor, "receipt.void", "receipt", receipt.id, after={"reason": reason})
    if reissue:
        ask_for_receipt(
            gift.public_id, (receipt.asked or {}).get("title") or "", (receipt.asked or {}).get("tax_number")
        )
    else:
        tell(gift, News.RECEIPT_VOIDED, key=str(receipt.id), words=reason)


def _live(gift: Gift) -> Receipt | None:
    return session().scalar(select(Receipt).where(Receipt.gift_id == gift.id, Receipt.state != "voided"))


def _lock(receipt_id: int) -> tuple[Gift, Receipt]:
    receipt = session().get(Receipt, receipt_id)
    if receipt is None:
        raise ReceiptMovedOn
    gift = session().get_one(Gift, receipt.gift_id, with_for_update=True, populate_existing=True)
    session().refresh(receipt)
    return gift, receipt
