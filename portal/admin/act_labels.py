"""What the acts of the audit trail, their subjects and the fields they change are called."""

from typing import Any

from flask_babel import lazy_gettext

from portal.accounts.labels import ROLE_LABELS, STATUS_LABELS
from portal.accounts.models import OrganisationStatus
from portal.accounts.rules import Role
from portal.wishes.labels import event_label, state_label
from portal.wishes.rules import WishState

_YES, _NO, _BETWEEN = lazy_gettext("是"), lazy_gettext("否"), lazy_gettext("、")

ACT_LABELS: dict[str, Any] = {
    "person.add": lazy_gettext("添加人员"),
    "person.change_roles": lazy_gettext("改动岗位"),
    "person.enable": lazy_gettext("恢复账号"),
    "person.disable": lazy_gettext("停用账号"),
    "person.send_link": lazy_gettext("发送设置密码的链接"),
    "person.change_password": lazy_gettext("更改密码"),
    "person.sign_in": lazy_gettext("登录"),
    "second_factor.enrol": lazy_gettext("绑定动态口令"),
    "second_factor.reset": lazy_gettext("重置动态口令"),
    "organisation.certify": lazy_gettext("认证单位"),
    "organisation.refuse": lazy_gettext("不通过单位登记"),
    "organisation.suspend": lazy_gettext("暂停单位认领"),
    "areas.import": lazy_gettext("导入名录"),
    "centre.update": lazy_gettext("修改服务中心"),
    "set_limit": lazy_gettext("改动期限或额度"),
    "consent.record": lazy_gettext("记录同意"),
    "household.open": lazy_gettext("查看家庭身份"),
    "household.open_for_delivery": lazy_gettext("为送货查看家庭身份"),
    "household.correct": lazy_gettext("更正家庭信息"),
    "household.check_id": lazy_gettext("核对身份证件"),
    "household.purge": lazy_gettext("到期清除家庭身份"),
    "import.receive": lazy_gettext("收到心愿表"),
    "import.submit": lazy_gettext("确认导入心愿表"),
    "import.drop": lazy_gettext("放弃导入心愿表"),
    "import.take_in": lazy_gettext("导入心愿表"),
    "wish.correct": lazy_gettext("更正心愿内容"),
    "wishes.export": lazy_gettext("导出心愿清单"),
    "retry_message": lazy_gettext("重新发送消息"),
    "family_code.issue": lazy_gettext("发出查询码"),
    "family_code.print": lazy_gettext("打印查询码"),
    "delivery.assign": lazy_gettext("安排送货上门"),
    "delivery.nobody_home": lazy_gettext("送货时没人在家"),
    "audit.export": lazy_gettext("导出操作记录"),
    "picture.open": lazy_gettext("查看照片"),
    "campaign.write": lazy_gettext("起草项目"),
    "campaign.change": lazy_gettext("修改项目方案"),
    "campaign.set_budget": lazy_gettext("填写项目预算"),
    "campaign.set_milestones": lazy_gettext("填写项目计划"),
    "campaign.reach_milestone": lazy_gettext("项目计划完成一步"),
    "campaign.pause": lazy_gettext("暂停收款"),
    "campaign.resume": lazy_gettext("恢复收款"),
    "campaign.file": lazy_gettext("填写备案信息"),
    "campaign.return": lazy_gettext("退回项目方案"),
    "campaign.open": lazy_gettext("批准项目开放"),
    "campaign.end": lazy_gettext("结束募捐"),
    "campaign.account": lazy_gettext("全面公开募捐情况"),
    "campaign.close": lazy_gettext("办结项目"),
}
"""Every act but the moves of a wish, which wishes.labels names; kept complete by a test."""

SUBJECT_LABELS: dict[str, Any] = {
    "wish": lazy_gettext("微心愿"),
    "person": lazy_gettext("账号"),
    "organisation": lazy_gettext("认领单位"),
    "household": lazy_gettext("家庭"),
    "import": lazy_gettext("心愿表"),
    "list": lazy_gettext("清单"),
    "message": lazy_gettext("短信或邮件"),
    "areas": lazy_gettext("区域名录"),
    "service_centre": lazy_gettext("服务中心"),
    "audit": lazy_gettext("操作记录"),
    "limit": lazy_gettext("期限或额度"),
    "campaign": lazy_gettext("募捐项目"),
}

FIELD_LABELS: dict[str, Any] = {
    "state": lazy_gettext("状态"),
    "status": lazy_gettext("状态"),
    "roles": lazy_gettext("岗位"),
    "enabled": lazy_gettext("能登录"),
    "value": lazy_gettext("数值"),
    "reason": lazy_gettext("原因"),
    "note": lazy_gettext("说明"),
    "rows": lazy_gettext("行数"),
    "added": lazy_gettext("新增"),
    "known": lazy_gettext("已有"),
    "changed": lazy_gettext("改动的内容"),
    "centre_address": lazy_gettext("地址"),
    "centre_phone": lazy_gettext("电话"),
    "centre_hours": lazy_gettext("开放时间"),
    "centre_name_en": lazy_gettext("英文名称"),
    "centre_is_active": lazy_gettext("正在使用"),
    "centres_added": lazy_gettext("新增服务中心"),
    "communities_added": lazy_gettext("新增社区"),
    "grids_added": lazy_gettext("新增网格"),
    "changes": lazy_gettext("更新"),
    "title": lazy_gettext("名称"),
    "milestone": lazy_gettext("计划"),
    "pause_reason": lazy_gettext("暂停的原因"),
}
"""Fields of what an act changed; one without a name keeps its code."""

WISH_ACTS = "wish."


def act_label(action: str) -> str:
    """Return what an act of the audit trail is called; one without a name keeps its code."""
    if action in ACT_LABELS:
        return str(ACT_LABELS[action])
    return event_label(action.removeprefix(WISH_ACTS))


def subject_label(kind: str) -> str:
    """Return what a kind of subject is called; one without a name keeps its code."""
    return str(SUBJECT_LABELS.get(kind, kind))


def field_label(name: str) -> str:
    """Return what a field that an act changed is called; one without a name keeps its code."""
    return str(FIELD_LABELS.get(name, name))


def value_label(value: Any) -> str:
    """Return a value that an act changed in words: states, roles, yes and no, lists; others as they are."""
    if value is None or value == []:
        return "—"
    if isinstance(value, bool):
        return str(_YES if value else _NO)
    if isinstance(value, list):
        return str(_BETWEEN).join(value_label(part) for part in value)
    return _word_label(value) if isinstance(value, str) else str(value)


def _word_label(word: str) -> str:
    role, _, centre = word.partition("@")
    if role in set(Role):
        return f"{ROLE_LABELS[Role(role)]} {centre}".strip()
    if word in set(WishState):
        return state_label(word)
    return str(STATUS_LABELS[OrganisationStatus(word)]) if word in set(OrganisationStatus) else word
