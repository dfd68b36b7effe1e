"""A wish list of the demo clerk's centre to try the import with: twelve invented people, the same at each call."""

import io
from collections.abc import Iterator, Sequence
from datetime import date
from random import Random
from typing import Any

from portal.demo.areas import demo_centres
from portal.demo.catalogue import ITEMS
from portal.demo.people import demo_family
from portal.demo.stories import GROUPS
from portal.i18n import in_language
from portal.spreadsheets.writing import write_xlsx
from portal.wishes.kinds import GROUP_LABELS

HEADERS = (
    *("序号", "街道", "村居", "责任网格", "申请人", "证件号码", "人员类别", "监护人姓名", "手机号码", "居住地址"),
    *("心愿内容", "规格型号", "数量", "预估单价（元）", "家庭情况", "网格员姓名", "填报日期", "同意公开匿名信息"),
)
"""Named as a community might name them, not as the import calls them."""

WISHES = 12
# Far from the serials of the demo's own families, so that nobody on the list is known already.
FIRST_SERIAL = 880


def sample_list(today: date) -> bytes:
    """Return the list as an .xlsx file."""
    stream = io.BytesIO()
    with in_language("zh"):
        write_xlsx(stream, "微心愿征集表", HEADERS, _rows(today))
    return stream.getvalue()


def _rows(today: date) -> Iterator[Sequence[Any]]:
    draw, centre = Random(12), demo_centres()[0]
    stem = centre.name.removesuffix("服务中心")
    for number, item in enumerate(draw.sample(ITEMS, WISHES), 1):
        age_group = draw.choice(item.ages)
        person = demo_family(draw, stem, age_group, today, FIRST_SERIAL + number)
        community = draw.choice(centre.communities)
        yield (
            number,
            centre.name,
            community.name,
            draw.choice(community.grids),
            person.name,
            person.id_number,
            str(GROUP_LABELS[draw.choice(GROUPS[age_group])]),
            person.guardian,
            person.phone,
            person.address,
            item.item,
            item.size,
            item.quantity,
            item.price_yuan,
            item.told,
            "陈可",
            today,
            "是",
        )
