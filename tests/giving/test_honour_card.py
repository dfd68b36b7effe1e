"""The card for the person a gift honours: only words that were read, and nothing to find the gift by."""

from portal.giving.making import Words
from portal.giving.moderating import decide_words
from tests import cast
from tests.campaigns import stage as campaigns
from tests.giving import stage


def test_a_card_to_pass_on_waits_for_a_moderator_and_tells_no_amount(app_context, visitor):
    number = campaigns.opened()
    gift = stage.give(number, 12_300, words=Words(honour="海边的外婆", message="天冷加衣"))
    page = stage.page_of(gift)
    visitor.open(f"{page}/card", status=404)
    assert "打印一张卡片" not in visitor.open(page)
    decide_words(cast.moderator(), gift, is_approved=True)
    visitor.open(page)
    card = visitor.follow("打印一张卡片，送给这个人")
    for words in ("以海边的外婆的名义", "有人为“暖冬行动”捐了一份心意", "天冷加衣", f"/campaigns/{number}"):
        assert words in card.text, words
    for secret in ("123", "11月", stage.gift_row(gift).number):
        assert secret not in card.text, secret
