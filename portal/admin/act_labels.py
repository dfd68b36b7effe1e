"""What the acts of the audit trail, their subjects and the fields they change are called."""

from collections.abc import Iterator, Mapping
from typing import Any

from flask_babel import lazy_gettext

from portal.accounts.labels import ROLE_LABELS, STATUS_LABELS
from portal.accounts.models import OrganisationStatus
from portal.accounts.rules import ActorKind, Role
from portal.handover.rules import Way
from portal.households.models import ConsentUse
from portal.households.wording import CONSENT_LABELS
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
    "second_factor.issue_codes": lazy_gettext("印备用码"),
    "second_factor.recover": lazy_gettext("用备用码登录"),
    "second_factor.reset": lazy_gettext("重置动态口令"),
    "organisation.certify": lazy_gettext("认证单位"),
    "organisation.refuse": lazy_gettext("不通过单位登记"),
    "organisation.suspend": lazy_gettext("暂停单位认领"),
    "pledger.unblock": lazy_gettext("提前解除暂停认领"),
    "areas.import": lazy_gettext("导入名录"),
    "centre.update": lazy_gettext("修改服务中心"),
    "set_limit": lazy_gettext("改动期限或额度"),
    "consent.record": lazy_gettext("记录同意"),
    "household.open": lazy_gettext("查看家庭身份"),
    "household.open_for_delivery": lazy_gettext("为送货查看家庭身份"),
    "household.search": lazy_gettext("按号码找家庭的心愿"),
    "household.correct": lazy_gettext("更正家庭信息"),
    "household.check_id": lazy_gettext("核对身份证件"),
    "household.purge": lazy_gettext("到期清除家庭身份"),
    "import.receive": lazy_gettext("收到心愿表"),
    "import.submit": lazy_gettext("确认导入心愿表"),
    "import.drop": lazy_gettext("放弃导入心愿表"),
    "import.export_problems": lazy_gettext("导出心愿表要改的地方"),
    "import.take_in": lazy_gettext("导入心愿表"),
    "wish.correct": lazy_gettext("更正心愿内容"),
    "list.export": lazy_gettext("导出清单"),
    "wishes.export": lazy_gettext("导出心愿清单"),
    "retry_message": lazy_gettext("重新发送消息"),
    "family_code.issue": lazy_gettext("发出查询码"),
    "family_code.print": lazy_gettext("打印查询码"),
    "delivery.assign": lazy_gettext("安排送货上门"),
    "delivery.nobody_home": lazy_gettext("送货时没人在家"),
    "gift.refund": lazy_gettext("给捐赠退款"),
    "gift.refuse_refund": lazy_gettext("没有同意退款"),
    "monthly.stop": lazy_gettext("替捐赠人停止每月捐赠"),
    "commitment.request": lazy_gettext("记下一个单位的配捐"),
    "commitment.approve": lazy_gettext("同意配捐"),
    "commitment.refuse": lazy_gettext("没有同意配捐"),
    "gift.decide_words": lazy_gettext("决定捐赠留言是否公开"),
    "payout.accept": lazy_gettext("认下对不上的到账"),
    "bank_line.aside": lazy_gettext("放下一笔银行流水"),
    "statement.import": lazy_gettext("导入银行流水"),
    "platform.import": lazy_gettext("导入指定平台的合计"),
    "platform.correct": lazy_gettext("更正指定平台的合计"),
    "gifts.export": lazy_gettext("导出捐赠清单"),
    "hold.settle": lazy_gettext("处理对不上的款项"),
    "receipt.issue": lazy_gettext("登记捐赠票据"),
    "receipt.void": lazy_gettext("作废捐赠票据"),
    "text.excuse": lazy_gettext("说明标出的文字为什么可以公开"),
    "text.hold": lazy_gettext("文字留给审核员决定"),
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
    "campaign.write_update": lazy_gettext("写项目动态"),
    "campaign.approve_update": lazy_gettext("批准项目动态"),
    "campaign.refuse_update": lazy_gettext("退回项目动态"),
    "campaign.correct": lazy_gettext("更正公开的项目文字"),
    "campaign.write_report": lazy_gettext("写项目报告"),
    "campaign.publish_report": lazy_gettext("公开项目报告"),
    "campaign.refuse_report": lazy_gettext("退回项目报告"),
    "campaign.treat_question": lazy_gettext("处理提问"),
    "purchase.give_up": lazy_gettext("放弃代买心愿"),
    "purchase.rescue": lazy_gettext("用心愿基金买没人认领的心愿"),
    "disbursement.request": lazy_gettext("申请付款"),
    "disbursement.approved": lazy_gettext("批准付款"),
    "disbursement.refused": lazy_gettext("退回付款申请"),
    "disbursement.cancelled": lazy_gettext("撤回付款申请"),
    "disbursement.paid": lazy_gettext("付款并记账"),
    "disbursement.returned": lazy_gettext("记下退回的付款"),
    "disbursement.open_voucher": lazy_gettext("查看凭证原件"),
    "year.write": lazy_gettext("填写年度数字"),
    "year.approve": lazy_gettext("公布年度数字"),
}
"""Every act but the moves of a wish, which wishes.labels names; kept complete by a test."""

