"""What the demo's campaigns are about, in both languages; every name, number and sum is invented."""

from dataclasses import dataclass

from portal.campaigns.budget import BudgetItem
from portal.campaigns.telling import News


@dataclass(frozen=True)
class Told:
    """News of a campaign, how many days ago, and with how many pictures."""

    days_ago: int
    news: News
    captions: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Buying:
    """One payment a campaign means to make: which line of the budget, how much in yuan, what and from whom."""

    days_ago: int
    line: int
    yuan: int
    purpose: str
    purpose_en: str
    supplier: str


@dataclass(frozen=True)
class Asked:
    """A question or concern, and the answer it got, if any."""

    days_ago: int
    kind: str
    body: str
    answer: str = ""
    is_read: bool = True


@dataclass(frozen=True)
class Aimed:
    """A milestone: due in so many days from the start, and whether it is reached."""

    name: str
    name_en: str
    day: int
    is_reached: bool = False


@dataclass(frozen=True)
class CampaignStory:
    """One campaign from its start, some days ago, to where it stands today."""

    title: str
    title_en: str
    summary: str
    summary_en: str
    story: str
    story_en: str
    purpose: str
    purpose_en: str
    beneficiaries: str
    beneficiaries_en: str
    use: str
    use_en: str
    started_days_ago: int
    lasts_days: int
    budget: tuple[BudgetItem, ...]
    aims: tuple[Aimed, ...] = ()
    updates: tuple[Told, ...] = ()
    reports_days_ago: tuple[int, ...] = ()
    payments: tuple[Buying, ...] = ()
    questions: tuple[Asked, ...] = ()
    is_wish_fund: bool = False
    is_emergency: bool = False
    is_accounted: bool = False
    stays: str = ""

    @property
    def target_minor(self) -> int:
        """The sum of the budget."""
        return sum(item.amount_minor for item in self.budget)


def _line(
    name: str,
    name_en: str,
    yuan: int,
    unit_yuan: int | None = None,
    unit: str | None = None,
    unit_en: str | None = None,
) -> BudgetItem:
    return BudgetItem(name, name_en, yuan * 100, unit_yuan and unit_yuan * 100, unit, unit_en)


