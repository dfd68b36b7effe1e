"""The columns of a wish list: fields, their labels, and the names communities give them. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext

from portal.spreadsheets.cells import Row, Sheet
from portal.spreadsheets.columns import ColumnMapping, Heading, find_columns, rate_head, restore_columns


class WishField(StrEnum):
    """What a row of a wish list may say."""

    SEQUENCE = "sequence"
    SERVICE_CENTRE = "service_centre"
    COMMUNITY = "community"
    GRID = "grid"
    NAME = "name"
    ID_NUMBER = "id_number"
    GENDER = "gender"
    GROUP = "group"
    GUARDIAN = "guardian"
    GUARDIAN_PHONE = "guardian_phone"
    PHONE = "phone"
    ADDRESS = "address"
    ITEM = "item"
    SIZE = "size"
    KIND = "kind"
    QUANTITY = "quantity"
    UNIT_PRICE = "unit_price"
    REASON = "reason"
    REPORTER = "reporter"
    REPORTED_ON = "reported_on"
    CONSENT_PUBLISH = "consent_publish"
    CONSENT_SHARE = "consent_share"
    CONSENT_PHOTO = "consent_photo"


F = WishField

FIELD_LABELS: dict[str, Any] = {
    F.SEQUENCE: lazy_gettext("序号"),
    F.SERVICE_CENTRE: lazy_gettext("服务中心"),
    F.COMMUNITY: lazy_gettext("社区"),
    F.GRID: lazy_gettext("网格"),
    F.NAME: lazy_gettext("心愿人姓名"),
    F.ID_NUMBER: lazy_gettext("身份证号"),
    F.GENDER: lazy_gettext("性别"),
    F.GROUP: lazy_gettext("困难类别"),
    F.GUARDIAN: lazy_gettext("监护人"),
    F.GUARDIAN_PHONE: lazy_gettext("监护人电话"),
    F.PHONE: lazy_gettext("联系电话"),
    F.ADDRESS: lazy_gettext("家庭住址"),
    F.ITEM: lazy_gettext("心愿物品"),
    F.SIZE: lazy_gettext("规格尺码"),
    F.KIND: lazy_gettext("心愿类型"),
    F.QUANTITY: lazy_gettext("数量"),
    F.UNIT_PRICE: lazy_gettext("单价"),
    F.REASON: lazy_gettext("心愿理由"),
    F.REPORTER: lazy_gettext("报送人"),
    F.REPORTED_ON: lazy_gettext("报送日期"),
    F.CONSENT_PUBLISH: lazy_gettext("同意公开匿名信息"),
    F.CONSENT_SHARE: lazy_gettext("同意告知送达人"),
    F.CONSENT_PHOTO: lazy_gettext("同意拍照"),
}

REQUIRED = frozenset(
    {
        F.COMMUNITY,
        F.NAME,
        F.ID_NUMBER,
        F.GROUP,
        F.PHONE,
        F.ADDRESS,
        F.ITEM,
        F.QUANTITY,
        F.UNIT_PRICE,
        F.REPORTED_ON,
        F.CONSENT_PUBLISH,
    }
)
"""The columns without which no row can be checked; a service centre is also known by its communities."""

# Names of columns are read from files, not shown, so they are not translated.
_ALIASES: dict[WishField, str] = {
    F.SEQUENCE: "序号 编号 号 No Number 顺序号 行号 Seq",
    F.SERVICE_CENTRE: "所在街道 镇街道 社会服务中心 党群服务中心 服务中心 中心 街道服务中心 所属服务中心 便民服务中心 "
    "街道 所属街道 镇街 街镇 街道镇 所属中心 受理中心 ServiceCentre ServiceCenter Centre Center",
    F.COMMUNITY: "所在村居 村庄 村 社区名 居村委会 社区 所属社区 社区名称 村居 社区村 居委会 村社区 所在社区 "
    "社区居委会 Community",
    F.GRID: "网格员责任区 责任网格 责任区 网格区域 网格 所属网格 网格号 网格名称 网格编号 所在网格 Grid",
    F.NAME: "被帮扶人 帮扶对象 救助对象 受助对象 对象姓名 困难人员姓名 许愿者 孩子老人姓名 心愿人姓名 心愿人 姓名 "
    "受助人姓名 受助人 孩子姓名 儿童姓名 受益人 受益人姓名 申请人 申请人姓名 困难群众姓名 求助人 求助人姓名 "
    "学生姓名 老人姓名 许愿人 许愿人姓名 Name BeneficiaryName Beneficiary FullName WisherName",
    F.ID_NUMBER: "身份证件号码 身份证件号 居民身份证 证件编号 身份证号 身份证号码 身份证 证件号 证件号码 公民身份号码 "
    "身份号码 心愿人身份证号 受助人身份证号 居民身份证号 居民身份证号码 孩子身份证号 儿童身份证号 IDNumber IDNo ID "
    "IDCard IdentityNumber IDCardNumber",
    F.GENDER: "性别 男女 Gender Sex",
    F.GROUP: "群众类别 救助类型 帮扶类别 帮扶对象类别 身份类别 困境类型 人员类型 家庭困难类别 困难家庭类别 困难类别 "
    "困难类型 类别 人员类别 对象类别 家庭类别 困难群体类别 救助类别 家庭类型 人群类别 群体 困境类别 困难情形 "
    "对象类型 Group BeneficiaryGroup HardshipCategory Category HardshipGroup",
    F.GUARDIAN: "监护人 监护人姓名 法定监护人 家长 家长姓名 Guardian GuardianName",
    F.GUARDIAN_PHONE: "监护人电话 监护人联系电话 监护人手机 监护人联系方式 监护人手机号 家长电话 家长联系电话 "
    "GuardianPhone GuardianTelephone",
    F.PHONE: "手机电话 联系手机 联系号码 本人电话 家庭电话 联系电话 电话 手机 手机号 手机号码 联系方式 电话号码 "
    "心愿人电话 联系人电话 受助人电话 Phone PhoneNumber Telephone Tel Mobile Contact ContactPhone",
    F.ADDRESS: "现居住地址 居住详细地址 家庭详细地址 通讯地址 收货地址 现居住地 家庭住址 住址 地址 家庭地址 居住地址 "
    "详细地址 现住址 联系地址 居住地 Address HomeAddress",
    F.ITEM: "想要的东西 想要什么 需要的物品 需要什么 所需 愿望内容 心愿详情 具体心愿 心愿描述 申请物品 帮扶物品 "
    "心愿物品服务 心愿物品或服务 心愿物品 物品 心愿 微心愿 心愿内容 微心愿内容 心愿名称 物品名称 所需物品 需求物品 "
    "心愿物品名称 需求内容 愿望 心愿需求 Item Wish WishItem ItemName Goods",
    F.SIZE: "规格及型号 规格和型号 详细要求 尺码要求 规格说明 规格尺码 规格 尺码 型号 规格型号 规格要求 尺寸 规格尺寸 "
    "具体要求 尺码规格 颜色尺码 Size Specification Spec SizeSpec",
    F.KIND: "心愿类型 类型 物品服务 心愿种类 心愿类别 需求类型 Kind WishKind Type WishType",
    F.QUANTITY: "需求量 申请数量 心愿数量 数量 件数 个数 数目 需求数量 物品数量 Quantity Qty Amount Count",
    F.UNIT_PRICE: "参考价 预估价 预估单价 估价 大概价格 大约价格 预计金额 预算价 价值 心愿金额 预估金额 参考金额 单价 "
    "价格 预算 金额 单价元 预计单价 参考单价 参考价格 预计价格 价格元 预算元 金额元 预估价格 预算金额 物品单价 "
    "市场价 UnitPrice Price PriceCNY Cost Budget UnitPriceCNY UnitPriceYuan",
    F.REASON: "心愿由来 困难原因 家庭困难情况 心愿缘由 基本情况 家庭基本情况 困难描述 需求说明 情况简介 家庭困难说明 "
    "心愿理由 理由 原因 申请理由 心愿原因 困难情况 情况说明 家庭情况 心愿说明 需求原因 许愿理由 申请原因 困难说明 "
    "Reason Story Why",
    F.REPORTER: "联系网格员 负责网格员 申报人 登记人 经办人 报送网格员 报送人 填报人 上报人 网格员 网格员姓名 "
    "报送人姓名 填表人 采集人 录入人 收集人 Reporter ReportedBy FiledBy GridWorker",
    F.REPORTED_ON: "登记时间 填表时间 申请时间 采集时间 征集时间 征集日期 提交日期 提交时间 申报日期 申报时间 "
    "报送日期 日期 填报日期 上报日期 报送时间 填表日期 登记日期 采集日期 申请日期 上报时间 填报时间 Date "
    "ReportedOn ReportDate DateReported ReportedDate",
    F.CONSENT_PUBLISH: "是否同意匿名公开 是否同意公示 公开意愿 同意公开信息 是否同意公开信息 是否愿意公开 是否公示 "
    "家长是否同意公开 本人是否同意公开 同意公开匿名信息 同意公开 授权公开 是否同意公开 公开授权 匿名公开 是否公开 "
    "同意匿名公开 是否同意公开匿名信息 是否授权公开 同意发布 是否同意发布 信息公开授权 ConsentPublish "
    "ConsentToPublish PublishConsent Consent ConsentToAnonymousPublication",
    F.CONSENT_SHARE: "同意告知送达人 同意告知送货人 是否同意告知送达人 同意共享联系方式 同意提供联系方式 同意分享 "
    "同意上门送达 ConsentShare ConsentToShare ShareConsent ConsentToShareWithDeliverer",
    F.CONSENT_PHOTO: "同意拍照 是否同意拍照 拍照授权 同意照片 同意使用照片 照片授权 ConsentPhoto ConsentToPhoto "
    "PhotoConsent",
}

HEADINGS: tuple[Heading, ...] = tuple(
    Heading(field, FIELD_LABELS[field], tuple(_ALIASES[field].split()), field in REQUIRED) for field in WishField
)


def read_columns(sheet: Sheet, header_row: int | None = None) -> ColumnMapping:
    """Return how the columns of a wish list are best read; `header_row` when a person pointed at the headings."""
    return find_columns(sheet.rows, HEADINGS, header_row)


def restore_wish_columns(sheet: Sheet, data: Mapping[str, Any]) -> ColumnMapping:
    """Return the mapping a person saw before, from what to_dict wrote into the form.

    Raises ValueError when it does not fit this sheet.
    """
    return restore_columns(sheet.rows, HEADINGS, data)


def rate_wish_list(rows: tuple[Row, ...]) -> float:
    """Return how much the first rows of a sheet look like a wish list, to choose among the sheets of a file."""
    return rate_head(rows, HEADINGS)
