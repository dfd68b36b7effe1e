"""Mail addresses and mobile numbers as people type them."""

import pytest

from portal.pledges.contacts import Contact, ContactUnclear, read_contact


@pytest.mark.parametrize(
    ("typed", "contact"),
    [
        ("Lin@Example.ORG", Contact("mail", "lin@example.org")),
        ("  lin@example.org ", Contact("mail", "lin@example.org")),
        ("lin＠example.org", Contact("mail", "lin@example.org")),
        ("13800138000", Contact("sms", "+8613800138000")),
        ("138 0013-8000", Contact("sms", "+8613800138000")),
        ("+86 138 0013 8000", Contact("sms", "+8613800138000")),
        ("１３８００１３８０００", Contact("sms", "+8613800138000")),
    ],
)
def test_one_contact_has_one_form(typed, contact):
    assert read_contact(typed) == contact


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "lin",
        "lin@",
        "@example.org",
        "lin@example.org\nBcc: all@example.org",
        "lin@example.org, other@example.org",
        "林@example.org",
        "0532-55500000",
        "1380013800",
        "+1 202 555 0123",
        "110",
    ],
)
def test_what_cannot_be_reached_is_refused(typed):
    with pytest.raises(ContactUnclear):
        read_contact(typed)


def test_a_masked_contact_shows_too_little_for_a_stranger():
    assert read_contact("lin@example.org").masked == "l***@example.org"
    assert read_contact("13800138000").masked == "138****8000"
