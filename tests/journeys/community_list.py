"""Makes a list as communities hand it in: every group, things and services, gaps, neighbours, a number under two names.

All people are invented. A row says little; what happens to its wish later is
the tests' business.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from tests.spreadsheets.samples import HEADERS, as_grid, as_xlsx, id_number, widened, wish_line

EVERY_HEADER = HEADERS | {"consent_share": "同意告知送达人", "consent_photo": "同意拍照", "kind": "心愿类型"}
TITLES = ("2026年冬季微心愿征集汇总表", "填报单位：各社区居委会　　填报日期：2026年11月", "")
FOOTERS = (["合计", *[""] * 12, 95], ["审核人：", "", "", "单位盖章："])

GROUPS = (
    *("城市低保", "低保边缘家庭", "特困供养", "支出型困难家庭", "受灾户", "临时救助对象"),
    *("疾病应急救助", "流浪乞讨人员", "散居孤儿", "事实无人抚养儿童", "困境儿童", "农村留守儿童"),
)
CHILDREN_FROM = GROUPS.index("散居孤儿")
WISHES = (
    ("双肩书包", "蓝色，高年级款", 1, 168),
    ("儿童绘本", "十册一套", 1, 150),
    ("防滑棉鞋", "37码", 2, 89),
    ("加厚棉被", "2×2.3米", 1, 259),
    ("电饭煲", "3升", 1, 199),
    ("助行器", "可折叠", 1, 260),
    ("血压计", "上臂式，大字", 1, 180),
    ("羽毛球拍", "一副，轻", 1, 160),
    ("水彩颜料", "24色", 3, 45.5),
    ("陪伴聊天", "每周一小时", 4, 0),
    ("上门剪发", "每月一次", 3, 20),
    ("数学辅导", "每周一次", 5, 100),
    ("招财摆件", None, 1, 66),
)


def community_lines(count: int, today: date) -> list[dict[str, Any]]:
    """Return rows reported in the weeks before a day; every thirteenth shares its ID number with the one before."""
    lines = [_line(number, today) for number in range(1, count + 1)]
    for number in range(13, count + 1, 13):
        twin, line = lines[number - 2], lines[number - 1]
        line |= {name: twin[name] for name in ("id_number", "gender", "service_centre", "community", "grid", "address")}
        line["guardian"] = line["guardian"] or twin["guardian"]
    return lines


def _line(number: int, today: date) -> dict[str, Any]:
    group = number % len(GROUPS)
    item, size, quantity, price = WISHES[number % len(WISHES)]
    years = 5 + number % 12 if group >= CHILDREN_FROM else 25 + number
    born = today - timedelta(days=365 * years + number)
    line = wish_line(number, seed=60) | {
        "id_number": id_number(born, number),
        "group": GROUPS[group],
        "guardian": f"岳{'安宁和新晴'[number % 5]}明" if years < 18 else None,
        "phone": f"0532-8888{number:04}" if number % 9 == 0 else f"139{number:08}",
        "item": item,
        "size": size,
        "quantity": quantity,
        "unit_price": price,
        "reported_on": today - timedelta(days=5 + number % 30),
        "consent_publish": "否" if number % 8 == 0 else "是",
        "consent_share": "是" if number % 3 == 0 else "否",
        "consent_photo": (None, "是", "否")[number % 3],
    }
    return widened(line) if number % 4 == 0 else line


def community_list(lines: Sequence[Mapping[str, Any]]) -> bytes:
    """Return the workbook of a list, with titles above and a total and a signature below."""
    return as_xlsx([*as_grid(lines, EVERY_HEADER, TITLES), *FOOTERS])
