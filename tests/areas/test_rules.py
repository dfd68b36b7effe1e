"""Areas in Latin letters."""

import pytest

from portal.areas.rules import centre_name_in_english, hours_in_english


@pytest.mark.parametrize(
    ("name", "english"),
    [
        ("海云服务中心", "Haiyun Service Centre"),
        ("听潮党群服务中心", "Tingchao Service Centre"),
        ("重庆路服务中心", "Chongqinglu Service Centre"),
        ("松岭中心", "Songling Centre"),
        ("服务中心", "Fuwu Centre"),
    ],
)
def test_centre_has_a_name_in_latin_letters(name, english):
    assert centre_name_in_english(name) == english


@pytest.mark.parametrize(
    ("hours", "english"),
    [
        ("周一至周五 8:30-17:00，周六 9:00-12:00", "Mon–Fri 8:30–17:00, Sat 9:00–12:00"),
        ("星期一到星期日 9:00-17:00", "Mon–Sun 9:00–17:00"),
        ("每天 9：00-12：00", "Daily 9:00–12:00"),
        ("", ""),
    ],
)
def test_hours_are_read_out_in_english(hours, english):
    assert hours_in_english(hours) == english


def test_hours_that_are_not_understood_stay_as_they_were_written():
    assert hours_in_english("周一至周五，逢农历初一休市") == "周一至周五，逢农历初一休市"
