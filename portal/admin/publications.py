"""The desk pages on which a moderator writes a public text and another one decides on it.

The sealed reason is shown beside the public version; who the family is, is not.
"""

from dataclasses import asdict, replace
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access import current_actor, staff
from portal.accounts.rules import Actor, Role
from portal.admin.blueprint import blueprint
from portal.admin.publication_forms import TextForm
from portal.admin.publication_queries import find_next_to_write
from portal.households.queries import consent_states
from portal.households.service import ConsentMissing
from portal.publication.cells import smallest_cell
from portal.publication.compose import PublicText
from portal.publication.exposure import exposure_of
from portal.publication.models import PublicationStatus
from portal.publication.rules import MarksLeft, NotWaiting, OwnText, ReasonNeeded
from portal.publication.versions import TEXT_FIELDS, Version, list_versions
from portal.redaction.dignity import Hint, find_hints
from portal.redaction.marks import KnownIdentity, Mark, segments
from portal.wishes.kinds import AGE_BAND_LABELS, CATEGORY_LABELS, GROUP_LABELS, KIND_LABELS, AgeBand
from portal.wishes.models import Wish
from portal.wishes.publishing import (
    WRITABLE,
    approve_publication,
    find_marks,
    known_words,
    refuse_publication,
    suggest,
    write_publication,
)
from portal.wishes.queries import get_staff_wish
from portal.wishes.rules import WrongState
from portal.wishes.service import get_wish

LONGEST_REASON = 500


@blueprint.route("/wishes/<number>/publication", methods=["GET", "POST"])
@staff(Role.MODERATOR)
def edit_publication(number: str) -> ResponseReturnValue:
    """Write the public version beside the sealed one; a check marks what looks like personal data."""
    actor, wish = current_actor(), get_wish(number)
    actor.require({Role.MODERATOR}, wish.service_centre_id)
    versions, known = list_versions(number), known_words(wish.household_id)
    waiting = next((each for each in versions if each.status is PublicationStatus.WRITTEN), None)
    if request.method == "GET" and waiting and "use" not in request.args:
        return _decision_page(actor, wish, waiting)
    if wish.state not in WRITABLE:
        return redirect(url_for("admin.show_wish", number=number), 303)
    form = TextForm(data=None if request.method == "POST" else asdict(_start(wish, versions, known)))
    if "reword" in request.form:
        form.reword(request.form["reword"], find_marks(form.text, known), AgeBand(wish.age_band))
        return _editor_page(actor, wish, form, versions, find_marks(form.text, known))
    if not form.validate_on_submit():
        return _editor_page(actor, wish, form, versions, None), 422 if request.method == "POST" else 200
    marks = find_marks(form.text, known)
    form.refuse_certain(marks)
    if form.errors or request.form.get("act") == "check":
        return _editor_page(actor, wish, form, versions, marks), 422 if form.errors else 200
    write_publication(actor, wish.id, form.text)
    flash(_("已保存。请另一位审核员批准后公开。"), "success")
    return redirect(_after_saving(actor, number), 303)


@blueprint.post("/wishes/<number>/publication/<int:publication_id>")
@staff(Role.MODERATOR)
def decide_publication(number: str, publication_id: int) -> ResponseReturnValue:
    """Approve what another moderator wrote, or give it back with a reason."""
    actor, wish = current_actor(), get_wish(number)
    version = next((each for each in list_versions(number) if each.id == publication_id), None) or abort(404)
    reason = request.form.get("reason", "").strip()[:LONGEST_REASON]
    is_approved = request.form.get("act") == "approve"
    try:
        if is_approved:
            approve_publication(actor, publication_id, reason or None)
        else:
            refuse_publication(actor, publication_id, reason)
    except NotWaiting as error:
        raise WrongState("the text no longer waits") from error
    except (OwnText, ConsentMissing, MarksLeft, ReasonNeeded) as error:
        return _decision_page(actor, wish, version, problem=_why_not(error, is_approved=is_approved)), 422
    flash(_("已批准，现在公开了。") if is_approved else _("已退回，写的人会收到邮件。"), "success")
    return redirect(url_for("admin.list_publications", pile="approve"), 303)


