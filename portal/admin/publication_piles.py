"""The two piles of moderators: wishes to write a public text for, and texts of others to approve; many at once."""

from collections.abc import Callable, Iterable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.access import current_actor, staff
from portal.accounts.rules import Actor, NotAllowed, Role
from portal.admin.blueprint import blueprint
from portal.admin.publication_queries import (
    PILE_SIZE,
    count_to_approve,
    count_to_write,
    list_to_approve,
    list_to_write,
)
from portal.households.service import ConsentMissing
from portal.publication.rules import MarksLeft, NotWaiting, OwnText, ReasonNeeded, TextIncomplete
from portal.publication.service import PublicationNotFound
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
    )


@blueprint.post("/publications")
@staff(Role.MODERATOR)
def act_on_publications() -> ResponseReturnValue:
    """Take the composed text for all ticked wishes, or approve all ticked texts; each by itself."""
    picked = request.form.getlist("pick")[:PILE_SIZE]
    is_approval = request.form.get("act") == "approve"
    if picked:
        done, left = _each(picked, _approve_one if is_approval else _take_suggestion)
        _say(done, left, is_approval=is_approval)
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


def _each(picked: Iterable[str], do: Callable[[Actor, str], None]) -> tuple[int, list[str]]:
    """Do one act on each ticked entry in a transaction of its own; return how many were done and which were not."""
    done, left = 0, []
    for key in dict.fromkeys(picked):
        try:
            do(current_actor(), key)
        except _REFUSED_ONE_BY_ONE:
            left.append(key.partition("-")[0])
        else:
            done += 1
    return done, left


def _say(done: int, left: list[str], *, is_approval: bool) -> None:
    if done and is_approval:
        flash(ngettext("批准了 %(num)s 个，已经公开。", "批准了 %(num)s 个，已经公开。", done), "success")
    elif done:
        flash(ngettext("%(num)s 个采用了建议，等别人批准。", "%(num)s 个采用了建议，等别人批准。", done), "success")
    if left:
        numbers = _("、").join(left)
        flash(_("这些没有办成，请逐个打开来看：%(numbers)s", numbers=numbers), "warning")
