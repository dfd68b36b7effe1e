"""The two piles of moderators: wishes to write a public text for, and texts of others to approve; many at once."""

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.access import current_actor, staff
from portal.accounts.rules import Actor, NotAllowed, Role
from portal.admin.blueprint import blueprint
from portal.admin.bulk import do_each
from portal.admin.publication_queries import (
    PILE_SIZE,
    count_to_approve,
    count_to_write,
    every_to_approve,
    every_to_write,
    list_to_approve,
    list_to_write,
)
from portal.audit import service as audit
from portal.households.service import ConsentMissing
from portal.publication.rules import MarksLeft, NotWaiting, OwnText, ReasonNeeded, TextIncomplete
from portal.publication.service import PublicationNotFound
from portal.publication.versions import TEXT_FIELDS
from portal.spreadsheets.sending import check_ending, export_links, send_table
from portal.wishes.publishing import approve_publication, find_marks, known_words, suggest, write_publication
from portal.wishes.rules import WrongState
from portal.wishes.service import WishNotFound, get_wish

_REFUSED_ONE_BY_ONE = (
    OwnText,
    NotWaiting,
    ConsentMissing,
    MarksLeft,
    ReasonNeeded,
    TextIncomplete,
    WrongState,
    NotAllowed,
    WishNotFound,
    PublicationNotFound,
)


@blueprint.get("/publications")
@staff(Role.MODERATOR)
def list_publications() -> str:
    """Show one of the two piles, page by page."""
    pile = "approve" if request.args.get("pile") == "approve" else "write"
    actor, after = current_actor(), request.args.get("after", "")
    entries, last = _entries_to_approve(actor, after) if pile == "approve" else _entries_to_write(actor, after)
    return render_template(
        "admin/wishes/publications.html",
        pile=pile,
        entries=entries,
        counts={"write": count_to_write(actor), "approve": count_to_approve(actor)},
        is_all_ticked=request.args.get("ticked") == "all",
        after=after,
        next_url=url_for("admin.list_publications", pile=pile, after=last) if len(entries) == PILE_SIZE else None,
        first_url=url_for("admin.list_publications", pile=pile) if after else None,
        exports=export_links("admin.export_publications", pile=pile),
    )


@blueprint.get("/publications/export.<ending>")
@staff(Role.MODERATOR)
def export_publications(ending: str) -> Response:
    """Send one of the two piles as a spreadsheet: the texts that wait, and nothing of the sealed side."""
    check_ending(ending)
    audit.record(current_actor(), "list.export", "list", "publications")
    is_approval = request.args.get("pile") == "approve"
    entries = every_to_approve(current_actor()) if is_approval else every_to_write(current_actor())
    headers = [_("心愿编号"), _("物品"), _("物品（英文）"), _("规格"), _("规格（英文）"), _("理由"), _("理由（英文）")]
    rows = ([number, *(getattr(text, name) for name in TEXT_FIELDS)] for number, text in entries)
    return send_table("public-texts", _("公开文字"), headers, rows, ending)


@blueprint.post("/publications")
@staff(Role.MODERATOR)
def act_on_publications() -> ResponseReturnValue:
    """Take the composed text for all ticked wishes, or approve all ticked texts; each by itself."""
    picked = request.form.getlist("pick")
    is_approval = request.form.get("act") == "approve"
    if picked:
        do, actor = _approve_one if is_approval else _take_suggestion, current_actor()
        done, left = do_each(picked, lambda key: do(actor, key), _REFUSED_ONE_BY_ONE)
        _say(len(done), [key.partition("-")[0] for key in left], is_approval=is_approval)
    else:
        flash(_("请先勾选。"), "warning")
    return redirect(url_for("admin.list_publications", pile="approve" if is_approval else "write"), 303)


def _entries_to_write(actor: Actor, after: str) -> tuple[list[Any], str]:
    entries = list_to_write(actor, after)
    return [*entries], entries[-1].number if entries else ""


def _entries_to_approve(actor: Actor, after: str) -> tuple[list[Any], str]:
    entries = list_to_approve(actor, _key(after))
    return [*entries], str(entries[-1].version.id) if entries else ""


def _key(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 15 else None


def _take_suggestion(actor: Actor, number: str) -> None:
    """Write the composed text of a wish, unless something in it is missing or marked."""
    wish = get_wish(number)
    known = known_words(wish.household_id)
    text = suggest(wish, known).text
    if find_marks(text, known):
        raise ReasonNeeded
    write_publication(actor, wish.id, text)


def _approve_one(actor: Actor, key: str) -> None:
    """Approve one ticked text, named by its wish and its own key."""
    publication_id = _key(key.partition("-")[2])
    if publication_id is None:
        raise PublicationNotFound(key)
    approve_publication(actor, publication_id)


def _say(done: int, left: list[str], *, is_approval: bool) -> None:
    if done and is_approval:
        flash(ngettext("批准了 %(num)s 个，已经公开。", "批准了 %(num)s 个，已经公开。", done), "success")
    elif done:
        flash(ngettext("%(num)s 个采用了建议，等别人批准。", "%(num)s 个采用了建议，等别人批准。", done), "success")
    if left:
        numbers = _("、").join(left)
        flash(_("这些没有办成，请逐个打开来看：%(numbers)s", numbers=numbers), "warning")
