"""The words public texts are composed of: English names of things and services, and a reason that tells nobody's story.

Data only, in both languages side by side. A reason says what a thing is good
for, never what happened to somebody.
"""

from dataclasses import dataclass

from portal.wishes.kinds import Category


@dataclass(frozen=True, slots=True)
class Phrase:
    """What a thing or service is called in English, and why one may wish for it, in both languages."""

    keywords: tuple[str, ...]
    item_en: str
    reason: str
    reason_en: str


def _phrases(table: str) -> tuple[Phrase, ...]:
    rows = ([part.strip() for part in line.split("|")] for line in table.strip().splitlines())
    return tuple(Phrase(tuple(words.split()), item_en, reason, reason_en) for words, item_en, reason, reason_en in rows)


ITEM_PHRASES = _phrases(
    """
点读笔 | Reading pen | 想跟着读、自己练英语。 | To listen, repeat and practise English alone.
学习机 平板电脑 | Learning tablet | 想有一台能上网课的学习设备。 | A device for online lessons is wished for.
平板支架 | Stand for a tablet | 上网课时想坐直一些。 | To sit upright during online lessons.
计算器 | Scientific calculator | 上课做题要用计算器。 | A calculator is needed for class.
书包 | School backpack | 想要一个结实的书包上学用。 | A sturdy bag for school is wished for.
放大镜 | Magnifier | 看小字想清楚一些。 | To read small print.
台灯 护眼灯 | Reading lamp | 晚上看书写字，想光线亮一些。 | Better light for reading and writing in the evening.
书桌 学习桌 课桌 | Study desk | 想有一张自己的书桌写作业。 | A desk of one's own for homework.
书架 书柜 | Bookshelf | 想有个地方放书。 | A place to keep books.
文具 笔袋 | Stationery set | 开学想有一套齐全的文具。 | A complete set of stationery for school.
地球仪 | Globe | 想看看世界有多大。 | To see how large the world is.
打印机 | Printer | 想在家打印练习。 | To print exercises at home.
手表 | Watch | 想自己掌握时间。 | To keep track of time.
字典 词典 | Dictionary | 遇到生字想自己查。 | To look up new words alone.
十万个为什么 百科 | Children's encyclopaedia | 喜欢问为什么，想多看些科普书。 | Eager for books about science.
绘本 童话 故事书 | Storybooks | 喜欢听故事、看故事。 | Loves to hear and read stories.
名著 课外书 小说 图书 书籍 | Books | 喜欢读书，想慢慢读。 | Loves reading, and wishes for books to enjoy slowly.
羽绒服 棉服 棉衣 冬衣 外套 | Winter jacket | 冬天想要一件合身暖和的外套。 | A warm jacket that fits, for winter.
校服 | School uniform | 想有一身合身的校服。 | A school uniform that fits.
运动鞋 球鞋 跑鞋 | Trainers | 体育课和活动需要一双合脚的运动鞋。 | A fitting pair of trainers for sport.
雨衣 雨鞋 | Rainwear | 下雨天出门想不淋湿。 | To stay dry on rainy days.
棉鞋 靴 | Winter shoes | 冬天想要一双暖和防滑的鞋。 | Warm shoes that do not slip, for winter.
内衣 秋衣 保暖衣 | Thermal underwear | 冬天想穿暖和一些。 | To keep warmer in winter.
手套 围巾 帽 | Winter accessories | 冬天出门想暖和一些。 | To keep warm outside in winter.
电热毯 | Electric blanket | 冬天夜里想睡得暖和。 | To sleep warm on winter nights.
棉被 被子 冬被 羽绒被 | Quilt | 冬天想盖得暖和一些。 | A warm quilt for winter.
四件套 床单 被套 床品 | Bed linen set | 想换一套干净柔软的床品。 | Fresh, soft bed linen.
床垫 褥子 | Mattress | 想睡得舒服一些。 | To sleep more comfortably.
枕头 枕芯 | Pillow | 想睡得舒服一些。 | To sleep more comfortably.
气垫 防褥疮 | Pressure-relief mattress | 躺的时间长，需要能减压的垫子。 | Long rest calls for a relieving mattress.
蚊帐 | Mosquito net | 夏天想睡个安稳觉。 | To sleep well in summer.
电饭煲 电饭锅 | Rice cooker | 想要一个操作简单的电饭煲。 | A rice cooker that is easy to use.
空气炸锅 | Air fryer | 热饭做菜，想不用明火。 | To cook without an open flame.
微波炉 | Microwave oven | 热饭方便一些。 | To warm meals with ease.
电磁炉 | Induction cooker | 做饭想安全一些。 | To cook more safely.
电热水壶 热水壶 电水壶 | Electric kettle | 烧水方便安全一些。 | To boil water easily and safely.
取暖器 小太阳 电暖 暖风机 | Heater | 冬天想屋里暖和一点。 | A warmer room in winter.
风扇 电扇 | Electric fan | 夏天想凉快一点。 | To keep cool in summer.
洗衣机 | Washing machine | 洗衣想省些力。 | To make washing easier.
冰箱 冰柜 | Refrigerator | 饭菜想存得住。 | To keep food fresh.
收音机 唱戏机 播放器 | Radio | 平时爱听戏、听新闻。 | Enjoys opera and the news.
电视 | Television | 想有个伴，看看节目。 | Programmes for company.
手机 | Mobile phone | 想和家人联系方便一些。 | To keep in touch with the family.
电热水器 热水器 | Water heater | 冬天想用上热水。 | Warm water in winter.
血压计 血压仪 | Blood-pressure monitor | 想在家自己量血压。 | To check blood pressure at home.
血糖仪 | Blood-sugar meter | 想在家自己测。 | To check at home.
老花镜 眼镜 | Glasses | 看东西想清楚一些。 | To see more clearly.
助听器 | Hearing aid | 想听得清楚一些。 | To hear more clearly.
坐便椅 坐便器 马桶椅 | Commode chair | 夜里起身想方便一些。 | To make nights easier.
洗澡椅 浴椅 洗浴凳 | Shower chair | 想坐着洗澡，稳当一些。 | To sit safely in the shower.
护理垫 尿垫 纸尿裤 尿不湿 | Care pads | 日常护理用量大。 | Much needed in daily care.
轮椅坐垫 坐垫 | Wheelchair cushion | 坐得久，需要软一些的垫子。 | Long hours of sitting call for a softer cushion.
轮椅 | Wheelchair | 想出门走走。 | To get out of the house.
助行器 学步车 | Walking frame | 走路想有个扶的。 | Something to hold on to when walking.
拐杖 手杖 拐棍 | Walking stick | 走路想稳当一些。 | To walk more steadily.
扶手安装 安装扶手 装扶手 | Grab rails, fitted | 家里想装扶手，走动稳当。 | Rails at home for a safer step.
扶手 | Grab rail | 起身走动想有个扶的。 | Something to hold on to.
儿童自行车 | Children's bicycle | 上学、出门想骑车去。 | To ride to school and around.
自行车 单车 | Bicycle | 上学、出门想骑车去。 | To ride to school and around.
奶粉 | Milk powder | 想添一些营养。 | For better nourishment.
大米 面粉 食用油 粮油 | Staple food | 想添一些米面油。 | Rice, flour and oil for the household.
篮球 | Basketball | 喜欢打球，想有一个自己的。 | Loves the game and wishes for a ball of one's own.
足球 | Football | 喜欢踢球，想有一个自己的。 | Loves the game and wishes for a ball of one's own.
羽毛球 | Badminton set | 想和伙伴一起打球。 | To play with friends.
乒乓 | Table-tennis set | 想和伙伴一起打球。 | To play with friends.
跳绳 | Skipping rope | 想把体育练好。 | To do well in sports.
轮滑 滑板 | Skates | 想学一样运动。 | To learn a sport.
象棋 围棋 跳棋 | Board game | 想和人下下棋。 | To play a game with others.
水彩笔 彩笔 蜡笔 画笔 颜料 | Colouring pens | 喜欢画画，想要颜色多一些。 | Loves drawing and wishes for more colours.
画板 画架 | Drawing board | 喜欢画画。 | Loves drawing.
口琴 | Harmonica | 想学一样乐器。 | To learn an instrument.
字帖 毛笔 书法 | Calligraphy set | 喜欢写字，想好好练。 | Enjoys writing and wishes to practise.
积木 拼图 | Building bricks | 喜欢动手搭东西。 | Loves to build things.
"""
)