def _start(wish: Wish, versions: list[Version], known: KnownIdentity) -> PublicText:
    """Return the words the editor begins with: the newest version, what the system composes, or the family's own."""
    suggestion, use = suggest(wish, known), request.args.get("use")
    if use == "own" and suggestion.own_words:
        return replace(suggestion.text, reason=suggestion.own_words, reason_en="")
    return suggestion.text if use == "suggestion" or not versions else versions[0].text


def _editor_page(
    actor: Actor, wish: Wish, form: TextForm, versions: list[Version], marks: dict[str, list[Mark]] | None
) -> str:
    suggestion = suggest(wish, known_words(wish.household_id))
    return render_template(
        "admin/wishes/publication_edit.html",
        form=form,
        suggestion=suggestion,
        refused=versions[0] if versions and versions[0].status is PublicationStatus.REFUSED else None,
        checked=marks is not None,
        hints=_hints(form.text) if marks is not None else [],
        marked=_marked(form.text, marks or {}),
        rewordings=form.rewordings(marks or {}, AgeBand(wish.age_band)),
        next_number=find_next_to_write(actor, wish.number),
        **_sealed(actor, wish),
    )


def _decision_page(actor: Actor, wish: Wish, version: Version, problem: str | None = None) -> str:
    marks = find_marks(version.text, known_words(wish.household_id))
    return render_template(
        "admin/wishes/publication_decide.html",
        version=version,
        is_own=version.written_by_id == actor.person_id,
        marked=_marked(version.text, marks),
        hints=_hints(version.text),
        is_blocked=any(mark.is_certain for found in marks.values() for mark in found),
        problem=problem,
        reason=request.form.get("reason", ""),
        **_sealed(actor, wish),
    )


def _sealed(actor: Actor, wish: Wish) -> dict[str, Any]:
    """Return what stands beside the public version: the plain fields, the family's own words, their consents."""
    return {
        "wish": get_staff_wish(actor, wish.number),
        "exposure": exposure_of(
            wish.number, group=wish.group, age_band=wish.age_band, service_centre_id=wish.service_centre_id
        ),
        "smallest_cell": smallest_cell(),
        "consents": consent_states(wish.id),
        "age_band_labels": AGE_BAND_LABELS,
        "category_labels": CATEGORY_LABELS,
        "group_labels": GROUP_LABELS,
        "kind_labels": KIND_LABELS,
    }


def _marked(text: PublicText, marks: dict[str, list[Mark]]) -> dict[str, Any]:
    return {name: segments(getattr(text, name), found) for name, found in marks.items()}


def _hints(text: PublicText) -> list[tuple[str, Hint]]:
    """Return each piece that could be said with more dignity, and how."""
    fields = (getattr(text, name) for name in TEXT_FIELDS)
    return [(words[hint.start : hint.end], hint) for words in fields for hint in find_hints(words)]


def _after_saving(actor: Actor, number: str) -> str:
    following = find_next_to_write(actor, number) if request.form.get("act") == "save_next" else None
    if following:
        return url_for("admin.edit_publication", number=following)
    return url_for("admin.show_wish", number=number)


def _why_not(error: Exception, *, is_approved: bool) -> str:
    if isinstance(error, OwnText):
        return _("这是您自己写的，要请另一位审核员来决定。")
    if isinstance(error, ConsentMissing):
        return _("家庭现在没有同意公开，不能批准。")
    if isinstance(error, MarksLeft):
        return _("文字里有绝不能公开的信息，不能批准。请退回重写。")
    if is_approved:
        return _("标出的地方可能让人认出这家人。如果确认可以公开，请写明原因。")
    return _("请写明退回的原因，好让写的人知道怎么改。")