SUBJECT_LABELS: dict[str, Any] = {
    "wish": lazy_gettext("微心愿"),
    "person": lazy_gettext("账号"),
    "organisation": lazy_gettext("认领单位"),
    "pledger_block": lazy_gettext("认领暂停"),
    "household": lazy_gettext("家庭"),
    "import": lazy_gettext("心愿表"),
    "list": lazy_gettext("清单"),
    "message": lazy_gettext("短信或邮件"),
    "areas": lazy_gettext("区域名录"),
    "service_centre": lazy_gettext("服务中心"),
    "audit": lazy_gettext("操作记录"),
    "gift": lazy_gettext("捐赠"),
    "hold": lazy_gettext("对不上的款项"),
    "receipt": lazy_gettext("捐赠票据"),
    "platform_total": lazy_gettext("指定平台的合计"),
    "payout": lazy_gettext("支付机构的到账"),
    "bank_line": lazy_gettext("一笔银行流水"),
    "commitment": lazy_gettext("单位配捐"),
    "monthly_gift": lazy_gettext("一笔每月捐赠"),
    "statement": lazy_gettext("银行对账单"),
    "limit": lazy_gettext("期限或额度"),
    "campaign": lazy_gettext("募捐项目"),
    "purchase": lazy_gettext("代买心愿"),
    "disbursement": lazy_gettext("付款"),
    "year": lazy_gettext("年度"),
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
    "found": lazy_gettext("找到"),
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
    "campaign": lazy_gettext("募捐项目"),
    "amount_minor": lazy_gettext("金额（分）"),
    "update": lazy_gettext("动态"),
    "income_minor": lazy_gettext("收入（分）"),
    "spent_minor": lazy_gettext("支出（分）"),
    "management_minor": lazy_gettext("管理费用（分）"),
    "codes_left": lazy_gettext("还剩的备用码"),
    "until": lazy_gettext("原定到期"),
    "lifted": lazy_gettext("已解除"),
    "use": lazy_gettext("用途"),
    "is_given": lazy_gettext("同意"),
    "given_by": lazy_gettext("谁的意思"),
    "through": lazy_gettext("怎样记下的"),
    "by": lazy_gettext("谁改的"),
    "version": lazy_gettext("第几版"),
    "kinds": lazy_gettext("像什么"),
    "centre": lazy_gettext("服务中心"),
    "slips": lazy_gettext("小票"),
    "replaced": lazy_gettext("换掉了旧码"),
    "is_minor": lazy_gettext("未成年人"),
    "way": lazy_gettext("怎样交给家庭"),
    "deliverer": lazy_gettext("送货的人"),
    "name": lazy_gettext("姓名"),
    "id_number": lazy_gettext("身份证号"),
    "gender": lazy_gettext("性别"),
    "birth_date": lazy_gettext("出生日期"),
    "phone": lazy_gettext("联系电话"),
    "address": lazy_gettext("家庭住址"),
    "guardian": lazy_gettext("监护人"),
    "guardian_phone": lazy_gettext("监护人电话"),
    "item": lazy_gettext("心愿物品"),
    "size": lazy_gettext("规格尺码"),
    "quantity": lazy_gettext("数量"),
    "unit_price_minor": lazy_gettext("单价"),
    "kind": lazy_gettext("种类"),
    "category": lazy_gettext("类别"),
    "group": lazy_gettext("困难类别"),
    "age_band": lazy_gettext("年龄段"),
    "reporter": lazy_gettext("报送人"),
    "reported_on": lazy_gettext("报送日期"),
}
"""Fields of what an act changed; one without a name keeps its code."""