WISH_FUND = CampaignStory(
    title="心愿基金",
    title_en="The Wish Fund",
    summary="您出钱，我们替您把一个心愿买好、送到。",
    summary_en="You give, and we buy one wish and bring it home.",
    story="有人想帮忙，却没有时间去挑、去买、去送。心愿基金就是为这样的人准备的：一笔捐款正好够一个心愿，"
    "基金会按心愿上写的尺码规格去买，交接和别的心愿一样，家庭说收到了才算数。\n"
    "等了三十天还没有人认领的心愿，也由心愿基金来补上，不让一户人家空等。",
    story_en="Some people would like to help but have no time to choose, buy and carry. The Wish Fund is for them: "
    "one gift covers one wish in full, the foundation buys exactly what the wish asks for, and it is handed over like "
    "any other. It counts only when the family says it has arrived.\n"
    "Wishes that nobody has claimed after thirty days are bought from the fund as well, so that no family waits in vain.",
    purpose="为困难家庭的微心愿代为购买物品和服务",
    purpose_en="Buying goods and services for the micro-wishes of families in hardship",
    beneficiaries="本区登记并核实过微心愿的困难家庭",
    beneficiaries_en="Families in hardship of this district whose micro-wishes are verified",
    use="按心愿购买物品和服务，以及送到服务中心的运费",
    use_en="Goods and services as wished, and bringing them to the service centres",
    started_days_ago=84,
    lasts_days=364,
    budget=(
        _line(
            "学习用品和家具", "Study things and furniture", 60_000, 60, "一套开学文具", "a set for the first school day"
        ),
        _line("衣被和日用品", "Clothing, bedding and household goods", 80_000, 160, "一床冬被", "a winter quilt"),
        _line("辅具和上门服务", "Aids and services at home", 50_000),
        _line("运费", "Transport", 10_000),
    ),
    aims=(
        Aimed("买齐头一百个心愿", "The first hundred wishes bought", 60, is_reached=True),
        Aimed("等了三十天的心愿全部补上", "No wish waits longer than thirty days", 150),
        Aimed("公布全年的账目和每个心愿的去向", "The year's accounts and what became of each wish published", 360),
    ),
    updates=(
        Told(
            52,
            News(
                "头一批书桌到了",
                "The first desks have arrived",
                "第一批书桌按家庭量好的尺寸定做，送到三个服务中心。每张都先装好检查过，再请家庭来取。",
                "The first desks were made to the sizes families had measured and brought to three service centres. "
                "Each was put together and checked before the families were asked to collect it.",
            ),
            (("服务中心里靠墙放着的三张新书桌", "Three new desks along the wall of a service centre"),),
        ),
        Told(
            16,
            News(
                "入冬前先买被子",
                "Quilts before the cold",
                "天冷之前，先把要被子和棉衣的心愿买齐。买的是同一家店的同一批货，单价比零买低一成。",
                "Before it turns cold, wishes for quilts and padded coats come first. All are from one lot of one shop, "
                "a tenth below its usual price.",
            ),
        ),
    ),
    payments=(
        Buying(60, 0, 4_860, "十二张可升降书桌", "Twelve desks that can be raised", "蓝湾家具有限公司"),
        Buying(22, 1, 6_400, "四十床冬被", "Forty winter quilts", "听潮家纺店"),
        Buying(6, 3, 380, "送到服务中心的运费", "Transport to the service centres", "半岛运输服务站"),
    ),
    questions=(
        Asked(
            40,
            "question",
            "一个心愿没花完的钱去哪里了？",
            "买一个心愿有时会省下几块钱，都留在心愿基金里，用来买别的心愿，不会挪作他用。每一笔都在账目里。",
        ),
    ),
    reports_days_ago=(3,),
    is_wish_fund=True,
)

