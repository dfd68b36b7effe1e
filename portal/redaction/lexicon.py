"""What a Chinese dictionary knows: where words end, which words are names, which characters given names are made of.

The dictionary is jieba's. It takes about a second and a hundred megabytes to
read, so it is read once, when the first text is looked at.
"""

import functools
import math
import warnings
from collections import Counter
from dataclasses import dataclass

SURNAMES = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱林郭罗郑梁谢宋唐许邓冯韩曹曾彭萧肖蔡潘田董袁叶余杜苏魏吕丁沈任姚卢傅钟姜崔谭廖范汪陆"
    "贾韦邹熊孟秦阎闫薛侯雷龙段郝邵顾毛贺尹倪洪牛姬武康施葛龚庞樊殷严翁蒋莫佟鲁岳齐俞戴尤柯柳窦阮褚卞霍裴冉左梅邱"
    "刁柴覃邢骆聂芮苗屈项詹欧耿焦晏瞿巩靳辛蓝缪闵麦涂宫甘卫娄隋辜房古冷巴凌盛桑曲仇栾仲匡鞠矫臧逄湛游卓岑莘楚滕糜揭"
    "邬荆虞嵇芦蒲褚阚郗郦郜郄鄢鄂佘冼咸亓岱缑璩戚谌隗蔺靖诸琚占蔚尉昝旷敖苟蒙瞿翟濮濮殳贲郁宓乌牟车宿祖臧奚戎桂荀羊晁窦"
    "丛鹿甄邸邰仝苑邝卜颜巫荣柏纪舒阙邴綦隽谯庹"
    "毕陶穆鲍裘费屠饶竺逯茹胥扈郏浦贡厉邝鄺庄訾桓衡蓟韶滑畢馬閔鮑費饒"
    "陳楊趙黃吳孫鄭謝許鄧馮韓蘇魏呂盧鍾譚廖範陸賈鄒閻龍顧賀錢倪嚴龔龐蔣齊葉劉張羅蕭"
)
"""Surnames that are seldom anything else at the start of a word."""

AMBIGUOUS_SURNAMES = frozenset(
    "付汤谷席宗吉惠封谈栗粟楼皮伊容宣狄卿漆禹薄权蒲景符武农衣展逄钱查盖幸司艾牧路关丰满沙边燕索高何马于方白石金江夏常温成史万单平安全连应向易时文申伍章明程丘路季黎乔童喻宁包尚华祁花管计候初修解简祝兰迟党米强池商水乐双"
)
"""Surnames that are as often a word of every day; they count only where the words around leave little doubt."""

DOUBLE_SURNAMES = frozenset(
    "欧阳 司马 上官 诸葛 慕容 皇甫 尉迟 公孙 令狐 夏侯 宇文 长孙 端木 司徒 南宫 东方 独孤 轩辕 百里 呼延 闻人 淳于".split()
)

WELL_KNOWN = frozenset(
    """
    王老吉 王致和 王守义 张小泉 李锦记 李宁 周大福 周大生 周黑鸭 陈克明 马应龙 余仁生 方太 郎酒 林家铺子 乔丹 姚明 刘翔 郎平 李小龙 成龙 周杰伦 贝多芬
    鲁迅 老舍 冰心 巴金 叶圣陶 朱自清 丰子恺 林海音 沈石溪 曹文轩 杨红樱 郑渊洁 高士其 梅子涵 秦文君 张乐平 雷锋 焦裕禄 黄继光 孔子 孟子 庄子 屈原
    李白 杜甫 白居易 王维 苏轼 李清照 陆游 王羲之 颜真卿 柳公权 欧阳询 关羽 张飞 诸葛亮 曹操 孙悟空 唐僧 林黛玉 贾宝玉 安徒生 白雪公主 杨家将 花木兰
    钟南山 张伯礼 李兰娟 张桂梅 杨利伟 王亚平 刘洋 聂海胜 景海鹏 苏炳添 谷爱凌 全红婵 马龙 樊振东 孙颖莎 王楚钦 郑钦文 易烊千玺 王俊凯 王源 周深
    邓紫棋 莫言 余华 刘慈欣 钱钟书 汪曾祺 沈从文 萧红 郁达夫 徐志摩 王后雄 曲一线 田英章 庞中华 司马彦 薛金星 任汝芬 张爱玲 史铁生 路遥 贾平凹 梁启超 齐白石
    徐悲鸿 张大千 聂耳 冼星海 詹天佑 梁思成 林徽因 邓稼先 钱三强 李四光 竺可桢 王进喜 郭明义 张海迪 杨根思 董存瑞 邱少云 刘胡兰 狄仁杰 包青天 岳飞 文天祥
    金庸 古龙 罗大佑 邓丽君 马兰花 康师傅 花露水 白象 文曲星 苏泊尔 安吉尔 史努比 万宝路 毛主席 孙中山 华罗庚 钱学森 袁隆平 屠呦呦 张衡 李时珍 祖冲之
    """.split()
)
"""Brands, authors and heroes that wishes name, and a thing the dictionary takes for a person; none is a neighbour."""

_COMMON_FREQUENCY = 150


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text and where it stands."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Dictionary:
    tokenizer: object
    names: frozenset[str]
    given: dict[str, float]


def cut(text: str) -> list[Word]:
    """Return the words of a text in order; what no word covers comes as single characters."""
    words, at = [], 0
    for piece in _dictionary().tokenizer.cut(text, HMM=False):  # type: ignore[attr-defined]
        words.append(Word(piece, at, at + len(piece)))
        at += len(piece)
    return words


def is_surname(text: str) -> bool:
    """Tell whether a text is a surname, one that is also a word of every day included."""
    return text in SURNAMES or text in AMBIGUOUS_SURNAMES or text in DOUBLE_SURNAMES


def is_known_name(word: str) -> bool:
    """Tell whether the dictionary has a word as a person's full name."""
    return word in _dictionary().names


def is_everyday(word: str) -> bool:
    """Tell whether a word of two or more characters is common and not a name."""
    dictionary = _dictionary()
    frequency: int = dictionary.tokenizer.FREQ.get(word) or 0  # type: ignore[attr-defined]
    return len(word) > 1 and word not in dictionary.names and frequency >= _COMMON_FREQUENCY


def given_weight(char: str) -> float:
    """Return how usual a character is in given names: 0 for never seen, 1 for the most usual."""
    return _dictionary().given.get(char, 0.0)


@functools.cache
def _dictionary() -> _Dictionary:
    with warnings.catch_warnings():
        # Jieba's source has escapes that newer Pythons warn of. It is imported here, since most pages never need it.
        warnings.simplefilter("ignore")
        import jieba  # noqa: PLC0415

    # Jieba would keep its index in the folder all users share, where a stranger could plant another one.
    tokenizer = jieba.Tokenizer()
    tokenizer.FREQ, tokenizer.total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
    tokenizer.initialized = True
    names, seen = set(), Counter[str]()
    with tokenizer.get_dict_file() as lines:
        for line in lines:
            word, _frequency, tag = line.decode().split()
            if tag.startswith("nr") and 2 <= len(word) <= 4 and (is_surname(word[0]) or word[:2] in DOUBLE_SURNAMES):
                names.add(word)
                seen.update(word[1:])
    most = math.log(1 + max(seen.values()))
    return _Dictionary(tokenizer, frozenset(names), {char: math.log(1 + count) / most for char, count in seen.items()})
