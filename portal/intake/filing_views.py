"""Pages by which a helper files one wish for a family: form, draft, last look, slip; and puts returned ones right."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access import current_actor, staff
from portal.accounts.rules import Role
from portal.households.service import IdentityPurged
from portal.households.wording import CONSENT_TEXTS
from portal.intake import assisting
from portal.intake.blueprint import blueprint
from portal.intake.drafts import CORRECTS, DraftGone, drop_draft, keep_typed, list_drafts, read_draft, save_draft
from portal.intake.filing_forms import CheckForm, FilingForm
from portal.intake.queries import find_return_note, list_returned
from portal.intake.slip_pages import slips_page
from portal.intake.slips import issue_slip
from portal.intake.typed import CATEGORY
from portal.web import error_page
from portal.wishes.filing import TooManyOpenWishes, WishTooDear
from portal.wishes.kinds import GROUP_LABELS
from portal.wishes.rules import WrongState
from portal.wishes.service import WishNotFound, get_wish


@blueprint.errorhandler(DraftGone)
def _on_draft_gone(_error: DraftGone) -> ResponseReturnValue:
    return error_page(
        404, _("这份草稿不在了"), _("可能已经交给服务中心，或者放了两周自动删除了。请到“帮家庭填心愿”看一看。")
    )


@blueprint.errorhandler(WrongState)
@blueprint.errorhandler(IdentityPurged)
def _on_wrong_state(_error: Exception) -> ResponseReturnValue:
    return error_page(409, _("情况刚刚有了变化"), _("您操作的同时，别人也动了同一项内容。请刷新后再看。"))


@blueprint.route("/filing", methods=["GET", "POST"])
@staff(Role.CENTRE_CLERK, Role.NEED_REPORTER)
def file_wish() -> ResponseReturnValue:
    """Show an empty form with the drafts above it; keep what is typed, then go on to the last look."""
    return _fill_in(None)


@blueprint.route("/filing/<draft>", methods=["GET", "POST"])
@staff(Role.CENTRE_CLERK, Role.NEED_REPORTER)
def edit_draft(draft: str) -> ResponseReturnValue:
    """Go on with a draft."""
    return _fill_in(draft)


def _fill_in(draft: str | None) -> ResponseReturnValue:
    actor = current_actor()
    kept = read_draft(actor, draft) if draft else {}
    form = FilingForm(data=kept) if request.method == "GET" else FilingForm()
    form.offer_places(assisting.spots_for(actor, kept.get(CORRECTS)))
    if request.method == "GET":
        return _form_page(form, draft, kept)
    is_shaped = form.validate()
    typed = {name: kept[name] for name in (CORRECTS, CATEGORY) if name in kept} | keep_typed(request.form)
    wants_draft = request.form.get("act") == "draft"
    if draft or wants_draft or typed.get("name") or typed.get("item"):
        # Kept whatever is still wrong with it, so that nothing is lost while it is put right.
        draft = save_draft(actor, draft, typed)
    if not is_shaped:
        return _form_page(form, draft, kept), 422
    if wants_draft:
        flash(_("草稿存好了，两周内可以接着填。"), "success")
        return redirect(url_for("intake.edit_draft", draft=draft), 303)
    checked = assisting.check_form(actor, typed)
    if checked.wish is None:
        form.show_problems(checked.problems)
        return _form_page(form, draft, kept), 422
    return redirect(url_for("intake.check_draft", draft=draft), 303)


def _form_page(form: FilingForm, draft: str | None, kept: dict[str, str]) -> str:
    actor = current_actor()
    return render_template(
        "intake/filing.html",
        form=form,
        draft=draft,
        corrects=kept.get(CORRECTS),
        note=find_return_note(kept[CORRECTS]) if CORRECTS in kept else None,
        consent_texts=CONSENT_TEXTS,
        drafts=[] if draft else list_drafts(actor),
        returned=[] if draft else list_returned(actor),
    )


@blueprint.route("/filing/<draft>/check", methods=["GET", "POST"])
@staff(Role.CENTRE_CLERK, Role.NEED_REPORTER)
def check_draft(draft: str) -> ResponseReturnValue:
    """Show everything once more with what is alike already, take the kind and category, and hand the wish in."""
    actor = current_actor()
    typed = read_draft(actor, draft)
    checked = assisting.check_form(actor, typed)
    if checked.wish is None or checked.spot is None:
        return redirect(url_for("intake.edit_draft", draft=draft), 303)
    form = CheckForm(data=typed) if request.method == "GET" else CheckForm()
    form.guess(checked.wish)
    refusal = None
    if form.validate_on_submit():
        try:
            return _hand_in(draft, {"kind": form.kind.data, "category": form.category.data})
        except TooManyOpenWishes:
            refusal = _("这位心愿人还有没办结的心愿，要等它办结或撤回后才能再提。")
        except WishTooDear:
            refusal = _("总价超过了每个心愿的上限，请回去改。")
        except assisting.StillWrong:
            refusal = _("换成这一类以后，单价不能是0。请回去改单价，或者改回服务。")
    return render_template(
        "intake/filing_check.html",
        form=form,
        draft=draft,
        wish=checked.wish,
        centre_label=checked.spot.centre_label,
        group_label=GROUP_LABELS[checked.wish.group],
        typed=typed,
        remarks=checked.remarks,
        likeness=assisting.find_likeness(actor, checked.wish, typed.get(CORRECTS)),
        refusal=refusal,
    ), 422 if refusal or form.errors else 200


def _hand_in(draft: str, choices: dict[str, str]) -> ResponseReturnValue:
    """Hand the wish in and show its slip, which cannot be shown again; a returned one keeps its code."""
    done = assisting.hand_in(current_actor(), draft, choices)
    if not done.is_new:
        flash(_("心愿 %(number)s 已经重新交给服务中心。", number=done.number), "success")
        return redirect(url_for("intake.file_wish"), 303)
    slips = issue_slip(current_actor(), done.wish_id)
    message = _("心愿 %(number)s 已经交给%(centre)s。", number=done.number, centre=slips.centre.label)
    back = url_for("intake.file_wish")
    return slips_page(slips, back, message)


@blueprint.post("/filing/<draft>/drop")
@staff(Role.CENTRE_CLERK, Role.NEED_REPORTER)
def drop_filing_draft(draft: str) -> ResponseReturnValue:
    """Throw a draft away."""
    drop_draft(current_actor(), draft)
    flash(_("草稿已经删除。"), "success")
    return redirect(url_for("intake.file_wish"), 303)


@blueprint.post("/wishes/<number>/correct")
@staff(Role.CENTRE_CLERK, Role.NEED_REPORTER)
def correct_wish(number: str) -> ResponseReturnValue:
    """Open a returned wish into the form; the family's record is opened for it, and that is logged."""
    try:
        draft = assisting.begin_correction(current_actor(), number)
    except WishNotFound:
        abort(404)
    return redirect(url_for("intake.edit_draft", draft=draft), 303)


@blueprint.route("/wishes/<number>/family-code", methods=["GET", "POST"])
@staff(Role.CENTRE_CLERK, Role.NEED_REPORTER)
def renew_slip(number: str) -> ResponseReturnValue:
    """Warn that a new code ends the old slip, then print the new one."""
    try:
        wish = get_wish(number)
    except WishNotFound:
        abort(404)
    current_actor().require({Role.CENTRE_CLERK, Role.NEED_REPORTER, Role.ADMINISTRATOR}, wish.service_centre_id)
    if request.method == "GET":
        return render_template("intake/slip_again.html", number=number, has_code=wish.family_code_hash is not None)
    slips = issue_slip(current_actor(), wish.id)
    back = url_for("admin.show_wish", number=number)
    return slips_page(slips, back)
