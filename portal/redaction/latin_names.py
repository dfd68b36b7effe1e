"""Finds names in Latin letters in a folded text, Chinese ones in pinyin among them. Pure."""

import re
from collections.abc import Iterator

_PINYIN = (
    "Wang|Li|Zhang|Liu|Chen|Yang|Zhao|Huang|Zhou|Wu|Xu|Sun|Hu|Zhu|Gao|Lin|He|Guo|Ma|Luo|Liang|Song|Zheng|Xie|Han|Tang|Feng"
    "|Yu|Dong|Xiao|Cheng|Cao|Yuan|Deng|Fu|Shen|Zeng|Peng|Lu|Lv|Su|Lyu|Jiang|Cai|Jia|Ding|Wei|Xue|Ye|Yan|Pan|Du|Dai|Xia|Zhong"
    "|Tian|Ren|Fan|Fang|Shi|Yao|Tan|Liao|Zou|Xiong|Jin|Hao|Kong|Bai|Cui|Kang|Mao|Qiu|Qin|Gu|Hou|Shao|Meng|Long|Wan|Duan"
    "|Qian|Yin|Chang|Qiao|Lai|Gong|Wen|Pang|Fei|Qi|Qu|Sheng|Shu|Tong|Xi|Xin|Xing|Yue|Zhan|Zhuang|Ouyang|Shangguan|Sima"
    "|Zhuge|Murong"
)
_SYLLABLES = r"(?:[bpmfdtnlgkhjqxzcsryw]?h?[aeiouü]{1,3}(?:ng|n|r)?['’-]?){1,3}"
_PLACES = "Road|Rd|Street|Lane|Avenue|Village|Community|Garden|Gardens|School|Primary|Middle|Hospital|Town|District|Sub"
_NAME = r"[A-ZÀ-Þ][\w'’]+(?:-[A-ZÀ-Þ][\w'’]+)?"
_NOT_NAMES = "The|This|That|She|He|They|Please|Size|Grade|Class|Year|Happy|New|Harry|Item|Order|Call|Contact|Girl|Boy|Red|Blue|Green|Type"
_RULES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b(?P<who>(?:{_PINYIN})\s(?=[A-Z])(?i:{_SYLLABLES})(?:\s(?=[A-Z])(?i:{_SYLLABLES}))?)\b(?![-\s]?(?:{_PLACES}))",
        rf"\b(?P<who>(?=[A-Z])(?i:{_SYLLABLES})\s(?:{_PINYIN}))\b(?=,|\s(?:is|needs|wants|wishes|lives|has|would|and)\b)",
        (
            rf"(?i:\bmy name is|\bI am|\bI'm|\bnamed|\bcalled|\bname:|\bguardian:?|\bmother:?|\bfather:?|\bson:?|\bdaughter:?|\bgrandson"
            rf"|\bgranddaughter|\bgrandmother|\bgrandfather|\bbrother|\bsister|\bcontact:?|\bteacher:?|\bnickname:?|\bsigned by|\bfor)\s"
            rf"(?P<who>(?!{_NOT_NAMES}\b){_NAME}(?:\s{_NAME}){{1,2}})(?!\s(?:{_PLACES}))"
        ),
        rf"(?i:\bmy name is|\bI am|\bI'm|\bnamed|\bcalled|\bname:|\bnickname:?)\s(?P<who>(?!{_NOT_NAMES}\b){_NAME})(?!\w)",
        rf"(?P<who>\b(?!(?:{_NOT_NAMES})\b){_NAME}\s{_NAME})(?=,\s(?:aged?\s)?\d{{1,3}}\b(?!\s?(?:yuan|cm|pieces|GB)))",
        rf"(?P<who>\b(?!(?:{_NOT_NAMES})\b){_NAME}(?:\s{_NAME})?)(?=\s\(\d{{1,3}}(?:\)|,|\s?years?))",
        rf"(?P<who>\b(?!(?:{_NOT_NAMES})\b){_NAME}\s{_NAME})(?=\s(?:lives|is\s\d|would like|wants|wishes|needs|was born|has been|attends)\b)",
        (
            rf"\b(?P<who>(?:Mr|Mrs|Ms|Miss|Grandma|Grandpa|Granny|Auntie|Aunt|Uncle|Teacher|Doctor)\.?\s(?!{_NOT_NAMES}\b){_NAME}"
            rf"(?:\s{_NAME})?)"
        ),
        (
            rf"(?i:\bson|\bdaughter|\bgrandson|\bgranddaughter|\bgrandmother|\bgrandfather|\bbrother|\bsister|\bhusband|\bwife"
            rf"|\bneighbou?r|\bfriend|\bnephew|\bniece|\bpen[ -]?pal|\bpupil|\bstudent)\s(?P<who>(?!(?:{_NOT_NAMES})\b){_NAME}(?:\s{_NAME})?)"
            rf"(?=,|\.|\s(?:was|is|has|had|needs?|wants?|wishes|lives?|loves?|likes?|and|who|said|told|attends|goes|works)\b)"
        ),
        (
            rf"(?i:\bmet|\bvisited|\bhelped|\bthank(?:s to| you)?,?|\bfrom|\bwith|\bask(?: for)?|\bsigned,?|\bdear)\s"
            rf"(?P<who>(?!(?:{_NOT_NAMES})\b){_NAME}\s{_NAME})(?=\s(?:who|whose|and|at|on|in|is|was)\b|[,.!]|$)(?!\s(?:{_PLACES}))"
        ),
        rf"(?P<who>\b(?!(?:{_NOT_NAMES})\b){_NAME}\s{_NAME})(?=\swho(?:se)?\b)",
        rf"\b(?P<who>Dr\.?\s(?!Seuss){_NAME})",
    )
)


def find_latin_names(text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans that look like names of people."""
    for rule in _RULES:
        for match in rule.finditer(text):
            yield match.span("who")
