"""What the page of campaigns promises while there are none."""


def test_campaigns_page_says_that_no_money_is_taken(client):
    page = client.get("/campaigns")
    assert page.status_code == 200
    assert "不收任何钱" in page.text
    assert "<form" not in page.text.split("<main", 1)[1].split("</main", 1)[0]
