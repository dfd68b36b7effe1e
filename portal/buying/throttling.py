"""How often wishes may be held for money that does not come: a hold keeps others from a wish for a while."""

from portal.throttle.service import Allowance

HOLDS_OF_A_MAIL = Allowance("wish-holds", 12, 24 * 3600)
HOLDS_OF_A_RANGE = Allowance("wish-holds-of-a-range", 60, 3600)
