"""What people type about themselves and their organisations."""

from collections.abc import Callable
from typing import Any

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import EmailField, PasswordField, SelectChoice, SelectField, StringField, TelField
from wtforms.validators import DataRequired, Length, ValidationError

from portal.accounts.details import LONGEST_NAME, DetailWrong, fold_email, read_email, read_phone, read_uscc
from portal.accounts.labels import KIND_LABELS
from portal.accounts.passwords import LONGEST, SHORTEST
from portal.spreadsheets.tidying import tidy

LANGUAGE_CHOICES = [SelectChoice("zh", lazy_gettext("中文")), SelectChoice("en", "English")]
LONGEST_CODE = 40
LONGEST_ADDRESS = 120

_NEEDED = lazy_gettext("请填写这一项。")
_TOO_LONG = lazy_gettext("太长了，请写短一些。")


def tidied(text: str | None) -> str | None:
    """Return what was typed without what nobody sees."""
    return tidy(text) if text else text


def needed() -> DataRequired:
    """Return the check that something was typed."""
    return DataRequired(_NEEDED)


def at_most(characters: int) -> Length:
    """Return the check that a text is not longer than it may be."""
    return Length(max=characters, message=_TOO_LONG)


def readable(reader: Callable[[str], str], problem: Any) -> Callable[[Any, Any], None]:
    """Return a check that puts the one form of a detail in place of what was typed, or tells the problem."""

    def check(form: Any, field: Any) -> None:
        try:
            field.data = reader(field.data)
        except DetailWrong:
            raise ValidationError(problem) from None

    return check


EMAIL_CHECK = readable(read_email, lazy_gettext("这个邮箱地址看不懂，请检查有没有漏字。"))
PHONE_CHECK = readable(read_phone, lazy_gettext("这个电话看不懂。座机请带区号，例如 0532-55500000。"))
CODE_CHECK = readable(
    read_uscc, lazy_gettext("这个统一社会信用代码核对不上。请对照营业执照或法人登记证书，一共 18 位。")
)


def new_password_field(label: Any, autocomplete: str = "new-password") -> PasswordField:
    """Return a field for a password that is being chosen; what was typed is not sent back."""
    return PasswordField(
        label,
        [needed(), Length(max=LONGEST, message=_TOO_LONG)],
        description=lazy_gettext("至少 %(count)s 个字。几个不相干的词连起来，好记又难猜。", count=SHORTEST),
        render_kw={"autocomplete": autocomplete},
    )


def own_name_field(label: Any) -> StringField:
    """Return a field for the name of whoever fills in the form."""
    return StringField(label, [needed(), at_most(LONGEST_NAME)], filters=[tidied], render_kw={"autocomplete": "name"})


class SignInForm(FlaskForm):
    """Mail address and password."""

    email = EmailField(lazy_gettext("邮箱"), [needed()], filters=[fold_email], render_kw={"autocomplete": "username"})
    password = PasswordField(
        lazy_gettext("密码"), [needed(), at_most(LONGEST)], render_kw={"autocomplete": "current-password"}
    )


class CodeForm(FlaskForm):
    """A code of the second factor."""

    code = StringField(
        lazy_gettext("6 位动态口令"),
        [needed()],
        filters=[lambda text: tidy(text or "").replace(" ", "")],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True},
    )


class RecoveryForm(FlaskForm):
    """A recovery code in place of a code of the second factor."""

    code = StringField(
        lazy_gettext("备用码"),
        [needed(), at_most(LONGEST_CODE)],
        description=lazy_gettext("纸上的任何一个，用过的划掉。大小写和短横线不用管。"),
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "autofocus": True},
    )


class PresentPasswordForm(FlaskForm):
    """The present password, for acts that a session alone must not do."""

    present = PasswordField(
        lazy_gettext("现在的密码"), [needed(), at_most(LONGEST)], render_kw={"autocomplete": "current-password"}
    )


class ForgottenForm(FlaskForm):
    """The mail address of somebody who forgot the password."""

    email = EmailField(lazy_gettext("邮箱"), [needed(), EMAIL_CHECK], render_kw={"autocomplete": "username"})


class NewPasswordForm(FlaskForm):
    """A password for somebody who came by a link."""

    password = new_password_field(lazy_gettext("新密码"))


class ChangePasswordForm(PresentPasswordForm):
    """The present password and the next one."""

    password = new_password_field(lazy_gettext("新密码"))


class AccountForm(FlaskForm):
    """What a person says of themself."""

    name = own_name_field(lazy_gettext("姓名"))
    locale = SelectField(lazy_gettext("收邮件用的语言"), choices=LANGUAGE_CHOICES)


class OrganisationForm(FlaskForm):
    """What an organisation says of itself."""

    organisation_name = StringField(
        lazy_gettext("单位全称"),
        [needed(), at_most(LONGEST_NAME)],
        filters=[tidied],
        description=lazy_gettext("和营业执照或登记证书上一样。"),
        render_kw={"autocomplete": "organization"},
    )
    uscc = StringField(
        lazy_gettext("统一社会信用代码"),
        [needed(), at_most(LONGEST_CODE), CODE_CHECK],
        description=lazy_gettext("18 位，印在营业执照或登记证书上。"),
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )
    kind = SelectField(lazy_gettext("单位类型"), choices=[SelectChoice(*kind) for kind in KIND_LABELS.items()])
    contact_name = StringField(
        lazy_gettext("联系人"),
        [needed(), at_most(LONGEST_NAME)],
        filters=[tidied],
    )
    contact_phone = TelField(
        lazy_gettext("联系电话"),
        [needed(), at_most(LONGEST_CODE), PHONE_CHECK],
        description=lazy_gettext("手机或座机，只有工作人员看得到。"),
        render_kw={"autocomplete": "tel", "inputmode": "tel"},
    )
    address = StringField(lazy_gettext("单位地址"), [at_most(LONGEST_ADDRESS)], filters=[tidied])


class RegistrationForm(OrganisationForm):
    """An organisation and the person who registers it."""

    name = StringField(
        lazy_gettext("您的姓名"),
        [needed(), at_most(LONGEST_NAME)],
        filters=[tidied],
        render_kw={"autocomplete": "name"},
    )
    email = EmailField(
        lazy_gettext("您的邮箱"),
        [needed(), EMAIL_CHECK],
        description=lazy_gettext("用来登录，也用来收通知。"),
        render_kw={"autocomplete": "username"},
    )
    password = new_password_field(lazy_gettext("设一个登录密码"))


class InvitationForm(FlaskForm):
    """The mail address of a colleague."""

    email = EmailField(lazy_gettext("同事的邮箱"), [needed(), EMAIL_CHECK], render_kw={"autocomplete": "off"})


class JoinForm(FlaskForm):
    """What somebody new who was invited says of themself."""

    name = StringField(
        lazy_gettext("您的姓名"),
        [needed(), at_most(LONGEST_NAME)],
        filters=[tidied],
        render_kw={"autocomplete": "name"},
    )
    password = new_password_field(lazy_gettext("设一个登录密码"))