VALUE_LABELS: dict[str, dict[str, Any]] = {
    "use": {use.value: CONSENT_LABELS[use] for use in ConsentUse},
    "given_by": {"self": lazy_gettext("本人"), "guardian": lazy_gettext("监护人")},
    "through": {
        "paper": lazy_gettext("纸上签字"),
        "form": lazy_gettext("当面口头"),
        "code": lazy_gettext("家庭凭查询码"),
        "list": lazy_gettext("报送表"),
    },
    "by": {
        ActorKind.STAFF: lazy_gettext("工作人员"),
        ActorKind.FAMILY: lazy_gettext("家庭"),
        ActorKind.SYSTEM: lazy_gettext("系统"),
    },
    "way": {
        Way.PICK_UP: lazy_gettext("到中心来取"),
        Way.HOME: lazy_gettext("送货上门"),
        Way.SERVICE: lazy_gettext("服务"),
    },
    "state": {"dead": lazy_gettext("放弃了"), "waiting": lazy_gettext("等着发")},
}
"""What the codes of single fields mean, where they are no states, roles or standings."""

WISH_ACTS = "wish."

_KEYS = {"deliverer": "person", "centre": "service_centre"}
"""Fields that hold a key, and of what."""

Names = Mapping[tuple[str, str], str]
"""What subjects are called, by kind and key."""


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


def value_label(field: str, value: Any, names: Names) -> str:
    """Return a value that an act changed in words: states, roles, people, yes and no, lists; others as they are."""
    if value is None or value == []:
        return "—"
    if isinstance(value, bool):
        return str(_YES if value else _NO)
    if isinstance(value, list):
        return str(_BETWEEN).join(value_label(field, part, names) for part in value)
    if field in _KEYS:
        return names.get((_KEYS[field], str(value)), str(value))
    return _word_label(field, value, names) if isinstance(value, str) else str(value)


def keys_in(field: str, value: Any) -> Iterator[tuple[str, str]]:
    """Yield the keys of people and service centres that a value holds, as kinds and keys of subjects."""
    if isinstance(value, list):
        for part in value:
            yield from keys_in(field, part)
    elif field in _KEYS and value is not None:
        yield _KEYS[field], str(value)
    elif field == "roles" and "@" in str(value):
        yield "service_centre", str(value).partition("@")[2]


def _word_label(field: str, word: str, names: Names) -> str:
    if field == "changed":
        return field_label(word)
    if word in VALUE_LABELS.get(field, {}):
        return str(VALUE_LABELS[field][word])
    role, _, centre = word.partition("@")
    if role in set(Role):
        place = names.get(("service_centre", centre), centre)
        return f"{ROLE_LABELS[Role(role)]} {place}".strip()
    if word in set(WishState):
        return state_label(word)
    return str(STATUS_LABELS[OrganisationStatus(word)]) if word in set(OrganisationStatus) else word
