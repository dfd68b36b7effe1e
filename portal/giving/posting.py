"""What gifts, fees, refunds, chargebacks and payouts are in the book: debit and credit of each, posted once per row.

Call inside the transaction of the verb, after its own rows are locked: the
book's head is held until the transaction ends.
"""

from portal.giving.models import BankLine, Dispute, Gift, Payment, Refund
from portal.giving.payout_models import Payout
from portal.ledger.queries import entry_reference
from portal.ledger.rules import BANK, EntryKind, Line, Part, clearing, fund
from portal.ledger.service import post_entry, reverse_entry


def post_gift(gift: Gift, payment: Payment) -> None:
    """Debit what the gateway holds for us, credit what the campaign's fund received; the payment keeps its entry."""
    payment.entry_sequence = _post(
        EntryKind.GIFT,
        (clearing(payment.gateway), fund(gift.campaign_number, Part.RECEIVED)),
        payment.amount_minor,
        gift_reference(payment.id),
        payment.currency,
    )


def post_fee(gift: Gift, payment: Payment) -> None:
    """Debit the fund's fees, credit what the gateway holds for us."""
    if payment.fee_minor:
        _post(
            EntryKind.FEE,
            (fund(gift.campaign_number, Part.FEES), clearing(payment.gateway)),
            payment.fee_minor,
            entry_reference("gift-fee", payment.id),
            payment.currency,
        )


def post_refund(gift: Gift, payment: Payment, refund: Refund) -> None:
    """Debit what the fund gave back, credit what the gateway holds for us."""
    _post(
        EntryKind.REFUND,
        (fund(gift.campaign_number, Part.REFUNDED), clearing(payment.gateway)),
        refund.amount_minor,
        entry_reference("refund", refund.id),
        refund.currency,
    )


def undo_refund(refund: Refund) -> None:
    """Reverse the entry of a refund that came back to us."""
    reverse_entry(entry_reference("refund", refund.id), new_reference=entry_reference("refund-undone", refund.id))


def post_dispute(gift: Gift, payment: Payment, dispute: Dispute) -> None:
    """Debit what the fund lost to the donor's bank and the bank's fee, credit what the gateway holds for us."""
    number, gateway = gift.campaign_number, clearing(payment.gateway)
    lines = [Line(fund(number, Part.REFUNDED), dispute.amount_minor)]
    if dispute.fee_minor:
        lines.append(Line(fund(number, Part.FEES), dispute.fee_minor))
    lines.append(Line(gateway, -dispute.amount_minor - dispute.fee_minor))
    post_entry(EntryKind.CHARGEBACK, lines, reference=entry_reference("dispute", dispute.id), currency=dispute.currency)


def undo_dispute(dispute: Dispute) -> None:
    """Reverse the entry of a chargeback that was won."""
    reverse_entry(entry_reference("dispute", dispute.id), new_reference=entry_reference("dispute-won", dispute.id))


def post_dispute_end(gift: Gift, payment: Payment, dispute: Dispute) -> None:
    """Debit the fund's fees with what the end of a chargeback cost, credit what the gateway holds for us."""
    if dispute.closing_fee_minor:
        _post(
            EntryKind.CHARGEBACK,
            (fund(gift.campaign_number, Part.FEES), clearing(payment.gateway)),
            dispute.closing_fee_minor,
            entry_reference("dispute-end", dispute.id),
            dispute.currency,
        )


def post_payout(payout: Payout) -> None:
    """Debit the bank, credit what the gateway holds for us; below zero the other way, and nothing for nothing."""
    if payout.amount_minor:
        _post(
            EntryKind.PAYOUT,
            (BANK, clearing(payout.gateway)),
            payout.amount_minor,
            entry_reference("payout", payout.id),
            payout.currency,
        )


def post_matching(campaign_number: str, line: BankLine) -> int:
    """Debit the bank, credit the fund's matching part with what a company paid; return the number of the entry."""
    return _post(
        EntryKind.MATCHING,
        (BANK, fund(campaign_number, Part.MATCHING)),
        line.amount_minor,
        entry_reference("matching", line.id),
        line.currency,
    )


def gift_reference(payment_id: int) -> str:
    """Return the reference of a gift's entry, which its confirmation carries."""
    return entry_reference("gift", payment_id)


def _post(kind: EntryKind, debit_credit: tuple[str, str], amount_minor: int, reference: str, currency: str) -> int:
    """Post two lines and return the number of their entry."""
    debit, credit = debit_credit
    lines = [Line(debit, amount_minor), Line(credit, -amount_minor)]
    return post_entry(kind, lines, reference=reference, currency=currency).sequence
