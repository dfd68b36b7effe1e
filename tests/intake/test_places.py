"""Which centre, community and grid a list means, and what to suggest when there is none."""

import pytest

from portal.intake.places import AreaIndex
from portal.spreadsheets.problems import FieldWrong
from tests.spreadsheets.samples import DISTRICT

AREAS = AreaIndex(DISTRICT | {"松风服务中心": {"望潮社区": ("A网格", "B网格"), "松风苑社区": ("第十一网格",)}})


def wrong(find, *words):
    """Return code and parameters with which a name is refused."""
    with pytest.raises(FieldWrong) as caught:
        find(*words)
    return caught.value.code, caught.value.params


@pytest.mark.parametrize(
    "text",
    [
        "青石服务中心",
        "青石 服务中心",
        "青石",
        "青石便民服务中心",
        "青石街道便民服务中心",
        "青石镇党群服务中心",
        "青石街道",
        "青石中心",
    ],
)
def test_centre_is_found_by_name_or_short_name(text):
    assert AREAS.find_centre(text) == "青石服务中心"


@pytest.mark.parametrize("text", ["青石东社区", "青石东", "青石东社区居委会", "青石东\u3000社区"])
def test_community_is_found_by_name_or_short_name(text):
    assert AREAS.find_community("青石服务中心", text) == "青石东社区"


@pytest.mark.parametrize("text", ["第2网格", "２", "2号网格", "网格2", "第二网格", "第2 网格", "Grid 2"])
def test_grid_is_found_by_name_or_number(text):
    assert AREAS.find_grid("青石服务中心", "青石东社区", text) == "第2网格"


def test_grids_with_letters_or_two_digits_are_told_apart():
    assert AREAS.find_grid("松风服务中心", "望潮社区", "b网格") == "B网格"
    assert AREAS.find_grid("松风服务中心", "松风苑社区", "11") == "第十一网格"


def test_centre_of_a_community_is_known_unless_two_have_one_of_that_name():
    assert AREAS.find_centre_of("青石东") == "青石服务中心"
    code, params = wrong(AREAS.find_centre_of, "望潮社区")
    assert (code, params["known"]) == ("centre_needed", ["望潮服务中心", "松风服务中心"])
    assert wrong(AREAS.find_centre_of, "没有的社区")[0] == "community_nowhere"


def test_unknown_centre_is_suggested_by_the_community_first():
    code, params = wrong(AREAS.find_centre, "不存在的服务中心", "青石东社区")
    assert (code, params["suggestion"]) == ("centre_by_community", "青石服务中心")


def test_unknown_centre_is_suggested_by_likeness():
    assert wrong(AREAS.find_centre, "白扬服务中心")[1]["suggestion"] == "白杨服务中心"
    assert wrong(AREAS.find_centre, "不存在的服务中心", "没有的社区")[0] == "centre_unknown"
    assert wrong(AREAS.find_centre, "不存在的服务中心", "望潮社区")[0] == "centre_unknown"


def test_community_of_another_centre_is_sent_home():
    code, params = wrong(AREAS.find_community, "青石服务中心", "白杨南社区")
    assert (code, params["suggestion"], params["centre"]) == ("community_elsewhere", "白杨服务中心", "青石服务中心")


def test_community_of_two_centres_belongs_to_both():
    assert AREAS.find_community("望潮服务中心", "望潮社区") == "望潮社区"
    assert AREAS.find_community("松风服务中心", "望潮社区") == "望潮社区"
    assert wrong(AREAS.find_community, "青石服务中心", "望潮社区")[0] == "community_unknown"


def test_unknown_community_is_suggested_by_likeness():
    code, params = wrong(AREAS.find_community, "青石服务中心", "青石冬社区")
    assert code == "community_alike"
    assert params["suggestion"] in DISTRICT["青石服务中心"]
    assert wrong(AREAS.find_community, "青石服务中心", "海边村")[0] == "community_unknown"


def test_unknown_grid_names_those_there_are():
    code, params = wrong(AREAS.find_grid, "青石服务中心", "青石东社区", "第5网格")
    assert (code, params["known"]) == ("grid_unknown", ("第1网格", "第2网格"))


def test_names_that_differ_only_in_their_ending_are_kept_apart():
    areas = AreaIndex({"青石服务中心": {"青石社区": ("第1网格",), "青石村": ("第1网格",)}})
    assert areas.find_community("青石服务中心", "青石村") == "青石村"
    assert areas.find_community("青石服务中心", "青石社区") == "青石社区"
    assert wrong(areas.find_community, "青石服务中心", "青石")[0] == "community_alike"
