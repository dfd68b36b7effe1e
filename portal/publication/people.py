"""Finds what looks like a person's name in Chinese and English text. Pure; a name is never certain by its look.

Surnames that are common words as well count only where the words around
leave little doubt.
"""

import re
from collections.abc import Iterator

Span = tuple[int, int]

_COMMON = (
    "王李张刘陈杨赵黄周吴徐孙胡朱林郭罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁叶余杜苏魏吕丁沈任姚卢傅钟姜崔谭廖范汪陆"
    "贾韦邹熊孟秦阎薛侯雷龙段郝邵顾毛贺尹钱倪洪牛姬武康施葛龚庞樊殷严翁蒋莫佟鲁岳齐俞戴尤柯柳祝窦阮褚卞霍裴冉左梅"
    "刁柴覃邢骆聂芮苗屈项詹欧耿关焦晏瞿巩靳辛蓝缪闵麦涂宫甘卫娄隋辜房古冷解巴凌盛简桑"
    "陳楊趙黃吳孫鄭謝許鄧馮韓蘇魏呂盧鍾譚廖範陸賈鄒閻龍顧賀錢倪嚴龔龐蔣齊葉劉張羅蕭"
)
_AMBIGUOUS = "高何马于方白石金江夏常温成史万单平安全连应向易时文申伍章明程丘路季黎乔车童喻宁包尚华祁花管计"
_DOUBLE = "欧阳|司马|上官|诸葛|慕容|皇甫|尉迟|公孙|令狐|夏侯|宇文|长孙|端木|司徒|南宫|东方|独孤|轩辕"
_SURE = f"(?:{_DOUBLE}|[{_COMMON}])"
_ANY = f"(?:{_DOUBLE}|[{_COMMON}{_AMBIGUOUS}])"
_HAN = "\u4e00-\u9fff"
# What a given name hardly holds: particles, verbs and measure words that follow surnames only by chance.
_NOT_IN_NAMES = (
    "的了着过得是在有不没很都就也还要想给让把被和与跟或而但从到去来上下里外前后中内间时年月日天岁个些只条张件台双套次"
    "种们我你他她它这那哪谁什么怎吗呢吧啊说叫做用买吃穿住读写看听会能以需希望喜欢因为所其每各再又已经刚才太最更且等"
    "家校院路街号楼室班级费元钱药病床品店器机具板布料色寸码米斤包岛"
)
_GIVEN = f"(?:(?![{_NOT_IN_NAMES}])[{_HAN}])"
_LOOSE_GIVEN = f"(?:(?![的了是不没很也还说])[{_HAN}])"
_NAME = rf"{_ANY} ?{_GIVEN}{{1,2}}"
_SURE_NAME = rf"{_SURE}{_GIVEN}{{1,2}}"
_KIN = (
    "爸爸|妈妈|父亲|母亲|爷爷|奶奶|外公|外婆|姥姥|姥爷|老伴|丈夫|妻子|爱人|儿子|女儿|孙子|孙女|外孙女?|孩子|弟弟|妹妹|哥哥|姐姐"
    "|老人|监护人|网格员|社工|学生|居民|同学|邻居|联系人|联络|聯絡|请找|保姆|户主"
)
_TITLES = (
    "奶奶|爷爷|大爷|大妈|大娘|阿姨|叔叔|叔|婶|大婶|大嫂|嫂子|大哥|大姐|姐|哥|老师|医生|大夫|护士|师傅|先生|女士|小姐|同学|书记"
    "|主任|姥姥|外婆|外公|伯伯|大伯|老人|太太|婆婆|阿婆|老太|老汉|教练|校长|经理|网格员|社工"
)
_WORDS = (
    "单亲|单独|单人|单元|高中|高血|高烧|高压|高低|高兴|高大|高矮|高危|高校|高铁|高龄|高处|高考|高烧|高个|马上|马路|方便|方面|方法|白天|白色|白菜|石头|金属|江边|夏天|夏季|常年|常常|常用|温暖|温度"
    "|成绩|成人|成年|历史|万一|平时|平常|平板|安静|安全|安装|全家|全部|全套|连续|应该|容易|时候|时间|文具|文化|明年|明天|程度"
    "|路上|季节|车子|童年|包括|华丽|花钱|花了|管理|计算|任何|何时|关节|关心|关于|严重|严寒|左右|左手|左眼|左腿|余下|段时|古筝|古诗|古典|蓝色"
    "|黄色|黄昏|毛笔|毛巾|毛衣|毛线|雷雨|钟表|甘甜|冷天|冷得|解决|简单|盛夏|房子|房屋|房间|龙头|武术|康复|洪水|牛奶|田里|田地|林业|叶子|苗条"
    "|麦克|梅雨|柳琴|辛苦|项目|宫颈|巴不|巴士|顾不|丁点|许多|许久|许愿|任务|施工|严冬|尤其|祝愿|周末|周边|周一|周二|周三|周四|周五|周六|周日|冉冉"
    "|向来|向往|尚未|包裹|章程|宁愿|宁可|乔迁|申请|金额|易拉|史无|宋体|唐诗|秦腔|田径|魏碑|颜料|齐全|安徒|连环|石榴|温水|路程|路灯|路口|马桶|花园|花草"
)
_NOT_A_NAME = rf"(?!{_WORDS})"
_NEAR_NAME = rf"(?:{_DOUBLE}|[{_COMMON}高何马于方白石金江夏温史万章丘季黎乔祁]){_GIVEN}{{1,2}}"
_LABELS = r"姓名|名字|心愿人|受助人|受益人|联系人|监护人|申请人|家长|户主|孩子|学生|收件人|报送人"

