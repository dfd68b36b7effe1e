"""A small world in which every address has something to show, and the people who knock at each door."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Flask
from werkzeug.routing import IntegerConverter, Rule

from portal import codes
from portal.accounts.links import new_link
from portal.accounts.models import LinkPurpose, Person
from portal.accounts.rules import Role
from portal.giving.making import Words
from portal.giving.moderating import decide_words
from portal.ledger.log import find_newest, sign_checkpoint
from portal.ledger.page_queries import list_entries
from tests import cast
from tests.buying import stage as buying
from tests.campaigns import stage as campaigns
from tests.giving import months
from tests.giving import stage as gifts
from tests.handover.stage import claimed


@dataclass(frozen=True)
class World:
    """Who is there, and what stands for each part of an address."""

    stranger_clerk: Person
    moderator: Person
    administrator: Person
    parts: dict[str, Any]
    tokens: dict[str, str]
    campaign: str
    campaign_texts: dict[str, str]
    buying: dict[str, str]


def build_world(app: Flask) -> World:
    """Return a world with a claimed wish, an organisation and some links."""
    with app.app_context():
        here, elsewhere = cast.centre("南涧服务中心"), cast.centre("松岭服务中心")
        wish, pledge = claimed(centre=here)
        member = cast.person(name="沈青")
        organisation = cast.organisation(member=member)
        campaign = _campaign()
        ledger = _ledger()
        return World(
            stranger_clerk=cast.person(Role.CENTRE_CLERK, at=elsewhere),
            moderator=cast.person(Role.MODERATOR),
            administrator=cast.person(Role.ADMINISTRATOR),
            parts={
                "number": wish.number,
                "person_id": member.id,
                "organisation_id": organisation.id,
                "service_centre_id": here.id,
                "wish_id": wish.id,
                "pledge_id": pledge.id,
                "household_id": wish.household_id,
                "code": "en",
                "size": "large",
                "ending": "csv",
                "form": "csv",
                "act": "pause",
                "name": "story",
                **ledger,
            },
            tokens={
                **_gift_tokens(campaign["campaign"]),
                "pledges.show": codes.private_token("pledge", pledge.public_id),
                "accounts.set_password": new_link(
                    LinkPurpose.SET_PASSWORD, 1, payload={"epoch": 0}, person_id=member.id
                ),
                "accounts.accept_invitation": new_link(
                    LinkPurpose.INVITATION, 1, payload={"email": "lin@example.org"}, organisation_id=organisation.id
                ),
            },
            **campaign,
            buying=_buying(),
        )


def _campaign() -> dict[str, Any]:
    """Return a campaign that has told and paid something, and what stands for each of its texts by endpoint."""
    found = campaigns.told_and_paid()
    texts = {
        "picture": ("show_picture", "desk_picture"),
        "payment": ("show_voucher", "desk_payment", "desk_voucher"),
        "update": ("desk_update", "desk_correct_update"),
        "report": ("desk_report", "desk_correct_report"),
        "question": ("desk_question",),
    }
    return {
        "campaign": found["number"],
        "campaign_texts": {
            f"campaigns.{endpoint}": found[name] for name, endpoints in texts.items() for endpoint in endpoints
        },
    }


def _gift_tokens(number: str) -> dict[str, str]:
    """Return the private addresses of a paid gift by endpoint, and of one that waits to be paid."""
    paid = gifts.give(number, words=Words(honour="海边的外婆"))
    decide_words(cast.moderator(), paid, is_approved=True)
    waiting, monthly = gifts.intend(number), months.begin(number)
    ways = {
        "gift": ("gift", "come_back", "leave", "confirmation", "confirmation_pdf", "honour_card"),
        "gift-history": ("history",),
    }
    tokens = {f"giving.{name}": codes.private_token(way, paid) for way, names in ways.items() for name in names}
    return tokens | {
        "giving.waiting": codes.private_token("gift-waiting", waiting),
        "giving.confirm": codes.private_token("gift-confirm", waiting),
        "giving.show_gift": paid,
        "giving.monthly": codes.private_token("monthly", monthly),
        "giving.card_back": codes.private_token("monthly", monthly),
    }


def _buying() -> dict[str, str]:
    """Return what stands for a wish that can be bought, and for a purchase that goes on."""
    buying.fund()
    free, paid = buying.wish(days_ago=40), buying.wish()
    buying.paid(paid.number)
    return {"number": free.number, "public_id": buying.purchase_of(paid.number).public_id}


def _ledger() -> dict[str, Any]:
    """Return what stands for an entry, a day and a length of the ledger, which is signed."""
    sign_checkpoint()
    newest = find_newest()
    assert newest is not None
    [entry] = list_entries(limit=1)
    return {"reference": entry.reference, "day": newest.made_on.isoformat(), "old": newest.tree_size}


def addresses(app: Flask, world: World) -> Iterator[tuple[Rule, str, bool]]:
    """Yield every address that can be opened, filled in, and whether it is about something that is there.

    Each address with parts comes again with what is not there.
    """
    adapter = app.url_map.bind("localhost")
    for rule in _rules(app):
        yield rule, adapter.build(rule.endpoint, _real(rule, world)), True
        if rule.arguments:
            yield rule, adapter.build(rule.endpoint, _parts(rule, 4711, "nonsense")), False


def impossible_addresses(app: Flask) -> Iterator[str]:
    """Yield every address with parts, filled in with a number no database holds and with what is no text."""
    adapter = app.url_map.bind("localhost")
    for rule in _rules(app):
        if rule.arguments:
            yield adapter.build(rule.endpoint, _parts(rule, 10**30, "a\0b"))


def _rules(app: Flask) -> list[Rule]:
    return sorted(
        (
            rule
            for rule in app.url_map.iter_rules()
            if "GET" in (rule.methods or ()) and rule.endpoint not in ("static", "bootstrap.static")
        ),
        key=lambda rule: rule.rule,
    )


def _real(rule: Rule, world: World) -> dict[str, Any]:
    tokens = {"token": world.tokens[rule.endpoint]} if rule.endpoint in world.tokens else {}
    known = world.parts | tokens
    if rule.endpoint == "giving.show_gift":
        known |= {"public_id": world.tokens[rule.endpoint]}
    if rule.endpoint.startswith("buying."):
        known |= world.buying
    if "/campaigns/<number>" in rule.rule or rule.endpoint in world.campaign_texts:
        known |= {"number": world.campaign, "public_id": world.campaign_texts.get(rule.endpoint, "nonsense")}
    return {part: known.get(part, value) for part, value in _parts(rule, 4711, "nonsense").items()}


def _parts(rule: Rule, number: int, text: str) -> dict[str, Any]:
    return {part: number if isinstance(rule._converters[part], IntegerConverter) else text for part in rule.arguments}
