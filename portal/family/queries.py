"""What a family's page shows: its own wish in plain words, and nothing of whoever pledged it."""

from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import format_date, format_time
from flask_babel import gettext as _
from sqlalchemy import select

from portal.accounts.queries import names_of
from portal.areas.queries import CentreCard, get_centre
from portal.clock import local_date
from portal.codes import grouped, pick_up_code
from portal.db import session
from portal.family.rules import answers_for, is_under_way, may_withdraw, way_of
from portal.formats import near_day
from portal.handover.acknowledgements import latest_acknowledgement
from portal.handover.models import Delivery
from portal.handover.rules import Answer, Way
from portal.households.models import ConsentUse, Household
from portal.households.queries import ConsentState, consent_states, list_reads
from portal.households.rules import Identity, mask_number
from portal.i18n import language
from portal.pledges.queries import find_live_pledge, public_items
from portal.wishes.kinds import WishKind
from portal.wishes.labels import PlainWords, words_for_family
from portal.wishes.models import Wish
from portal.wishes.queries import went_to_policy_help
from portal.wishes.rules import WishState, WrongState
from portal.wishes.service import get_wish_by_id


@dataclass(frozen=True, slots=True)
class Step:
    """One stage of the way of a wish, as the way macro draws it."""

    label: str
    state: str
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Collecting:
    """How a family gets goods that are at the centre."""

    code: str
    is_brought_home: bool
    deliverer: str | None
    wished_way: Way | None
    wished_note: str | None


@dataclass(frozen=True, slots=True)
class Appointment:
    """When and where a service takes place."""

    at: datetime
    place: str | None


@dataclass(frozen=True, slots=True)
class MaskedContact:
    """The contact on file, shown so far that a family sees whether it is right."""

    phone: str | None
    address: str | None


@dataclass(frozen=True, slots=True)
class FamilyWish:
    """A wish as its own family sees it."""

    wish_id: int
    number: str
    item: str
    size: str | None
    quantity: int
    category: str
    is_service: bool
    state: WishState
    now: str
    next_step: str
    steps: tuple[Step, ...]
    centre: CentreCard
    collecting: Collecting | None
    answers: tuple[Answer, ...]
    last_answer: Answer | None
    may_withdraw: bool
    is_under_way: bool
    consents: tuple[ConsentState, ...]
    read_on: tuple[date, ...]


def get_family_wish(wish_id: int) -> FamilyWish:
    """Return what the family's page shows.

    Raises WishNotFound.
    """
    wish = get_wish_by_id(wish_id)
    state = WishState(wish.state)
    collecting, appointment = _find_collecting(wish, state), _find_appointment(wish, state)
    words = _words(wish, state, collecting, appointment)
    last = latest_acknowledgement(wish_id)
    return FamilyWish(
        wish_id=wish_id,
        number=wish.number,
        item=_item(wish),
        size=wish.size,
        quantity=wish.quantity,
        category=wish.category,
        is_service=wish.kind == WishKind.SERVICE,
        state=state,
        now=words.now,
        next_step=words.next_step,
        steps=_steps(wish, state),
        centre=get_centre(wish.service_centre_id),
        collecting=collecting,
        answers=answers_for(state),
        last_answer=Answer(last.answer) if last else None,
        may_withdraw=may_withdraw(state),
        is_under_way=is_under_way(state),
        consents=tuple(consent_states(wish_id).values()),
        read_on=tuple(sorted({local_date(each.at) for each in list_reads(wish.household_id)}, reverse=True)),
    )


def get_collecting(wish_id: int) -> Collecting:
    """Return how a family gets goods that wait for it.

    Raises WrongState when none wait, WishNotFound.
    """
    wish = get_wish_by_id(wish_id)
    found = _find_collecting(wish, WishState(wish.state))
    if found is None:
        raise WrongState("nothing waits at the counter")
    return found


