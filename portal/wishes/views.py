"""The public pages of wishes: the list and one wish in full. They read publications only."""

from typing import Any

from flask import Blueprint, Flask, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock, codes
from portal.access import public
from portal.areas.queries import CentreCard, get_centre
from portal.i18n import language
from portal.limits.service import get_limits
from portal.publication.filters import read_filters
from portal.publication.fragments import draw_page
from portal.publication.freshness import kept, public_state
from portal.publication.keeping import kept_page
from portal.publication.models import Availability
from portal.publication.paging import read_mark
from portal.publication.queries import (
    PublicWish,
    find_public_wish,
    known_centres,
    list_public_wishes,
    similar_open_wishes,
    was_public,
)
from portal.web import error_page
from portal.wishes.choices import list_address, show_filters, with_known_centre
from portal.wishes.kinds import WishKind
from portal.wishes.labels import action_label, event_label, item_in_english, owner_label, state_label, state_tone
from portal.wishes.rules import latest_days

PAGE_SIZE = 24

blueprint = Blueprint("wishes", __name__, url_prefix="/wishes")


def install(app: Flask) -> None:
    """Add this room's pages to the application, and its words to all templates."""
    app.register_blueprint(blueprint)
    app.jinja_env.globals.update(
        state_label=state_label,
        state_tone=state_tone,
        action_label=action_label,
        event_label=event_label,
        owner_label=owner_label,
        item_in_english=item_in_english,
    )


@blueprint.get("")
@public
@kept_page
def index() -> ResponseReturnValue:
    """Show one page of the wishes that match the filters of the address."""
    centres = known_centres()
    filters = with_known_centre(read_filters(request.args), centres)
    found = list_public_wishes(
        filters, read_mark(request.args.get("after")), PAGE_SIZE, before=read_mark(request.args.get("before"))
    )
    counted = filters, public_state()

    def context() -> dict[str, Any]:
        return {
            "filters": kept(("choices", language(), filters), lambda: show_filters(filters, found.facets, centres)),
            "page": {
                "counted": counted,
                "wishes": found.wishes,
                "total": found.total,
                "next_url": list_address(filters, after=found.next.write()) if found.next else None,
                "prev_url": list_address(filters, before=found.previous.write()) if found.previous else None,
            },
        }

    shown = *counted, found.wishes, found.total, found.next, found.previous
    return draw_page("wishes/index.html", *shown, context=context)


@blueprint.get("/<number>")
@public
@kept_page
def detail(number: str) -> ResponseReturnValue:
    """Show one wish in full; say so where it was taken down."""
    tidy = codes.tidy(number)
    wish = find_public_wish(tidy)
    if wish is None:
        return _gone() if was_public(tidy) else abort(404)
    if tidy != number:
        return redirect(url_for("wishes.detail", number=tidy), 301)
    return render_template(
        "wishes/detail.html",
        w=wish,
        centre=_centre_card(wish),
        steps=_steps(wish),
        similar=similar_open_wishes(wish.number),
        limits=get_limits(),
        latest=latest_days(clock.now(), get_limits()),
    )


def _gone() -> ResponseReturnValue:
    return error_page(
        410,
        _("这个心愿已经撤下了"),
        _("它可能已经由家庭撤回，或者正在重新核对。还有别的心愿在等，欢迎看看。"),
    )


def _centre_card(wish: PublicWish) -> dict[str, str] | None:
    if wish.service_centre_id is None:
        return None
    centre: CentreCard = get_centre(wish.service_centre_id)
    return {"name": centre.label, "address": centre.address, "hours": centre.hours_label, "phone": centre.phone}


def _steps(wish: PublicWish) -> list[dict[str, str]]:
    """Return the way of a wish as far as the public may know it."""
    labels = [
        _("服务中心核实"),
        _("两人看过，公开"),
        _("等人认领") if wish.is_open else _("有人认领"),
        _("送到服务中心"),
        _("交到家庭手里"),
    ]
    if wish.kind == WishKind.SERVICE:
        labels[3:] = [_("约好时间"), _("服务完成")]
    current = {Availability.OPEN: 2, Availability.PLEDGED: 3, Availability.FULFILLED: len(labels)}
    here = current[Availability(wish.availability)]
    states = ["done" if place < here else "current" if place == here else "todo" for place in range(len(labels))]
    return [{"label": label, "state": state} for label, state in zip(labels, states, strict=True)]
