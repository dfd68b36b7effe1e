"""The desk's frame: what a role finds where, and who is signed in."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import current_app, request, url_for
from flask_babel import lazy_gettext
from flask_login import current_user

from portal.accounts.labels import ROLE_LABELS
from portal.accounts.rules import Role
from portal.areas.queries import list_labels


@dataclass(frozen=True)
class Entry:
    """One line of the menu and the roles that see it."""

    label: Any
    endpoint: str
    roles: frozenset[Role]


STAFF = frozenset(Role)
_CLERKS = frozenset({Role.CENTRE_CLERK, Role.ADMINISTRATOR})
_FILERS = frozenset({Role.NEED_REPORTER, Role.CENTRE_CLERK, Role.ADMINISTRATOR})
_WISH_READERS = frozenset({Role.NEED_REPORTER, Role.CENTRE_CLERK, Role.MODERATOR, Role.SUPERVISOR, Role.ADMINISTRATOR})
_MONEY_READERS = frozenset({Role.FINANCE, Role.SUPERVISOR, Role.ADMINISTRATOR})
_CAMPAIGN_READERS = frozenset({Role.FINANCE, Role.MODERATOR, Role.SUPERVISOR, Role.ADMINISTRATOR})
_ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})

MENU: tuple[Entry, ...] = (
    Entry(lazy_gettext("我的工作台"), "admin.desk", STAFF),
    Entry(lazy_gettext("心愿"), "admin.list_wishes", _WISH_READERS),
    Entry(lazy_gettext("公开文字"), "admin.list_publications", frozenset({Role.MODERATOR, Role.ADMINISTRATOR})),
    Entry(lazy_gettext("帮家庭填心愿"), "intake.file_wish", _FILERS),
    Entry(lazy_gettext("导入心愿表"), "intake.list_imports", _CLERKS),
    Entry(lazy_gettext("收发物品"), "handover.counter", _CLERKS),
    Entry(lazy_gettext("送货上门"), "handover.list_deliveries", _FILERS),
    Entry(lazy_gettext("募捐项目"), "campaigns.desk_list", _CAMPAIGN_READERS),
    Entry(lazy_gettext("代买心愿"), "buying.desk_list", _CAMPAIGN_READERS),
    Entry(lazy_gettext("没人认领的心愿"), "buying.desk_rescue", _CAMPAIGN_READERS),
    Entry(lazy_gettext("捐赠"), "giving.list_gifts", _MONEY_READERS),
    Entry(lazy_gettext("每月捐赠"), "giving.list_monthly", _MONEY_READERS),
    Entry(lazy_gettext("单位配捐"), "giving.list_commitments", _CAMPAIGN_READERS),
    Entry(lazy_gettext("对不上的款项"), "giving.list_holds", _MONEY_READERS),
    Entry(lazy_gettext("到账"), "giving.list_payouts", _MONEY_READERS),
    Entry(lazy_gettext("银行流水"), "giving.list_bank_lines", _MONEY_READERS),
    Entry(lazy_gettext("指定平台的汇总"), "giving.show_platform", _MONEY_READERS),
    Entry(lazy_gettext("捐赠留言"), "giving.list_words", frozenset({Role.MODERATOR})),
    Entry(lazy_gettext("人员"), "admin.list_people", _ADMINISTRATORS),
    Entry(lazy_gettext("单位"), "admin.list_organisations", frozenset({Role.MODERATOR, Role.ADMINISTRATOR})),
    Entry(lazy_gettext("暂停认领的人"), "admin.show_blocks", frozenset({Role.MODERATOR, Role.ADMINISTRATOR})),
    Entry(lazy_gettext("区域"), "admin.list_areas", frozenset({Role.CENTRE_CLERK, Role.ADMINISTRATOR})),
    Entry(lazy_gettext("期限与额度"), "admin.list_limits", _ADMINISTRATORS),
    Entry(lazy_gettext("消息"), "admin.list_messages", _ADMINISTRATORS),
    Entry(lazy_gettext("操作记录"), "admin.search_audit", frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR})),
)


def desk_context() -> dict[str, Any]:
    """Give every template the menu of the signed-in member of staff."""
    if not current_user.is_authenticated:
        return {"desk_menu": []}
    actor = current_user.actor
    addresses = {
        url_for(entry.endpoint): entry.label
        for entry in MENU
        if entry.endpoint in current_app.view_functions and actor.has_role(*entry.roles)
    }
    here = _nearest(addresses)
    return {
        "desk_menu": [{"label": label, "url": url, "active": url == here} for url, label in addresses.items()],
        "desk_person": desk_person,
    }


def desk_person() -> dict[str, Any]:
    """Return who is signed in, with their roles and the service centres these hold for."""
    grants = current_user.actor.grants
    centres = list_labels({grant.service_centre_id for grant in grants if grant.service_centre_id})
    roles = sorted({grant.role for grant in grants}, key=list(Role).index)
    return {"name": current_user.name, "roles": [ROLE_LABELS[role] for role in roles], "centres": centres}


def _nearest(addresses: Iterable[str]) -> str | None:
    """Return the address of the menu below which this page lies, the longest of several."""
    above = [url for url in addresses if request.path == url or request.path.startswith(f"{url}/")]
    found = max(above, key=len, default=None)
    return None if found == url_for("admin.desk") != request.path else found