WARM_WINTER = CampaignStory(
    title="暖冬行动",
    title_en="A Warm Winter",
    summary="给独居老人送一床厚被子，再看看家里的取暖安不安全。",
    summary_en="A thick quilt for everyone who is old and lives alone, and a look at whether their heating is safe.",
    story="海边的风比气温更冷。去年冬天，网格员一户一户走下来，发现不少独居老人舍不得开电暖气，夜里靠几床旧被子过冬。\n"
    "今年我们想在大雪之前，把厚被子、电热毯和一次取暖安全检查送到每一户。被子选能洗能晒、能用上十年的。",
    story_en="By the sea the wind is colder than the air. Last winter grid workers went from door to door and found many "
    "old people who live alone and spare the heater, sleeping under a few worn quilts.\n"
    "This year we want to bring a thick quilt, an electric blanket and one safety check of the heating to every home "
    "before the heavy snow. The quilts can be washed and aired and last ten years.",
    purpose="为生活困难的独居老人购置过冬物品并检查取暖安全",
    purpose_en="Winter goods and heating checks for people in hardship who are old and live alone",
    beneficiaries="辖区内的低保、低保边缘和特困独居老人，约四百户",
    beneficiaries_en="About four hundred old people living alone on or near the subsistence allowance",
    use="购买被子、电热毯，支付安全检查的材料费和运费",
    use_en="Quilts, electric blankets, material for safety checks, and transport",
    started_days_ago=26,
    lasts_days=90,
    budget=(
        _line("厚被子", "Thick quilts", 72_000, 180, "一床厚被子", "a thick quilt"),
        _line("电热毯", "Electric blankets", 36_000, 90, "一条电热毯", "an electric blanket"),
        _line("取暖安全检查", "Heating safety checks", 16_000, 40, "一次取暖安全检查", "one heating safety check"),
        _line("运费", "Transport", 6_000),
    ),
    aims=(
        Aimed("和社区核对好名单", "The list checked with the communities", 10, is_reached=True),
        Aimed("第一批两百户送到", "The first two hundred homes reached", 40),
        Aimed("大雪之前全部送完", "All homes reached before the heavy snow", 60),
    ),
    updates=(
        Told(
            18,
            News(
                "名单核对好了",
                "The list is checked",
                "十个服务中心和社区一起核对，四百一十二户愿意收下，六户说不需要，名额让给了别人。",
                "Ten service centres and the communities checked it together: 412 homes would like the quilts, six said "
                "they have enough and left theirs to others.",
            ),
        ),
        Told(
            9,
            News(
                "被子的样品，我们洗了三遍",
                "We washed the sample three times",
                "几家店送来样品，我们请老人摸一摸、盖一盖，又各洗了三遍。最后选了不起球、不走样的那一种。",
                "Several shops sent samples. Old people felt them and slept under them, and we washed each three times. "
                "We chose the one that neither pills nor loses its shape.",
            ),
            (
                ("桌上叠好的四种颜色的被子样品", "Four folded sample quilts on a table, each of another colour"),
                ("院子里晾着的两床被子", "Two quilts drying in a yard"),
            ),
        ),
    ),
    payments=(
        Buying(7, 0, 18_000, "第一批一百床厚被子", "The first hundred thick quilts", "听潮家纺店"),
        Buying(4, 2, 2_150, "插座、电线等检查材料", "Sockets and cables for the checks", "青石五金商行"),
        Buying(1, 1, 9_000, "第一批一百条电热毯", "The first hundred electric blankets", "北岸电器商行"),
    ),
    questions=(
        Asked(
            15,
            "question",
            "为什么不直接发钱给老人？",
            "公开募捐的钱要按备案的用途用。发东西也能一批买、价钱低，还能顺便检查取暖安不安全。",
        ),
        Asked(5, "concern", "听说有的被子很薄，能不能公布克重？"),
        Asked(1, "question", "我家有全新没拆封的电热毯，可以直接送来吗？", is_read=False),
    ),
)

TYPHOON = CampaignStory(
    title="台风灾后重建",
    title_en="After the Typhoon",
    summary="帮进过水的人家消毒、修屋、换掉泡坏的家具。",
    summary_en="Disinfecting, repairing and refurnishing homes that were flooded.",
    story="台风那一夜，低处的几个社区进了水。水退了，墙还是湿的，床和柜子泡坏了。\n"
    "这一笔钱先用来消毒和抢修，再按户核定，把最要紧的家具补上。应急募捐至少每五天公开一次。",
    story_en="On the night of the typhoon several low communities were flooded. The water is gone, but walls are still "
    "wet, and beds and cupboards are ruined.\n"
    "The money first goes into disinfection and urgent repairs, then, after each home is assessed, into the furniture "
    "it needs most. Emergency campaigns report at least every five days.",
    purpose="帮助受灾家庭恢复基本生活",
    purpose_en="Helping flooded families back to their daily lives",
    beneficiaries="经核定的受灾家庭，约一百二十户",
    beneficiaries_en="About a hundred and twenty assessed families",
    use="消毒用品、房屋抢修、床和柜子等基本家具",
    use_en="Disinfection, urgent repairs, and basic furniture such as beds and cupboards",
    started_days_ago=23,
    lasts_days=60,
    budget=(
        _line("消毒和清理", "Disinfection and clearing", 20_000, 120, "一户人家的消毒", "disinfecting one home"),
        _line("房屋抢修", "Urgent repairs", 90_000),
        _line("基本家具", "Basic furniture", 70_000, 480, "一张床", "one bed"),
    ),
    aims=(
        Aimed("所有进水人家消毒完毕", "All flooded homes disinfected", 7, is_reached=True),
        Aimed("按户核定损失", "Every home assessed", 21, is_reached=True),
        Aimed("过冬之前住得回去", "Everybody home before winter", 55),
    ),
    updates=(
        Told(
            17,
            News(
                "一百一十九户消毒完了",
                "119 homes disinfected",
                "志愿者分成六组，用了四天。消毒水和防护用品的发票都在账目里。",
                "Six groups of volunteers took four days. The invoices for disinfectant and protective gear stand in the "
                "statement.",
            ),
            (("码放在仓库里的消毒用品纸箱", "Boxes of disinfectant stacked in a store"),),
        ),
    ),
    payments=(
        Buying(20, 0, 7_320, "消毒水、喷雾器和手套", "Disinfectant, sprayers and gloves", "春晖药房"),
        Buying(11, 1, 31_500, "三十一户的门窗和线路抢修", "Doors, windows and wiring of 31 homes", "青石工程有限公司"),
    ),
    reports_days_ago=(18, 13, 8),
    questions=(
        Asked(
            12,
            "concern",
            "租房子住的人家算不算受灾家庭？",
            "算。只看住在里面的人受没受灾，不看房子是谁的。已经请社区把租户补进核定名单。",
        ),
    ),
    is_emergency=True,
)

