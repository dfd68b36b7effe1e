"""The form in which a moderator writes a public text."""

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from portal.publication.compose import PublicText
from portal.publication.versions import TEXT_FIELDS
from portal.redaction.marks import Mark
from portal.redaction.rewording import replace_mark, reword
from portal.wishes.kinds import AgeBand

CHILDREN = frozenset({AgeBand.TODDLER, AgeBand.CHILD, AgeBand.TEENAGER})
OLDER_PEOPLE = frozenset({AgeBand.SIXTIES, AgeBand.SEVENTIES, AgeBand.OLD})


def _needed() -> InputRequired:
    return InputRequired(lazy_gettext("请填写这一项。"))


def _at_most(longest: int) -> Length:
    return Length(max=longest, message=lazy_gettext("太长了，请写短一些。"))


def _tidy(value: str | None) -> str:
    return " ".join((value or "").split())


@dataclass(frozen=True, slots=True)
class Rewording:
    """One marked piece of a field, why it is marked, and what one click would write instead (nothing: leave it out)."""

    field: str
    piece: str
    why: str
    is_certain: bool
    words: str
    value: str


class TextForm(FlaskForm):
    """A public text in both languages."""

    item = StringField(lazy_gettext("物品或服务"), filters=[_tidy], validators=[_needed(), _at_most(60)])
    size = StringField(lazy_gettext("尺码规格"), filters=[_tidy], validators=[_at_most(60)])
    reason = TextAreaField(lazy_gettext("理由"), filters=[_tidy], validators=[_needed(), _at_most(200)])
    item_en = StringField(lazy_gettext("物品或服务（英文）"), filters=[_tidy], validators=[_needed(), _at_most(90)])
    size_en = StringField(lazy_gettext("尺码规格（英文）"), filters=[_tidy], validators=[_at_most(90)])
    reason_en = TextAreaField(lazy_gettext("理由（英文）"), filters=[_tidy], validators=[_needed(), _at_most(400)])

    @property
    def text(self) -> PublicText:
        """The words as they stand in the form."""
        return PublicText(**{name: self[name].data or "" for name in TEXT_FIELDS})

    def validate(self, extra_validators: Any = None) -> bool:
        """Ask for the size in both languages or in neither."""
        is_valid: bool = super().validate(extra_validators)
        for name, other in (("size", "size_en"), ("size_en", "size")):
            if self[other].data and not self[name].data:
                self[name].errors = [*self[name].errors, _("另一种语言写了尺码规格，这里也请写上。")]
                is_valid = False
        return is_valid

    def refuse_certain(self, marks: dict[str, list[Mark]]) -> None:
        """Say beside each field what must not be public at all."""
        for name, found in marks.items():
            words = [self[name].data[mark.start : mark.end] for mark in found if mark.is_certain]
            if words:
                told = _("不能公开：%(words)s", words=_("、").join(words))
                self[name].errors = [*self[name].errors, told]

    def rewordings(self, marks: dict[str, list[Mark]], age_band: AgeBand) -> list[Rewording]:
        """Return what may be written in the place of each mark, in the order of the fields."""
        return [
            Rewording(
                field=str(self[name].label.text),
                piece=self[name].data[mark.start : mark.end],
                why=mark.label,
                is_certain=mark.is_certain,
                words=_words(self[name].data, mark, age_band),
                value=_place(name, mark),
            )
            for name, found in marks.items()
            for mark in found
        ]

    def reword(self, place: str, marks: dict[str, list[Mark]], age_band: AgeBand) -> None:
        """Write other words in the place that a button names, if it is still marked."""
        for name, found in marks.items():
            for mark in found:
                if place == _place(name, mark):
                    text = self[name].data
                    self[name].data = replace_mark(text, mark, _words(text, mark, age_band))


def _place(name: str, mark: Mark) -> str:
    return f"{name}:{mark.start}:{mark.end}"


def _words(text: str, mark: Mark, age_band: AgeBand) -> str:
    return reword(mark, text, is_child=age_band in CHILDREN, is_older=age_band in OLDER_PEOPLE)
