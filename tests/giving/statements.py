"""Bank transfers and statements for tests: a portal that takes them, and files as banks write them."""

import csv
import io

from portal.accounts.rules import Role
from portal.giving.paying import find_pay_page
from portal.giving.statements import import_statement
from tests import cast
from tests.giving import stage

SETTINGS = {
    "gateways": "sandbox,bank_transfer",
    "bank_account_name": "示范公益基金会",
    "bank_name": "示范银行海岸支行",
    "bank_account": "3700 0000 1111 2222",
}
HEAD = ("交易日期", "收入金额", "支出金额", "对方户名", "附言", "交易流水号")


def csv_of(*rows, head=HEAD):
    """Return the bytes of a statement."""
    out = io.StringIO()
    csv.writer(out).writerows([("账户交易明细",), head, *rows])
    return out.getvalue().encode("gb18030")


def line(minor, memo, *, day="2026-11-23", serial="", payer="林小满"):
    """Return a row of a statement: above zero money came in."""
    yuan = f"{abs(minor) / 100:,.2f}"
    return (day, yuan if minor > 0 else "", yuan if minor < 0 else "", payer, memo, serial)


def waiting_transfer(number, minor=5_000, **more):
    """Return public id and reference of a gift that waits for its transfer."""
    public_id = stage.intend(number, minor, **more)
    find_pay_page(public_id, "bank_transfer")
    reference = stage.payments_of(public_id)[-1].provider_ref
    assert reference
    return public_id, reference


def take(data, name="statement.csv"):
    """Take in a statement as finance does."""
    return import_statement(cast.actor(Role.FINANCE), data, name)


def arrived(number, minor):
    """Let a transfer arrive; return the public id of its gift."""
    public_id, reference = waiting_transfer(number, minor)
    assert take(csv_of(line(minor, reference, serial=reference))).matched == 1
    return public_id
