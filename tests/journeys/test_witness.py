"""The witness finds what stands there, however it is written."""

import pytest

from tests.journeys.witness import Witness


@pytest.mark.parametrize(
    "text",
    [
        "打 139 1234-5678 找她",
        "１３９１２３４５６７８",
        "/wishes?q=%E5%8F%B8%E7%A9%BA%E6%9C%9B%E8%88%92",
        "司空&#26395;舒",
        "<p>司空 望·舒</p>",
    ],
)
def test_a_secret_is_found_however_it_is_written(text):
    witness = Witness()
    witness.see("a page", text)
    assert witness.find("13912345678", "司空望舒") == ["a page"]


def test_nothing_is_found_where_nothing_is():
    witness = Witness()
    witness.see("a page", "双肩书包 9K0XH3Y 13912345679")
    assert witness.find("13912345678", "司空望舒") == []
