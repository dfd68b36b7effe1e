"""Every column that holds text, with what guards it; a text that the schema has and this list lacks fails the tests.

An English twin (`title_en`) passes the same gate as the column it belongs to
and is not named here.
"""

from dataclasses import dataclass
from enum import StrEnum

from portal.redaction.marks import MarkKind


class Gate(StrEnum):
    """How a text comes to be read by strangers."""

    WISH = "wish"
    """A moderator writes, another approves; the household's own words are looked for."""
    STAFF = "staff"
    """Staff write for everybody, or for strangers by mail or private page."""
    MODERATED = "moderated"
    """Strangers write; a moderator lets it through, and the gate stands there."""
    REGISTER = "register"
    """Names and particulars of offices and legal persons, brought in or certified by staff."""


@dataclass(frozen=True, slots=True)
class PublicText:
    """What guards one public text; `allowed` is what the law or the field's own purpose puts there, `because` why."""

    gate: Gate
    allowed: frozenset[MarkKind] = frozenset()
    because: str = ""


def _law(gate: Gate, because: str, *allowed: MarkKind) -> PublicText:
    return PublicText(gate, frozenset(allowed), because)


M = MarkKind
_STAFF, _MODERATED, _WISH = PublicText(Gate.STAFF), PublicText(Gate.MODERATED), PublicText(Gate.WISH)
_OFFICE = (M.ADDRESS, M.EMPLOYER, M.SCHOOL, M.HOSPITAL)

PUBLIC: dict[str, PublicText] = {
    "publications.item": _WISH,
    "publications.size": _WISH,
    "publications.reason": _WISH,
    "campaigns.title": _STAFF,
    "campaigns.summary": _STAFF,
    "campaigns.story": _STAFF,
    "campaigns.purpose": _STAFF,
    "campaigns.beneficiaries": _STAFF,
    "campaigns.area": _law(Gate.STAFF, "Charity Law 24: the area of the campaign", M.ADDRESS),
    "campaigns.person_in_charge": _law(Gate.STAFF, "Charity Law 24: the person in charge", M.PERSON, M.EMPLOYER),
    "campaigns.contact": _law(
        Gate.STAFF,
        "Order 74 art. 25: how to reach the foundation",
        M.PERSON,
        M.PHONE,
        M.EMAIL,
        *_OFFICE,
    ),
    "campaigns.ways_to_give": _law(
        Gate.STAFF, "Charity Law 24: ways to give, the foundation's office and account", M.PHONE, M.BANK_CARD, *_OFFICE
    ),
    "campaigns.bank_account_name": _law(Gate.STAFF, "Charity Law 24: the holder, a foundation", *_OFFICE),
    "campaigns.bank_name": _law(Gate.STAFF, "Charity Law 24: the branch of the bank", *_OFFICE),
    "campaigns.bank_account": _law(Gate.STAFF, "Charity Law 24: the account", M.BANK_CARD, M.PHONE),
    "campaigns.use": _STAFF,
    "campaigns.fundraising_cost": _STAFF,
    "campaigns.surplus_rule": _STAFF,
    "campaigns.pf_certificate": _law(Gate.STAFF, "Order 74 art. 25: the certificate", M.LICENCE, M.BANK_CARD, M.PHONE),
    "campaigns.platform_name": _law(Gate.STAFF, "Charity Law 27: the designated platform", M.EMPLOYER),
    "campaigns.pause_note": _STAFF,
    "budget_lines.name": _STAFF,
    "budget_lines.unit_name": _STAFF,
    "milestones.name": _STAFF,
    "campaign_updates.title": _STAFF,
    "campaign_updates.body": _STAFF,
    "campaign_pictures.caption": _STAFF,
    "disclosure_reports.body": _STAFF,
    "campaign_corrections.note": _STAFF,
    "campaign_questions.public_body": _MODERATED,
    "campaign_questions.answer": _law(
        Gate.STAFF, "whoever asks may be sent to the foundation's office", M.EMPLOYER, M.ADDRESS
    ),
    "disbursements.purpose": _STAFF,
    "disbursements.supplier": _law(
        Gate.STAFF, "Charity Law 79: who was paid; a person's name only when they agree", M.PERSON, *_OFFICE
    ),
    "disbursements.return_note": _STAFF,
    "commitments.name": _law(Gate.STAFF, "the registered name of a legal person", M.PERSON, *_OFFICE),
    "gifts.shown_name": _law(
        Gate.MODERATED, "Charity Law 82: the donor's own name, with their agreement", M.PERSON, M.EMPLOYER, M.SCHOOL
    ),
    "gifts.message": _MODERATED,
    "gifts.honour": _MODERATED,
    "organisations.name": _law(Gate.REGISTER, "the registered name of a legal person", M.PERSON, *_OFFICE),
    "organisations.status_note": _law(Gate.STAFF, "the organisation reads its own name", M.EMPLOYER, M.SCHOOL),
    "service_centres.name": _law(Gate.REGISTER, "a public office", M.EMPLOYER, M.ADDRESS),
    "service_centres.address": _law(Gate.REGISTER, "where a public office is", *_OFFICE),
    "service_centres.phone": _law(Gate.REGISTER, "how to reach a public office", M.PHONE),
    "service_centres.hours": PublicText(Gate.REGISTER),
    "pledges.refused_because": _STAFF,
    "pledges.appointment_note": _law(Gate.STAFF, "a public place to meet at, never a home", *_OFFICE),
    "refund_requests.answer": _law(Gate.STAFF, "one donor reads it, by their own name", M.PERSON, *_OFFICE),
}
"""Each public text by table and column."""

