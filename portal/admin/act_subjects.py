"""What the acts of the audit trail are about: names and pages in place of keys. Never an identity of a family."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext
from sqlalchemy import select

from portal.access import current_actor
from portal.accounts.models import Organisation, Person
from portal.accounts.rules import Role
from portal.admin.act_labels import subject_label
from portal.areas.models import ServiceCentre
from portal.db import session
from portal.limits.rules import NAMES, label_of
from portal.wishes.models import Wish

_NAME_COLUMNS: dict[str, tuple[Any, Any]] = {
    "person": (Person.id, Person.name),
    "organisation": (Organisation.id, Organisation.name),
    "service_centre": (ServiceCentre.id, ServiceCentre.name),
    "household": (Wish.household_id, Wish.number),
}
"""Where the names of subjects are found by their keys; a household is named by its newest wish."""

_PAGES: dict[str, tuple[str, str, frozenset[Role]]] = {
    "wish": (
        "admin.show_wish",
        "number",
        frozenset({Role.NEED_REPORTER, Role.CENTRE_CLERK, Role.MODERATOR, Role.SUPERVISOR, Role.ADMINISTRATOR}),
    ),
    "person": ("admin.show_person", "person_id", frozenset({Role.ADMINISTRATOR})),
    "organisation": (
        "admin.show_organisation",
        "organisation_id",
        frozenset({Role.MODERATOR, Role.ADMINISTRATOR}),
    ),
    "service_centre": ("admin.edit_centre", "service_centre_id", frozenset({Role.CENTRE_CLERK, Role.ADMINISTRATOR})),
    "import": ("intake.show_import", "import_id", frozenset({Role.CENTRE_CLERK, Role.ADMINISTRATOR})),
}
"""The page of each kind of subject, what its address takes, and who may open it."""


LIST_LABELS: dict[str, Any] = {
    "messages": lazy_gettext("消息"),
    "people": lazy_gettext("人员"),
    "organisations": lazy_gettext("单位"),
    "areas": lazy_gettext("区域"),
    "publications": lazy_gettext("公开文字"),
    "pauses": lazy_gettext("暂停认领的人"),
    "imports": lazy_gettext("交过的心愿表"),
    "by_id_number": lazy_gettext("身份证号"),
    "by_phone": lazy_gettext("电话"),
    "counter": lazy_gettext("等着交给家庭的物品"),
}
"""What the lists that people take out are called."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What an act is about, as a page shows it; `url` only where the reader may open it."""

    label: str
    name: str
    url: str | None


def find_subjects(keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Subject]:
    """Return what kinds and keys of subjects stand for, by one query for each kind that has names."""
    keys = set(keys)
    names = find_names(keys)
    return {(kind, ref): _subject(kind, ref, names.get((kind, ref))) for kind, ref in keys}


def find_names(keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Return what subjects are called, by kind and key; those without a name are left out."""
    wanted: dict[str, set[int]] = defaultdict(set)
    found: dict[tuple[str, str], str] = {}
    for kind, ref in keys:
        if kind in _NAME_COLUMNS and ref.isdecimal():
            wanted[kind].add(int(ref))
        elif kind == "limit" and ref in NAMES:
            found[kind, ref] = str(label_of(ref))
        elif kind == "list" and ref in LIST_LABELS:
            found[kind, ref] = str(LIST_LABELS[ref])
    for kind, ids in wanted.items():
        key, name = _NAME_COLUMNS[kind]
        rows = session().execute(select(key, name).where(key.in_(ids)).order_by(key.class_.id))
        found |= {(kind, str(row[0])): row[1] for row in rows}
    return found


def _subject(kind: str, ref: str, name: str | None) -> Subject:
    # What is kept of a household is its key; staff know it by its wish.
    page, value = ("wish", name) if kind == "household" and name else (kind, ref)
    endpoint, argument, roles = _PAGES.get(page, ("", "", frozenset()))
    may_open = bool(endpoint) and current_actor().has_role(*roles)
    address: dict[str, Any] = {argument: value}
    return Subject(subject_label(kind), name or ref, url_for(endpoint, **address) if may_open else None)