SERVICE_PHRASES = _phrases(
    """
陪同就医 陪诊 陪护 看病 | Company to a hospital visit | 看病时想有人陪着排队取药。 | Someone to come along and queue.
理发 剪发 | Haircut at home | 出门不便，想在家理个发。 | Going out is hard; a haircut at home would be welcome.
吉他 | Guitar lessons | 想学会弹一首歌。 | To learn to play one song.
琴 乐器 音乐 | Music lessons | 想学一样乐器。 | To learn an instrument.
美术 绘画 画画 | Drawing lessons | 喜欢画画，想有人教一教。 | Loves drawing and wishes for a teacher.
书法 | Calligraphy lessons | 喜欢写字，想有人教一教。 | Enjoys writing and wishes for a teacher.
手机 | Help with a smartphone | 想学会用手机办事、视频。 | To learn to use a smartphone.
数学 | Help with mathematics | 数学想有人讲一讲。 | Someone to explain mathematics.
英语 | Help with English | 英语想有人带着练。 | Someone to practise English with.
辅导 家教 作业 | Help with schoolwork | 功课想有人讲一讲。 | Someone to explain schoolwork.
游泳 | Swimming lessons | 想学会游泳。 | To learn to swim.
足球 篮球 球 | Ball-game lessons | 想有教练带着练球。 | To train with a coach.
散步 | Company on walks | 想有人陪着走走、说说话。 | Someone to walk and talk with.
聊天 陪伴 探访 探视 | Visits for company | 想有人来坐坐、说说话。 | Someone to visit and talk with.
读报 读书 | Reading aloud | 想有人读书读报听。 | Someone to read aloud.
心理 疏导 咨询 | Counselling | 想找人聊聊心里的事。 | Someone to talk things over with.
擦窗 保洁 清洁 打扫 清洗 | House cleaning | 家里想彻底打扫一次。 | To have the home cleaned thoroughly.
扶手 适老化 | Grab rails, fitted | 家里想装扶手，走动稳当。 | Rails at home for a safer step.
水管 疏通 下水 | Plumbing | 家里水管想请人修一修。 | To have the plumbing repaired.
电路 电灯 换灯 | Electrical repair | 家里电路想请人看一看。 | To have the wiring looked at.
维修 修理 检修 | Home repair | 家里有东西想请人修一修。 | To have something at home repaired.
助浴 洗澡 | Help with bathing | 想有人帮着安全洗个澡。 | Help to bathe safely.
按摩 | Massage at home | 想有人上门帮着放松放松。 | A relaxing massage at home.
送餐 做饭 | Meals at home | 想有人帮着送饭、做饭。 | Help with meals.
接送 | Rides | 出门想有人接送。 | To be taken there and back.
代购 代办 跑腿 | Errands | 想有人帮着跑腿办事。 | Help with errands.
体检 | Health check | 想做一次体检。 | To have a health check.
"""
)

