"""What the desk pages of told texts have in common: decide on one, correct one, say what must not be public."""

from collections.abc import Callable
from typing import Any

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access import current_actor
from portal.campaigns.forms import ReasonForm
from portal.campaigns.models import Campaign
from portal.campaigns.queries import said
from portal.campaigns.rules import OwnWork
from portal.campaigns.service import ReasonNeeded
from portal.campaigns.telling import Note, NothingChanged
from portal.campaigns.wording import about
from portal.gate.forms import held_words
from portal.gate.rules import ModeratorNeeded, Text, WordsHeld, examine
from portal.gate.service import Subject, excuses_of, note_held
from portal.redaction.dignity import find_hints


def decide_text(
    form: ReasonForm,
    approve: Callable[[Any, str, str | None], None],
    refuse: Callable[[Any, str, str], None],
    public_id: str,
    subject: Subject,
) -> str | None:
    """Publish or give back; return what stands against it in words.

    The reason of one who publishes says why marked words may stay.
    """
    actor = current_actor()
    try:
        if request.form.get("act") == "approve":
            approve(actor, public_id, form.reason.data or None)
            flash(_("已批准，现在公开了。"), "success")
        else:
            refuse(actor, public_id, form.reason.data or "")
            flash(_("已退回。"), "success")
    except OwnWork:
        return _("这是您自己写的，要请另一位同事来决定。")
    except ReasonNeeded:
        return _("请写明退回的原因，好让写的人知道怎么改。")
    except WordsHeld as error:
        return held(error, subject)
    return None


def held(error: WordsHeld, subject: Subject) -> str:
    """Say what the gate held; the trail notes what only a moderator may decide."""
    if isinstance(error, ModeratorNeeded):
        note_held(current_actor(), subject)
    return held_words(error)


def gate_view(subject: Subject, texts: list[Text]) -> dict[str, Any]:
    """Return what a page of decision shows of the gate: the marks in the texts, and the reasons given for them."""
    words = [text for _field, text in texts if text]
    hints = [(text[hint.start : hint.end], hint) for text in words for hint in find_hints(text)]
    return {"findings": examine(texts), "excuses": excuses_of(subject), "hints": hints}


def corrected(form: Any, number: str, correct: Callable[[], None]) -> bool:
    """Correct a text; tell whether it was done, and beside the form why not."""
    try:
        correct()
    except WordsHeld as error:
        form.show_held(current_actor(), error, about(number, "correction"))
    except NothingChanged:
        form.form_errors.append(_("文字和原来一样，没有什么要更正。"))
    else:
        flash(_("已更正。原来的文字和您的说明，大家都看得到。"), "success")
        return True
    return False


def note_of(form: Any) -> Note:
    """Return the note of a correction."""
    return Note(form.note.data or "", form.note_en.data or "")


def desk_page(name: str, form: Any, row: Campaign, **context: Any) -> ResponseReturnValue:
    """Return one of the desk's pages about a campaign; 422 where it answers a form that was not taken."""
    is_refused = request.method == "POST" and not getattr(form, "was_reworded", False)
    page = render_template(f"campaigns/desk/{name}.html", form=form, row=row, title=said(row, "title"), **context)
    return page, 422 if is_refused else 200
