"""Roles and who may act where; pure, no database, no Flask, no clock."""

from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    """What a person is trusted with."""

    NEED_REPORTER = "need_reporter"
    CENTRE_CLERK = "centre_clerk"
    MODERATOR = "moderator"
    FINANCE = "finance"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"


SECOND_FACTOR_ROLES = frozenset({Role.MODERATOR, Role.FINANCE, Role.ADMINISTRATOR})
"""Roles that enter only with a time-based code beside the password."""

CENTRE_ROLES = frozenset({Role.NEED_REPORTER, Role.CENTRE_CLERK})
"""Roles that are given for one service centre; the others hold for the district."""


class ActorKind(StrEnum):
    """Which kind of hand moved something."""

    STAFF = "staff"
    PLEDGER = "pledger"
    FAMILY = "family"
    SYSTEM = "system"


class NotAllowed(Exception):
    """The actor has no role for this act in this place."""


@dataclass(frozen=True)
class Grant:
    """One role, for one service centre or (None) for the whole district."""

    role: Role
    service_centre_id: int | None = None


@dataclass(frozen=True)
class Actor:
    """Whoever does something: a member of staff with grants, a pledger, a family, or the clock."""

    kind: ActorKind
    person_id: int | None = None
    grants: frozenset[Grant] = field(default_factory=frozenset)

    def has_role(self, *roles: Role) -> bool:
        """Tell whether the actor holds one of these roles anywhere."""
        return any(grant.role in roles for grant in self.grants)

    def may(self, roles: frozenset[Role] | set[Role], service_centre_id: int | None) -> bool:
        """Tell whether the actor holds one of these roles at this service centre."""
        return any(
            grant.role in roles and grant.service_centre_id in (None, service_centre_id) for grant in self.grants
        )

    def require(self, roles: frozenset[Role] | set[Role], service_centre_id: int | None = None) -> None:
        """Refuse an actor who holds none of these roles at this service centre.

        Raises NotAllowed.
        """
        if not self.may(roles, service_centre_id):
            raise NotAllowed

    def centres_of(self, *roles: Role) -> frozenset[int] | None:
        """Return the service centres where the actor holds one of these roles; None means all of them."""
        centres = {grant.service_centre_id for grant in self.grants if grant.role in roles}
        return None if None in centres else frozenset(centre for centre in centres if centre is not None)


SYSTEM = Actor(ActorKind.SYSTEM)
PLEDGER = Actor(ActorKind.PLEDGER)
FAMILY = Actor(ActorKind.FAMILY)
