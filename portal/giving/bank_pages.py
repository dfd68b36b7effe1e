"""The desk's pages of bank statements: handing one in, and settling the lines that matched nothing."""

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired

from portal.access import current_actor, staff
from portal.accounts.rules import Role
from portal.campaigns.queries import list_open_campaigns
from portal.formats import money
from portal.giving.bank_queries import (
    count_waiting_lines,
    list_owed_refunds,
    list_settled_lines,
    list_waiting_lines,
)
from portal.giving.blueprint import blueprint
from portal.giving.desk import READERS
from portal.giving.making import CampaignTakesNoGifts
from portal.giving.rules import AmountOutOfBounds
from portal.giving.statement_reading import StatementProblem, StatementUnclear
from portal.giving.statements import (
    LineNotFound,
    LineSettled,
    NothingMatches,
    book_line,
    import_statement,
    match_line,
    set_line_aside,
)
from portal.pledges.contacts import ContactUnclear, read_contact
from portal.spreadsheets.refusals import SheetRefused

PROBLEMS_SHOWN = 20


class StatementForm(FlaskForm):
    """A bank's statement to hand in."""

    file = FileField(lazy_gettext("银行流水"), validators=[FileRequired(lazy_gettext("请先选一个文件。"))])


@blueprint.get("/admin/giving/bank", endpoint="list_bank_lines")
@staff(*READERS)
def show_bank_lines() -> str:
    """List what matched nothing, what is to be sent back, and what was settled lately."""
    return _page(StatementForm())


@blueprint.post("/admin/giving/bank")
@staff(Role.FINANCE)
def take_statement() -> ResponseReturnValue:
    """Take a statement in, or say what in it cannot be read."""
    form, problems = StatementForm(), []
    if form.validate_on_submit():
        sent = form.file.data
        data = sent.stream.read(current_app.config["PORTAL"].upload_bytes + 1)
        try:
            taken = import_statement(current_actor(), data, sent.filename or "")
        except SheetRefused as refused:
            form.file.errors = [refused.message]
        except StatementUnclear as unclear:
            form.file.errors = [_("有的地方没有看懂，所以一行也没有收。请改好再交。")]
            problems = unclear.problems
        else:
            flash(
                _(
                    "新收 %(added)d 行，其中 %(matched)d 行自动对上了；%(known)d 行以前收过。",
                    added=taken.added,
                    matched=taken.matched,
                    known=taken.known,
                ),
                "success",
            )
            return redirect(url_for("giving.list_bank_lines"), 303)
    return _page(form, problems), 422


@blueprint.post("/admin/giving/bank/<int:line_id>")
@staff(Role.FINANCE)
def settle_bank_line(line_id: int) -> ResponseReturnValue:
    """Match a line by its reference, make a gift of it, or set it aside with a reason."""
    try:
        message = _settle(line_id)
        flash(message or _("已经记下。"), "warning" if message else "success")
    except LineSettled:
        flash(_("别人刚处理过。"), "info")
    except (LineNotFound, NothingMatches):
        flash(_("没有等着付款、编号和金额都一样的捐赠或退款。金额不同的，可以记成一笔新的捐赠。"), "warning")
    except CampaignTakesNoGifts:
        flash(_("这个项目现在不收捐款，请换一个项目，或者退回。"), "warning")
    except AmountOutOfBounds as wrong:
        flash(_("一笔捐赠要在 %(low)s 到 %(high)s 之间。", low=money(wrong.low), high=money(wrong.high)), "warning")
    return redirect(url_for("giving.list_bank_lines"), 303)


def _settle(line_id: int) -> str | None:
    """Do what the form says; return what is missing in it, or None."""
    actor, words = current_actor(), (request.form.get("words") or "").strip()[:500]
    match request.form.get("verdict"):
        case "match":
            match_line(actor, line_id, words)
        case "aside":
            if not words:
                return _("请写下原因，以后查账的人要看。")
            set_line_aside(actor, line_id, words)
        case _:
            return _book_as_gift(line_id, words)
    return None


def _book_as_gift(line_id: int, email: str) -> str | None:
    address = current_app.config["PORTAL"].mail_from
    if email:
        try:
            contact = read_contact(email)
        except ContactUnclear:
            contact = None
        if contact is None or contact.channel != "mail":
            return _("请填写完整的邮箱，例如 name@example.com。")
        address = contact.receiver
    book_line(current_actor(), line_id, request.form.get("campaign", "")[:20], address)
    return None


def _page(form: StatementForm, problems: list[StatementProblem] | None = None) -> str:
    waiting = count_waiting_lines()
    found = problems or []
    return render_template(
        "giving/desk/bank.html",
        form=form,
        problems=found[:PROBLEMS_SHOWN],
        more=len(found) - PROBLEMS_SHOWN,
        waiting=list_waiting_lines(),
        waiting_words=ngettext("%(num)d 行没有对上", "%(num)d 行没有对上", waiting),
        settled=list_settled_lines(),
        owed=list_owed_refunds(),
        campaigns=list_open_campaigns(),
        may_act=current_actor().has_role(Role.FINANCE),
    )