_THEN_TOLD = r"(?=说|今年|[,，、 ]*[男女][,，、。 ]|[,，、 ]*\d{1,3}岁|[(（]|家里|家的)"
_THEN_WISHES = r"(?=想要|希望|需要|喜欢|想|要|盼|家|住|在|确诊|患|读|上学|同学|[,，]想)"
_NOT_REPEATED = "(?<![姐哥弟妹爷奶爸妈叔姑姨婶公婆星天人常刚])"
_CHILD = "(?:弟弟|妹妹|儿子|女儿|孙子|孙女|孩子|外孙女?)"
_PET_NAME = f"[阿小](?!孩|学|朋|时|心|型|狗|猫|区|米){_GIVEN}"

_RULES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?:{_LABELS})(?:姓名)?\s?[:是为]\s?(?P<who>{_ANY} ?{_LOOSE_GIVEN}{{1,3}}?)(?=[,，、。;； (（]|$)",
        rf"(?:{_LABELS})(?:姓名)?\s?[:是为]\s?(?P<who>{_NAME})",
        rf"(?<![{_HAN}])(?P<who>{_NOT_A_NAME}{_SURE}{_LOOSE_GIVEN}{{1,2}})(?=说)",
        rf"我叫(?P<who>{_NOT_A_NAME}{_ANY}{_LOOSE_GIVEN}{{1,2}}?)(?=[,，、。;； (（]|$)",
        rf"(?:我叫|名叫|名字叫|叫做|大名|小名叫|他叫|她叫|孩子叫|[儿孙]子叫|[女孙]女?儿?叫|本人)(?P<who>{_NOT_A_NAME}{_NAME})",
        rf"我是(?P<who>{_NOT_A_NAME}{_NAME})(?=[,，。.、;；:!！ ]|$)",
        rf"(?:{_KIN})(?P<who>{_NOT_A_NAME}{_NEAR_NAME})",
        rf"(?<![{_HAN}])(?P<who>{_NOT_A_NAME}{_NAME}){_THEN_TOLD}",
        rf"(?<![{_HAN}])(?P<who>{_NOT_A_NAME}{_SURE_NAME}){_THEN_WISHES}",
        rf"(?<=\d号|\d室|单元|社区|.村)(?P<who>{_NOT_A_NAME}{_SURE_NAME})(?=[(（,，、。]|家)",
        rf"(?P<who>(?<![由对关等属高低至终语])(?:老|小)?{_ANY}(?:{_TITLES}))(?!儿)",
        rf"(?P<who>(?<![哥姐])([{_HAN}]){_NOT_REPEATED}\2(?:姐|哥|奶奶|爷爷|阿姨|妹妹|弟弟))",
        rf"(?P<who>{_ANY}某{{1,2}})",
        rf"{_CHILD}(?:叫|是)?(?P<who>{_PET_NAME})(?=[,，。、 (（今]|$)",
        rf"(?<![{_HAN}])(?P<who>{_PET_NAME}{_GIVEN}?)(?=说|今年|[(（])",
        rf"[(（](?P<who>{_NOT_A_NAME}{_SURE_NAME})[)）]",
    )
)

