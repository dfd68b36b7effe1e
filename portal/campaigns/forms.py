"""What people type about campaigns and their money: shape of input only."""

from typing import Any, ClassVar

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    FieldList,
    FileField,
    Form,
    FormField,
    RadioField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional

from portal.accounts.forms import EMAIL_CHECK, at_most, needed, tidied
from portal.campaigns.questions import QuestionKind
from portal.gate.forms import GatedForm, GatedRow

SHORT, LONG, STORY = 120, 600, 6000
PICTURE_SLOTS = 3
PICTURE_TYPES = "image/jpeg,image/png,image/webp"

_REASON = lazy_gettext("请写明原因。")


def told(text: str | None) -> str:
    """Return what was typed without its margins and without the carriage returns of browsers."""
    return (text or "").replace("\r\n", "\n").strip()


def guarded(table: str, *names: str) -> dict[str, str]:
    """Return which columns of a table the fields of these names and their English twins are kept in."""
    return {name: f"{table}.{name}" for base in names for name in (base, f"{base}_en")}


class AskForm(FlaskForm):
    """A question or concern of anybody."""

    kind = RadioField(
        lazy_gettext("您想"),
        choices=[
            SelectChoice(QuestionKind.QUESTION.value, lazy_gettext("问一个问题")),
            SelectChoice(QuestionKind.CONCERN.value, lazy_gettext("说说哪里不对")),
        ],
        validators=[InputRequired(lazy_gettext("请选一项。"))],
    )
    body = TextAreaField(lazy_gettext("您的话"), [needed(), at_most(LONG)], filters=[told])
    email = EmailField(lazy_gettext("邮箱"), [Optional(), EMAIL_CHECK], filters=[tidied])


class FilingForm(GatedForm):
    """What came back from the bureau and the platform."""

    GUARDED = guarded("campaigns", "platform_name")

    filing_no = StringField(lazy_gettext("备案编号"), [needed(), at_most(SHORT)], filters=[tidied])
    filed_on = DateField(lazy_gettext("备案日期"), [InputRequired(lazy_gettext("请选日期。"))])
    platform_name = StringField(lazy_gettext("指定平台的名称"), [needed(), at_most(SHORT)], filters=[tidied])
    platform_name_en = StringField(lazy_gettext("指定平台的名称（英文）"), [needed(), at_most(SHORT)], filters=[tidied])
    platform_url = StringField(
        lazy_gettext("指定平台上的网址"),
        [needed(), at_most(LONG)],
        filters=[tidied],
        description=lazy_gettext("同一个项目在指定平台上的页面，以 https:// 开头。"),
    )


class ReasonForm(FlaskForm):
    """Why something is given back, refused or ended."""

    reason = TextAreaField(lazy_gettext("原因"), [at_most(LONG)], filters=[told])


class NoteForm(GatedForm):
    """Why something public changes, in both languages, for everybody to read."""

    GUARDED = guarded("campaign_corrections", "note")

    note = TextAreaField(lazy_gettext("说明（大家都看得到）"), [InputRequired(_REASON), at_most(LONG)], filters=[told])
    note_en = TextAreaField(lazy_gettext("说明（英文）"), [InputRequired(_REASON), at_most(LONG)], filters=[told])


class PictureRow(GatedRow, Form):
    """One picture and what it shows; an empty one is left out."""

    GUARDED = guarded("campaign_pictures", "caption")

    file = FileField(lazy_gettext("照片"), render_kw={"accept": PICTURE_TYPES})
    caption = StringField(lazy_gettext("照片说明"), [at_most(SHORT)], filters=[tidied])
    caption_en = StringField(lazy_gettext("照片说明（英文）"), [at_most(SHORT)], filters=[tidied])

    def validate(self, extra_validators: Any = None) -> bool:
        """Ask for words beside a picture: some readers cannot see it."""
        is_valid = bool(super().validate(extra_validators))
        if self.file.data:
            for part in (self.caption, self.caption_en):
                if not part.data:
                    part.errors = [*part.errors, lazy_gettext("请写一句话说明照片里有什么，看不见的人也能知道。")]
                    is_valid = False
        return is_valid


