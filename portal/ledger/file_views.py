"""The public ledger as plain files at addresses that stay: entries, checkpoints, proofs, key, script and feed."""

from collections.abc import Iterator
from datetime import date

from flask import Blueprint, Response, abort, current_app, make_response, render_template, stream_with_context
from flask.typing import ResponseReturnValue

from portal.access import public
from portal.config import Settings
from portal.ledger.leaves import list_leaves
from portal.ledger.log import (
    NotProvable,
    SignedCheckpoint,
    find_daily,
    find_newest,
    list_daily,
    prove_consistency,
    prove_inclusion,
)
from portal.ledger.page_queries import find_sequence
from portal.ledger.publishing import SCRIPT, entry_lines, key_text
from portal.web import absolute_url

DAYS_IN_FEED = 30

blueprint = Blueprint("ledger_files", __name__, url_prefix="/ledger")


@blueprint.get("/entries.jsonl")
@public
def entries() -> ResponseReturnValue:
    """Give every entry up to the newest checkpoint, a line each, exactly as it is hashed."""
    lines: Iterator[bytes] = entry_lines(_newest().tree_size)
    return _named(Response(stream_with_context(lines), mimetype="application/jsonl"), "entries.jsonl")


@blueprint.get("/checkpoint.txt")
@public
def checkpoint() -> ResponseReturnValue:
    """Give the newest checkpoint."""
    return _text(_newest().note)


@blueprint.get("/checkpoints/<day>.txt")
@public
def daily_checkpoint(day: str) -> ResponseReturnValue:
    """Give the checkpoint of a day."""
    try:
        found = find_daily(date.fromisoformat(day))
    except ValueError:
        abort(404)
    return _text((found or abort(404)).note)


@blueprint.get("/proof/<reference>.tlog-proof")
@public
def proof(reference: str) -> ResponseReturnValue:
    """Give the proof that an entry stands in the log; 404 until a checkpoint covers it, which takes a minute."""
    sequence = find_sequence(reference)
    if sequence is None:
        abort(404)
    try:
        told = prove_inclusion(sequence, list_leaves(sequence, sequence)[0].text)
    except NotProvable:
        abort(404)
    return _named(_text(told), f"{reference}.tlog-proof")


@blueprint.get("/growth/<int:old>.txt")
@public
def growth(old: int) -> ResponseReturnValue:
    """Give the proof that the newest checkpoint only adds to the log of so many entries."""
    try:
        return _named(_text(prove_consistency(old)), "growth.txt")
    except NotProvable:
        abort(404)


@blueprint.get("/key.txt")
@public
def key() -> ResponseReturnValue:
    """Give the public key, or the keys, by which checkpoints are checked."""
    return _text(key_text())


@blueprint.get("/verify.py")
@public
def script() -> ResponseReturnValue:
    """Give the script that checks all this with the portal switched off."""
    return _named(_text(SCRIPT.read_text()), "verify.py")


@blueprint.get("/checkpoints.atom")
@public
def feed() -> ResponseReturnValue:
    """Give the newest daily checkpoints as a feed, so that other machines keep them by themselves."""
    settings: Settings = current_app.config["PORTAL"]
    days = list_daily(DAYS_IN_FEED)
    xml = render_template(
        "ledger/checkpoints.xml",
        days=days,
        origin=settings.ledger_origin,
        own_url=absolute_url("ledger_files.feed"),
        page_url=absolute_url("ledger.index"),
        url_of=lambda made_on: absolute_url("ledger_files.daily_checkpoint", day=made_on.isoformat()),
    )
    response = make_response(xml)
    response.mimetype = "application/atom+xml"
    return response


def _newest() -> SignedCheckpoint:
    return find_newest() or abort(404)


def _text(text: str) -> Response:
    response = make_response(text)
    response.mimetype = "text/plain"
    return response


def _named(response: Response, name: str) -> Response:
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
