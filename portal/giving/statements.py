"""Takes in bank statements and matches their lines with gifts and refunds; a person matches the rest."""

from collections import Counter
from dataclasses import asdict, dataclass

from sqlalchemy import select

from portal import clock
from portal.accounts.rules import Actor, Role
from portal.audit import service as audit
from portal.db import insert_unless_there, session, transaction
from portal.giving.absorbing import absorb
from portal.giving.commitments import take_match
from portal.giving.gateways.bank_transfer import BANK_TRANSFER, find_references
from portal.giving.gateways.protocol import MovementKind, PayoutItem, ProviderPayout
from portal.giving.gateways.registry import get_gateway
from portal.giving.making import Donor, Words, begin_payment, make_gift, note_started
from portal.giving.models import BankLine, Payment, Refund
from portal.giving.payouts import absorb_payout
from portal.giving.rules import PAID_STATES, RefundState
from portal.giving.statement_reading import StatementLine, read_statement
from portal.giving.syncing import source_of
from portal.sealing import keyed_hash

CURRENCY = "CNY"


class LineSettled(Exception):
    """Another person has settled the line already."""


class LineNotFound(LookupError):
    """There is no such line."""


class NothingMatches(Exception):
    """No unpaid gift or open refund has this reference and just this amount."""


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What became of a statement: lines that are new, that were known, and new ones that matched by themselves."""

    added: int
    known: int
    matched: int


def import_statement(actor: Actor, data: bytes, filename: str) -> TakenIn:
    """Keep each line of a statement once and match the new ones; the same file again adds nothing.

    Raises NotAllowed, SheetRefused, StatementUnclear.
    """
    actor.require({Role.FINANCE})
    lines = read_statement(data, filename, clock.today())
    new = _keep(actor, lines)
    matched = sum(_match(line_id) for line_id in new)
    return TakenIn(len(new), len(lines) - len(new), matched)


@transaction
def match_line(actor: Actor, line_id: int, reference: str) -> None:
    """Match a line with the gift or refund of a reference, which must be of just this amount.

    Raises NotAllowed, LineNotFound, LineSettled, NothingMatches.
    """
    actor.require({Role.FINANCE})
    line = _lock(line_id)
    if not any(_book(line, each) for each in find_references(reference)):
        raise NothingMatches
    _settled_by(actor, line, "bank_line.match")


@transaction
def book_line(actor: Actor, line_id: int, campaign_number: str, email: str) -> None:
    """Make a gift to a campaign out of money that came without a reference, or of another amount than was said.

    `email` is the donor's where finance knows it, else the foundation's own.

    Raises NotAllowed, LineNotFound, LineSettled, NothingMatches, AmountOutOfBounds, CampaignTakesNoGifts.
    """
    actor.require({Role.FINANCE})
    line = _lock(line_id)
    if line.amount_minor < 0:
        raise NothingMatches
    gift = make_gift(campaign_number, line.amount_minor, Donor(email), Words())
    attempt = begin_payment(gift.public_id, BANK_TRANSFER)
    started = get_gateway(BANK_TRANSFER).start(attempt.order)
    note_started(attempt.payment_id, started)
    session().expire_all()
    if not _book(_lock(line_id), started.provider_ref):
        raise NothingMatches
    _settled_by(actor, line, "bank_line.book")


@transaction
def set_line_aside(actor: Actor, line_id: int, note: str) -> None:
    """Decide that a line is no gift and no refund, and say what it is.

    Raises NotAllowed, LineNotFound, LineSettled.
    """
    actor.require({Role.FINANCE})
    line = _lock(line_id)
    line.note, line.settled_by_id, line.state, line.settled_at = note, actor.person_id, "aside", clock.now()
    audit.record(actor, "bank_line.aside", "bank_line", line_id, before={"state": "waiting"}, after={"state": "aside"})


@transaction
def _keep(actor: Actor, lines: list[StatementLine]) -> list[int]:
    seen, new = Counter[str](), []
    for line in lines:
        name = f"serial:{line.serial}:{line.amount_minor}" if line.serial else repr(line)
        # Two lines that are alike in all are two; a serial number stands for one only.
        seen[name] += 1
        place = 0 if line.serial else seen[name]
        key = insert_unless_there(
            BankLine,
            line_hash=keyed_hash("bank-line", f"{name}:{place}"),
            booked_on=line.booked_on,
            amount_minor=line.amount_minor,
            currency=CURRENCY,
            details={name: value for name, value in asdict(line).items() if name in ("payer", "memo", "serial")},
            state="waiting",
            imported_by_id=actor.person_id,
            created_at=clock.now(),
        )
        if key is not None:
            new.append(key)
    audit.record(actor, "statement.import", "statement", str(len(lines)), after={"added": len(new)})
    return new


@transaction
def _match(line_id: int) -> bool:
    line = _lock(line_id)
    return any(_book(line, each) for each in dict.fromkeys(find_references((line.details or {}).get("memo", ""))))


def _book(line: BankLine, reference: str) -> bool:
    """Book a line as the payment or refund of a reference; tell whether it is one, unsettled and of this amount.

    Posts last: the gift or refund against the clearing account, then the line itself against the bank.
    """
    if line.amount_minor > 0 and take_match(line, reference):
        return True
    item = _as_payment(line, reference) if line.amount_minor > 0 else _as_refund(line, reference)
    if item is None:
        return False
    line.state, line.settled_at = "matched", clock.now()
    session().flush()
    gateway = get_gateway(BANK_TRANSFER)
    absorb(source_of(gateway), gateway.fetch(_reference_of_payment(line)))
    payout = ProviderPayout(f"line-{line.id}", line.amount_minor, CURRENCY, gateway.livemode, line.booked_on, (item,))
    return absorb_payout(source_of(gateway), payout)


def _as_payment(line: BankLine, reference: str) -> PayoutItem | None:
    payment = session().scalar(
        select(Payment).where(
            Payment.gateway == BANK_TRANSFER,
            Payment.provider_ref == reference,
            Payment.amount_minor == line.amount_minor,
            Payment.currency == line.currency,
            Payment.state.not_in(PAID_STATES),
        )
    )
    if payment is None:
        return None
    line.payment_id = payment.id
    return PayoutItem(MovementKind.PAYMENT, reference, line.amount_minor)


def _as_refund(line: BankLine, reference: str) -> PayoutItem | None:
    refund = session().scalar(
        select(Refund)
        .join(Payment, Payment.id == Refund.payment_id)
        .where(
            Payment.gateway == BANK_TRANSFER,
            Refund.provider_ref == reference,
            Refund.amount_minor == -line.amount_minor,
            Refund.state == RefundState.SENT,
        )
    )
    if refund is None:
        return None
    line.refund_id = refund.id
    return PayoutItem(MovementKind.REFUND, reference, line.amount_minor)


def _reference_of_payment(line: BankLine) -> str:
    of_refund = select(Refund.payment_id).where(Refund.id == line.refund_id).scalar_subquery()
    wanted = Payment.id == (line.payment_id if line.payment_id is not None else of_refund)
    return str(session().scalars(select(Payment.provider_ref).where(wanted)).one())


def _lock(line_id: int) -> BankLine:
    line = session().get(BankLine, line_id, with_for_update=True, populate_existing=True)
    if line is None:
        raise LineNotFound(line_id)
    if line.state != "waiting":
        raise LineSettled
    return line


def _settled_by(actor: Actor, line: BankLine, act: str) -> None:
    line.settled_by_id = actor.person_id
    audit.record(actor, act, "bank_line", line.id, before={"state": "waiting"}, after={"state": line.state})