class NewsForm(GatedForm):
    """News in both languages."""

    GUARDED = guarded("campaign_updates", "title", "body")

    title = StringField(lazy_gettext("标题"), [needed(), at_most(SHORT)], filters=[tidied])
    body = TextAreaField(lazy_gettext("正文"), [needed(), at_most(STORY)], filters=[told])
    title_en = StringField(lazy_gettext("标题（英文）"), [needed(), at_most(SHORT)], filters=[tidied])
    body_en = TextAreaField(lazy_gettext("正文（英文）"), [needed(), at_most(STORY)], filters=[told])


class NewNewsForm(NewsForm):
    """News with pictures."""

    pictures = FieldList(FormField(PictureRow), min_entries=PICTURE_SLOTS, max_entries=PICTURE_SLOTS)
    has_no_face = BooleanField(lazy_gettext("照片里认不出任何一个家庭：没有脸，没有姓名、门牌和学校"))

    def validate(self, extra_validators: Any = None) -> bool:
        """Ask for the promise that goes with pictures."""
        is_valid = bool(super().validate(extra_validators))
        if any(row.form.file.data for row in self.pictures) and not self.has_no_face.data:
            self.has_no_face.errors = [*self.has_no_face.errors, lazy_gettext("请确认以后再保存。")]
            is_valid = False
        return is_valid


class CorrectNewsForm(NewsForm, NoteForm):
    """News put right, and why."""

    GUARDED = NewsForm.GUARDED | NoteForm.GUARDED


class ReportForm(GatedForm):
    """A report in both languages."""

    GUARDED = guarded("disclosure_reports", "body")

    kind = RadioField(lazy_gettext("哪一种报告"), validators=[InputRequired(lazy_gettext("请选一项。"))])
    body = TextAreaField(lazy_gettext("正文"), [needed(), at_most(STORY)], filters=[told])
    body_en = TextAreaField(lazy_gettext("正文（英文）"), [needed(), at_most(STORY)], filters=[told])


class CorrectReportForm(NoteForm):
    """A report put right, and why."""

    GUARDED = ReportForm.GUARDED | NoteForm.GUARDED

    body = TextAreaField(lazy_gettext("正文"), [needed(), at_most(STORY)], filters=[told])
    body_en = TextAreaField(lazy_gettext("正文（英文）"), [needed(), at_most(STORY)], filters=[told])


class CorrectPlanForm(NoteForm):
    """One text of an open campaign put right, and why."""

    text = TextAreaField(lazy_gettext("更正后的文字"), [needed(), at_most(STORY)], filters=[told])
    text_en = TextAreaField(lazy_gettext("更正后的文字（英文）"), [needed(), at_most(STORY)], filters=[told])

    def guard(self, name: str) -> None:
        """Say which text of the campaign is put right."""
        self.GUARDED = NoteForm.GUARDED | {"text": f"campaigns.{name}", "text_en": f"campaigns.{name}_en"}  # type: ignore[misc]


class WordingForm(GatedForm):
    """How a question is shown to everybody."""

    GUARDED: ClassVar = {"wording": "campaign_questions.public_body"}

    wording = TextAreaField(
        lazy_gettext("公开的文字"),
        [needed(), at_most(LONG)],
        filters=[told],
        description=lazy_gettext("可以原样公开；有人名、电话、住址的请改掉，意思不要变。"),
    )


class AnswerForm(GatedForm):
    """An answer for everybody."""

    GUARDED: ClassVar = {"answer": "campaign_questions.answer"}

    answer = TextAreaField(lazy_gettext("答复"), [needed(), at_most(STORY)], filters=[told])
