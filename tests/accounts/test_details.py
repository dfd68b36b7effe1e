"""How what people type about themselves is read."""

import pytest

from portal.accounts.details import DetailWrong, fold_email, read_email, read_phone, read_uscc


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("91370212MA3C000013", "91370212MA3C000013"),
        ("91370212ma3c000013", "91370212MA3C000013"),
        (" ９１３７０２１２ＭＡ３Ｃ００００１３ ", "91370212MA3C000013"),
        ("9137 0212 MA3C 0000 13", "91370212MA3C000013"),
        ("91370212-MA3C-000013", "91370212MA3C000013"),
        ("91110000600037341l", "91110000600037341L"),
    ],
)
def test_credit_code_is_read_however_it_was_typed(typed, read):
    assert read_uscc(typed) == read


@pytest.mark.parametrize(
    "typed", ["", "91370212MA3C000014", "91370212MA3C00001", "370212201107219960", "91370212MA3C00001I", "信用代码"]
)
def test_wrong_credit_code_is_refused(typed):
    with pytest.raises(DetailWrong):
        read_uscc(typed)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("13900000000", "13900000000"),
        ("１３９ ００００ ００００", "13900000000"),
        ("+86 139-0000-0000", "13900000000"),
        ("0532 5550 0000", "0532-55500000"),
        ("（0532）55500000", "0532-55500000"),
        ("4008123123", "4008123123"),
    ],
)
def test_telephone_is_read_however_it_was_typed(typed, read):
    assert read_phone(typed) == read


@pytest.mark.parametrize("typed", ["", "12345", "55500000", "+1 202 555 0100", "电话"])
def test_wrong_telephone_is_refused(typed):
    with pytest.raises(DetailWrong):
        read_phone(typed)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        (" A.B@Example.ORG ", "a.b@example.org"),
        ("ｘ@example.org", "x@example.org"),
        ("x\u200b@example.org", "x@example.org"),
        ("x@yitongxing.example", "x@yitongxing.example"),
    ],
)
def test_mail_address_has_one_form(typed, read):
    assert read_email(typed) == read
    assert fold_email(typed) == read


@pytest.mark.parametrize("typed", ["", "x", "x@", "@example.org", "x@localhost", "a@b@example.org"])
def test_wrong_mail_address_is_refused(typed):
    with pytest.raises(DetailWrong):
        read_email(typed)
