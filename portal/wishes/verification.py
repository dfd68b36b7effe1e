"""The clerk's decision about a wish that came in: verified, returned, rejected, or referred to policy help."""

from dataclasses import dataclass
from enum import StrEnum

from flask_babel import gettext as _

from portal.accounts.queries import find_address
from portal.accounts.rules import Actor
from portal.areas.queries import get_centre
from portal.db import transaction
from portal.households.models import ConsentUse
from portal.households.queries import find_family_address, has_consent, is_address_shared, is_id_shared
from portal.i18n import in_language
from portal.limits.service import get_limits
from portal.outbox.service import Address, enqueue
from portal.web import absolute_url
from portal.wishes.kinds import CHILD_BANDS, CHILD_GROUPS, AgeBand, BeneficiaryGroup
from portal.wishes.models import Wish
from portal.wishes.rules import WishAction, WishState
from portal.wishes.service import get_wish, get_wish_by_id, move_wish

DECISIONS = (WishAction.VERIFY, WishAction.RETURN, WishAction.REFER, WishAction.REJECT)
"""What a clerk (and on a verified wish a moderator) may decide, kindest first."""


class Obstacle(StrEnum):
    """What stands between a wish and being verified."""

    CONSENT_MISSING = "consent_missing"
    ID_SHARED = "id_shared"
    TOO_DEAR = "too_dear"


class Remark(StrEnum):
    """What a clerk should look at, though it keeps no wish from being verified."""

    ADULT_IN_CHILD_GROUP = "adult_in_child_group"
    ADDRESS_SHARED = "address_shared"
    REASON_MISSING = "reason_missing"


class VerificationBlocked(Exception):
    """The wish cannot be verified while its obstacles stand."""

    def __init__(self, obstacles: tuple[Obstacle, ...]) -> None:
        super().__init__(", ".join(obstacles))
        self.obstacles = obstacles


class ReasonNeeded(ValueError):
    """A wish is not sent back, turned down or passed on without saying why."""


@dataclass(frozen=True, slots=True)
class ManyVerified:
    """What became of several wishes verified at once: those that are, and those that still have obstacles."""

    verified: tuple[str, ...]
    left: tuple[str, ...]


def obstacles_of(wish: Wish) -> tuple[Obstacle, ...]:
    """Return what keeps a wish from being verified.

    Without the family's consent to publish it can only be referred (PIPL 25);
    an ID number under two names must be compared with the document first.
    """
    found = []
    if not has_consent(wish.id, ConsentUse.PUBLISH):
        found.append(Obstacle.CONSENT_MISSING)
    if is_id_shared(wish.household_id):
        found.append(Obstacle.ID_SHARED)
    if wish.total_minor > get_limits().wish_price_minor:
        found.append(Obstacle.TOO_DEAR)
    return tuple(found)


def remarks_of(wish: Wish) -> tuple[Remark, ...]:
    """Return what a clerk should look at before verifying a wish."""
    found = []
    if BeneficiaryGroup(wish.group) in CHILD_GROUPS and AgeBand(wish.age_band) not in CHILD_BANDS:
        found.append(Remark.ADULT_IN_CHILD_GROUP)
    if is_address_shared(wish.household_id):
        found.append(Remark.ADDRESS_SHARED)
    if not wish.reason.strip():
        found.append(Remark.REASON_MISSING)
    return tuple(found)


@transaction
def decide(actor: Actor, wish_id: int, decision: WishAction, reason: str | None = None) -> WishState:
    """Take one of the DECISIONS; the reporter or the family hears that there is news.

    Raises VerificationBlocked, ReasonNeeded, WrongState, NotAllowed, WishNotFound.
    """
    wish = get_wish_by_id(wish_id)
    note = (reason or "").strip() or None
    if decision is WishAction.VERIFY:
        obstacles = obstacles_of(wish)
        if obstacles:
            raise VerificationBlocked(obstacles)
    elif note is None:
        raise ReasonNeeded
    state = move_wish(wish_id, decision, actor, note=note)
    if state is WishState.RETURNED:
        _tell_reporter(wish)
    elif state in (WishState.REJECTED, WishState.REFERRED):
        _tell_family(wish)
    return state


@transaction
def verify_many(actor: Actor, numbers: list[str]) -> ManyVerified:
    """Verify those of several wishes that have no obstacles, and leave the others as they are.

    Raises WrongState, NotAllowed, WishNotFound for any that is not waiting for this actor; then none is verified.
    """
    verified, left = [], []
    for number in numbers:
        try:
            decide(actor, get_wish(number).id, WishAction.VERIFY)
        except VerificationBlocked:
            left.append(number)
        else:
            verified.append(number)
    return ManyVerified(tuple(verified), tuple(left))


def _tell_reporter(wish: Wish) -> None:
    address = find_address(wish.filed_by_id) if wish.filed_by_id is not None else None
    if address is None:
        return
    with in_language(address.locale):
        enqueue(
            Address("mail", address.email),
            "wish_returned",
            subject=_("心愿 %(number)s 需要补充", number=wish.number),
            body=_(
                "您报送的心愿 %(number)s 被退回，请看原因，补充后再提交：%(link)s",
                number=wish.number,
                link=absolute_url("admin.show_wish", number=wish.number),
            ),
            dedupe_key=f"wish-returned:{wish.number}:{wish.version}",
        )


def _tell_family(wish: Wish) -> None:
    address = find_family_address(wish.household_id)
    if address is None:
        return
    with in_language("zh"):
        enqueue(
            address,
            "family_news",
            subject="",
            body=_(
                "您登记的心愿有了新的进展。请用纸条上的查询码在 %(link)s 查看，或致电服务中心 %(phone)s。",
                link=absolute_url("family.enter"),
                phone=get_centre(wish.service_centre_id).phone,
            ),
            dedupe_key=f"family-news:{wish.number}:{wish.version}",
        )
