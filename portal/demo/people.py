"""The demo's cast: staff who can sign in, organisations and donors who pledge, families who wish; nobody exists."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from stdnum.cn import ric

from portal.accounts.rules import Role
from portal.demo.areas import STEMS
from portal.demo.catalogue import ADULT, CHILD, OLD, TEEN

PASSWORD = "demo-laoshan-walks-together"
SECOND_FACTOR = "LAOSHANDEMOWALKSTOGETHER234567AB"
"""The one password and second-factor secret of all demo people; they open a demo and nothing else."""

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN = "怡珍可英嘉梓晓航宁欣雨桐子轩国建福德顺秀兰桂玉华强志浩宇远知诺禾沐溪涵然彤若辰心一美长"
COMPANY_MAIL = "company@demo.example"
COMPANIES = (
    ("海风书店", "company"),
    ("听潮文具社", "company"),
    ("半岛粮油有限公司", "company"),
    ("青石工程有限公司", "company"),
    ("蓝湾物业服务有限公司", "company"),
    ("春晖药房", "company"),
    ("北岸软件有限公司", "company"),
    ("望海渔港合作社", "company"),
    ("松林实验学校", "school"),
    ("仰山职业学校", "school"),
    ("东麓义工协会", "charity"),
    ("清溪公益发展中心", "charity"),
    ("向阳助残服务社", "charity"),
    ("石湾供电服务站", "unit"),
    ("临港邮政支局", "unit"),
    ("琴台图书馆", "unit"),
)
WAITING_COMPANIES = (("远帆教育咨询有限公司", "company"), ("海棠社区志愿服务队", "charity"))
"""Those that registered in the last days and wait to be certified."""

ENGLISH_DONORS = frozenset({"Emma", "Jonas", "Aiko"})
DONORS = (
    *"林先生 周女士 赵老师 小鹿 一位老兵 海边的人 三口之家 老同学们 夜班司机 豆豆妈妈 隔壁大叔".split(),
    *sorted(ENGLISH_DONORS),
)


@dataclass(frozen=True)
class DemoPerson:
    """One member of the demo's staff."""

    name: str
    email: str
    role: Role
    centres: tuple[str, ...]


@dataclass(frozen=True)
class DemoFamily:
    """One invented person who wishes."""

    name: str
    id_number: str
    birth_date: date
    phone: str
    address: str
    guardian: str | None


def demo_staff() -> list[DemoPerson]:
    """Return the 40 members of staff, the most useful for a look around first."""
    draw = Random(40)
    district = [
        (Role.ADMINISTRATOR, "administrator"),
        (Role.MODERATOR, "moderator"),
        (Role.MODERATOR, "moderator2"),
        (Role.MODERATOR, "moderator3"),
        (Role.FINANCE, "finance"),
        (Role.SUPERVISOR, "supervisor"),
    ]
    people = [DemoPerson(_name(draw), f"{mail}@demo.example", role, ()) for role, mail in district]
    for number, centres in enumerate(_clerks_centres(), 1):
        people.append(DemoPerson(_name(draw), _mail("clerk", number), Role.CENTRE_CLERK, centres))
    for number in range(1, 15):
        centre = f"{STEMS[(number - 1) % 10]}服务中心"
        people.append(DemoPerson(_name(draw), _mail("grid", number), Role.NEED_REPORTER, (centre,)))
    return people


def demo_uscc(number: int) -> str:
    """Return an invented unified social credit code with a right check character."""
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    body = f"91370212MADM{number:05d}"
    weight = 1
    total = 0
    for char in body:
        total += alphabet.index(char) * weight
        weight = weight * 3 % 31
    return body + alphabet[(31 - total % 31) % 31]


def demo_family(draw: Random, stem: str, age_group: str, today: date, serial: int) -> DemoFamily:
    """Return one invented person of an age group who lives near a centre; the serial keeps ID numbers apart."""
    youngest, oldest = {CHILD: (7, 13), TEEN: (14, 17), ADULT: (30, 59), OLD: (62, 92)}[age_group]
    birth_date = today - timedelta(days=draw.randint(youngest * 366, oldest * 365 + 200))
    body = f"370212{birth_date:%Y%m%d}{serial % 900:03d}"
    name = _name(draw)
    return DemoFamily(
        name=name,
        id_number=body + ric.calc_check_digit(body + "0"),
        birth_date=birth_date,
        phone=f"1{draw.choice((38, 39, 50, 51, 58, 86, 99))}0000{draw.randint(1000, 9999)}",
        address=f"{stem}花园{draw.randint(1, 30)}号楼{draw.randint(1, 4)}单元{serial:03d}",
        guardian=draw.choice(SURNAMES) + draw.choice(GIVEN) if age_group in (CHILD, TEEN) else None,
    )


def _clerks_centres() -> list[tuple[str, ...]]:
    centres = [f"{stem}服务中心" for stem in STEMS]
    return [(centre,) for centre in centres[:10]] + [tuple(centres[i : i + 2]) for i in range(10, 30, 2)]


def _mail(kind: str, number: int) -> str:
    return f"{kind}@demo.example" if number == 1 else f"{kind}{number}@demo.example"


def _name(draw: Random) -> str:
    return draw.choice(SURNAMES) + "".join(draw.sample(GIVEN, draw.choice((1, 2, 2, 2))))


def list_demo_people() -> list[DemoPerson]:
    """Return the people the demo's front page names: one of each role, and a second moderator."""
    staff = demo_staff()
    first = {person.email: person for person in staff}
    mails = ("administrator", "moderator", "moderator2", "finance", "supervisor", "clerk", "grid")
    return [first[f"{mail}@demo.example"] for mail in mails]
