"""The page on which anybody asks about a campaign or says that something seems wrong."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access import public
from portal.campaigns.blueprint import blueprint
from portal.campaigns.forms import AskForm
from portal.campaigns.public_views import campaign_at
from portal.campaigns.questions import QuestionKind, ask
from portal.i18n import language
from portal.throttle.service import Allowance, address_range, count_try

QUESTIONS_OF_A_RANGE = Allowance("campaign-questions", 30, 3600)


@blueprint.route("/campaigns/<number>/ask", methods=["GET", "POST"])
@public
def ask_about(number: str) -> ResponseReturnValue:
    """Take a question or concern; staff read it before everybody can."""
    campaign, form = campaign_at(number), AskForm()
    if form.validate_on_submit():
        count_try(QUESTIONS_OF_A_RANGE, address_range())
        kind = QuestionKind(form.kind.data)
        ask(campaign.number, kind, form.body.data or "", form.email.data or None, language())
        flash(_("收到了，谢谢您。工作人员看过之后会公开并答复，通常在几个工作日之内。"), "success")
        return redirect(url_for("campaigns.show", number=campaign.number, _anchor="questions"), 303)
    page = render_template("campaigns/ask.html", c=campaign, form=form)
    return page, 422 if request.method == "POST" else 200