DESKS = CampaignStory(
    title="一张自己的书桌",
    title_en="A Desk of One's Own",
    summary="给在床边和饭桌上写作业的孩子一张书桌、一盏灯。",
    summary_en="A desk and a lamp for children who do their homework on beds and dining tables.",
    story="走访的时候，常看见孩子趴在床沿上写字。一张书桌、一盏不晃眼的灯，花不了多少钱，却能让一个角落变成自己的。\n"
    "募捐已经结束，书桌按每家量好的地方定做，分批送到。",
    story_en="On visits one often sees a child writing on the edge of a bed. A desk and a lamp that does not dazzle cost "
    "little and make a corner one's own.\n"
    "The fundraising has ended. The desks are made to fit each home and brought in turn.",
    purpose="为困难家庭的学龄儿童配书桌和台灯",
    purpose_en="Desks and lamps for school children of families in hardship",
    beneficiaries="家中没有固定写字处的困难家庭学龄儿童，一百六十名",
    beneficiaries_en="A hundred and sixty school children in hardship without a place to write",
    use="定做书桌、购买台灯和运费",
    use_en="Desks made to measure, lamps, and transport",
    started_days_ago=88,
    lasts_days=45,
    budget=(
        _line("书桌和椅子", "Desks and chairs", 72_000),
        _line("护眼台灯", "Lamps", 19_200),
        _line("运费和安装", "Transport and fitting", 8_000),
    ),
    aims=(
        Aimed("每家量好尺寸", "Every home measured", 40, is_reached=True),
        Aimed("一百六十张书桌全部装好", "All 160 desks in place", 100),
    ),
    updates=(
        Told(
            41,
            News(
                "募捐结束了，谢谢大家",
                "The fundraising has ended, thank you",
                "接下来三个月里，我们会把钱怎么用的一笔一笔公开出来。",
                "Within three months we publish how the money was used, payment by payment.",
            ),
        ),
    ),
    payments=(
        Buying(35, 0, 28_800, "六十四套书桌椅", "Sixty-four desks and chairs", "蓝湾家具有限公司"),
        Buying(20, 1, 9_600, "八十盏护眼台灯", "Eighty lamps", "北岸电器商行"),
    ),
)

