"""The two keys that close a wish: the family's word on what it got, and a moderator who agrees.

What does not fit is settled here too: goods found, replaced, offered to others
or referred.
"""

from flask_babel import gettext as _
from sqlalchemy import select

from portal import clock
from portal.accounts.rules import Actor, ActorKind, NotAllowed
from portal.db import session, transaction
from portal.handover.deliveries import require_photo_consent, start_delivery
from portal.handover.models import Acknowledgement, Delivery
from portal.handover.rules import SETTLED_BY, Answer, Proof, Settlement, Through
from portal.i18n import in_language
from portal.ledger.registers import undo_lines
from portal.limits.service import get_limits
from portal.pledges.models import Pledge, Promise
from portal.pledges.queries import find_live_pledge
from portal.pledges.rules import due_after_refusal
from portal.pledges.service import end_pledge_of_wish, mark_fulfilled, mark_refused
from portal.wishes.kinds import WishKind
from portal.wishes.models import Wish
from portal.wishes.rules import WishAction, WishState, WrongState, may_close_by_slip
from portal.wishes.service import WishNotFound, get_wish, get_wish_by_id, move_wish


class TooSoon(Exception):
    """The family still has time to answer by itself, so a signed slip may not speak for it yet."""


class SlipMissing(ValueError):
    """There is no signed slip that could speak for the family."""


@transaction
def acknowledge(
    actor: Actor, wish_id: int, answer: Answer, through: Through, note: str | None = None, slip: str | None = None
) -> WishState:
    """Record the family's word: received confirms, anything else reopens; return where the wish stands then.

    By code the family speaks itself; a clerk may write down what it said; a
    signed slip says received once limits.confirm_days have passed without an
    answer: the one of the hand-over, or `slip`, the name of a kept picture.

    Raises WrongState, NotAllowed, TooSoon, SlipMissing, ConsentMissing, WishNotFound.
    """
    wish = get_wish_by_id(wish_id)
    if (through is Through.CODE) != (actor.kind is ActorKind.FAMILY):
        raise NotAllowed
    if through is Through.SLIP:
        _check_slip(wish, answer, slip)
    action = WishAction.CONFIRM if answer is Answer.RECEIVED else WishAction.COMPLAIN
    state = move_wish(wish_id, action, actor, note=note)
    session().add(
        Acknowledgement(
            wish_id=wish_id,
            answer=answer,
            through=through,
            person_id=actor.person_id,
            note=note,
            slip=slip,
            at=clock.now(),
        )
    )
    session().flush()
    if action is WishAction.COMPLAIN:
        undo_lines(wish.number)
    return state


@transaction
def settle_reopened(actor: Actor, wish_id: int, how: Settlement, note: str | None = None) -> WishState:
    """Settle what a family says is not right; return where the wish stands then.

    Found goods are handed over again with a new pick-up code. A replacement
    gives the pledger a new deadline. Offered again or referred ends the pledge
    without a lapse. `note` stays among the staff.

    Raises WrongState, NotAllowed, WishNotFound.
    """
    wish = get_wish_by_id(wish_id)
    if wish.state != WishState.REOPENED:
        raise WrongState("nothing to settle")
    if how is Settlement.REPLACE:
        return _ask_for_another(actor, wish, note)
    if how is Settlement.FIND and (wish.kind != WishKind.GOODS or find_live_pledge(wish_id) is None):
        raise WrongState("nothing was brought that could be found")
    if how in (Settlement.REPUBLISH, Settlement.REFER):
        end_pledge_of_wish(wish_id, "reopened")
    state = move_wish(wish_id, SETTLED_BY[how], actor, note=note)
    if how is Settlement.FIND:
        start_delivery(wish)
    return state


def _ask_for_another(actor: Actor, wish: Wish, note: str | None) -> WishState:
    pledge = find_live_pledge(wish.id)
    if pledge is None:
        raise WrongState("nobody is there to bring another")
    due_at = due_after_refusal(None, clock.now(), get_limits())
    state = move_wish(wish.id, WishAction.REPLACE, actor, note=note, deadline_at=due_at)
    mark_refused(pledge.pledge_id, _why_another(wish, pledge.pledge_id), due_at)
    return state


def _why_another(wish: Wish, pledge_id: int) -> str:
    """Return what a pledger is told of the family's answer, in their language: the fact, never the family's words."""
    last = latest_acknowledgement(wish.id)
    answer = Answer(last.answer) if last is not None else Answer.WRONG
    locale = session().scalar(
        select(Promise.locale).join(Pledge, Pledge.promise_id == Promise.id).where(Pledge.id == pledge_id)
    )
    with in_language(locale or "zh"):
        return _what_was_wrong_with_service(answer) if wish.kind == WishKind.SERVICE else _what_was_wrong(answer)


def _what_was_wrong(answer: Answer) -> str:
    if answer is Answer.PARTLY:
        return _("交到手里时少了一部分")
    if answer is Answer.NOT_RECEIVED:
        return _("没有能交到手里")
    return _("交到手里后发现不对，或者用不了")


def _what_was_wrong_with_service(answer: Answer) -> str:
    if answer is Answer.PARTLY:
        return _("只做了一部分")
    if answer is Answer.NOT_RECEIVED:
        return _("这次没有做成")
    return _("这次做得不合适")


@transaction
def close_wish(actor: Actor, wish_id: int) -> None:
    """Close a wish on the family's yes and thank the pledger; a clock then sets the day of forgetting.

    Two keys: whoever wrote the yes down for the family may not close.

    Raises WrongState, NotAllowed, WishNotFound.
    """
    last = latest_acknowledgement(wish_id)
    if last is None or last.answer != Answer.RECEIVED:
        raise WrongState("the family has not said yes")
    if last.person_id is not None and last.person_id == actor.person_id:
        raise NotAllowed
    move_wish(wish_id, WishAction.CLOSE, actor)
    mark_fulfilled(wish_id)


def close_wishes(actor: Actor, numbers: list[str]) -> list[str]:
    """Close many wishes, each by itself, and return the numbers of those that could be closed."""
    closed = []
    for number in numbers:
        try:
            close_wish(actor, get_wish(number).id)
        except (WrongState, NotAllowed, WishNotFound):
            continue
        closed.append(number)
    return closed


def latest_acknowledgement(wish_id: int) -> Acknowledgement | None:
    """Return the family's last word on a wish."""
    return session().scalar(
        select(Acknowledgement).where(Acknowledgement.wish_id == wish_id).order_by(Acknowledgement.id.desc()).limit(1)
    )


def has_signed_slip(wish_id: int) -> bool:
    """Tell whether somebody signed for the last hand-over of a wish."""
    last = select(Delivery.proof).where(Delivery.wish_id == wish_id).order_by(Delivery.id.desc()).limit(1)
    return session().scalar(last) == Proof.SIGNATURE


def _check_slip(wish: Wish, answer: Answer, slip: str | None) -> None:
    if answer is not Answer.RECEIVED or wish.state != WishState.HANDED_OVER:
        raise WrongState("a slip says received after a hand-over, and nothing else")
    if not may_close_by_slip(wish.state_since, clock.now(), get_limits()):
        raise TooSoon
    if slip is None and not has_signed_slip(wish.id):
        raise SlipMissing
    require_photo_consent(wish.id, slip)
