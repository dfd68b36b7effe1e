"""What states, moves, reports, questions and payments of a campaign are called, and the names of its plan's fields."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext

from portal.campaigns.disclosure import ReportKind
from portal.campaigns.rules import CampaignAction, CampaignState, WhyNoGift

S, A = CampaignState, CampaignAction

STATE_LABELS: Mapping[CampaignState, Any] = {
    S.DRAFT: lazy_gettext("起草中"),
    S.FILED: lazy_gettext("已备案，等批准"),
    S.OPEN: lazy_gettext("募捐中"),
    S.ENDED: lazy_gettext("募捐已结束"),
    S.ACCOUNTED: lazy_gettext("募捐情况已全面公开"),
    S.CLOSED: lazy_gettext("项目已办结"),
}

STATE_TONES: Mapping[CampaignState, str] = {
    S.DRAFT: "stopped",
    S.FILED: "waiting",
    S.OPEN: "open",
    S.ENDED: "active",
    S.ACCOUNTED: "active",
    S.CLOSED: "done",
}
"""The tone of the badge that shows a state."""

EVENT_LABELS: Mapping[str, Any] = {
    "write": lazy_gettext("开始起草"),
    "change": lazy_gettext("修改方案"),
    A.FILE: lazy_gettext("填写备案信息"),
    A.RETURN: lazy_gettext("退回修改"),
    A.OPEN: lazy_gettext("批准开放"),
    A.END: lazy_gettext("结束募捐"),
    A.ACCOUNT: lazy_gettext("全面公开募捐情况"),
    A.CLOSE: lazy_gettext("办结项目"),
    "pause": lazy_gettext("暂停收款"),
    "resume": lazy_gettext("恢复收款"),
}

REPORT_LABELS: Mapping[ReportKind, Any] = {
    ReportKind.QUARTERLY: lazy_gettext("季度进展报告"),
    ReportKind.EMERGENCY: lazy_gettext("应急募捐进展报告"),
    ReportKind.FINAL: lazy_gettext("募捐情况全面公开"),
    ReportKind.CLOSING: lazy_gettext("项目结束报告"),
}

WHY_NO_GIFT: Mapping[WhyNoGift, Any] = {
    WhyNoGift.NOT_OPEN: lazy_gettext("这个项目还没有开放，现在不收款。"),
    WhyNoGift.NOT_YET: lazy_gettext("这个项目还没有到开始的日子，现在不收款。"),
    WhyNoGift.OVER: lazy_gettext("这个项目的募捐已经结束，不再收款。"),
    WhyNoGift.PAUSED: lazy_gettext("这个项目暂停收款。"),
    WhyNoGift.REPORT_OVERDUE: lazy_gettext("这个项目该公开的报告逾期了，补上之前暂停收款。"),
}

FIELD_LABELS: Mapping[str, Any] = {
    "title": lazy_gettext("项目名称"),
    "summary": lazy_gettext("一句话介绍"),
    "story": lazy_gettext("项目故事"),
    "purpose": lazy_gettext("募捐目的"),
    "beneficiaries": lazy_gettext("受益人"),
    "area": lazy_gettext("开展地区"),
    "starts_on": lazy_gettext("开始日期"),
    "ends_on": lazy_gettext("结束日期"),
    "person_in_charge": lazy_gettext("项目负责人"),
    "contact": lazy_gettext("联系方式和办公地址"),
    "ways_to_give": lazy_gettext("捐赠方式"),
    "bank_account_name": lazy_gettext("收款户名"),
    "bank_name": lazy_gettext("开户银行"),
    "bank_account": lazy_gettext("收款账号"),
    "use": lazy_gettext("款物用途"),
    "fundraising_cost": lazy_gettext("募捐成本"),
    "surplus_rule": lazy_gettext("剩余财产怎样处理"),
    "budget": lazy_gettext("预算"),
    "pf_certificate": lazy_gettext("公开募捐资格证书编号"),
    "target_minor": lazy_gettext("目标金额（元）"),
    "is_emergency": lazy_gettext("应对突发事件的募捐"),
    "is_wish_fund": lazy_gettext("这是“代您购买”用的心愿基金"),
    "filing_no": lazy_gettext("备案编号"),
    "filed_on": lazy_gettext("备案日期"),
    "platform_name": lazy_gettext("指定平台"),
    "platform_url": lazy_gettext("指定平台上的网址"),
}
"""What each field of a plan and a filing is called; its English twin has the same name."""
