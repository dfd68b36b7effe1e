"""A small world in which every address has something to show, and the people who knock at each door."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from portal import codes
from portal.accounts.links import new_link
from portal.accounts.models import LinkPurpose, Person
from portal.accounts.rules import Role
from tests import cast
from tests.handover.stage import claimed


@dataclass(frozen=True)
class World:
    """Who is there, and what stands for each part of an address."""

    stranger_clerk: Person
    moderator: Person
    administrator: Person
    parts: dict[str, Any]
    tokens: dict[str, str]


def build_world(app: Flask) -> World:
    """Return a world with a claimed wish, an organisation and some links."""
    with app.app_context():
        here, elsewhere = cast.centre("南涧服务中心"), cast.centre("松岭服务中心")
        wish, pledge = claimed(centre=here)
        member = cast.person(name="沈青")
        organisation = cast.organisation(member=member)
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
            },
            tokens={
                "pledges.show": codes.private_token("pledge", pledge.public_id),
                "accounts.set_password": new_link(
                    LinkPurpose.SET_PASSWORD, 1, payload={"epoch": 0}, person_id=member.id
                ),
                "accounts.accept_invitation": new_link(
                    LinkPurpose.INVITATION, 1, payload={"email": "lin@example.org"}, organisation_id=organisation.id
                ),
            },
        )


def addresses(app: Flask, world: World) -> Iterator[tuple[Rule, str, bool]]:
    """Yield every address that can be opened, filled in, and whether it is about something that is there.

    Each address with parts comes twice: with what is there, and with nonsense.
    """
    adapter = app.url_map.bind("localhost")
    for rule in sorted(app.url_map.iter_rules(), key=lambda each: each.rule):
        if "GET" not in (rule.methods or ()) or rule.endpoint in ("static", "bootstrap.static"):
            continue
        nonsense = {part: _nonsense(rule, part) for part in rule.arguments}
        real = {part: _real(rule, part, world, nonsense[part]) for part in rule.arguments}
        yield rule, adapter.build(rule.endpoint, real), True
        if rule.arguments:
            yield rule, adapter.build(rule.endpoint, nonsense), False


def _real(rule: Rule, part: str, world: World, otherwise: Any) -> Any:
    if part == "token":
        return world.tokens.get(rule.endpoint, otherwise)
    return world.parts.get(part, otherwise)


def _nonsense(rule: Rule, part: str) -> Any:
    kind = type(rule._converters[part]).__name__
    return 4711 if kind == "IntegerConverter" else "nonsense"
