"""Makes wish lists of the kind communities hand in: invented people, valid check digits, the same for the same seed.

`python -m tests.spreadsheets.samples` writes the small files in tests/samples.
"""

import csv
import io
import random
import re
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from stdnum.cn import ric

SAMPLES = Path(__file__).resolve().parent.parent / "samples"

TODAY = date(2026, 11, 23)
REGION = "370299"
NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"

DISTRICT: dict[str, dict[str, tuple[str, ...]]] = {
    "青石服务中心": {
        "青石东社区": ("第1网格", "第2网格"),
        "青石西社区": ("第1网格", "第2网格", "第3网格"),
    },
    "白杨服务中心": {
        "白杨南社区": ("第1网格", "第2网格"),
        "白杨北社区": ("第1网格", "第2网格"),
    },
    "望潮服务中心": {"望潮社区": ("第1网格", "第2网格", "第3网格")},
}

HEADERS: dict[str, str] = {
    "sequence": "序号",
    "service_centre": "服务中心",
    "community": "社区",
    "grid": "网格",
    "name": "心愿人姓名",
    "id_number": "身份证号",
    "gender": "性别",
    "group": "困难类别",
    "guardian": "监护人",
    "phone": "联系电话",
    "address": "家庭住址",
    "item": "心愿物品",
    "size": "规格尺码",
    "quantity": "数量",
    "unit_price": "单价(元)",
    "reason": "心愿理由",
    "reporter": "报送人",
    "reported_on": "报送日期",
    "consent_publish": "同意公开匿名信息",
}

ENGLISH_HEADERS: dict[str, str] = {
    "name": "Full name",
    "id_number": "ID number",
    "gender": "Gender",
    "phone": "Phone number",
    "guardian": "Guardian",
    "address": "Home address",
    "group": "Beneficiary group",
    "service_centre": "Service Centre",
    "community": "Community",
    "grid": "Grid",
    "item": "Wish item",
    "size": "Size / spec",
    "quantity": "Qty.",
    "unit_price": "Unit price (CNY)",
    "reason": "Reason",
    "reporter": "Reporter",
    "reported_on": "Reported on",
    "consent_publish": "Consent to publish",
}

OTHER_HEADERS: dict[str, str] = {
    "item": "微心愿\n内容",
    "unit_price": "预算（元）",
    "quantity": "件 数",
    "size": "具体要求",
    "name": "孩子 姓名",
    "gender": "性 别",
    "id_number": "＊证件号码：",
    "guardian": "家长姓名",
    "phone": "联系方式",
    "address": "现住址",
    "group": "对象类别",
    "reason": "家庭情况",
    "community": "所属社区",
    "service_centre": "所属中心",
    "grid": "所在网格",
    "reported_on": "填表日期",
    "reporter": "填表人",
    "consent_publish": "是否同意公开",
}

_SURNAMES = "江河林叶石竹云雷海岳"
_GIVEN = "明远安宁乐平清和新晴知行若木小满立夏"
_ITEMS = (
    ("拼装书桌", "可升降", 1, 320),
    ("保温水杯", "500毫升", 2, 45),
    ("羽毛球拍", "一副，轻", 1, 160),
    ("防滑拐杖", "可调高", 1, 88),
    ("毛毯", "1.5×2米", 1, 129),
    ("儿童绘本", "十册一套", 1, 150),
    ("上门剪发", "每月一次", 3, 20),
    ("陪伴聊天", "每周一小时", 4, 0),
)
_GROUPS = ("低保", "低保边缘", "特困", "刚性支出困难", "孤儿", "困境儿童", "留守儿童")
_REASONS = ("旧的坏了，一直没有换", "一个人住，想有个伴", "今年长高了不少", "路上方便一些")


def id_number(born: date, order: int, region: str = REGION) -> str:
    """Return an invented identity number whose check digit holds."""
    body = f"{region}{born:%Y%m%d}{order:03}"
    return body + ric.calc_check_digit(f"{body}0")


def wish_line(number: int = 1, seed: int = 7, **changes: Any) -> dict[str, Any]:
    """Return one row by field; the same number and seed give the same person."""
    pick = random.Random(f"{seed}/{number}")
    centre = pick.choice(list(DISTRICT))
    community = pick.choice(list(DISTRICT[centre]))
    born = date(1935, 1, 1) + timedelta(days=pick.randrange(80 * 365))
    reported_on = TODAY - timedelta(days=pick.randrange(10, 60))
    item, size, quantity, price = pick.choice(_ITEMS)
    line = {
        "sequence": number,
        "service_centre": centre,
        "community": community,
        "grid": pick.choice(DISTRICT[centre][community]),
        "name": _name(pick),
        "id_number": id_number(born, number % 1000),
        "gender": pick.choice("男女"),
        "group": pick.choice(_GROUPS),
        "guardian": _name(pick) if born.year > 2008 else None,
        "phone": f"1{pick.randrange(3, 10)}{number:09}",
        "address": f"{community.removesuffix('社区')}小区{number // 50 + 1}号楼{number % 4 + 1}单元{100 + number}",
        "item": item,
        "size": size,
        "quantity": quantity,
        "unit_price": price,
        "reason": pick.choice(_REASONS),
        "reporter": _name(pick),
        "reported_on": reported_on,
        "consent_publish": "否" if number % 20 == 0 else "是",
    }
    return line | changes


