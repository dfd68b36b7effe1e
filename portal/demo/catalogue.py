"""What people of the demo wish for, in both languages; the public words and what the family really told."""

from dataclasses import dataclass

CHILD, TEEN, ADULT, OLD = "child", "teen", "adult", "old"


@dataclass(frozen=True)
class DemoItem:
    """One thing or service with its price in yuan, for whom it is, and why somebody wishes for it."""

    item: str
    item_en: str
    size: str
    size_en: str
    category: str
    price_yuan: int
    quantity: int
    ages: tuple[str, ...]
    reason: str
    reason_en: str
    told: str
    kind: str = "goods"


def _goods(row: str) -> DemoItem:
    parts = [part.strip() for part in row.split("|")]
    item, item_en, size, size_en, category, price, quantity, ages, reason, reason_en, told = parts
    return DemoItem(
        item, item_en, size, size_en, category, int(price), int(quantity), tuple(ages.split()), reason, reason_en, told
    )


def _service(row: str) -> DemoItem:
    return DemoItem(**{**_goods(row).__dict__, "kind": "service"})


ITEMS: tuple[DemoItem, ...] = (
    *(
        _goods(row)
        for row in """
双肩书包 | School backpack | 减负款，高年级 | Ergonomic, for older pupils | study | 168 | 1 | child teen | 书包背带断过，想换一个结实的。 | The straps of the old bag have broken; a sturdy one is needed. | 背带断了两次，奶奶用线缝过
护眼台灯 | Reading lamp | 可调光，插电 | Dimmable, mains powered | study | 129 | 1 | child teen | 家里光线暗，晚上写作业看不清。 | The room is dim and homework is hard to see in the evening. | 租的一楼，白天也要开灯
学习桌 | Study desk | 可升降，宽80厘米 | Height-adjustable, 80 cm wide | study | 398 | 1 | child | 一直趴在饭桌上写作业，想有一张自己的书桌。 | Homework is done on the dining table; a desk of one's own would help. | 弟弟吃饭她就得挪地方
英语点读笔 | English reading pen | 32G，小学适用 | 32 GB, primary school | study | 358 | 1 | child | 家里没有人能陪着读英语，想自己跟着学。 | Nobody at home can help with English; a reading pen lets one practise alone. | 爷爷奶奶都不识拼音
科学计算器 | Scientific calculator | 初中适用 | For secondary school | study | 89 | 1 | teen | 上初中要用计算器，现在是借同学的。 | Secondary school needs a calculator; so far it is borrowed. | 借了同桌半个学期
文具套装 | Stationery set | 含圆规、尺、笔、本 | Compass, rulers, pens, notebooks | study | 65 | 2 | child | 开学想有一套齐全的文具。 | A complete set of stationery for the new term. | 圆规断了头还在用
《十万个为什么》 | "Why?" children's encyclopaedia | 少儿彩绘版全套 | Illustrated, full set | books | 158 | 1 | child | 喜欢问为什么，想多看些科普书。 | Full of questions and eager for science books. | 图书角那本翻烂了
中国古典名著 | Chinese classics | 青少版四本 | Four volumes for young readers | books | 96 | 1 | child teen | 老师推荐的课外书，想一套慢慢读。 | Recommended reading, to be enjoyed slowly. | 语文老师姓姜，说他作文进步大
大字版养生书 | Large-print health book | 16开 | Large format | books | 48 | 1 | old | 眼睛花了，想要一本大字的书。 | Eyes are tired; a book in large print would be welcome. | 识字班上过两年
冬季棉服 | Winter jacket | 身高140cm | For 140 cm | clothing | 299 | 1 | child | 个子长得快，去年的棉衣短了。 | Grown fast; last year's jacket is too short. | 袖子短了一大截
运动鞋 | Trainers | 37码 | Size 37 (EU) | clothing | 219 | 1 | child teen | 体育课和训练需要一双合脚的运动鞋。 | A fitting pair of trainers is needed for sport at school. | 参加校队只有一双布鞋
保暖内衣 | Thermal underwear | 男款XL两套 | Men's XL, two sets | clothing | 138 | 2 | old adult | 冬天屋里冷，想添两套保暖内衣。 | The home is cold in winter; two warm sets are needed. | 舍不得开电暖气
防滑棉鞋 | Non-slip winter shoes | 40码 | Size 40 (EU) | clothing | 119 | 1 | old | 冬天路滑，想要一双防滑的棉鞋。 | Paths are icy in winter; shoes that do not slip are needed. | 前年在楼下摔过
雨衣雨靴 | Raincoat and boots | 身高130cm，33码 | For 130 cm, size 33 (EU) | clothing | 99 | 1 | child | 上学要走一段路，下雨天想不湿鞋。 | Part of the way to school is on foot; dry feet on rainy days. | 走四十分钟山路
棉被 | Quilt | 1.5×2m，6斤 | 1.5 × 2 m, 3 kg | bedding | 199 | 1 | old adult child | 被子用了很多年，不暖和了。 | The old quilt no longer keeps warm. | 还是结婚时的被子
四件套床品 | Bed linen set | 纯棉，1.5米床 | Cotton, for a 1.5 m bed | bedding | 169 | 1 | adult teen | 床单洗薄了，想换一套纯棉的。 | The sheets have worn thin. | 住校只有一套
电热毯 | Electric blanket | 单人，自动断电 | Single, automatic switch-off | bedding | 118 | 1 | old | 夜里腿凉睡不好，想要能自动断电的电热毯。 | Cold legs disturb sleep; one that switches off by itself. | 以前那条烧坏过一次
防褥疮气垫 | Pressure-relief mattress | 单人，静音 | Single, quiet | daily_care | 458 | 1 | old adult | 长期卧床，需要能减压的垫子。 | Long days in bed call for a relieving mattress. | 中风后卧床三年
电饭煲 | Rice cooker | 3升，大按键 | 3 litres, large keys | home_appliance | 259 | 1 | old adult | 旧锅坏了，想要一个操作简单的。 | The old one broke; an easy one is wished for. | 内胆掉漆一直用蒸锅
空气炸锅 | Air fryer | 4升 | 4 litres | home_appliance | 268 | 1 | child teen | 放学自己热饭，想用不见明火的锅。 | Warming meals alone after school, without an open flame. | 爸爸跑长途，妈妈不在了
电热水壶 | Electric kettle | 1.5升，防烫 | 1.5 litres, cool touch | home_appliance | 89 | 1 | old | 烧水方便些，不怕忘了关火。 | To boil water without worrying about the stove. | 忘过两次关煤气
小太阳取暖器 | Small heater | 倾倒断电 | Switches off when tipped | home_appliance | 139 | 1 | old adult | 屋里没有暖气，冬天想暖和一点。 | There is no heating at home in winter. | 平房，烧不起炉子
血压计 | Blood-pressure monitor | 上臂式，语音 | Upper arm, with voice | daily_care | 219 | 1 | old | 想在家量血压，会说话的最好。 | To check at home; one that speaks would be best. | 社区医生让每天量
收音机 | Radio | 大音量、大按键 | Loud, large keys | home_appliance | 95 | 1 | old | 眼睛不好，就爱听戏。 | Eyes are weak; opera on the radio is a joy. | 老伴走了以后家里太静
放大镜台灯 | Magnifier lamp | 夹式，三倍 | Clip-on, 3× | daily_care | 128 | 1 | old adult | 想自己看药盒上的字。 | To read the words on medicine boxes unaided. | 白内障等手术
助行器 | Walking frame | 四脚，可折叠 | Four legs, foldable | mobility | 180 | 1 | old adult | 走路不稳，想扶着走到楼下晒太阳。 | Unsteady on the feet; to walk down into the sun. | 髋关节置换后出不了门
轮椅坐垫 | Wheelchair cushion | 凝胶，40×40cm | Gel, 40 × 40 cm | mobility | 138 | 1 | old adult | 坐得久，需要软一些的垫子。 | Long hours of sitting call for a softer cushion. | 压疮刚好
折叠拐杖凳 | Cane with seat | 铝合金 | Aluminium | mobility | 109 | 1 | old | 走一段要歇一歇，想要能坐的拐杖。 | A cane to sit on, for rests along the way. | 买菜回来要歇三次
坐便椅 | Commode chair | 带扶手 | With armrests | daily_care | 210 | 1 | old | 夜里起身不方便。 | Getting up at night is hard. | 夜里摔过一回
洗澡椅 | Shower chair | 防滑，可调高 | Non-slip, adjustable | daily_care | 149 | 1 | old adult | 站着洗澡不稳，想坐着洗。 | Standing in the shower is unsafe; sitting would help. | 闺女上班照顾不过来
成人护理垫 | Care pads | 60×90，四包 | 60 × 90 cm, four packs | daily_care | 46 | 4 | old adult | 日常护理用量大。 | Much needed in daily care. | 每天要换五六片
儿童自行车 | Children's bicycle | 20寸 | 20 inch | sport | 420 | 1 | child | 想骑车去上学、去公园。 | To ride to school and to the park. | 三公里，爷爷骑三轮送
足球 | Football | 4号球 | Size 4 | sport | 88 | 1 | child teen | 喜欢踢球，想有一个自己的足球。 | Loves the game and wishes for a ball of one's own. | 校队替补
跳绳和护具 | Skipping rope and pads | 小学款 | For primary school | sport | 55 | 2 | child | 想把体育练好。 | To do well in sports. | 体育老师让多跳
羽毛球拍 | Badminton rackets | 一对，含球 | A pair with shuttlecocks | sport | 128 | 1 | teen child | 想和同学一起打球。 | To play with classmates. | 医生说要多活动
水彩笔 | Watercolour pens | 48色 | 48 colours | arts | 45 | 2 | child | 喜欢画画，颜色快用完了。 | Loves drawing; the colours are running out. | 社区画画三等奖
口琴 | Harmonica | 24孔C调 | 24 holes, in C | arts | 86 | 1 | child teen old | 想学一样乐器。 | To learn an instrument. | 音乐课上借过一次
毛笔字帖套装 | Calligraphy set | 笔、墨、毡、帖 | Brush, ink, felt, copybook | arts | 98 | 1 | child old | 喜欢写字，想好好练。 | Enjoys writing and wishes to practise. | 退休前是代课老师
拼装积木 | Building bricks | 500块以上 | 500 pieces or more | arts | 149 | 1 | child | 喜欢动手搭东西。 | Loves to build things. | 自闭，拼积木时最安静
""".strip().splitlines()
    ),
    *(
        _service(row)
        for row in """
陪同就医一次 | Company to a hospital visit | 工作日上午 | On a weekday morning | company | 0 | 1 | old adult | 复查时需要有人陪着排队取药。 | Someone to queue and collect medicine together at a check-up. | 儿子在外地，一个人不敢去
理发上门 | Haircut at home | 每月一次，共三次 | Monthly, three times | home_service | 30 | 3 | old adult | 出门不便，想在家理个发。 | Going out is hard; a haircut at home would be welcome. | 瘫痪在床
吉他启蒙课 | First guitar lessons | 四次，线下 | Four, in person | arts | 400 | 1 | child teen | 想学会一首歌。 | To learn to play one song. | 想弹给妈妈听
数学辅导 | Help with mathematics | 每周一次，共八次 | Weekly, eight times | company | 0 | 1 | child teen | 数学有点跟不上，想有人讲一讲。 | A little behind in mathematics; someone to explain. | 爷爷说自己小学没毕业
擦窗清洁 | Window cleaning | 两室 | Two rooms | home_service | 120 | 1 | old | 够不着高处的玻璃，想过年前擦一擦。 | Cannot reach the high panes; to have them clean before New Year. | 登高摔过
周末陪伴散步 | A walk at the weekend | 每周一次，共四次 | Weekly, four times | company | 0 | 1 | old | 一个人住，想有人陪着走走说说话。 | Living alone; someone to walk and talk with. | 独居八年
手机使用辅导 | Help with a smartphone | 两次 | Two sessions | company | 0 | 1 | old | 想学会用手机挂号和视频。 | To learn to book appointments and make video calls. | 想看看外孙
卫生间扶手安装 | Bathroom grab rails | 两处，含材料 | Two, with material | home_service | 360 | 1 | old adult | 卫生间地滑，想装两个扶手。 | The bathroom floor is slippery; two rails are needed. | 上月刚滑倒
""".strip().splitlines()
    ),
)
