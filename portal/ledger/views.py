"""Pages of the public ledger, in plain words; nothing in them is about a donor or a family."""

from collections.abc import Callable
from datetime import date
from typing import TypeVar

from flask import Blueprint, Flask, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.access import public
from portal.codes import tidy
from portal.ledger.file_views import blueprint as files
from portal.ledger.log import list_daily
from portal.ledger.page_queries import find_entry_page, find_sequence, ledger_page, list_entries
from portal.ledger.registers import list_goods_quarters, list_hours_quarters
from portal.web import as_key
from portal.wishes.kinds import CATEGORY_LABELS

Asked = TypeVar("Asked", int, date)

NEWEST_SHOWN, PAGE_SIZE, DAYS_SHOWN = 5, 40, 60

blueprint = Blueprint("ledger", __name__, url_prefix="/ledger")


def install(app: Flask) -> None:
    """Add this room's pages and files to the application."""
    app.register_blueprint(blueprint)
    app.register_blueprint(files)


@blueprint.get("")
@public
def index() -> ResponseReturnValue:
    """Say what the ledger is, what its newest checkpoint states, and how to check it; look up a reference."""
    typed = request.args.get("reference", "").strip()
    if not typed:
        return render_template("ledger/index.html", page=ledger_page(NEWEST_SHOWN), typed="", is_unknown=False)
    reference = tidy(typed)
    if find_sequence(reference) is not None:
        return redirect(url_for("ledger.show_entry", reference=reference))
    page = render_template("ledger/index.html", page=ledger_page(NEWEST_SHOWN), typed=typed, is_unknown=True)
    return page, 404


@blueprint.get("/entries")
@public
def show_entries() -> ResponseReturnValue:
    """List the entries, the newest first."""
    before = _asked(as_key)
    entries = list_entries(PAGE_SIZE + 1, before)
    shown = entries[:PAGE_SIZE]
    older = url_for("ledger.show_entries", before=shown[-1].sequence) if len(entries) > PAGE_SIZE else None
    newer = url_for("ledger.show_entries") if before is not None else None
    return render_template("ledger/entries.html", entries=shown, newer=newer, older=older)


@blueprint.get("/entries/<reference>")
@public
def show_entry(reference: str) -> ResponseReturnValue:
    """Show one entry with its lines and its proof."""
    page = find_entry_page(tidy(reference))
    if page is None:
        abort(404)
    return render_template("ledger/entry.html", page=page, entry=page.entry)


@blueprint.get("/checkpoints")
@public
def show_checkpoints() -> ResponseReturnValue:
    """List the daily checkpoints, the newest first."""
    before = _asked(date.fromisoformat)
    days = list_daily(DAYS_SHOWN + 1, before)
    shown = days[:DAYS_SHOWN]
    older = url_for("ledger.show_checkpoints", before=shown[-1].made_on) if len(days) > DAYS_SHOWN else None
    newer = url_for("ledger.show_checkpoints") if before is not None else None
    return render_template("ledger/checkpoints.html", days=shown, newer=newer, older=older)


@blueprint.get("/registers")
@public
def show_registers() -> ResponseReturnValue:
    """Show what goods reached families and what time was given, quarter by quarter, where enough wishes share it."""
    goods, hours = list_goods_quarters(), list_hours_quarters()
    return render_template("ledger/registers.html", goods=goods, hours=hours, labels=CATEGORY_LABELS)


def _asked(read: Callable[[str], Asked]) -> Asked | None:
    """Return from where on the reader wants to see more; None, the beginning, for what cannot be read."""
    try:
        return read(request.args.get("before", ""))
    except ValueError:
        return None
