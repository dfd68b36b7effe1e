"""What a page says about a password or a wait that did not do."""

from flask_babel import gettext as _
from flask_babel import ngettext

from portal.accounts.passwords import SHORTEST, PasswordTooCommon, PasswordTooShort


def password_problem(error: PasswordTooShort | PasswordTooCommon) -> str:
    """Return why a password was not taken and what to do."""
    if isinstance(error, PasswordTooShort):
        return _("密码太短，至少要 %(count)s 个字。", count=SHORTEST)
    return _("这个密码太容易猜到。换几个不相干的词连起来试试。")


def wait_problem(seconds: int) -> str:
    """Return how long somebody who tried too often must wait."""
    minutes = -(-seconds // 60)
    return ngettext("试的次数太多了，请过 %(num)s 分钟再试。", "试的次数太多了，请过 %(num)s 分钟再试。", minutes)