_PINYIN = (
    "Wang|Li|Zhang|Liu|Chen|Yang|Zhao|Huang|Zhou|Wu|Xu|Sun|Hu|Zhu|Gao|Lin|He|Guo|Ma|Luo|Liang|Song|Zheng|Xie|Han|Tang|Feng"
    "|Yu|Dong|Xiao|Cheng|Cao|Yuan|Deng|Fu|Shen|Zeng|Peng|Lu|Su|Lyu|Jiang|Cai|Jia|Ding|Wei|Xue|Ye|Yan|Pan|Du|Dai|Xia|Zhong"
    "|Tian|Ren|Fan|Fang|Shi|Yao|Tan|Liao|Zou|Xiong|Jin|Hao|Kong|Bai|Cui|Kang|Mao|Qiu|Qin|Gu|Hou|Shao|Meng|Long|Wan|Duan"
    "|Qian|Yin|Chang|Qiao|Lai|Gong|Wen|Ouyang|Shangguan|Sima|Zhuge|Murong"
)
_SYLLABLES = r"(?:[bpmfdtnlgkhjqxzcsryw]?h?[aeiouü]{1,3}(?:ng|n|r)?'?){1,3}"
_ENGLISH_RULES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b(?P<who>(?:{_PINYIN})\s(?=[A-Z])(?i:{_SYLLABLES}))\b(?![-\s]?(?:Road|Street|Lane|Village|Community|Garden))",
        r"(?i:\bmy name is|\bI am|\bI'm|\bnamed|\bcalled)\s(?P<who>[A-ZÀ-Þ][\w'’-]+(?:\s[A-ZÀ-Þ][\w'’-]+){0,2})",
        r"(?P<who>\b[A-ZÀ-Þ][a-zß-ÿ]+\s[A-ZÀ-Þ][a-zß-ÿ]+(?:-[A-ZÀ-Þ][a-zß-ÿ]+)?)(?=,\s\d{1,3}\b)",
        r"\b(?P<who>(?:Mr|Mrs|Ms|Miss|Grandma|Grandpa|Granny|Auntie|Uncle|Teacher)\.?\s[A-ZÀ-Þ][\w'’-]+)",
    )
)

_PSEUDONYM = re.compile(r"\s?[(（](?:化名|匿名|pseudonym)")
_TITLE_OF_A_BOOK = re.compile(r"《[^》]{0,60}》")


def find_people(text: str) -> Iterator[Span]:
    """Yield the spans of a folded text that look like names; declared pseudonyms and titles of books are none."""
    quoted = [match.span() for match in _TITLE_OF_A_BOOK.finditer(text)]
    for rule in (*_RULES, *_ENGLISH_RULES):
        for match in rule.finditer(text):
            start, end = match.span("who")
            in_a_title = any(start < stop and end > begin for begin, stop in quoted)
            if not in_a_title and not _PSEUDONYM.match(text, end):
                yield start, end
