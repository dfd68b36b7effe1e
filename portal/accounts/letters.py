"""The mails of this room, each written in its reader's language; puts them into the outbox and sends nothing itself."""

from flask import current_app
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.accounts.queries import StaffAddress
from portal.config import Settings
from portal.i18n import in_language, language
from portal.outbox.service import Address, enqueue
from portal.web import absolute_url

PASSWORD_HOURS = 2
WELCOME_HOURS = 7 * 24
REGISTRATION_HOURS = 48
INVITATION_HOURS = 7 * 24


def send_welcome(to: StaffAddress, name: str, token: str) -> None:
    """Tell somebody new where to choose a password."""
    with in_language(to.locale):
        _post(
            to.email,
            "welcome",
            _open_part(token),
            _("益同行：请设置您的登录密码"),
            _("%(name)s，您好：", name=name),
            _("管理员为您开通了益同行的账号。请打开下面的地址，设置自己的密码（7 天内有效，只能用一次）："),
            absolute_url("accounts.set_password", token=token),
            _("如果您不知道这是怎么回事，请不要理会，也不要转发这封邮件。"),
        )


def send_password_link(to: StaffAddress, token: str) -> None:
    """Tell somebody who forgot the password where to choose another."""
    with in_language(to.locale):
        _post(
            to.email,
            "password-link",
            _open_part(token),
            _("益同行：重新设置密码"),
            _("有人（应该是您）说忘记了密码。请打开下面的地址重新设置（2 小时内有效，只能用一次）："),
            absolute_url("accounts.set_password", token=token),
            _("如果不是您要求的，不用理会，原来的密码仍然有效。"),
        )


def send_password_changed(to: StaffAddress, key: str) -> None:
    """Tell somebody that the password was changed."""
    with in_language(to.locale):
        _post(
            to.email,
            "password-changed",
            key,
            _("益同行：您的密码已经更改"),
            _("您的登录密码刚刚更改过，其他地方的登录都已退出。"),
            _("如果不是您本人改的，请马上打电话告诉我们。"),
        )


def send_second_factor_reset(to: StaffAddress, key: str) -> None:
    """Tell somebody that an administrator took the second factor away."""
    with in_language(to.locale):
        _post(
            to.email,
            "second-factor-reset",
            key,
            _("益同行：动态口令已重置"),
            _("管理员重置了您的动态口令。下次登录时，请按页面上的步骤重新绑定。"),
            _("如果您没有要求重置，请马上打电话告诉我们。"),
        )


def send_recovery_code_used(to: StaffAddress, left: int, key: str) -> None:
    """Tell somebody that a recovery code opened their account in place of the authenticator."""
    with in_language(to.locale):
        _post(
            to.email,
            "recovery-code-used",
            key,
            _("益同行：有人用备用码登录了您的账号"),
            ngettext(
                "刚才有人（应该是您）用备用码代替动态口令登录。备用码还剩 %(num)s 个，登录后在“我的账号”里可以换新的。",
                "刚才有人（应该是您）用备用码代替动态口令登录。备用码还剩 %(num)s 个，登录后在“我的账号”里可以换新的。",
                left,
            ),
            _("如果不是您本人，请马上更改密码，并打电话告诉我们。"),
        )


def send_registration_link(email: str, organisation: str, token: str) -> None:
    """Ask whoever registered an organisation to confirm the mail address; in the language of the page."""
    _post(
        email,
        "registration",
        _open_part(token),
        _("益同行：请确认单位登记"),
        _("您好，您在益同行为“%(organisation)s”填写了单位登记。", organisation=organisation),
        _("请打开下面的地址确认这个邮箱（48 小时内有效）。确认之后，登记才会送到工作人员那里："),
        absolute_url("accounts.confirm_registration", token=token),
        _("如果不是您填写的，不用理会，登记会自动作废。"),
    )


def send_already_known(to: StaffAddress, organisation: str, key: str) -> None:
    """Tell somebody who has an account already to register the organisation from there."""
    with in_language(to.locale):
        _post(
            to.email,
            "already-known",
            key,
            _("益同行：您已经有账号了"),
            _(
                "有人（应该是您）用这个邮箱为“%(organisation)s”登记单位，但这个邮箱已经有账号。",
                organisation=organisation,
            ),
            _("请先用它登录，再登记一次："),
            absolute_url("accounts.sign_in"),
            _("如果不是您填写的，不用理会，什么都不会改变。"),
        )


def send_certified(to: StaffAddress, organisation: str, key: str) -> None:
    """Tell a member that the organisation may pledge under its name."""
    with in_language(to.locale):
        _post(
            to.email,
            "organisation-certified",
            key,
            _("益同行：单位认证通过"),
            _("“%(organisation)s”已经通过认证，可以用单位的名义认领心愿了：", organisation=organisation),
            absolute_url("pages.home"),
        )


def send_refused(to: StaffAddress, organisation: str, organisation_id: int, reason: str, key: str) -> None:
    """Tell a member why the organisation was not certified and what to do."""
    with in_language(to.locale):
        _post(
            to.email,
            "organisation-refused",
            key,
            _("益同行：单位登记需要修改"),
            _("“%(organisation)s”的登记这次没有通过，原因是：%(reason)s", organisation=organisation, reason=reason),
            _("改好以后可以再提交一次："),
            absolute_url("accounts.show_organisation", organisation_id=organisation_id),
        )


def send_suspended(to: StaffAddress, organisation: str, reason: str, key: str) -> None:
    """Tell a member that the organisation may not pledge for now, and why."""
    with in_language(to.locale):
        _post(
            to.email,
            "organisation-suspended",
            key,
            _("益同行：单位的认领暂停"),
            _(
                "“%(organisation)s”暂时不能认领新的心愿，原因是：%(reason)s",
                organisation=organisation,
                reason=reason,
            ),
            _("已经认领的心愿请照常办完。有疑问请打电话给我们。"),
        )


def send_invitation(email: str, organisation: str, token: str) -> None:
    """Invite somebody to act for an organisation; in the language of the one who invites."""
    _post(
        email,
        "invitation",
        _open_part(token),
        _("益同行：邀请您代表“%(organisation)s”", organisation=organisation),
        _("您的同事邀请您在益同行代表“%(organisation)s”认领心愿。", organisation=organisation),
        _("请打开下面的地址接受邀请（7 天内有效，只能用一次）："),
        absolute_url("accounts.accept_invitation", token=token),
        _("如果您不认识这个单位，不用理会。"),
    )


def _open_part(token: str) -> str:
    """Return the part of a link that is no secret, so that the outbox's key gives nothing away."""
    return token.partition("-")[0]


def _post(email: str, kind: str, key: str, subject: str, *paragraphs: str) -> None:
    settings: Settings = current_app.config["PORTAL"]
    english = language() == "en"
    foundation = settings.foundation_name_en if english else settings.foundation_name
    foot = _("%(foundation)s，电话 %(phone)s", foundation=foundation, phone=settings.contact_phone)
    enqueue(
        Address("mail", email),
        kind,
        subject=subject,
        body="\n\n".join([*paragraphs, foot]) + "\n",
        dedupe_key=f"{kind}:{key}",
    )
