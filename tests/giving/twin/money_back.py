"""How money goes back at the twin: refunds that are ordered or made there, and what donors' banks take."""

from datetime import datetime
from typing import Any

from tests.giving.twin.things import Things

DISPUTE_FEE = 1_500


class MoneyBack(Things):
    """The account's refunds and disputes."""

    def refund(self, charge: dict[str, Any], amount: int, metadata: dict[str, str]) -> dict[str, Any]:
        """Give money back; cards at once, wallets later."""
        is_card = charge["payment_method_details"]["type"] == "card"
        refund = self.add(
            *("re", "refund"),
            amount=amount,
            currency=charge["currency"],
            charge=charge["id"],
            payment_intent=charge["payment_intent"],
            metadata=metadata,
            status="succeeded" if is_card else "pending",
        )
        if is_card:
            self.move_refund(refund)
        charge["amount_refunded"] += amount
        charge["refunded"] = charge["amount_refunded"] == charge["amount"]
        self.note("refund.created", refund)
        self.note("charge.refunded", charge)
        return refund

    def fail_refund(self, name: str, now: datetime | None = None) -> None:
        """Let a refund come back."""
        with self.lock:
            refund = self.things[name]
            if refund["status"] == "succeeded":
                self.move(refund["amount"], 0, "refund_failure", refund["id"])
            refund["status"] = "failed"
            charge = self.things[refund["charge"]]
            charge["amount_refunded"] -= refund["amount"]
            charge["refunded"] = False
            self.note("refund.failed", refund)

    def dispute(self, ref: str, now: datetime | None = None, *, is_inquiry: bool = False) -> str:
        """Let the donor's bank take back what is left, or only ask."""
        return self.dispute_charge(self.charge_of(ref), is_inquiry=is_inquiry)

    def dispute_charge(self, charge: dict[str, Any], *, is_inquiry: bool = False) -> str:
        """Let the donor's bank take back what is left of a charge, or only ask."""
        with self.lock:
            amount = charge["amount"] - charge["amount_refunded"]
            dispute = self.add(
                *("dp", "dispute"),
                amount=amount,
                currency=charge["currency"],
                charge=charge["id"],
                payment_intent=charge["payment_intent"],
                status="warning_needs_response" if is_inquiry else "needs_response",
                balance_transactions=[],
                metadata={},
            )
            if not is_inquiry:
                dispute["balance_transactions"].append(self.move(-amount, DISPUTE_FEE, "adjustment", dispute["id"]))
            charge["disputed"] = True
            self.note("charge.dispute.created", dispute)
            return str(dispute["id"])

    def close_dispute(self, name: str, now: datetime | None = None, *, is_won: bool, fee: int = 0) -> None:
        """Let the bank decide; `fee` is what comes on top, or below zero comes back."""
        with self.lock:
            dispute = self.things[name]
            dispute["status"] = "won" if is_won else "lost"
            if is_won or fee:
                amount = dispute["amount"] if is_won else 0
                dispute["balance_transactions"].append(self.move(amount, fee, "adjustment", name))
            self.note("charge.dispute.closed", dispute)
