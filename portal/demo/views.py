"""Pages that exist in a demo only: who can sign in, a list to import, and the messages that were sent."""

import pyotp
from flask import Blueprint, Flask, Response, render_template
from flask.typing import ResponseReturnValue

from portal import clock
from portal.access import demo_only
from portal.accounts.labels import ROLE_LABELS
from portal.accounts.rules import SECOND_FACTOR_ROLES
from portal.accounts.second_factor import STEP_SECONDS
from portal.demo.mailbox import list_open_messages
from portal.demo.people import COMPANY_MAIL, PASSWORD, SECOND_FACTOR, list_demo_people
from portal.demo.sample_list import sample_list
from portal.spreadsheets.writing import XLSX_TYPE

blueprint = Blueprint("demo", __name__, url_prefix="/demo")


def install(app: Flask) -> None:
    """Add this room's pages to the application."""
    app.register_blueprint(blueprint)


@blueprint.get("")
@demo_only
def guide() -> ResponseReturnValue:
    """Show who can sign in, with password and the code of this minute."""
    code = pyotp.TOTP(SECOND_FACTOR, interval=STEP_SECONDS)
    seconds_left = STEP_SECONDS - int(clock.now().timestamp()) % STEP_SECONDS
    return render_template(
        "demo/guide.html",
        people=list_demo_people(),
        role_labels=ROLE_LABELS,
        company_mail=COMPANY_MAIL,
        password=PASSWORD,
        code=code.at(clock.now()),
        seconds_left=seconds_left,
        second_factor_roles=SECOND_FACTOR_ROLES,
    )


@blueprint.get("/list.xlsx")
@demo_only
def wish_list() -> ResponseReturnValue:
    """Hand out a wish list to try the import with."""
    headers = {"Content-Disposition": 'attachment; filename="wish-list.xlsx"'}
    return Response(sample_list(clock.today()), mimetype=XLSX_TYPE, headers=headers)


@blueprint.get("/messages")
@demo_only
def messages() -> ResponseReturnValue:
    """Show mails and short messages that nobody else will ever get."""
    return render_template("demo/messages.html", messages=list_open_messages())
