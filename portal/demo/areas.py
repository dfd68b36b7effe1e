"""The demo's district: 30 service centres, 167 communities, two or three grids each; addresses are invented."""

from dataclasses import dataclass

STEMS = (
    "海云 松岭 石湾 金湾 茶山 北港 麦屿 仰山 清溪 南涧 云岭 白沙 凤台 龙泉 望海 桃源 柳河 银杏 梧桐 东麓 "
    "西麓 听潮 映山 松风 竹园 槐荫 临港 观澜 鹤鸣 琴台"
).split()
SIDES = ("东", "西", "南", "新", "北")
STEMS_WITH_A_SIXTH = frozenset(STEMS[10:27])
HOURS = "周一至周五 8:30-17:00，周六 9:00-12:00"


@dataclass(frozen=True)
class DemoCommunity:
    """One community of the demo with its grids."""

    name: str
    station_address: str
    grids: tuple[str, ...]


@dataclass(frozen=True)
class DemoCentre:
    """One service centre of the demo with its communities."""

    name: str
    address: str
    phone: str
    communities: tuple[DemoCommunity, ...]


def demo_centres() -> list[DemoCentre]:
    """Return the whole district, the same at each call."""
    return [_centre(index, stem) for index, stem in enumerate(STEMS)]


def _centre(index: int, stem: str) -> DemoCentre:
    sides = (*SIDES, "中") if stem in STEMS_WITH_A_SIXTH else SIDES
    return DemoCentre(
        name=f"{stem}服务中心",
        address=f"{stem}路{index * 7 + 6}号",
        phone=f"0532-5550{1000 + index * 37}",
        communities=tuple(_community(index, stem, side) for side in sides),
    )


def _community(index: int, stem: str, side: str) -> DemoCommunity:
    grids = 2 if (index + ord(side)) % 2 and index >= len(SIDES) * 2 else 3
    return DemoCommunity(
        name=f"{stem}{side}社区",
        station_address=f"{stem}{side}街{(index * 11 + ord(side)) % 98 + 1}号",
        grids=tuple(f"第{number}网格" for number in range(1, grids + 1)),
    )
