"""Moves every clock of the portal once. Safe to run twice and in parallel: each step is a conditional update."""

import logging
from collections.abc import Callable

from flask import current_app

from portal.accounts.links import forget_links
from portal.books import check_books_when_due
from portal.buying.clocks import escalate_purchases, follow_purchases
from portal.campaigns.clocks import end_due, watch_reports
from portal.db import forget_reads
from portal.faults import without_values
from portal.giving.commitments import tell_what_is_owed
from portal.giving.inbox import follow_waiting
from portal.giving.monthly import carry_out_wishes
from portal.giving.monthly_clock import follow_campaigns
from portal.giving.reconciling import abandon_left, reconcile_due
from portal.giving.refunding import send_refunds
from portal.giving.retention import forget_donors
from portal.giving.sandbox.scheduling import move_sandbox
from portal.handover.retention import forget_slips
from portal.households.recognising import index_names
from portal.intake.clocks import forget_drafts, forget_uploads, purge_due, schedule_purges, take_in_waiting
from portal.ledger.log import sign_checkpoint
from portal.ledger.publishing import publish_when_due
from portal.outbox.service import forget_sent, send_due
from portal.pledges.clocks import forget_pledgers, release_overdue, remind_pledgers
from portal.publication.cells import gather
from portal.throttle.service import sweep_tries
from portal.wishes.clocks import ask_for_rescue, escalate_overdue
from portal.wishes.reminding import remind_families

logger = logging.getLogger(__name__)

CLOCKS: dict[str, Callable[[], int]] = {
    "tries": sweep_tries,
    "messages_forgotten": forget_sent,
    "links_forgotten": forget_links,
    "lists_taken_in": take_in_waiting,
    "uploads_forgotten": forget_uploads,
    "drafts_forgotten": forget_drafts,
    "purges_scheduled": schedule_purges,
    "identities_purged": purge_due,
    "names_indexed": index_names,
    "pledges_released": release_overdue,
    "pledgers_reminded": remind_pledgers,
    "pledgers_forgotten": forget_pledgers,
    "wishes_escalated": escalate_overdue,
    "rescue_asked": ask_for_rescue,
    "purchases_followed": follow_purchases,
    "purchases_escalated": escalate_purchases,
    "families_reminded": remind_families,
    "slips_forgotten": forget_slips,
    "cells_gathered": gather,
    "provider_messages_followed": follow_waiting,
    "payments_reconciled": reconcile_due,
    "refunds_sent": send_refunds,
    "gifts_abandoned": abandon_left,
    "donors_forgotten": forget_donors,
    "campaigns_ended": end_due,
    "monthly_gifts_held": follow_campaigns,
    "monthly_wishes_told": carry_out_wishes,
    "companies_told": tell_what_is_owed,
    "reports_watched": watch_reports,
    "checkpoints_signed": sign_checkpoint,
    "entries_published": publish_when_due,
    "invariants_broken": check_books_when_due,
}
"""Each clock by name; it does what is due and returns how many rows it moved."""


def tick() -> dict[str, int]:
    """Run every clock once and return what each moved.

    A clock that fails is logged and counted as -1; the others still run.
    """
    moved = {}
    for name, clock in CLOCKS.items():
        forget_reads()
        try:
            moved[name] = clock()
        except Exception as error:
            logger.error("clock %s failed: %s", name, type(error).__name__, exc_info=without_values(error))
            moved[name] = -1
    return moved


def send_messages() -> int:
    """Send what the outbox holds and return how many went out."""
    forget_reads()
    return send_due(current_app.extensions["portal.senders"])


def take_in_lists() -> int:
    """Take in the wish lists that wait for it and return how many."""
    forget_reads()
    return take_in_waiting()


def run_sandbox() -> int:
    """Let the invented payment provider of a demo move on and return how many of its messages were taken."""
    forget_reads()
    return move_sandbox()