BATHS = CampaignStory(
    title="助浴车",
    title_en="The Bathing Van",
    summary="让一年多没有好好洗过澡的老人，在家里洗上热水澡。",
    summary_en="A hot bath at home for old people who have not had a proper one for more than a year.",
    story="长期卧床的老人，最难的是洗一次澡。助浴车带着可折叠的浴床和热水上门，三个人一组，量血压、洗澡、理发，两个小时。\n"
    "募捐情况已经全面公开，服务还在继续，每三个月报告一次。",
    story_en="For somebody who cannot leave bed a bath is the hardest thing. The van brings a folding bath and hot water; a "
    "team of three checks blood pressure, bathes and cuts hair in two hours.\n"
    "The fundraising is fully accounted for. The service goes on and reports every three months.",
    purpose="为失能老人提供上门助浴",
    purpose_en="Bathing at home for old people who need care",
    beneficiaries="困难家庭中的失能和半失能老人",
    beneficiaries_en="Old people in hardship who need care",
    use="浴床等设备、护理员培训和上门服务补贴",
    use_en="Folding baths, training of carers, and the visits",
    started_days_ago=87,
    lasts_days=30,
    budget=(
        _line("可折叠浴床和热水设备", "Folding baths and water heaters", 46_000),
        _line("护理员培训", "Training of carers", 12_000),
        _line("上门服务", "Visits", 30_000),
    ),
    aims=(
        Aimed("两组护理员通过考核", "Two teams of carers trained", 50, is_reached=True),
        Aimed("完成三百人次助浴", "Three hundred baths given", 200),
    ),
    updates=(
        Told(
            14,
            News(
                "第一百次",
                "The hundredth bath",
                "到上个星期，助浴车上门满一百次。最远的一户在山上，水是一桶一桶提上去的。",
                "Last week the van made its hundredth visit. The farthest home is up the mountain, where the water was "
                "carried bucket by bucket.",
            ),
            (
                (
                    "打开后备箱的助浴车，里面是折叠浴床和水箱",
                    "The van with its back open: a folded bath and a water tank",
                ),
            ),
        ),
    ),
    payments=(
        Buying(52, 0, 23_000, "两套可折叠浴床和热水设备", "Two folding baths with heaters", "向阳医疗器械有限公司"),
        Buying(45, 1, 6_000, "六名护理员的培训和考核", "Training and tests of six carers", "仰山职业学校"),
    ),
    reports_days_ago=(30,),
    is_accounted=True,
)

LIBRARY = CampaignStory(
    title="山里的流动书屋",
    title_en="A Library on the Mountain Road",
    summary="每个星期，让一车书开到没有书店的村口。",
    summary_en="Once a week a van of books for villages without a bookshop.",
    story="方案写好了，也备了案，等另一位同事核对以后开放。",
    story_en="The plan is written and filed and waits for a colleague to check it.",
    purpose="为山区儿童提供图书借阅",
    purpose_en="Lending books to children of mountain villages",
    beneficiaries="山区村庄的学龄儿童",
    beneficiaries_en="School children of mountain villages",
    use="购买图书、书架和车辆燃料",
    use_en="Books, shelves and fuel",
    started_days_ago=-14,
    lasts_days=60,
    budget=(_line("图书", "Books", 30_000), _line("书架和燃料", "Shelves and fuel", 8_000)),
    stays="filed",
)

GARDEN = CampaignStory(
    title="阳台上的小菜园",
    title_en="Gardens on Balconies",
    summary="给行动不便的老人送一套能坐着种菜的花箱。",
    summary_en="Planting boxes that people who cannot walk far can tend while seated.",
    story="还在起草。",
    story_en="Still being drafted.",
    purpose="",
    purpose_en="",
    beneficiaries="",
    beneficiaries_en="",
    use="",
    use_en="",
    started_days_ago=-40,
    lasts_days=90,
    budget=(_line("花箱和种子", "Boxes and seeds", 12_000),),
    stays="draft",
)

CAMPAIGNS = (BATHS, DESKS, WISH_FUND, WARM_WINTER, TYPHOON, LIBRARY, GARDEN)
"""The demo's campaigns, in the order in which they began; the last two are not public yet."""

YEARS = ((-2, 3_820_000, 3_140_000, 236_000), (-1, 4_260_000, 2_910_000, 248_000))
"""Figures of past years: years from now, then income, spending and management cost in yuan."""
