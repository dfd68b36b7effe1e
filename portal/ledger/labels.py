"""Words for what stands in the book."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from portal.ledger.rules import EntryKind, Part, read_code

KIND_LABELS = {
    EntryKind.GIFT: lazy_gettext("捐款到账"),
    EntryKind.MATCHING: lazy_gettext("配捐到账"),
    EntryKind.FEE: lazy_gettext("支付手续费"),
    EntryKind.REFUND: lazy_gettext("退款"),
    EntryKind.CHARGEBACK: lazy_gettext("银行退单"),
    EntryKind.PAYOUT: lazy_gettext("支付机构转到银行"),
    EntryKind.DISBURSEMENT: lazy_gettext("支出"),
    EntryKind.SUPPLIER_RETURN: lazy_gettext("供应商退回"),
    EntryKind.TRANSFER: lazy_gettext("转给同类项目"),
    EntryKind.REVERSAL: lazy_gettext("冲正（撤销记错的一笔）"),
}

PART_LABELS = {
    Part.RECEIVED: lazy_gettext("收到的捐款"),
    Part.MATCHING: lazy_gettext("收到的配捐"),
    Part.FEES: lazy_gettext("付掉的手续费"),
    Part.DISBURSED: lazy_gettext("花出去的钱"),
    Part.REFUNDED: lazy_gettext("退回的捐款"),
    Part.TRANSFERRED: lazy_gettext("转给同类项目的钱"),
}


def account_label(code: str) -> str:
    """Return what an account is, without the number of its fund."""
    name = read_code(code)
    if name.fund is not None:
        return str(PART_LABELS[Part(name.kind)])
    if name.kind == "bank":
        return _("银行账户")
    return _("支付通道（%(gateway)s）", gateway=code.partition(".")[2])
