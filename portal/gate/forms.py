"""Forms whose words become public: what the gate marks is said beside each field, with one click to put it right."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import Field, FieldList, FormField, TextAreaField
from wtforms.validators import Length

from portal.accounts.rules import Actor
from portal.gate.rules import ModeratorNeeded, WordsHeld, examine_one
from portal.gate.service import Subject, note_held
from portal.redaction.dignity import Hint, find_hints
from portal.redaction.marks import Mark
from portal.redaction.rewording import replace_mark, reword

LONGEST_EXCUSE = 300


@dataclass(frozen=True, slots=True)
class Marked:
    """One marked piece of a field of a form, why it is marked, and what one click would write instead."""

    field: str
    piece: str
    why: str
    is_certain: bool
    words: str
    value: str


class GatedRow:
    """A part of a form with public texts: `GUARDED` names, by the form's fields, the column each one is kept in."""

    GUARDED: ClassVar[dict[str, str]] = {}


class GatedForm(GatedRow, FlaskForm):
    """A form with public texts: certain marks stand against it, others ask for a reason."""

    excuse = TextAreaField(
        lazy_gettext("标出的地方为什么可以公开"),
        [Length(max=LONGEST_EXCUSE, message=lazy_gettext("太长了，请写短一些。"))],
        filters=[lambda text: (text or "").strip()],
    )
    marked: tuple[Marked, ...] = ()
    was_reworded = False

    @property
    def hints(self) -> list[tuple[str, Hint]]:
        """The pieces that could be said with more dignity, and how; they stand in nobody's way."""
        words = (str(field.data or "") for field, _column in _guarded(self))
        return [(text[hint.start : hint.end], hint) for text in words for hint in find_hints(text)]

    @property
    def is_excuse_wanted(self) -> bool:
        """Tell whether a reason is asked for, or one was typed already."""
        return bool(self.excuse.data or self.excuse.errors or any(not each.is_certain for each in self.marked))

    def validate(self, extra_validators: Any = None) -> bool:
        """Say what the gate marks; do nothing but that where a button asks for other words."""
        if "reword" in request.form:
            self._reword(request.form["reword"])
            self.marked = tuple(self._look())
            self.was_reworded = True
            return False
        is_valid = bool(super().validate(extra_validators))
        self.marked = tuple(self._look())
        for field, _column in _guarded(self):
            told = [each.piece for each in self._of(field) if each.is_certain]
            if told:
                field.errors = [*field.errors, _("不能公开：%(words)s", words=_("、").join(dict.fromkeys(told)))]
        if any(each.is_certain for each in self.marked):
            return False
        if self.marked and not self.excuse.data:
            self.excuse.errors = [_("请改掉标出的地方，或者写明为什么可以公开。")]
            return False
        return is_valid

    def show_held(self, actor: Actor, error: WordsHeld, subject: Subject) -> None:
        """Say what a verb held at the gate, beside the form as a whole."""
        if isinstance(error, ModeratorNeeded):
            note_held(actor, subject)
        self.form_errors.append(held_words(error))

    def _of(self, field: Field) -> list[Marked]:
        return [each for each in self.marked if each.value.startswith(f"{field.name}:")]

    def _look(self) -> Iterator[Marked]:
        for field, column in _guarded(self):
            for finding in examine_one(column, field.data):
                mark = finding.mark
                yield Marked(
                    field=str(field.label.text),
                    piece=finding.piece,
                    why=mark.label,
                    is_certain=mark.is_certain,
                    words=_words(field.data, mark),
                    value=_place(field, mark),
                )

    def _reword(self, place: str) -> None:
        for field, column in _guarded(self):
            for finding in examine_one(column, field.data):
                if place == _place(field, finding.mark):
                    field.data = replace_mark(field.data, finding.mark, _words(field.data, finding.mark))
                    return


def held_words(error: WordsHeld) -> str:
    """Say what the gate held and what to do."""
    words = _("、").join(error.words)
    if isinstance(error, ModeratorNeeded):
        if not words:
            return _("这段文字可能让人认出一个家庭。请去掉人名、小名和住处，或者请审核员来处理。")
        return _("有人名或者地址（%(words)s），要审核员看过才能公开。请改掉，或者请审核员来处理。", words=words)
    if any(not each.mark.is_certain for each in error.findings):
        return _("标出的地方可能让人认出一个家庭（%(words)s）。请改掉，或者写明为什么可以公开。", words=words)
    return _("这些不能公开，请去掉：%(words)s。", words=words)


def _guarded(form: Any) -> Iterator[tuple[Field, str]]:
    """Yield every public text of a form and of its rows, with the column it is kept in."""
    for field in form:
        if isinstance(field, FieldList):
            for entry in field:
                if isinstance(entry, FormField):
                    yield from _guarded(entry.form)
        elif field.short_name in getattr(form, "GUARDED", {}):
            yield field, form.GUARDED[field.short_name]


def _place(field: Field, mark: Mark) -> str:
    return f"{field.name}:{mark.start}:{mark.end}"


def _words(text: str, mark: Mark) -> str:
    return reword(mark, text, is_child=False, is_older=False)
