"""The words of each consent, as they are read to a family and printed; says nothing about who agreed."""

from typing import Any

from flask_babel import lazy_gettext

from portal.households.models import ConsentUse

CONSENT_LABELS: dict[ConsentUse, Any] = {
    ConsentUse.PUBLISH: lazy_gettext("匿名公开心愿"),
    ConsentUse.SHARE_WITH_DELIVERER: lazy_gettext("把地址和电话告诉送货的网格员"),
    ConsentUse.PHOTO: lazy_gettext("拍照留存"),
}

CONSENT_TEXTS: dict[ConsentUse, Any] = {
    ConsentUse.PUBLISH: lazy_gettext(
        "我同意把这个心愿匿名发布在网站上：只写需要什么、大致年龄段、困难类别和服务中心，不写姓名、地址、电话、学校和照片。"
    ),
    ConsentUse.SHARE_WITH_DELIVERER: lazy_gettext(
        "如果需要送货上门，我同意把姓名、住址和电话告诉送货的网格员，只用于这一次送达。认领人看不到。"
    ),
    ConsentUse.PHOTO: lazy_gettext(
        "我同意工作人员给物品和签收单拍照存档，不拍人脸，也不发布。不同意拍照不影响领取物品。"
    ),
}
"""What is read to the family and what they agree to, word for word (PIPL 14, 17, 23, 25, 29)."""

READ_REASONS: dict[str, Any] = {
    "delivery": lazy_gettext("为了送货上门"),
    "correction": lazy_gettext("更正退回的心愿"),
    "slips": lazy_gettext("打印家庭查询码"),
}
"""Reasons the portal itself gives when a verb opens a record; what people write is shown as written."""
