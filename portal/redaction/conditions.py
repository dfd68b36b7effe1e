"""Finds what is told of somebody's body and birth in a folded text: illness, disability, date of birth, age. Pure."""

import re
from collections.abc import Iterator

from portal.redaction.marks import MarkKind
from portal.redaction.numbers import Found, matches

_HAN = "\u4e00-\u9fff"

_DEGREE = "(?:[一二12]型|I{1,2}型|重型|重度|中度|轻度|先天性|慢性|急性|晚期|恶性|早期|原发性)?"
_LONGER_NAMES = "白血病|心脏病|地中海贫血|淋巴瘤|肿瘤|骨髓瘤|综合征|肺结核|再生障碍性贫血"
_ORGANS = "[胃肝肺肠乳腺宫颈甲状直结食管胰]"
_NAMES = (
    "癌症|尿毒症|糖尿病|高血压病?|冠心病|脑梗死?|脑瘫|脑性瘫痪|脑出血|脑溢血|中风|偏瘫|截瘫|瘫痪|癫痫|抑郁症?|焦虑症|躁狂症?"
    "|双相情感障碍|精神分裂症?|精神障碍|精神病|(?:自闭症?|孤独症)(?:谱系(?:障碍)?)?|多动症|唐氏儿?|血友病|肾衰竭?|肾病|肝硬化|肝炎|乙肝|艾滋病?"
    "|尘肺病?|帕金森病?|阿尔茨海默病?|老年痴呆症?|痴呆|白内障|青光眼|失明|聋哑|智力障碍|智障|红斑狼疮|类风湿|渐冻症|肌无力"
    "|肌营养不良|哮喘|肺气肿|股骨头坏死|(?<!防)压疮|(?<!防)褥疮"
)
_ENGLISH_NAMES = (
    "cancer|tumou?r|(?:type (?:1|2|one|two) )?diabet(?:es|ic)|epilep(?:sy|tic)|depress(?:ion|ed)|autis(?:m|tic)|cerebral palsy|schizophrenia|HIV"
    "|hepatitis|dialysis|ura?emia|paraly[sz]ed|dementia|Alzheimer'?s|Parkinson'?s|(?:congenital )?heart disease"
    "|Down syndrome|thalassa?emia|hypertension|high blood pressure|arthritis|asthma|strokes?|blindness|legally blind|deafness"
    "|(?:kidney|heart|liver|renal|respiratory) failure|(?:kidney|lung|liver|Crohn's|co?eliac|sickle cell|motor neurone?) disease|learning disability|hearing loss|lupus|multiple sclerosis|PTSD|bipolar(?: disorder)?|ADHD|scoliosis|muscular dystrophy"
    "|h(?:a)?emophilia|psoriasis|tuberculosis|cirrhosis|pneumonia|spina bifida|cataracts?|glaucoma|lymphoma|melanoma|leuka?emia"
)
_ILLNESSES = (
    re.compile(r"(?:视力|听力|言语|肢体|智力|精神|多重)?(?:重度|[一二三四]级)残疾"),
    re.compile(
        f"{_DEGREE}(?:(?:(?![确诊断为患有得了是查出因])[{_HAN}]){{0,4}}(?:{_LONGER_NAMES})|{_ORGANS}{{1,3}}癌|{_NAMES})"
        "(?:后遗症)?"
    ),
    re.compile(
        r"(?:先天性?|后天性?|慢性|急性|重度|中度|轻度|双侧|单侧)?(?:强直性?脊柱炎|小儿麻痹症?|耳聋|聋哑?|失聪|弱视|斜视|唇腭裂|腭裂|侏儒症?|脊柱侧弯|腰椎间盘突出症?"
        r"|高血[压脂糖](?!计|仪)|心梗|心肌梗[死塞]|心衰|心力衰竭|肾功能(?:不全|衰竭)|静脉曲张|骨质疏松症?|半身不遂|植物人|烧伤|截肢|高位截瘫|小脑萎缩|脑萎缩"
        r"|甲亢|甲减|痛风|肺癌|哮喘病?|肺纤维化|慢阻肺|间质性肺炎|关节炎|风湿病?|牛皮癣|银屑病|白癜风|尘肺|矽肺|克罗恩病|帕金森|成骨不全症?|苯丙酮尿症|戈谢病)"
    ),
    re.compile(r"(?:患有?|确诊为?|得了|查出)(?P<what>[^,，。;；\s]{2,10}(?:病|症|炎|瘤|癌|障碍))"),
    re.compile(r"\b(?:(?:acute|chronic|severe)\s)?(?:\w+\s)?(?:leuka?emia|lymphoma|melanoma)\b", re.IGNORECASE),
    re.compile(rf"\b(?:(?:severe|chronic|breast|lung|liver)\s)?(?:{_ENGLISH_NAMES})\b", re.IGNORECASE),
    re.compile(
        r"diagnosed with (?P<what>(?:\w+\s){0,3}?\w+)(?=\s(?:and|who|since|so|but|in)\b|[,.;]|$)", re.IGNORECASE
    ),
)

_YEAR = r"(?:19|20)\d{2}"
_SPELT = "一二三四五六七八九〇零○十廿卅"
_LUNAR = rf"[正腊冬闰{_SPELT}]{{1,3}}月"
_DATE = (
    rf"(?:{_YEAR} ?[年/.-] ?\d{{1,2}} ?[月/.-] ?\d{{1,2}} ?[日号]?|\d{{1,2}}[/.-]\d{{1,2}}[/.-]{_YEAR}|{_YEAR} ?年 ?\d{{1,2}} ?月"
    rf"|{_YEAR}年(?:农历|阴历)?{_LUNAR}(?:初?[{_SPELT}]{{1,3}}[日号]?)?"
    rf"|[一二][九〇零○0][{_SPELT}]{{2}}年(?:(?:农历|阴历)?{_LUNAR})?(?:初?[{_SPELT}]{{1,3}}[日号]?)?|{_YEAR}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
    rf"|(?:农历|阴历)?(?:\d{{1,2}}|[{_SPELT}正腊冬]{{1,2}})月(?:\d{{1,2}}[日号]|初?[{_SPELT}]{{1,3}}[日号]?)|\d{{2}}年\d{{1,2}}月(?:\d{{1,2}}[日号])?)"
)
_MONTH = "(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)"
_ENGLISH_DATE = (
    rf"(?:(?:\d{{1,2}}(?:st|nd|rd|th)?\s(?:of\s)?)?{_MONTH}\.?(?:\s\d{{1,2}}(?:st|nd|rd|th)?(?!\d))?,?(?:\s{_YEAR})?|{_YEAR}-\d{{2}}-\d{{2}}"
    rf"|\d{{1,2}}/\d{{1,2}}/(?:{_YEAR}|\d{{2}}))"
)
_BIRTHS = (
    re.compile(rf"(?P<what>{_DATE})(?:的)?\s?(?:出?生(?![产效成])|生日|生人|人(?=[,，。]|$))"),
    re.compile(
        r"(?:生日|出生日期|出生年月日?|出生时间|出生|生于|诞生于?|生辰|\bborn(?:\s(?:on|in))?|\bDOB|\bbirthday)[是为在: (]{0,4}"
        f"(?P<what>{_DATE})",
        re.IGNORECASE,
    ),
    re.compile(rf"\((?P<what>{_DATE})\)"),
    re.compile(
        rf"(?i:\bborn(?:\s(?:on|in))?|\bbirthday(?:\sis)?(?:\son)?|\bdate of birth|\bDOB|\bbirthdate)(?:\sis)?[:,]?\s(?:\()?(?P<what>{_ENGLISH_DATE})\b"
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
