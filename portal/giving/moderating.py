"""Names and messages of donors: a moderator reads them before everybody can."""

from portal import clock
from portal.accounts.rules import Actor, Role
from portal.audit import service as audit
from portal.db import transaction
from portal.gate.service import Subject, check_published
from portal.giving.making import lock_gift
from portal.giving.rules import WordsState

WORDS = ("shown_name", "message", "honour")
"""What a donor writes that everybody may read."""


@transaction
def decide_words(actor: Actor, gift_public_id: str, *, is_approved: bool, excuse: str | None = None) -> bool:
    """Show what a donor wrote to everybody, or not; tell whether it was still to be decided.

    What was shown may be taken away later, the other way round too. `excuse`
    says why words that may point at somebody are shown.

    Raises NotAllowed, GiftNotFound, HoldsPersonalData, ExcuseNeeded.
    """
    actor.require({Role.MODERATOR})
    gift = lock_gift(gift_public_id)
    before = WordsState(gift.words_state)
    after = WordsState.APPROVED if is_approved else WordsState.REFUSED
    if before in (WordsState.NONE, after):
        return False
    if is_approved:
        words = [(f"gifts.{name}", getattr(gift, name)) for name in WORDS]
        check_published(actor, Subject("gift", gift.public_id, "words"), words, excuse)
    gift.words_state, gift.words_decided_by_id, gift.words_decided_at = after, actor.person_id, clock.now()
    audit.record(actor, "gift.decide_words", "gift", gift.public_id, before={"state": before}, after={"state": after})
    return True
