"""What can be wrong with a row of a wish list, in words for the clerk who sent it. Pure; quotes no identity."""

from collections.abc import Mapping
from typing import Any, ClassVar

from flask_babel import lazy_gettext

from portal.intake.columns import FIELD_LABELS
from portal.spreadsheets.problems import Problem

WORDING: dict[str, Any] = {
    "header_not_found": lazy_gettext("找不到表头。请让一行写明“姓名”“身份证号”“心愿物品”等列名，或指出表头在第几行。"),
    "columns_missing": lazy_gettext("找不到这些列：%(columns)s。请在上面指出每一列的位置。"),
    "rows_missing": lazy_gettext("表头下面没有心愿。"),
    "missing": lazy_gettext("%(label)s没有填写。"),
    "formula": lazy_gettext("%(label)s是公式，不是内容。请直接填写。"),
    "cell_error": lazy_gettext("%(label)s显示的是计算错误。请直接填写。"),
    "too_long": lazy_gettext("%(label)s太长，最多%(limit)s个字。"),
    "centre_unknown": lazy_gettext("没有叫“%(value)s”的服务中心。请核对名称。"),
    "centre_alike": lazy_gettext("没有叫“%(value)s”的服务中心，是不是“%(suggestion)s”？"),
    "centre_by_community": lazy_gettext("没有叫“%(value)s”的服务中心。“%(community)s”属于“%(suggestion)s”。"),
    "centre_needed": lazy_gettext("“%(community)s”这个名字，%(known)s都有。请加一列写明服务中心。"),
    "community_nowhere": lazy_gettext("没有叫“%(value)s”的社区。请核对名称，或加一列写明服务中心。"),
    "community_unknown": lazy_gettext("“%(centre)s”没有叫“%(value)s”的社区。请核对名称。"),
    "community_alike": lazy_gettext("“%(centre)s”没有叫“%(value)s”的社区，是不是“%(suggestion)s”？"),
    "community_elsewhere": lazy_gettext("“%(value)s”属于“%(suggestion)s”，不属于“%(centre)s”。"),
    "grid_unknown": lazy_gettext("“%(community)s”没有“%(value)s”，只有%(known)s。"),
    "name_unreadable": lazy_gettext("%(label)s里有数字或符号，请填写证件上的姓名。"),
    "id_length": lazy_gettext("身份证号应有18位，这里是%(length)s位。"),
    "id_old": lazy_gettext("这是15位的旧身份证号，请填写18位号码。"),
    "id_as_number": lazy_gettext("身份证号被存成了数字，末几位已经丢失。请把这一列设为“文本”格式，再重新填写号码。"),
    "id_characters": lazy_gettext("身份证号里有不该有的字符。应是17位数字，加一位数字或X。"),
    "id_check_digit": lazy_gettext("身份证号的校验码不对，有一位或几位填错了。请对照证件核对。"),
    "id_birth_date": lazy_gettext("身份证号里的出生日期不可能。请对照证件核对。"),
    "gender_unclear": lazy_gettext("性别“%(value)s”看不懂，没有记录。"),
    "group_unknown": lazy_gettext(
        "困难类别“%(value)s”不在名录里。可以填：低保、低保边缘、特困、刚性支出困难、受灾、临时困难、疾病应急、流散人员、"
        "孤儿、事实无人抚养儿童、困境儿童、留守儿童。"
    ),
    "group_several": lazy_gettext("困难类别填了几种，只记录写在最前面的一种。"),
    "guardian_missing": lazy_gettext("心愿人不满14周岁，必须填写监护人。"),
    "guardian_is_child": lazy_gettext("监护人和心愿人是同一个名字。请填写监护人的姓名。"),
    "phone_wrong": lazy_gettext("%(label)s看不懂。请填写11位手机号，或带区号的座机号，例如0532-12345678。"),
    "phone_several": lazy_gettext("%(label)s填了几个，只记录第一个。"),
    "address_vague": lazy_gettext("家庭住址里没有门牌号。核实时请补全。"),
    "kind_unclear": lazy_gettext("心愿类型“%(value)s”看不懂。请填“物品”或“服务”，或留空。"),
    "quantity_word": lazy_gettext("数量“%(value)s”看不懂。请只写数字，例如1。"),
    "quantity_negative": lazy_gettext("数量“%(value)s”是负数。"),
    "quantity_zero": lazy_gettext("数量是0。至少要1。"),
    "quantity_fraction": lazy_gettext("数量“%(value)s”不是整数。"),
    "quantity_large": lazy_gettext("数量“%(value)s”太大，最多%(limit)s。"),
    "money_word": lazy_gettext("%(label)s“%(value)s”看不懂。请只写数字，例如168或168.50。"),
    "money_negative": lazy_gettext("%(label)s“%(value)s”是负数。"),
    "money_decimals": lazy_gettext("%(label)s“%(value)s”的小数多于两位。"),
    "price_zero": lazy_gettext("物品的单价不能是0；只有服务心愿可以不花钱。"),
    "price_limit": lazy_gettext("总价%(total)s元，超过每个心愿%(limit)s元的上限。"),
    "date_wrong": lazy_gettext("%(label)s“%(value)s”不存在或看不懂。请写成2026-09-10这样。"),
    "date_future": lazy_gettext("%(label)s“%(value)s”还没有到。"),
    "date_old": lazy_gettext("%(label)s“%(value)s”是一年多以前。请确认家庭仍有这个心愿。"),
    "consent_missing": lazy_gettext("“%(label)s”没有填写。请问过家庭后填“是”或“否”。"),
    "consent_unclear": lazy_gettext("“%(label)s”填的“%(value)s”看不出同意还是不同意。请填“是”或“否”。"),
    "reason_missing": lazy_gettext("没有写心愿理由。核实时请补充。"),
    "same_person": lazy_gettext(
        "第%(first)s行和第%(second)s行是同一个人，姓名和身份证号都相同。一户只能有一个进行中的心愿，请删去一行。"
    ),
    "id_shared": lazy_gettext("第%(first)s行和第%(second)s行身份证号相同、姓名不同。核实时请查看证件。"),
    "address_shared": lazy_gettext("第%(first)s行和第%(second)s行住址相同，可能是同一户。核实时请确认。"),
}


class WishProblem(Problem):
    """A problem of a wish list."""

    __slots__ = ()

    wording: ClassVar[Mapping[str, Any]] = WORDING
    labels: ClassVar[Mapping[str, Any]] = FIELD_LABELS
