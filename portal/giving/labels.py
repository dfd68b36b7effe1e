"""What states, reasons and visibilities of gifts are called."""

from typing import Any

from flask_babel import lazy_gettext

from portal.giving.commitment_rules import CommitmentState
from portal.giving.monthly_rules import MonthlyState
from portal.giving.rules import (
    GiftState,
    PaymentState,
    RefundReason,
    RefundState,
    WhyHeld,
    WhyPayoutHeld,
    WordsState,
)

STATE_LABELS: dict[GiftState, Any] = {
    GiftState.INTENDED: lazy_gettext("还没有付款"),
    GiftState.ABANDONED: lazy_gettext("没有付款，已关闭"),
    GiftState.SUCCEEDED: lazy_gettext("已收到"),
    GiftState.PARTLY_REFUNDED: lazy_gettext("已收到，退了一部分"),
    GiftState.REFUNDED: lazy_gettext("已全部退款"),
    GiftState.DISPUTED: lazy_gettext("被银行扣回"),
}

STATE_TONES: dict[GiftState, str] = {
    GiftState.INTENDED: "waiting",
    GiftState.ABANDONED: "stopped",
    GiftState.SUCCEEDED: "done",
    GiftState.PARTLY_REFUNDED: "done",
    GiftState.REFUNDED: "stopped",
    GiftState.DISPUTED: "alert",
}
"""The tone of a state's badge; the label carries the meaning."""

MONTHLY_LABELS: dict[MonthlyState, Any] = {
    MonthlyState.ACTIVE: lazy_gettext("每月在捐"),
    MonthlyState.LATE: lazy_gettext("这个月没付成，会再试"),
    MonthlyState.PAUSED: lazy_gettext("暂停中"),
    MonthlyState.STOPPED: lazy_gettext("已停止"),
}

MONTHLY_TONES: dict[MonthlyState, str] = {
    MonthlyState.ACTIVE: "done",
    MonthlyState.LATE: "alert",
    MonthlyState.PAUSED: "waiting",
    MonthlyState.STOPPED: "stopped",
}

PAYMENT_LABELS: dict[PaymentState, Any] = {
    PaymentState.PENDING: lazy_gettext("等待付款"),
    PaymentState.FAILED: lazy_gettext("没有付成功"),
    PaymentState.ABANDONED: lazy_gettext("已关闭"),
    PaymentState.SUCCEEDED: lazy_gettext("已付款"),
    PaymentState.DUPLICATED: lazy_gettext("重复付款，原路退回"),
}

REFUND_LABELS: dict[RefundState, Any] = {
    RefundState.REQUESTED: lazy_gettext("等待退款"),
    RefundState.SENT: lazy_gettext("退款办理中"),
    RefundState.SUCCEEDED: lazy_gettext("已退款"),
    RefundState.FAILED: lazy_gettext("没有退成"),
}

REASON_LABELS: dict[RefundReason, Any] = {
    RefundReason.DONOR: lazy_gettext("捐赠人要求"),
    RefundReason.MISTAKE: lazy_gettext("付错或多付"),
    RefundReason.DUPLICATED: lazy_gettext("同一笔付了两次"),
    RefundReason.CAMPAIGN_OVER: lazy_gettext("项目已过募捐期"),
    RefundReason.PROVIDER: lazy_gettext("在支付机构那边退的"),
}

WHY_HELD_LABELS: dict[WhyHeld, Any] = {
    WhyHeld.AMOUNT: lazy_gettext("金额和捐赠单不一致"),
    WhyHeld.CURRENCY: lazy_gettext("币种和捐赠单不一致"),
    WhyHeld.LIVEMODE: lazy_gettext("测试和正式环境混了"),
    WhyHeld.TWIN: lazy_gettext("同一笔付款有了两个编号"),
    WhyHeld.ORPHAN: lazy_gettext("这里没有这笔付款的记录"),
    WhyHeld.REFUNDED_TOO_MUCH: lazy_gettext("退款超过了付款"),
}

WHY_PAYOUT_HELD_LABELS: dict[WhyPayoutHeld, Any] = {
    WhyPayoutHeld.LIVEMODE: lazy_gettext("测试和正式环境混了"),
    WhyPayoutHeld.CURRENCY: lazy_gettext("不是银行账户的币种"),
    WhyPayoutHeld.AMOUNT: lazy_gettext("明细加起来不等于到账的金额"),
    WhyPayoutHeld.UNKNOWN: lazy_gettext("有的明细在这里没有记录"),
    WhyPayoutHeld.ITEM: lazy_gettext("有的明细金额或手续费和这里的不一致"),
    WhyPayoutHeld.TWICE: lazy_gettext("有的明细在别的到账里已经算过"),
    WhyPayoutHeld.CHANGED: lazy_gettext("支付机构后来改了说法"),
}

COMMITMENT_LABELS: dict[str, Any] = {
    CommitmentState.REQUESTED: lazy_gettext("等另一位同事同意"),
    CommitmentState.ACTIVE: lazy_gettext("已同意"),
    CommitmentState.REFUSED: lazy_gettext("没有同意"),
}

COMMITMENT_TONES: dict[str, str] = {
    CommitmentState.REQUESTED: "waiting",
    CommitmentState.ACTIVE: "done",
    CommitmentState.REFUSED: "stopped",
}

WORDS_LABELS: dict[WordsState, Any] = {
    WordsState.NONE: lazy_gettext("没有要公开的话"),
    WordsState.WAITING: lazy_gettext("等工作人员看过后公开"),
    WordsState.APPROVED: lazy_gettext("已公开"),
    WordsState.REFUSED: lazy_gettext("没有公开"),
}

FAILURE_LABELS: dict[str, Any] = {
    "card_declined": lazy_gettext("银行没有同意这次付款。可以换一张卡，或者问问发卡银行。"),
    "insufficient_funds": lazy_gettext("卡里的余额不够。"),
    "authentication_failed": lazy_gettext("没有通过银行的验证。"),
    "amount_too_small": lazy_gettext("金额太小，这种付款方式收不了。请换一种方式，或者从项目页面多捐一点。"),
}
"""Why a payment failed, in words that help; a reason that is not here is shown as the general one."""

FAILURE_IN_GENERAL = lazy_gettext("没有付成功，原因银行没有说。没有扣您的钱。")
