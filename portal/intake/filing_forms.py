"""The form for one wish, its fields as a phone shows them.

Its checks are those of `typed`; nothing is required here.
"""

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField, StringField, TelField, TextAreaField
from wtforms.fields.choices import SelectChoice

from portal.intake.columns import FIELD_LABELS, WishField
from portal.intake.identity import Gender
from portal.intake.rules import WishRow
from portal.intake.typed import Spot
from portal.wishes.kinds import CATEGORY_LABELS, GROUP_LABELS, KIND_LABELS

L = FIELD_LABELS
F = WishField

_ANSWERS = (("yes", lazy_gettext("同意")), ("no", lazy_gettext("不同意")))
_UNCHECKED = {"validate_choice": False}


def _choices(*pairs: tuple[str, object]) -> list[SelectChoice]:
    return [SelectChoice(value=value, label=label) for value, label in pairs]


class FilingForm(FlaskForm):
    """Who, where, what, why, and what the family agrees to."""

    name = StringField(L[F.NAME])
    id_number = StringField(L[F.ID_NUMBER])
    gender = SelectField(
        L[F.GENDER],
        choices=_choices(
            ("", lazy_gettext("按身份证号")), (Gender.FEMALE, lazy_gettext("女")), (Gender.MALE, lazy_gettext("男"))
        ),
        **_UNCHECKED,
    )
    phone = TelField(L[F.PHONE])
    guardian = StringField(L[F.GUARDIAN])
    guardian_phone = TelField(L[F.GUARDIAN_PHONE])
    address = StringField(L[F.ADDRESS])
    place = SelectField(lazy_gettext("社区和网格"), **_UNCHECKED)
    group = SelectField(L[F.GROUP], choices=_choices(("", lazy_gettext("请选择")), *GROUP_LABELS.items()), **_UNCHECKED)
    item = StringField(L[F.ITEM])
    size = StringField(L[F.SIZE])
    kind = SelectField(
        lazy_gettext("物品还是服务"),
        choices=_choices(("", lazy_gettext("按名称判断")), *KIND_LABELS.items()),
        **_UNCHECKED,
    )
    quantity = StringField(L[F.QUANTITY], default="1")
    unit_price = StringField(lazy_gettext("单价（元）"))
    reason = TextAreaField(L[F.REASON])
    consent_publish = RadioField(lazy_gettext("匿名公开心愿"), choices=_choices(*_ANSWERS), **_UNCHECKED)
    consent_share = RadioField(lazy_gettext("告诉送货的网格员"), choices=_choices(*_ANSWERS), **_UNCHECKED)
    consent_photo = RadioField(lazy_gettext("拍照留存"), choices=_choices(*_ANSWERS), **_UNCHECKED)
    given_by = RadioField(
        lazy_gettext("谁作的决定"),
        choices=_choices(("self", lazy_gettext("心愿人本人")), ("guardian", lazy_gettext("监护人"))),
        **_UNCHECKED,
    )
    through = RadioField(
        lazy_gettext("怎样记下的"),
        choices=_choices(("form", lazy_gettext("当面念过，口头答复")), ("paper", lazy_gettext("纸上签了字"))),
        **_UNCHECKED,
    )

    def offer_places(self, spots: list[Spot]) -> None:
        """Offer the grids and communities an actor files for, grouped by service centre."""
        offered = [
            SelectChoice(value=spot.value, label=_spot_label(spot), optgroup=spot.centre_label) for spot in spots
        ]
        if len(offered) != 1:
            offered.insert(0, SelectChoice(value="", label=_("请选择")))
        self.place.choices = offered

    def show_problems(self, problems: Mapping[str, list[str]]) -> None:
        """Put each problem beside its field."""
        for name, messages in problems.items():
            self[name].errors = list(messages)


def _spot_label(spot: Spot) -> str:
    return f"{spot.community} {spot.grid}" if spot.grid else spot.community


class CheckForm(FlaskForm):
    """The last look: what sort of wish it is, as guessed or corrected."""

    kind = RadioField(lazy_gettext("物品还是服务"), choices=_choices(*KIND_LABELS.items()))
    category = SelectField(lazy_gettext("属于哪一类"), choices=_choices(*CATEGORY_LABELS.items()))

    def guess(self, wish: WishRow) -> None:
        """Stand on what the wish's name suggests, unless something was chosen."""
        self.kind.data, self.category.data = self.kind.data or wish.kind, self.category.data or wish.category
