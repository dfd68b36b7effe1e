"""Gathers every room's tables, so that migrations see them all; holds none itself."""

from portal.accounts import models as accounts
from portal.areas import models as areas
from portal.audit import models as audit
from portal.buying import models as buying
from portal.campaigns import models as campaigns
from portal.gate import models as gate
from portal.giving import models as giving
from portal.handover import models as handover
from portal.households import models as households
from portal.intake import models as intake
from portal.ledger import models as ledger
from portal.limits import models as limits
from portal.outbox import models as outbox
from portal.pledges import models as pledges
from portal.publication import models as publication
from portal.throttle import models as throttle
from portal.wishes import models as wishes

__all__ = [
    "accounts",
    "areas",
    "audit",
    "buying",
    "campaigns",
    "gate",
    "giving",
    "handover",
    "households",
    "intake",
    "ledger",
    "limits",
    "outbox",
    "pledges",
    "publication",
    "throttle",
    "wishes",
]