def get_masked_contact(wish_id: int) -> MaskedContact:
    """Return telephone and address on file with most of them hidden; no person of the staff sees them by this.

    Raises WishNotFound.
    """
    wish = get_wish_by_id(wish_id)
    sealed = session().scalar(select(Household.identity).where(Household.id == wish.household_id))
    if sealed is None:
        return MaskedContact(None, None)
    known = Identity.from_dict(sealed)
    phone, address = known.contact_phone, known.address
    return MaskedContact(
        phone=mask_number(phone, head=3, tail=2) if phone else None,
        address=address[:2] + "*" * 6 if address else None,
    )


def consent_of(wish: FamilyWish, use: ConsentUse) -> ConsentState:
    """Return the latest word on one use."""
    return next(consent for consent in wish.consents if consent.use is use)


def _item(wish: Wish) -> str:
    """Return what was wished for; a reader of English gets the words of the public text where there is one."""
    return public_items([wish.number]).get(wish.number, wish.item) if language() == "en" else wish.item


def _words(wish: Wish, state: WishState, collecting: Collecting | None, appointment: Appointment | None) -> PlainWords:
    """Return where the wish stands and what comes next, more exactly where something is arranged."""
    words = words_for_family(state, wish.deadline_at, wish.kind)
    if appointment is not None:
        when = f"{near_day(appointment.at)} {format_time(appointment.at, 'short')}"
        where = appointment.place or get_centre(wish.service_centre_id).label
        return PlainWords(
            _("服务的时间约好了。"), _("%(time)s，在%(place)s。不方便请早一点打电话改期。", time=when, place=where)
        )
    if collecting is not None and collecting.is_brought_home:
        name = collecting.deliverer or ""
        return PlainWords(_("东西已经到了服务中心。"), _("网格员%(name)s会送到您家，请准备好下面的取货码。", name=name))
    if collecting is not None and collecting.wished_way is Way.HOME:
        return PlainWords(_("东西已经到了服务中心。"), _("您说想请人送到家里，服务中心正在安排。"))
    return words


def _find_collecting(wish: Wish, state: WishState) -> Collecting | None:
    if state is not WishState.RECEIVED:
        return None
    row = session().scalar(select(Delivery).where(Delivery.wish_id == wish.id, Delivery.ended_at.is_(None)))
    if row is None:
        return None
    deliverer = names_of({row.deliverer_id}).get(row.deliverer_id) if row.deliverer_id else None
    return Collecting(
        code=grouped(pick_up_code(wish.number, row.attempt)),
        is_brought_home=row.way == Way.HOME,
        deliverer=deliverer,
        wished_way=Way(row.wished_way) if row.wished_way else None,
        wished_note=row.wished_note,
    )


def _find_appointment(wish: Wish, state: WishState) -> Appointment | None:
    if wish.kind != WishKind.SERVICE or state is not WishState.PROCURING:
        return None
    pledge = find_live_pledge(wish.id)
    if pledge is None or pledge.appointment_at is None:
        return None
    return Appointment(pledge.appointment_at, pledge.appointment_note)


def _steps(wish: Wish, state: WishState) -> tuple[Step, ...]:
    """Return the stages with the one that is reached now; empty where the wish left the way."""
    is_referred = went_to_policy_help(wish)
    stages = way_of(wish.kind, is_referred=is_referred)
    here = next((index for index, states in enumerate(stages) if state in states), None)
    if here is None:
        return ()
    return tuple(
        Step(label, _progress(index, here, state), _since(wish) if index == here else None)
        for index, label in enumerate(_referred_labels() if is_referred else _stage_labels(wish.kind))
    )


def _progress(index: int, here: int, state: WishState) -> str:
    if index < here or state is WishState.CLOSED:
        return "done"
    return "current" if index == here else "todo"


def _since(wish: Wish) -> str:
    return _("从%(day)s起", day=format_date(local_date(wish.state_since), "medium"))


def _referred_labels() -> list[str]:
    return [_("登记"), _("服务中心看过"), _("转到政策帮扶"), _("您说解决了"), _("办结")]


def _stage_labels(kind: str) -> list[str]:
    arrival = [_("服务完成")] if kind == WishKind.SERVICE else [_("到服务中心"), _("交到您家")]
    return [_("登记"), _("核实好了"), _("公开等待"), _("有人认领"), *arrival, _("您说收到了"), _("办结")]
