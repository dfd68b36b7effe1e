"""Finds what is told of somebody's body and birth in a folded text: illness, disability, date of birth, age. Pure."""

import re
from collections.abc import Iterator

from portal.publication.marks import MarkKind
from portal.publication.numbers import Found, matches

_HAN = "\u4e00-\u9fff"

_DEGREE = "(?:重型|重度|中度|轻度|先天性|慢性|急性|晚期|恶性|早期|原发性)?"
_LONGER_NAMES = "白血病|心脏病|地中海贫血|淋巴瘤|肿瘤|骨髓瘤|综合征|肺结核|再生障碍性贫血"
_ORGANS = "[胃肝肺肠乳腺宫颈甲状直结食管胰]"
_NAMES = (
    "癌症|尿毒症|糖尿病|高血压病?|冠心病|脑梗死?|脑瘫|脑出血|脑溢血|中风|偏瘫|截瘫|瘫痪|癫痫|抑郁症?|焦虑症|躁狂症?"
    "|双相情感障碍|精神分裂症?|精神障碍|精神病|自闭症?|孤独症|多动症|唐氏儿?|血友病|肾衰竭?|肾病|肝硬化|肝炎|乙肝|艾滋病?"
    "|尘肺病?|帕金森病?|阿尔茨海默病?|老年痴呆症?|痴呆|白内障|青光眼|失明|聋哑|智力障碍|智障|红斑狼疮|类风湿|渐冻症|肌无力"
    "|肌营养不良|哮喘|肺气肿|股骨头坏死|(?<!防)压疮|(?<!防)褥疮|透析"
)
_ENGLISH_NAMES = (
    "cancer|tumou?r|diabet(?:es|ic)|epilep(?:sy|tic)|depress(?:ion|ed)|autis(?:m|tic)|cerebral palsy|schizophrenia|HIV"
    "|hepatitis|dialysis|ura?emia|paraly[sz]ed|dementia|Alzheimer'?s|Parkinson'?s|(?:congenital )?heart disease"
    "|Down syndrome|thalassa?emia"
)
_ILLNESSES = (
    re.compile(r"(?:视力|听力|言语|肢体|智力|精神|多重)?(?:重度|[一二三四]级)残疾"),
    re.compile(
        f"{_DEGREE}(?:(?:(?![确诊断为患有得了是查出因])[{_HAN}]){{0,4}}(?:{_LONGER_NAMES})|{_ORGANS}{{1,3}}癌|{_NAMES})"
        "(?:后遗症)?"
    ),
    re.compile(r"(?:患有?|确诊为?|得了|查出)(?P<what>[^,，。;；\s]{2,10}(?:病|症|炎|瘤|癌|障碍))"),
    re.compile(r"\b(?:(?:acute|chronic|severe)\s)?(?:\w+\s)?(?:leuka?emia|lymphoma|melanoma)\b", re.IGNORECASE),
    re.compile(rf"\b(?:(?:severe|chronic|breast|lung|liver)\s)?(?:{_ENGLISH_NAMES})\b", re.IGNORECASE),
    re.compile(
        r"diagnosed with (?P<what>(?:\w+\s){0,3}?\w+)(?=\s(?:and|who|since|so|but|in)\b|[,.;]|$)", re.IGNORECASE
    ),
)

_YEAR = r"(?:19|20)\d{2}"
_DATE = (
    rf"(?:{_YEAR}[年/.-]\s?\d{{1,2}}[月/.-]\s?\d{{1,2}}[日号]?|\d{{1,2}}[/.-]\d{{1,2}}[/.-]{_YEAR}|{_YEAR}年\d{{1,2}}月"
    r"|[一二][九〇零0][一二三四五六七八九〇零]{2}年(?:[正腊一二三四五六七八九十冬]{1,2}月)?(?:初?[一二三四五六七八九十廿]{1,3}[日号]?)?)"
)
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_BIRTHS = (
    re.compile(rf"(?P<what>{_DATE})\s?(?:出?生|生日|生人)"),
    re.compile(
        r"(?:生日|出生日期|出生年月|出生|生于|\bborn(?:\son)?|\bDOB|\bbirthday)[是为在: ]{0,4}" + f"(?P<what>{_DATE})",
        re.IGNORECASE,
    ),
    re.compile(rf"\((?P<what>{_DATE})\)"),
    re.compile(
        rf"(?i:\bborn(?:\son)?|\bbirthday(?:\sis)?)\s(?P<what>(?:\d{{1,2}}\s)?(?:{_MONTHS})(?:\s\d{{1,2}})?,?(?:\s{_YEAR})?)"
    ),
)
_AGES = (
    re.compile(r"(?<![\d-])(?:\d{1,3}|[一二三四五六七八九十]{1,4})周?岁(?!以上|以下|以内|起|前|后|左右|多|段)"),
    re.compile(r"\b\d{1,3}[ -]years?[ -]old\b|\baged? \d{1,3}\b", re.IGNORECASE),
)


def find_conditions(text: str) -> Iterator[Found]:
    """Yield illnesses and disabilities, dates of birth, and exact ages of people, not those a thing is made for."""
    yield from matches(MarkKind.DIAGNOSIS, _ILLNESSES, text)
    yield from matches(MarkKind.DATE_OF_BIRTH, _BIRTHS, text)
    yield from matches(MarkKind.AGE, _AGES, text)
