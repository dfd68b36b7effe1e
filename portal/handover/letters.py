"""What families are told about their goods, by short message and in Chinese; never what the thing is.

A telephone may be read by others, so a message names the portal, the centre,
its hours and the code, and neither the family nor what they wished for.
"""

from datetime import datetime

from flask_babel import format_datetime
from flask_babel import gettext as _

from portal.areas.queries import CentreCard
from portal.codes import grouped
from portal.households.queries import find_family_address
from portal.i18n import in_language
from portal.outbox.service import enqueue
from portal.web import absolute_url


def tell_goods_are_here(household_id: int, centre: CentreCard, code: str) -> bool:
    """Tell a family that they can collect, with their pick-up code; tell whether there is a number to tell it to."""
    with in_language("zh"):
        body = _(
            "【益同行】您家的心愿到了。请带取货码 %(code)s 到%(centre)s（%(address)s，%(hours)s，电话 %(phone)s）来取。"
            "来不了可以打电话，或用查询码打开 %(link)s 请我们送上门。",
            code=grouped(code),
            centre=centre.name,
            address=centre.address,
            hours=centre.hours,
            phone=centre.phone,
            link=absolute_url("family.enter"),
        )
    return _tell(household_id, "family_goods_here", body, key=code)


def tell_appointment(household_id: int, centre: CentreCard, at: datetime, place: str, *, key: str) -> bool:
    """Tell a family when and where a service takes place; tell whether there is a number to tell it to."""
    with in_language("zh"):
        body = _(
            "【益同行】您家的心愿约好了：%(time)s，%(place)s。时间不合适请打%(centre)s的电话 %(phone)s。",
            time=format_datetime(at, "short"),
            place=place,
            centre=centre.name,
            phone=centre.phone,
        )
    return _tell(household_id, "family_appointment", body, key=key)


def _tell(household_id: int, kind: str, body: str, *, key: str) -> bool:
    address = find_family_address(household_id)
    if address is None:
        return False
    enqueue(address, kind, subject="", body=body, dedupe_key=f"{kind}:{key}")
    return True