CATEGORY_PHRASES: dict[Category, Phrase] = {
    Category.STUDY: Phrase((), "Study supplies", "学习用得上。", "It will be useful for study."),
    Category.BOOKS: Phrase((), "Books", "想多读些书。", "To read more."),
    Category.CLOTHING: Phrase((), "Clothing", "日常穿着需要。", "It is needed for everyday wear."),
    Category.BEDDING: Phrase((), "Bedding", "想睡得舒服一些。", "To sleep more comfortably."),
    Category.HOME_APPLIANCE: Phrase((), "Home appliance", "家里日常用得上。", "It will be useful at home every day."),
    Category.MOBILITY: Phrase((), "Mobility aid", "走动出门想方便一些。", "To get about more easily."),
    Category.DAILY_CARE: Phrase((), "Daily care", "日常照护用得上。", "It will be useful in daily care."),
    Category.SPORT: Phrase((), "Sports goods", "想多运动运动。", "To be more active."),
    Category.ARTS: Phrase((), "Arts", "想培养一个爱好。", "To take up a hobby."),
    Category.COMPANY: Phrase((), "Company", "想有人陪一陪。", "To have some company."),
    Category.HOME_SERVICE: Phrase((), "Service at home", "家里想请人帮一帮。", "Some help at home is wished for."),
    Category.OTHER: Phrase((), "", "日常生活用得上。", "It will be useful in daily life."),
}

SIZE_PHRASES: dict[str, str] = {
    "蓝色": "blue",
    "红色": "red",
    "粉色": "pink",
    "黑色": "black",
    "绿色": "green",
    "男款": "men's",
    "女款": "women's",
    "高年级款": "for older pupils",
    "高年级": "for older pupils",
    "低年级款": "for younger pupils",
    "低年级": "for younger pupils",
    "小学适用": "for primary school",
    "初中适用": "for secondary school",
    "四脚": "four legs",
    "可折叠": "foldable",
    "折叠": "foldable",
    "带扶手": "with armrests",
    "大音量": "loud",
    "大按键": "large keys",
    "可调光": "dimmable",
    "插电": "mains powered",
    "充电": "rechargeable",
    "可升降": "height-adjustable",
    "可调高": "height-adjustable",
    "少儿彩绘版全套": "illustrated children's edition, full set",
    "全套": "full set",
    "凝胶": "gel",
    "纯棉": "cotton",
    "防滑": "non-slip",
    "静音": "quiet",
    "单人": "single",
    "双人": "double",
    "语音": "with voice",
    "上臂式": "upper arm",
    "线下": "in person",
    "线上": "online",
    "工作日上午": "on a weekday morning",
    "工作日": "on weekdays",
    "周末": "at the weekend",
    "每月一次": "monthly",
    "每周一次": "weekly",
}

NUMBERS: dict[str, int] = {char: value for value, char in enumerate("零一二三四五六七八九十")} | {"两": 2}