def _name(pick: random.Random) -> str:
    return pick.choice(_SURNAMES) + "".join(pick.sample(_GIVEN, pick.choice((1, 2))))


def wish_lines(count: int, seed: int = 7) -> list[dict[str, Any]]:
    """Return rows of different people."""
    return [wish_line(number, seed) for number in range(1, count + 1)]


def as_grid(
    lines: Sequence[Mapping[str, Any]], headers: Mapping[str, str] = HEADERS, titles: Sequence[str] = ("微心愿征集表",)
) -> list[list[Any]]:
    """Return title rows, a header row and rows in the headers' order."""
    return [*([title] for title in titles), list(headers.values()), *([x.get(f) for f in headers] for x in lines)]


def as_xlsx(*sheets: Sequence[Sequence[Any]], names: Sequence[str] = (), hidden: Sequence[int] = ()) -> bytes:
    """Return a workbook with a sheet per grid."""
    book = Workbook()
    book.remove(book.active)
    for index, grid in enumerate(sheets):
        sheet = book.create_sheet(names[index] if names else f"表{index + 1}")
        for row in grid:
            sheet.append(list(row))
        if index in hidden:
            sheet.sheet_state = "hidden"
    return saved(book)


def saved(book: Workbook) -> bytes:
    """Return a workbook as bytes."""
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def with_parts(data: bytes, parts: Mapping[str, bytes], without: str = "") -> bytes:
    """Return a workbook's bytes with parts replaced or added, and one left out."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            if name != without and name not in parts:
                target.writestr(name, source.read(name))
        for name, part in parts.items():
            target.writestr(name, part)
    return made.getvalue()


def part_of(data: bytes, name: str) -> bytes:
    """Return one part of a workbook."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name)


def with_shared_texts(data: bytes, sheet: str = "xl/worksheets/sheet1.xml") -> bytes:
    """Return a workbook that keeps its texts in a part of their own, as spreadsheet programs write it."""
    texts: list[str] = []

    def share(found: re.Match[str]) -> str:
        texts.append(found[2])
        return f'<c{found[1]} t="s"><v>{len(texts) - 1}</v></c>'

    xml = re.sub(r'<c([^>]*) t="inlineStr"><is>(.*?)</is></c>', share, part_of(data, sheet).decode())
    relations = part_of(data, "xl/_rels/workbook.xml.rels").decode()
    shared = '<Relationship Type="x/relationships/sharedStrings" Target="sharedStrings.xml" Id="rIdTexts"/>'
    strings = f'<sst xmlns="{NAMESPACE}">{"".join(f"<si>{text}</si>" for text in texts)}</sst>'
    parts = {
        sheet: xml,
        "xl/sharedStrings.xml": strings,
        "xl/_rels/workbook.xml.rels": relations.replace("</Relationships>", f"{shared}</Relationships>"),
    }
    return with_parts(data, {name: part.encode() for name, part in parts.items()})


def as_csv(grid: Sequence[Sequence[Any]], encoding: str = "utf-8-sig", delimiter: str = ",") -> bytes:
    """Return a grid as separated text."""
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=delimiter).writerows(grid)
    return stream.getvalue().encode(encoding)


def widened(line: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row as somebody types it with a Chinese keyboard: wide digits, dates and numbers as text, padding."""
    wide = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
    day: date = line["reported_on"]
    return dict(line) | {
        "id_number": f" {line['id_number']}\u200b".translate(wide),
        "phone": f"{line['phone'][:3]} {line['phone'][3:7]} {line['phone'][7:]}".translate(wide),
        "name": "\u3000".join(line["name"]),
        "quantity": f"{line['quantity']}个".translate(wide),
        "unit_price": f"￥{line['unit_price']}元".translate(wide),
        "reported_on": f"{day.year}年{day.month}月{day.day}日".translate(wide),
        "grid": line["grid"].translate(wide),
        "consent_publish": {"是": "√", "否": "×"}[line["consent_publish"]],
    }


def area_grid() -> list[list[Any]]:
    """Return the sheet of areas that belongs to DISTRICT."""
    rows: list[list[Any]] = [
        ["服务中心名录"],
        ["服务中心", "中心地址", "中心电话", "开放时间", "社区", "网格工作站地址", "网格数"],
    ]
    for number, (centre, communities) in enumerate(DISTRICT.items(), start=1):
        particulars = [centre, f"和风路{number}号", f"0532-5550000{number}", "周一至周五 9:00-17:00"]
        rows += [[*particulars, name, f"{name}街{len(grids)}号", len(grids)] for name, grids in communities.items()]
    return rows


def sample_files() -> dict[str, bytes]:
    """Return the small files kept beside the tests, by name."""
    lines = wish_lines(12)
    return {
        "areas.xlsx": as_xlsx(area_grid()),
        "plain.xlsx": as_xlsx(as_grid(lines)),
        "other_columns.xlsx": as_xlsx(
            as_grid([widened(line) for line in lines], OTHER_HEADERS, ("二〇二六年冬季征集", "填报单位：各社区", ""))
        ),
        "english.csv": as_csv(as_grid(lines, ENGLISH_HEADERS, ())),
        "gb18030.csv": as_csv(as_grid(lines), "gb18030"),
    }


if __name__ == "__main__":
    SAMPLES.mkdir(exist_ok=True)
    for file_name, data in sample_files().items():
        (SAMPLES / file_name).write_bytes(data)
