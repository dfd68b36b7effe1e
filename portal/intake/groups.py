"""Reads why somebody is entitled to help, and whether a thing or a service is wished for. Pure."""

import re

from portal.intake.values import is_nothing, plain_text, read_text
from portal.spreadsheets.cells import Cell
from portal.spreadsheets.problems import FieldWrong
from portal.spreadsheets.tidying import fold
from portal.wishes.kinds import BeneficiaryGroup, WishKind

_LONGEST_TEXT = 60
_BETWEEN_GROUPS = re.compile(r"[、,，;；/+＋&]|以及|兼|和|且")
_ENDING = re.compile(r"(?:家庭成员|家庭|成员|人员|人口|对象|户|群众|居民)+$")
_BRACKETED = re.compile(r"\(.*?\)|\[.*?\]")

G = BeneficiaryGroup

# What lists write, after the general endings (家庭, 人员, 户 …) are taken off; read from files, never shown.
_NAMES: dict[BeneficiaryGroup, str] = {
    G.DIBAO: "低保 最低生活保障 城乡低保 城市低保 农村低保 城镇低保 享受低保 dibao subsistenceallowance",
    G.DIBAO_MARGIN: "低保边缘 最低生活保障边缘 低保边 边缘 低边 低收入 低保边缘低收入 dibaomargin dibao-margin",
    G.EXTREME_HARDSHIP: "特困 特困供养 城市特困 农村特困 五保 五保供养 特困救助供养 分散供养特困 集中供养特困 "
    "extremehardship",
    G.RIGID_EXPENDITURE: "刚性支出困难 刚性支出 支出型困难 支出型 支出型贫困 刚性支出型困难 刚支困难 rigidexpenditure",
    G.DISASTER: "受灾 灾害 受灾害 因灾困难 disaster disasteraffected",
    G.TEMPORARY_HARDSHIP: "临时困难 基本生活暂时出现严重困难的 基本生活暂时出现严重困难 临时救助 急难 急难型 "
    "暂时困难 temporaryhardship",
    G.MEDICAL_EMERGENCY: "疾病应急救助 疾病应急 需要疾病应急救助的 medicalemergency",
    G.HOMELESS: "生活无着的流散 生活无着流散 流浪乞讨 流散 生活无着的流浪乞讨 流浪 homeless",
    G.ORPHAN: "孤儿 社会散居孤儿 散居孤儿 机构养育孤儿 集中养育孤儿 orphan",
    G.DE_FACTO_UNATTENDED_CHILD: "事实无人抚养儿童 事实无人抚养 事实孤儿 事实无人抚养困境儿童 "
    "defactounattendedchild defactoorphan",
    G.CHILD_IN_DIFFICULTY: "困境儿童 重点困境儿童 困境 困境未成年人 困境青少年 childindifficulty",
    G.LEFT_BEHIND_CHILD: "留守儿童 农村留守儿童 留守 留守未成年人 left-behindchild leftbehindchild",
}
_GROUPS = {name: group for group, names in _NAMES.items() for name in names.split()}

_KINDS = {
    **dict.fromkeys(("物品", "实物", "物资", "物", "物品类", "实物类", "物质类", "goods", "item"), WishKind.GOODS),
    **dict.fromkeys(("服务", "服务类", "陪伴", "陪伴类", "帮助", "service"), WishKind.SERVICE),
}


def find_groups(text: str) -> list[BeneficiaryGroup]:
    """Return the beneficiary groups a text names, in its order."""
    whole = _group(text)
    if whole:
        return [whole]
    found = (_group(part) for part in _BETWEEN_GROUPS.split(text))
    return list(dict.fromkeys(group for group in found if group))


def _group(text: str) -> BeneficiaryGroup | None:
    name = _BRACKETED.sub("", fold(text))
    return _GROUPS.get(name) or _GROUPS.get(_ENDING.sub("", name))


def read_groups(cell: Cell) -> list[BeneficiaryGroup]:
    """Return the beneficiary groups of a cell, at least one, the first of which counts.

    Raises FieldWrong.
    """
    text = read_text(cell, _LONGEST_TEXT)
    groups = find_groups(text)
    if not groups:
        raise FieldWrong("group_unknown", value=text)
    return groups


def read_kind(cell: Cell) -> WishKind | None:
    """Return whether a list calls the wish a thing or a service, None when it says nothing.

    Raises FieldWrong.
    """
    text = plain_text(cell)
    if is_nothing(text):
        return None
    kind = _KINDS.get(fold(text))
    if kind is None:
        raise FieldWrong("kind_unclear", value=text)
    return kind
