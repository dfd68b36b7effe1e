"""Desk pages: search in the audit trail, and what was found as a spreadsheet."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access import current_actor, staff
from portal.accounts.directory import find_ids_by_name
from portal.accounts.queries import names_of
from portal.accounts.rules import Role
from portal.admin.act_labels import Names, act_label, field_label, keys_in, subject_label, value_label
from portal.admin.act_subjects import find_names, find_subjects
from portal.admin.blueprint import blueprint
from portal.audit import queries
from portal.audit import service as audit
from portal.audit.queries import AuditFilters, AuditLine, iterate_audit, list_known_actions, list_known_subject_kinds
from portal.clock import LOCAL_ZONE
from portal.spreadsheets.sending import check_ending, export_links, send_table
from portal.spreadsheets.tidying import tidy
from portal.web import as_key

MARKS = ("newer", "older")
LONGEST = 80

blueprint.add_app_template_global(act_label)


@blueprint.get("/audit")
@staff(Role.SUPERVISOR)
def search_audit() -> ResponseReturnValue:
    """Search the audit trail by person, act, subject and days."""
    filters = _read_filters()
    page = queries.search_audit(
        filters, older_than=request.args.get("older", type=as_key), newer_than=request.args.get("newer", type=as_key)
    )
    kept: dict[str, Any] = {name: value for name, value in request.args.items() if value and name not in MARKS}
    return render_template(
        "admin/audit.html",
        lines=page.lines,
        names=names_of({line.person_id for line in page.lines if line.person_id is not None}),
        changes=_changer(page.lines),
        subjects=find_subjects((line.subject_kind, line.subject_ref) for line in page.lines),
        kept=kept,
        chosen=len(kept) - ("q" in kept),
        action_options=_options(list_known_actions(), filters.action, act_label),
        subject_options=_options(list_known_subject_kinds(), filters.subject_kind, subject_label),
        newer_url=url_for("admin.search_audit", newer=page.newer, **kept) if page.newer else None,
        older_url=url_for("admin.search_audit", older=page.older, **kept) if page.older else None,
        exports=export_links("admin.export_audit", **kept),
    )


@blueprint.get("/audit/export.<ending>")
@staff(Role.SUPERVISOR)
def export_audit(ending: str) -> ResponseReturnValue:
    """Send what a search finds as a spreadsheet in which nothing is evaluated."""
    check_ending(ending)
    filters = _read_filters()
    audit.record(current_actor(), "audit.export", "audit", ending)
    headers = [_("时间"), _("经办人"), _("操作"), _("对象"), _("编号"), _("改动")]
    return send_table("audit", _("操作记录"), headers, _rows(filters), ending)


def _read_filters() -> AuditFilters:
    q = tidy(request.args.get("q", ""))[:LONGEST]
    return AuditFilters(
        person_ids=find_ids_by_name(q) if q else None,
        action=request.args.get("action", ""),
        subject_kind=request.args.get("subject", ""),
        subject_ref=tidy(request.args.get("ref", ""))[:LONGEST],
        since=_day(request.args.get("since", "")),
        until=_day(request.args.get("until", "")),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _options(values: list[str], chosen: str, label: Any) -> list[dict[str, Any]]:
    return [{"value": value, "label": label(value), "selected": value == chosen} for value in values]


def _changer(lines: Sequence[AuditLine]) -> Callable[[AuditLine], list[str]]:
    """Return a function that tells what an act changed, one text per field; identities were masked when written."""
    parts = [part for line in lines for part in (line.before, line.after) if part]
    names = find_names({key for part in parts for name, value in part.items() for key in keys_in(name, value)})
    return lambda line: _changes(line, names)


def _changes(line: AuditLine, names: Names) -> list[str]:
    before, after = line.before or {}, line.after or {}
    return [_change(name, before, after, names) for name in {**before, **after}]


def _change(name: str, before: dict[str, Any], after: dict[str, Any], names: Names) -> str:
    field, now = field_label(name), value_label(name, after.get(name), names)
    if name not in before:
        return _("%(field)s：%(value)s", field=field, value=now)
    was = value_label(name, before[name], names)
    return _("%(field)s：%(before)s → %(after)s", field=field, before=was, after=now)


def _rows(filters: AuditFilters) -> Iterator[list[Any]]:
    lines = list(iterate_audit(filters))
    names = names_of({line.person_id for line in lines if line.person_id is not None})
    subjects = find_subjects((line.subject_kind, line.subject_ref) for line in lines)
    changes = _changer(lines)
    for line in lines:
        yield [
            line.at.astimezone(LOCAL_ZONE).replace(tzinfo=None),
            names.get(line.person_id or 0, ""),
            act_label(line.action),
            subject_label(line.subject_kind),
            subjects[line.subject_kind, line.subject_ref].name,
            "; ".join(changes(line)),
        ]