COPIES: dict[str, str] = {
    "publications.search_text": "the public words of the same row",
    "campaign_corrections.before": "what was public",
    "campaign_corrections.after": "what is public, and passed as its own field",
    "campaigns.platform_url": "an address on a designated platform, checked as such",
    "disbursements.voucher_copy": "a picture with a generated name; a person looks at it",
    "campaign_pictures.picture": "a generated name; names of uploaded files are never kept",
    "ledger_checkpoints.note": "the signed note: a root hash and a count",
}
"""What strangers read too, made by the portal from what has passed."""

PRIVATE: dict[str, tuple[str, ...]] = {
    "acknowledgements": ("note",),
    "audit_entries": ("before", "after"),
    "bank_lines": ("details", "note"),
    "books_checks": ("findings",),
    "campaign_events": ("note",),
    "campaign_questions": ("body", "contact"),
    "campaign_updates": ("decision_note",),
    "commitments": ("contact", "paper"),
    "communities": ("name", "station_address"),
    "deliveries": ("wished_note", "note"),
    "disbursements": ("decision_note",),
    "disclosure_reports": ("decision_note",),
    "filing_drafts": ("fields",),
    "gifts": ("contact",),
    "grids": ("name",),
    "holds": ("note",),
    "households": ("identity",),
    "identity_reads": ("reason",),
    "imports": ("file_name", "columns", "report"),
    "mail_links": ("payload",),
    "messages": ("receiver", "subject", "body", "last_error"),
    "monthly_gifts": ("contact",),
    "organisations": ("contact_name", "contact_phone", "address"),
    "payouts": ("note",),
    "people": ("name", "email"),
    "pledger_blocks": ("lifted_because",),
    "pledges": ("parcel_number", "proposed_times"),
    "promises": ("contact",),
    "publications": ("decision_note",),
    "receipts": ("asked", "void_reason"),
    "refund_requests": ("words",),
    "refunds": ("note",),
    "wish_events": ("note",),
    "wishes": ("item", "size", "reason", "reporter"),
    "word_excuses": ("reason",),
}
"""What only staff, or whoever wrote it, reads; a change that shows one of these to others moves it up."""

CODES: dict[str, str] = {
    "acknowledgements": "answer through slip",
    "audit_entries": "action subject_kind subject_ref",
    "bank_lines": "line_hash currency state",
    "campaign_corrections": "subject subject_ref field",
    "campaign_events": "action from_state to_state",
    "campaign_pictures": "public_id",
    "campaign_questions": "public_id kind status locale",
    "campaign_updates": "public_id status",
    "campaigns": "number state currency filing_no pause_reason",
    "commitments": "public_id reference campaign_number locale currency state told_for",
    "consents": "use given_by through",
    "deliveries": "way pick_up_hash wished_way proof slip",
    "disbursements": "public_id wish_number state currency voucher reference return_reference",
    "disclosure_reports": "public_id kind status",
    "disputes": "provider_ref currency state",
    "filing_drafts": "public_id",
    "fund_holdings": "fund currency",
    "gateway_cursors": "gateway",
    "gifts": "public_id number campaign_number wish_number currency state contact_hash locale name_visibility"
    " amount_visibility words_state",
    "goods_register": "reference wish_number category",
    "handover_receipts": "outcome reason photo",
    "holds": "gateway provider_ref why currency state",
    "hours_register": "reference wish_number category",
    "households": "id_hash person_hash phone_hash guardian_phone_hash address_hash name_hash guardian_hash",
    "imports": "kind state file_hash upload claim",
    "ledger_accounts": "code currency kind fund",
    "ledger_checkpoints": "root_hash",
    "ledger_entries": "reference kind currency leaf_hash",
    "ledger_nodes": "hash",
    "limits": "name",
    "mail_links": "public_id purpose",
    "messages": "channel kind dedupe_key state",
    "monthly_gifts": "public_id campaign_number gateway provider_ref currency state wanted_state why method_hash"
    " contact_hash locale",
    "organisations": "uscc kind status",
    "payments": "gateway state provider_ref pay_url currency failure method_hash range_hash",
    "payout_lines": "gateway kind provider_ref",
    "payouts": "gateway provider_ref currency state why",
    "people": "password_hash second_factor_secret locale",
    "platform_totals": "campaign_number currency",
    "pledger_blocks": "contact_hash",
    "pledges": "public_id state drop_off_hash code_seed",
    "promises": "public_id contact_hash channel locale code_hash",
    "public_traits": "number beneficiary_group age_band",
    "publication_changes": "number",
    "publications": "number status availability kind category currency beneficiary_group age_band",
    "purchases": "public_id campaign_number currency state why",
    "receipts": "state receipt_code receipt_no check_code",
    "recovery_codes": "code_hash",
    "refund_requests": "state",
    "refunds": "public_id currency reason state provider_ref failure",
    "role_grants": "role",
    "tries": "bucket",
    "webhook_events": "gateway event_id kind provider_ref state",
    "wish_events": "action from_state to_state actor_kind",
    "wishes": "number kind category currency beneficiary_group age_band row_hash state family_code_hash",
    "word_excuses": "subject_kind subject_ref part kinds",
}
"""Columns whose values the portal counts, generates or takes from a list of its own, by table."""
