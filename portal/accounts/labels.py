"""What roles, organisations and their standing are called."""

from typing import Any

from flask_babel import lazy_gettext

from portal.accounts.models import OrganisationStatus
from portal.accounts.rules import Role

ROLE_LABELS: dict[Role, Any] = {
    Role.NEED_REPORTER: lazy_gettext("需求上报人"),
    Role.CENTRE_CLERK: lazy_gettext("服务中心工作人员"),
    Role.MODERATOR: lazy_gettext("审核员"),
    Role.FINANCE: lazy_gettext("财务"),
    Role.SUPERVISOR: lazy_gettext("督导"),
    Role.ADMINISTRATOR: lazy_gettext("管理员"),
}

ROLE_NOTES: dict[Role, Any] = {
    Role.NEED_REPORTER: lazy_gettext("替家庭填心愿，送货上门。网格员、居民代表等。"),
    Role.CENTRE_CLERK: lazy_gettext("核实心愿，收发物品，代家庭操作。"),
    Role.MODERATOR: lazy_gettext("写公开文字，批准别人写的，办结。登录要动态口令。"),
    Role.FINANCE: lazy_gettext("管项目资金。登录要动态口令。"),
    Role.SUPERVISOR: lazy_gettext("查看进度和操作记录，看不到家庭身份。"),
    Role.ADMINISTRATOR: lazy_gettext("管人员、单位、区域和期限。登录要动态口令。"),
}

KIND_LABELS: dict[str, Any] = {
    "company": lazy_gettext("企业"),
    "charity": lazy_gettext("社会组织"),
    "school": lazy_gettext("学校"),
    "unit": lazy_gettext("机关事业单位"),
}

STATUS_LABELS: dict[OrganisationStatus, Any] = {
    OrganisationStatus.REGISTERED: lazy_gettext("等待认证"),
    OrganisationStatus.CERTIFIED: lazy_gettext("已认证"),
    OrganisationStatus.REFUSED: lazy_gettext("未通过"),
    OrganisationStatus.SUSPENDED: lazy_gettext("已暂停"),
}

STATUS_TONES: dict[OrganisationStatus, str] = {
    OrganisationStatus.REGISTERED: "waiting",
    OrganisationStatus.CERTIFIED: "done",
    OrganisationStatus.REFUSED: "stopped",
    OrganisationStatus.SUSPENDED: "alert",
}

STATUS_SENTENCES: dict[OrganisationStatus, Any] = {
    OrganisationStatus.REGISTERED: lazy_gettext("登记已收到，工作人员会核对统一社会信用代码，有结果会发邮件给您。"),
    OrganisationStatus.CERTIFIED: lazy_gettext("可以用单位的名义认领心愿了。"),
    OrganisationStatus.REFUSED: lazy_gettext("这次没有通过。按下面的原因改好以后，可以再提交一次。"),
    OrganisationStatus.SUSPENDED: lazy_gettext("暂时不能用单位的名义认领新的心愿；已经认领的请照常办完。"),
}
