"""Lets texts through the gate, or holds them: first when they are written, again when everybody is to read them.

The register of families is searched when a text becomes public, not while it
is written. Only a moderator or clerk of the family's centre learns that a word
is a registered name; for anybody else it is a name like every other, which a
moderator has to decide on, and the audit trail tells who tried how often.
"""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, current_app
from sqlalchemy import select

from portal import clock
from portal.accounts.rules import Actor, Role
from portal.audit import service as audit
from portal.db import session, transaction
from portal.gate.models import WordExcuse
from portal.gate.rules import (
    FOR_MODERATORS,
    Finding,
    HoldsPersonalData,
    ModeratorNeeded,
    Text,
    Texts,
    check_certain,
    check_excused,
    examine,
    guard_of,
)
from portal.redaction.marks import Mark, MarkKind

KNOWING = frozenset({Role.MODERATOR, Role.CENTRE_CLERK})
"""Who knows families of their centre anyway, and so may be told that a name is one of theirs."""

_REGISTER = "portal.gate.register"


@dataclass(frozen=True, slots=True)
class Registered:
    """Where a text holds what the sealed register knows too, and the centre of that family."""

    start: int
    end: int
    kind: MarkKind
    service_centre_id: int


Search = Callable[[str], list[Registered]]


@dataclass(frozen=True, slots=True)
class Subject:
    """What the texts belong to, as the audit trail names it, and which part of it they are."""

    kind: str
    ref: str
    part: str = ""


def install_gate(app: Flask, search: Search) -> None:
    """Hand in how the sealed register is searched."""
    app.extensions[_REGISTER] = search


@transaction
def check_written(actor: Actor, subject: Subject, texts: Texts, excuse: str | None = None) -> None:
    """Hold texts that somebody else is to approve, by what can be seen in them; keep the reason that is given.

    Raises HoldsPersonalData, ExcuseNeeded, KeyError.
    """
    findings = examine(texts)
    check_certain(findings)
    check_excused(findings, excuse)
    _keep_excuse(actor, subject, findings, excuse)


@transaction
def check_approved(actor: Actor, subject: Subject, texts: Texts, excuse: str | None = None) -> None:
    """Hold texts that another person wrote and everybody can read after this act.

    The writer's reason counts, and the approver may give their own.

    Raises HoldsPersonalData, ExcuseNeeded, ModeratorNeeded, KeyError.
    """
    kept = next((each.reason for each in excuses_of(subject)), None)
    _check_public(actor, subject, list(texts), excuse, kept)


@transaction
def check_published(actor: Actor, subject: Subject, texts: Texts, excuse: str | None = None) -> None:
    """Hold texts that whoever writes them makes public with this act.

    Raises HoldsPersonalData, ExcuseNeeded, ModeratorNeeded, KeyError.
    """
    _check_public(actor, subject, list(texts), excuse, None)


def check_told(texts: Texts) -> None:
    """Hold only what must never be told: for particulars of offices, and for words that one person reads.

    Raises HoldsPersonalData, KeyError.
    """
    check_certain(examine(texts))


@transaction
def note_held(actor: Actor, subject: Subject) -> None:
    """Note in the trail that words were held for a moderator, so that nobody can ask the register by trying names."""
    audit.record(actor, "text.hold", subject.kind, subject.ref)


def excuses_of(subject: Subject) -> list[WordExcuse]:
    """Return the reasons given for words of one part of a subject, the newest first."""
    query = select(WordExcuse).where(
        WordExcuse.subject_kind == subject.kind,
        WordExcuse.subject_ref == subject.ref,
        WordExcuse.part == subject.part,
    )
    return list(session().scalars(query.order_by(WordExcuse.id.desc())))


def _check_public(actor: Actor, subject: Subject, texts: list[Text], excuse: str | None, kept: str | None) -> None:
    findings = examine(texts)
    check_certain(findings)
    _hold_registered(actor, texts, findings)
    for_moderators = [each for each in findings if each.mark.kind in FOR_MODERATORS]
    if for_moderators and not actor.has_role(*KNOWING):
        raise ModeratorNeeded(for_moderators)
    check_excused(findings, excuse or kept)
    _keep_excuse(actor, subject, findings, excuse)


def _hold_registered(actor: Actor, texts: list[Text], findings: list[Finding]) -> None:
    """Refuse what the register knows; only staff of the family's centre are told which words these are."""
    search: Search = current_app.extensions[_REGISTER]
    hits = [
        (field, text, hit)
        for field, text in texts
        if text
        for hit in search(text)
        if hit.kind not in guard_of(field).allowed
    ]
    told = [
        Finding(field, text[hit.start : hit.end], Mark(hit.start, hit.end, hit.kind, is_certain=True, is_known=True))
        for field, text, hit in hits
        if actor.may(KNOWING, hit.service_centre_id)
    ]
    if told:
        raise HoldsPersonalData(told)
    if hits:
        raise ModeratorNeeded([each for each in findings if each.mark.kind in FOR_MODERATORS])


def _keep_excuse(actor: Actor, subject: Subject, findings: list[Finding], excuse: str | None) -> None:
    reason = (excuse or "").strip()
    if not findings or not reason:
        return
    kinds = " ".join(sorted({str(each.mark.kind) for each in findings}))
    session().add(
        WordExcuse(
            subject_kind=subject.kind,
            subject_ref=subject.ref,
            part=subject.part,
            kinds=kinds,
            reason=reason,
            person_id=actor.person_id,
            at=clock.now(),
        )
    )
    audit.record(actor, "text.excuse", subject.kind, subject.ref, after={"kinds": kinds, "reason": reason})
